// The engines that the contract runs over: fakes on both wires, embedded llama.cpp, Debian's llama-server, and an Ollama that
// OLLAMA_HOST names where it has joule-tiny. Each starts, or says why it can't here.

import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import { createEmbeddedEngine } from '../../server/models/embedded.ts';
import type { Engine } from '../../server/models/engine.ts';
import { parseOllamaHost } from '../../server/models/ollama-host.ts';
import { body, endless, never, signature, tiny } from '../support/embedded.ts';
import { createFakeOllama } from '../support/fake-ollama.ts';
import { createFakeOpenai, type FakeOpenaiReply } from '../support/fake-openai.ts';
import { importTiny } from '../support/import-tiny.ts';
import { engineForTests, testEngineDirectory } from '../support/install-engine.ts';
import { startLlamaServer } from '../support/llama-server.ts';
import { ollamaAt } from '../support/ollama-engine.ts';
import { openaiAt } from '../support/openai-engine.ts';

export interface Running {
  readonly engine: Engine;
  close(): Promise<void>;
}

export interface Subject {
  readonly name: string;
  /** @returns the engine, or why it can't be had here. `mayMake`: a Debian root may be made, a minute's work. */
  start(mayMake: boolean): Promise<Running | string>;
}

const endlessText = 'a '.repeat(400);
const tooLong = 'request (1500 tokens) exceeds the available context size (512 tokens), try increasing it';

/** What joule-tiny answers to the contract's prompts. */
function played(prompt: string, { schema, infill }: { schema: boolean; infill: boolean }): string {
  if (schema) return '{"mode": "direct"}';
  if (infill) return '1 for x in nums if x < 0)';
  return prompt.includes(endless) ? endlessText : signature + body;
}

async function fakeOllama(): Promise<Running> {
  const fake = await createFakeOllama({
    models: [{ name: 'joule-tiny', family: 'joule-tiny', capabilities: ['completion', 'insert'] }],
    reply: (request) => {
      if (request.text.length > 2000) return { error: { status: 400, body: { error: tooLong } } };
      const text = played(request.text, { schema: request.format !== undefined, infill: request.suffix !== undefined });
      return { text, ...(text === endlessText ? { loop: true } : {}) };
    },
  });
  return { engine: ollamaAt(fake.url), close: () => fake.close() };
}

async function fakeOpenai(flavour: 'llama-server' | 'vllm'): Promise<Running> {
  const fake = await createFakeOpenai({
    flavour,
    models: ['joule-tiny'],
    reply: ({ path, body: asked }): FakeOpenaiReply => {
      const prompt = String(asked.prompt ?? asked.input_prefix ?? '');
      if (prompt.length > 2000) return { status: 400, body: JSON.stringify({ error: { message: tooLong } }) };
      const schema = asked.json_schema !== undefined || asked.response_format !== undefined;
      const text = played(prompt, { schema, infill: path === '/infill' || prompt.startsWith('<|fim_prefix|>') });
      return { text, hang: text === endlessText };
    },
  });
  return { engine: openaiAt(fake.url), close: () => fake.close() };
}

export const subjects: readonly Subject[] = [
  { name: 'fake Ollama', start: fakeOllama },
  { name: 'fake llama-server', start: () => fakeOpenai('llama-server') },
  { name: 'fake vLLM', start: () => fakeOpenai('vllm') },
  {
    name: 'embedded',
    async start() {
      const why = await engineForTests();
      if (why !== undefined) return why;
      const means = { directory: testEngineDirectory, clock: systemClock, log: silentLog, models: [tiny] };
      const engine = createEmbeddedEngine(means);
      return { engine, close: () => engine.close() };
    },
  },
  {
    name: 'llama-server of Debian sid',
    async start(mayMake) {
      const server = await startLlamaServer({ mayMake, say: console.error });
      if (typeof server === 'string') return server;
      return { engine: openaiAt(server.url), close: server.close };
    },
  },
  {
    name: 'Ollama',
    async start() {
      const host = process.env.OLLAMA_HOST;
      if (host === undefined) return 'OLLAMA_HOST names none';
      const engine = ollamaAt(host);
      try {
        const { models } = await engine.state(never);
        const there = models.some(({ name }) => name === 'joule-tiny:latest');
        const why = there ? undefined : await importTiny(parseOllamaHost(host).baseUrl);
        return why ?? { engine, close: () => engine.close() };
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  },
];
