// The embedded engine: llama.cpp in a process of its own, with the tiny model of this package, for machines without another.
// Starts its process on first need, ends it when idle, starts it again after a crash. Knows no role and no joule.

import { type Clock, secondsBetween } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type EmbeddedModel, jouleTinyModel, pulledModels } from './embedded-models.ts';
import { type EngineProcess, startEngineProcess } from './embedded-process.ts';
import { profileOf as readProfile } from './embedded-profile.ts';
import {
  type Engine,
  type EngineChunk,
  EngineFailure,
  type EngineState,
  type GenerateRequest,
  type ModelProfile,
} from './engine.ts';
import { type InstalledEngine, installedEngine } from './engine-directory.ts';

export interface EmbeddedOptions {
  /** Where `joule-ls engine install` put it. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The first is joule-tiny; the owner's may follow. */
  readonly models?: readonly EmbeddedModel[];
  /** Where pulled models are kept; looked at each time, so that one counts as soon as it is there. */
  readonly modelDirectory?: string;
  /** `always` is for measuring what prompt lookup brings. */
  readonly lookup?: 'where-it-pays' | 'always';
}

/**
 * Below this many parameters one thread, from there on one per physical core. test/bench/embedded-threads.ts on two cores with other work
 * on them, tokens written per second on one and on two: 5 M 1308 and 58, 68 M 69 and 9, 135 M 42 and 81.
 */
const smallParameters = 100e6;
/**
 * From this many parameters on, prompt lookup is used where a request expects repetition. test/bench/embedded-lookup.ts: models of 68
 * and 135 M copy 3 and 4 times as fast; joule-tiny's answers of 18 tokens, 1.0 to 1.4 times, end before it matters.
 */
const lookupParameters = 30e6;
const firstBackOffMilliseconds = 250;
const longestBackOffMilliseconds = 30_000;

export function createEmbeddedEngine(options: EmbeddedOptions): Engine {
  const { clock, log } = options;
  const fixed = options.models ?? [jouleTinyModel];
  const profiles = new Map<string, Promise<ModelProfile>>();
  let current: { readonly model: string; readonly contextTokens: number; readonly process: EngineProcess } | undefined;
  let crashes = 0;
  let crashedAtNanoseconds = 0n;
  let turn: Promise<void> = Promise.resolve();
  let idle = new AbortController();
  const closing = new AbortController();

  async function profileOf(model: EmbeddedModel): Promise<ModelProfile> {
    const known = profiles.get(model.path + model.name) ?? readProfile(model);
    profiles.set(model.path + model.name, known);
    known.catch(() => profiles.delete(model.path + model.name)); // a file put right later counts
    return known;
  }

  /** A name counts once: first ours, then the owner's, then what was pulled. */
  async function offered(): Promise<readonly EmbeddedModel[]> {
    const pulled = options.modelDirectory === undefined ? [] : await pulledModels(options.modelDirectory);
    const byName = new Map([...fixed, ...pulled].reverse().map((model) => [model.name, model]));
    return [...byName.values()].reverse();
  }

  /** Files that can't be used are left out, aloud; where none can, its reason is the engine's. */
  async function usable(): Promise<readonly ModelProfile[]> {
    const read = await Promise.allSettled((await offered()).map(profileOf));
    const failed = read.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    if (failed.length === read.length) throw failed[0];
    for (const error of failed) log.warn({ engine: 'embedded', error: String(error) }, 'a model file was left out');
    return read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  function crashed(): void {
    crashes++;
    crashedAtNanoseconds = clock.nowNanoseconds();
  }

  async function end(): Promise<void> {
    const ending = current;
    current = undefined;
    await ending?.process.close();
  }

  async function started(request: GenerateRequest, signal: AbortSignal): Promise<EngineProcess & { fresh: boolean }> {
    const installed = demandInstalled(options.directory);
    const model = (await offered()).find(({ name }) => name === request.model);
    if (model === undefined) throw new EngineFailure('missing-model', `the embedded engine has no ${request.model}`);
    const profile = await profileOf(model);
    const contextTokens = Math.min(request.contextTokens, profile.contextLength || request.contextTokens);
    if (current?.process.alive() && current.model === model.name && current.contextTokens === contextTokens) {
      return { ...current.process, fresh: false };
    }
    await end();
    const pause = backOffMilliseconds();
    if (pause > 0) await clock.sleep(pause, signal);
    const order = {
      kind: 'load',
      libraryPath: installed.entryPath,
      modelPath: model.path,
      contextTokens,
      threads: profile.parameters < smallParameters ? 'one' : 'physical-cores',
      lookup: options.lookup === 'always' || profile.parameters >= lookupParameters,
    } as const;
    const onExit = (): void => {
      if (current === undefined || current.process !== process) return;
      current = undefined;
      crashed();
      log.warn({ engine: 'embedded' }, 'the embedded engine ended unexpectedly; it starts again with the next request');
    };
    let process: EngineProcess | undefined;
    try {
      process = await startEngineProcess({ order, clock, onExit }, signal);
    } catch (error) {
      if (error instanceof EngineFailure) crashed();
      throw error;
    }
    current = { model: model.name, contextTokens, process };
    log.info({ engine: 'embedded', pid: process.pid, threads: process.threads }, 'the embedded engine has started');
    return { ...process, fresh: true };
  }

  function backOffMilliseconds(): number {
    if (crashes === 0) return 0;
    const pause = Math.min(firstBackOffMilliseconds * 2 ** (crashes - 1), longestBackOffMilliseconds);
    return Math.max(0, pause - secondsBetween(crashedAtNanoseconds, clock.nowNanoseconds()) * 1000);
  }

  function endWhenIdle(keepAliveSeconds: number): void {
    idle = new AbortController();
    clock.sleep(keepAliveSeconds * 1000, idle.signal).then(end, () => {});
  }

  async function* generate(request: GenerateRequest, caller: AbortSignal): AsyncGenerator<EngineChunk> {
    const signal = AbortSignal.any([caller, closing.signal]);
    const { promise: done, resolve: release } = withResolver();
    const before = turn;
    turn = before.then(() => done);
    try {
      await aborting(before, signal);
      idle.abort();
      const process = await started(request, signal);
      for await (const chunk of process.answer(request, signal)) {
        if (chunk.kind !== 'done') yield chunk;
        else {
          crashes = 0;
          yield process.fresh ? { ...chunk, usage: { ...chunk.usage, loadSeconds: process.loadSeconds } } : chunk;
        }
      }
    } finally {
      if (current !== undefined) endWhenIdle(request.keepAliveSeconds);
      release();
    }
  }

  return {
    id: 'embedded',
    async state(): Promise<EngineState> {
      const { marker } = demandInstalled(options.directory);
      return {
        version: marker.version,
        slots: 1,
        models: await usable(),
        locality: {
          where: 'this-machine',
          how: 'child-process',
          // Looked up when it is asked for: a state is kept for a while, and the process may be another one by then.
          get pid() {
            return current?.process.alive() ? current.process.pid : undefined;
          },
        },
      };
    },
    generate,
    async close() {
      closing.abort(new EngineFailure('failed', 'the embedded engine is being closed'));
      idle.abort();
      await end();
    },
  };
}

function demandInstalled(directory: string): InstalledEngine {
  const installed = installedEngine(directory);
  if (installed !== undefined) return installed;
  throw new EngineFailure('unreachable', 'the embedded engine is not installed', 'joule-ls engine install');
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Waits for `work`, or rejects with the signal's reason. */
async function aborting(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, resolve: onAbort } = withResolver();
  signal.addEventListener('abort', onAbort, { once: true });
  await Promise.race([work, aborted]);
  signal.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
}
