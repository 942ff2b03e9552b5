// The real Ollama engine against a fake Ollama, and the request that most tests begin with.

import { systemClock } from '../../server/base/clock.ts';
import type { Log } from '../../server/base/log.ts';
import { silentLog } from '../../server/base/log.ts';
import type { Engine, EngineChunk, GenerateRequest } from '../../server/models/engine.ts';
import { EngineFailure } from '../../server/models/engine.ts';
import type { OllamaEngineOptions } from '../../server/models/ollama.ts';
import { createOllamaEngine } from '../../server/models/ollama.ts';

/** An engine that talks to `url`. */
export function ollamaAt(
  url: string,
  more: { env?: Record<string, string>; owner?: Partial<OllamaEngineOptions['owner']>; log?: Log } = {},
): Engine {
  return createOllamaEngine({
    env: { OLLAMA_HOST: url, ...more.env },
    owner: { allowRemote: false, ...more.owner },
    log: more.log ?? silentLog,
    clock: systemClock,
  });
}

export function generateRequest(more: Partial<GenerateRequest> = {}): GenerateRequest {
  return {
    model: 'gemma3:4b',
    prompt: { kind: 'chat', messages: [{ role: 'user', content: 'write add' }] },
    maxTokens: 256,
    contextTokens: 4096,
    sampling: { temperature: 0.1, topP: 0.95, seed: 7 },
    stop: [],
    think: false,
    wantProbabilities: false,
    keepAliveSeconds: 300,
    ...more,
  };
}

export async function collect(chunks: AsyncIterable<EngineChunk>): Promise<EngineChunk[]> {
  const all: EngineChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

export function textOf(chunks: readonly EngineChunk[]): string {
  return chunks.map((chunk) => (chunk.kind === 'text' ? chunk.text : '')).join('');
}

/** The EngineFailure that a promise rejects with; anything else fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<EngineFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof EngineFailure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

export const never: AbortSignal = new AbortController().signal;
