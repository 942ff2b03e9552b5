// Answers of a real model: joule-tiny on real llama.cpp, inside the process that the product uses for it or behind Debian's llama-server.

import { readFileSync } from 'node:fs';
import { listen } from '../../../server/gateway/listen.ts';
import type { StopFilter } from '../../../server/gateway/stop-filters.ts';
import { type Engine, EngineFailure, type GenerateRequest } from '../../../server/models/engine.ts';
import { infillText } from '../../../server/models/infill-tokens.ts';
import { engineWith, never, pidOf, tiny } from '../../support/embedded.ts';
import { engineForTests } from '../../support/install-engine.ts';
import { startLlamaServer } from '../../support/llama-server.ts';
import { openaiAt } from '../../support/openai-engine.ts';
import type { StreamedAnswer, StreamedToken } from './answer.ts';
import type { InfillTask } from './data.ts';

export interface RealModel {
  readonly name: string;
  /** Heard to its end or bound; undefined when its prompt does not fit, whatever is left out of it. */
  answer(task: InfillTask, maxTokens: number): Promise<StreamedAnswer | undefined>;
  /** The same question as the gateway asks it: ended at the engine as soon as a filter says so. */
  live(task: InfillTask, maxTokens: number, filters: readonly StopFilter[]): Promise<LiveAnswer | undefined>;
  /** CPU seconds of the engine's process so far, and which process that is; undefined where it can't be seen. */
  cpuTime(): Promise<CpuTime | undefined>;
  close(): Promise<void>;
}

export interface CpuTime {
  readonly pid: number;
  readonly seconds: number;
}

export interface LiveAnswer {
  readonly text: string;
  readonly tokens: number;
}

export type EngineKind = 'embedded' | 'llama-server';

/** Throws with the reason when there is none. */
export async function openRealModel(kind: EngineKind): Promise<RealModel> {
  if (kind === 'embedded') {
    const why = await engineForTests();
    if (why !== undefined) throw new Error(why);
    const engine = engineWith([tiny]);
    return modelOf(engine, 'joule-tiny, embedded llama.cpp', () => pidOf(engine));
  }
  const server = await startLlamaServer({ mayMake: true, say: (line) => process.stderr.write(`${line}\n`) });
  if (typeof server === 'string') throw new Error(server);
  const engine = openaiAt(server.url);
  return {
    ...modelOf(engine, "joule-tiny, Debian's llama-server", undefined),
    close: async () => {
      await engine.close();
      await server.close();
    },
  };
}

/** Its context holds 512 tokens of two to four characters. */
const promptCharacters = { prefix: 700, suffix: 200 };
const contextTokens = 512;

function modelOf(engine: Engine, name: string, pid: (() => Promise<number>) | undefined): RealModel {
  const ask = async <T>(
    task: InfillTask,
    maxTokens: number,
    use: (request: GenerateRequest) => Promise<T>,
  ): Promise<T | undefined> => {
    for (const part of [1, 0.6, 0.35]) {
      try {
        return await use(requestFor(task, maxTokens, part));
      } catch (error) {
        if (!(error instanceof EngineFailure) || error.kind !== 'prompt-too-long') throw error;
      }
    }
    return undefined;
  };
  return {
    name,
    answer: (task, maxTokens) => ask(task, maxTokens, (request) => heardToTheEnd(engine, request)),
    live: (task, maxTokens, filters) =>
      ask(task, maxTokens, async (request) => {
        const { text, tokens, ending } = await listen({ engine, request, filters, onPiece: () => undefined }, never);
        if (ending.kind === 'broken') throw ending.error;
        return { text, tokens: ending.kind === 'done' ? (ending.usage.tokensOut ?? tokens) : tokens };
      }),
    cpuTime: async () => (pid === undefined ? undefined : cpuTimeOf(await pid())),
    close: () => engine.close(),
  };
}

async function heardToTheEnd(engine: Engine, request: GenerateRequest): Promise<StreamedAnswer> {
  const tokens: StreamedToken[] = [];
  for await (const chunk of engine.generate(request, never)) {
    if (chunk.kind === 'done') return { tokens, ended: chunk.reason === 'length' ? 'bound' : 'itself' };
    if (chunk.kind !== 'text') continue;
    const { lowestProbability } = chunk;
    tokens.push({
      text: chunk.text,
      count: chunk.tokens,
      logProbability: lowestProbability === undefined ? undefined : Math.log(Math.max(lowestProbability, 1e-9)),
    });
  }
  throw new Error('the engine did not say that it was done');
}

/** Greedy: llama.cpp's probabilities mean something only there. */
function requestFor(task: InfillTask, maxTokens: number, part: number): GenerateRequest {
  const near = task.prefix.slice(-Math.floor(promptCharacters.prefix * part));
  const cut = near.length < task.prefix.length ? near.slice(near.indexOf('\n') + 1) : near;
  const suffix = task.suffix.slice(0, Math.floor(promptCharacters.suffix * part));
  const text = infillText('joule-tiny', { prefix: cut.trimStart() === '' ? near : cut, suffix });
  if (text === undefined) throw new Error('joule-tiny has no infill tokens');
  return {
    model: 'joule-tiny',
    prompt: { kind: 'raw', text },
    maxTokens,
    contextTokens,
    sampling: { temperature: 0, topP: 0.95, seed: 7 },
    stop: ['<|im_end|>'],
    think: false,
    wantProbabilities: true,
    keepAliveSeconds: 300,
  };
}

/** User and system time of a process on Linux, whose clock ticks 100 times a second. */
function cpuTimeOf(pid: number): CpuTime | undefined {
  if (process.platform !== 'linux') return undefined;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return { pid, seconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}
