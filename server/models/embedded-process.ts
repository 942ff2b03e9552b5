// The life of the embedded engine's process, seen from the server: start, one answer at a time, death, end.
// A process that dies or hangs becomes an EngineFailure; it can't take the server with it.

import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { type Clock, secondsBetween } from '../base/clock.ts';
import { programPart } from '../base/program-files.ts';
import type { FromChild, LoadOrder, ToChild } from './embedded-protocol.ts';
import { longestSilenceSeconds, watchSilence } from './embedded-silence.ts';
import { type EngineChunk, EngineFailure, type GenerateRequest } from './engine.ts';

export interface EngineProcess {
  readonly pid: number;
  readonly contextTokens: number;
  readonly threads: number;
  /** From fork to the loaded model. */
  readonly loadSeconds: number;
  alive(): boolean;
  /** One at a time. Rejects with EngineFailure, or with the signal's reason once the engine has stopped. */
  answer(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<EngineChunk>;
  /** Resolves when the process is gone. */
  close(): Promise<void>;
}

export interface StartOptions {
  readonly order: LoadOrder;
  readonly clock: Clock;
  readonly onExit: () => void;
}

/** A model of this size is mapped, not read: a load that takes longer has hung. */
const longestLoadMilliseconds = 120_000;
/** After an abort the engine stops within a token; one still in a long prompt by then is killed. */
const longestAbortMilliseconds = 1_000;

/** Starts a process and loads the model. Rejects with EngineFailure, or with the signal's reason. */
export async function startEngineProcess(options: StartOptions, signal: AbortSignal): Promise<EngineProcess> {
  const { clock, order } = options;
  signal.throwIfAborted();
  const begin = clock.nowNanoseconds();
  const part = programPart('models/embedded-child.ts');
  const child = fork(part.url, [], { execArgv: [...part.execArgv], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const errors = keepTail(child);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('exit', options.onExit);
  child.on('error', () => {}); // a failed kill or write; `exit` and `disconnect` tell what matters
  try {
    const loaded = await firstMessage(child, order, { clock, signal, errors });
    if (loaded.kind !== 'loaded') throw loadFailure(loaded);
    rest(child);
    const { contextTokens, threads } = loaded;
    const loadSeconds = secondsBetween(begin, clock.nowNanoseconds());
    let nextId = 1;
    return {
      pid: child.pid ?? 0,
      contextTokens,
      threads,
      loadSeconds,
      alive: () => child.connected && child.exitCode === null && child.signalCode === null,
      answer: (request, answerSignal) => answers(child, { id: nextId++, request, clock, errors }, answerSignal),
      async close() {
        if (child.exitCode !== null || child.signalCode !== null) return;
        wake(child);
        child.kill('SIGKILL');
        await gone;
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

interface Asking {
  readonly id: number;
  readonly request: GenerateRequest;
  readonly clock: Clock;
  readonly errors: () => string;
}

async function* answers(child: ChildProcess, asking: Asking, signal: AbortSignal): AsyncGenerator<EngineChunk> {
  const { id, request, clock, errors } = asking;
  signal.throwIfAborted();
  let ended = false;
  let hung = false;
  wake(child);
  const silence = watchSilence(clock, () => {
    hung = true;
    child.kill('SIGKILL');
  });
  try {
    const inbox = on(child, 'message', { signal, close: ['disconnect'] });
    send(child, { kind: 'generate', id, request });
    for await (const [message] of inbox as AsyncIterable<[FromChild]>) {
      silence.heard();
      if (!('id' in message) || message.id !== id || message.kind === 'alive') continue;
      if (message.kind === 'text') yield toChunk(message);
      else {
        ended = true;
        if (message.kind === 'failed') throw new EngineFailure(message.failure, message.why);
        if (message.reason === 'aborted') throw new EngineFailure('failed', 'the engine stopped without being asked');
        yield { kind: 'done', reason: message.reason, usage: message.usage };
        return;
      }
    }
    ended = true;
    const death = await deathOf(child, errors);
    if (!hung) throw death;
    throw new EngineFailure('crashed', `the embedded engine said nothing for ${longestSilenceSeconds} s and was ended`);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    silence.end();
    if (!ended) await stopAnswer(child, id, clock);
    rest(child);
  }
}

function toChunk({ text, tokens, lowestProbability }: FromChild & { kind: 'text' }): EngineChunk {
  return { kind: 'text', text, tokens, ...(lowestProbability === undefined ? {} : { lowestProbability }) };
}

/** Aborts at the engine and waits until it says that it has stopped; kills it when it does not. */
async function stopAnswer(child: ChildProcess, id: number, clock: Clock): Promise<void> {
  if (!child.connected) return;
  const patience = new AbortController();
  const inbox = on(child, 'message', { signal: patience.signal, close: ['disconnect'] });
  send(child, { kind: 'abort', id });
  const tooLong = clock.sleep(longestAbortMilliseconds, patience.signal).then(
    () => child.kill('SIGKILL'),
    () => {},
  );
  for await (const [message] of inbox as AsyncIterable<[FromChild]>) {
    if ((message.kind === 'end' || message.kind === 'failed') && message.id === id) break;
  }
  patience.abort();
  await tooLong;
}

type LoadAnswer = Extract<FromChild, { kind: 'loaded' | 'load-failed' }>;

async function firstMessage(
  child: ChildProcess,
  order: LoadOrder,
  { clock, signal, errors }: { clock: Clock; signal: AbortSignal; errors: () => string },
): Promise<LoadAnswer> {
  const limit = new AbortController();
  const either = AbortSignal.any([signal, limit.signal]);
  void clock.sleep(longestLoadMilliseconds, either).then(
    () => limit.abort(new EngineFailure('crashed', 'the embedded engine did not load its model within two minutes')),
    () => {},
  );
  child.once('error', (cause) =>
    limit.abort(new EngineFailure('crashed', 'the embedded engine could not be started', undefined, cause)),
  );
  try {
    const inbox = on(child, 'message', { signal: either, close: ['disconnect'] });
    send(child, order);
    for await (const [message] of inbox as AsyncIterable<[LoadAnswer]>) return message;
    throw await deathOf(child, errors);
  } catch (error) {
    throw either.aborted ? either.reason : error;
  } finally {
    limit.abort();
  }
}

function loadFailure({
  failure,
  why,
}: {
  readonly failure: EngineFailure['kind'];
  readonly why: string;
}): EngineFailure {
  const broken = /binary|Cannot find|ERR_MODULE|\.node\b/i.test(why);
  const mend = broken ? 'joule-ls engine install' : failure === 'out-of-memory' ? lessMemory : undefined;
  return new EngineFailure(failure, `the embedded engine could not load its model: ${why}`, mend);
}

const lessMemory = 'choose a smaller model, or lower joule.contextTokens';

/** Why the process is gone, once it is. SIGKILL that nobody here sent is nearly always the kernel's, for memory. */
async function deathOf(child: ChildProcess, errors: () => string): Promise<EngineFailure> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const said = errors() === '' ? '' : `: ${errors()}`;
  if (child.signalCode === 'SIGKILL') {
    return new EngineFailure('crashed', 'the embedded engine was killed, most likely because memory ran out');
  }
  const how = child.signalCode === null ? `ended with status ${child.exitCode}` : `crashed (${child.signalCode})`;
  return new EngineFailure('crashed', `the embedded engine ${how}${said}`);
}

function send(child: ChildProcess, message: ToChild): void {
  if (child.connected) child.send(message, () => {}); // a write that fails is followed by `disconnect`
}

/** The last line of the process's stderr, for the message about its death. */
function keepTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-2000);
  });
  return () => tail.trimEnd().split('\n').at(-1) ?? '';
}

/** An idle engine does not keep the server from ending; a working one does. */
function rest(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  unrefStream(child.stderr);
}

function wake(child: ChildProcess): void {
  child.ref();
  child.channel?.ref();
}

function unrefStream(stream: unknown): void {
  (stream as { unref?: () => void } | null)?.unref?.();
}
