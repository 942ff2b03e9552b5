// Requests to the embedded engine and what tests look at: whole answers, its process, whether that lives.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import { createEmbeddedEngine, type EmbeddedOptions } from '../../server/models/embedded.ts';
import type { EmbeddedModel } from '../../server/models/embedded-models.ts';
import { type Engine, type EngineChunk, EngineFailure, type GenerateRequest } from '../../server/models/engine.ts';
import { testEngineDirectory, tinyModelPath } from './install-engine.ts';

export const tiny: EmbeddedModel = { name: 'joule-tiny', family: 'joule-tiny', path: tinyModelPath };
export const stub = 'def count_negatives(nums: list[int]) -> int:\n    """Count negative numbers."""';
export const signature = 'def count_negatives(nums: list[int]) -> int:\n';
export const body = '    return sum(1 for x in nums if x < 0)';
/** A prompt on which the model does not end by itself for a long time. */
export const endless = '<|plan|>a a a a a a a a<|out|>{"mode":"split","subtasks":[{"id":1,"goal":"';
export const never = new AbortController().signal;

/** The real engine where the set-up step of the tests put it, on the real clock, with these models. */
export function engineWith(models: readonly EmbeddedModel[], more: Pick<EmbeddedOptions, 'lookup'> = {}): Engine {
  return createEmbeddedEngine({ directory: testEngineDirectory, clock: systemClock, log: silentLog, models, ...more });
}

export function request(text: string, more: Partial<GenerateRequest> = {}): GenerateRequest {
  return {
    model: 'joule-tiny',
    prompt: { kind: 'raw', text },
    maxTokens: 200,
    contextTokens: 512,
    sampling: { temperature: 0, topP: 0.95, seed: 7 },
    stop: ['<|im_end|>'],
    think: false,
    wantProbabilities: true,
    keepAliveSeconds: 300,
    ...more,
  };
}

export interface Collected {
  readonly chunks: readonly EngineChunk[];
  readonly text: string;
  readonly done: EngineChunk & { kind: 'done' };
}

/** The whole answer; asserts that it ends with `done`. */
export async function collect(engine: Engine, asked: GenerateRequest, signal = never): Promise<Collected> {
  const chunks: EngineChunk[] = [];
  for await (const chunk of engine.generate(asked, signal)) chunks.push(chunk);
  const done = chunks.at(-1);
  assert.ok(done?.kind === 'done', 'the stream ends with done');
  return { chunks, text: chunks.map((chunk) => (chunk.kind === 'text' ? chunk.text : '')).join(''), done };
}

/** For `assert.rejects`: an EngineFailure of this kind whose message or mend says this. */
export function failure(kind: string, said: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof EngineFailure && error.kind === kind && said.test(`${error.message} ${error.mend ?? ''}`);
}

/** The engine's process; fails when it has none. */
export async function pidOf(engine: Engine): Promise<number> {
  const { locality } = await engine.state(never);
  assert.ok(locality.where === 'this-machine' && locality.pid !== undefined, 'the engine has a process');
  return locality.pid;
}

/** False also for a zombie that nobody has reaped: a container's first process may not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
