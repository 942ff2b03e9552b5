// The only way to a model. Each call waits for a slot, is metered from being sent to being done, ends as soon as its answer is
// complete, and leaves exactly one record, whatever becomes of it.

import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { secondsBetween } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CallEnergy, Joules } from '../energy/joules.ts';
import type { EnergyMeter, MeteredCall } from '../energy/port.ts';
import type { Engine, EngineState, GenerateRequest, ModelProfile } from '../models/engine.ts';
import { EngineFailure } from '../models/engine.ts';
import { Admission, QueueFull, type Ticket } from './admission.ts';
import { neverSent, type Timing, type TokenCounts, toFacts, toTiming, toTokens, toView } from './call-record.ts';
import { EngineStates } from './engine-states.ts';
import { type Ending, type Heard, listen } from './listen.ts';
import { beginMetering } from './metered.ts';
import type { CallProgress, Gateway, ModelAnswer, ModelCall, ModelRequest } from './model-call.ts';

export interface GatewayOptions {
  readonly engines: ReadonlyMap<string, Engine> | ((engineId: string) => Engine | undefined);
  readonly meter: EnergyMeter;
  readonly clock: Clock;
  readonly log: Log;
  /** How long an engine keeps a model after use; a function where the setting may change. */
  readonly keepAliveSeconds: number | (() => number);
  /** Longest time of a call from being sent, unless the call brings its own. Default: half an hour. */
  readonly ceilingSeconds?: number;
  /** Names of calls, unique among all servers that write to one ledger. Default: random UUIDs. */
  readonly newId?: () => string;
}

/** Progress is told, and counters are read for it, this often. */
const progressMilliseconds = 500;

/** A wait inside the engine that no call of ours or of another server here explains, in seconds. A slot that was just freed takes about 10 ms. */
const foreignWaitSeconds = 0.25;

const justBegun: Joules = { status: 'unknown', why: 'the call has only begun' };

export function createGateway(options: GatewayOptions): Gateway {
  const { meter, clock, log } = options;
  const states = new EngineStates(clock);
  const admissions = new Map<string, Admission>();
  const newId = options.newId ?? randomUUID;
  const engineOf = (id: string): Engine | undefined =>
    typeof options.engines === 'function' ? options.engines(id) : options.engines.get(id);

  async function call(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer> {
    const attempt = begin(request, signal);
    const follow = (): void => attempt.control.abort(signal.reason);
    if (signal.aborted) follow();
    signal.addEventListener('abort', follow);
    try {
      const engine = engineOf(request.model.engineId);
      if (engine === undefined) {
        throw new EngineFailure('unreachable', `there is no engine named ${request.model.engineId}`);
      }
      const state = await learn(attempt, engine);
      const admission = admissionOf(engine.id);
      admission.setSlots(state.slots);
      const ticket = await admission.enter((position) => tellQueued(attempt, position), attempt.control.signal);
      try {
        return await serve(attempt, { engine, state, ticket });
      } finally {
        ticket.leave();
      }
    } catch (error) {
      return settle(attempt, { kind: 'broken', error });
    } finally {
      signal.removeEventListener('abort', follow);
    }
  }

  function begin(request: ModelRequest, caller: AbortSignal): Attempt {
    return {
      id: newId(),
      request,
      caller,
      control: new AbortController(),
      startNanoseconds: clock.nowNanoseconds(),
      atWallMilliseconds: clock.wallMilliseconds(),
      state: undefined,
      profile: undefined,
      heard: { text: '', tokens: 0, thinks: false, lowestProbability: undefined, pieces: [] },
    };
  }

  /** What the engine is and has. A model that it did not list is asked for once more: it may have been pulled just now. */
  async function learn(attempt: Attempt, engine: Engine): Promise<EngineState> {
    const { signal } = attempt.control;
    let state = await states.get(engine, signal);
    if (findProfile(state, attempt.request) === undefined) state = await states.ask(engine, signal);
    attempt.state = state;
    attempt.profile = findProfile(state, attempt.request);
    return state;
  }

  function admissionOf(engineId: string): Admission {
    const known = admissions.get(engineId);
    if (known !== undefined) return known;
    const admission = new Admission();
    admissions.set(engineId, admission);
    return admission;
  }

  async function serve(attempt: Attempt, { engine, state, ticket }: Service): Promise<ModelAnswer> {
    const { request, profile, control } = attempt;
    const over = new AbortController();
    const metered = beginMetering(meter, toView(state.locality, profile, process.pid), log);
    await metered.mark('sent');
    stopAtCeiling(attempt, over.signal);
    const sent = since(attempt);
    let firstPiece: number | undefined;
    let firstMark: Promise<void> | undefined;
    void tellProgress(attempt, metered, over.signal);
    const generate = toGenerateRequest(request);
    const { ending, ...heard } = await listen(
      {
        engine,
        request: generate,
        filters: request.stopFilters ?? [],
        onPiece: (heardSoFar) => {
          attempt.heard = heardSoFar;
          firstPiece ??= since(attempt);
          firstMark ??= metered.mark('first-token');
          request.onPiece?.(heardSoFar);
        },
      },
      control.signal,
    );
    attempt.heard = heard;
    const ended = since(attempt);
    over.abort('over');
    await Promise.all([firstMark, metered.mark('done')]);
    const usage = ending.kind === 'done' ? ending.usage : undefined;
    const timing = toTiming(usage, { sent, firstPiece, ended });
    const tokens = toTokens(usage, request.prompt, heard.tokens);
    const energy = await metered.finish(
      toFacts(timing, tokens, { profile, keepAliveSeconds: generate.keepAliveSeconds, device: state.device }),
    );
    const isExplained = ticket.hadCompany() || metered.hadNeighbours();
    const wait = isExplained ? 0 : (timing.engineQueue ?? 0);
    const flags =
      wait >= foreignWaitSeconds ? [`the engine had other work: it kept this waiting ${wait.toFixed(1)} s`] : [];
    return settle(attempt, ending, {
      timing,
      tokens,
      energy: { ...energy, flags: [...energy.flags, ...flags] },
    });
  }

  function stopAtCeiling({ request, control }: Attempt, over: AbortSignal): void {
    const seconds = request.ceilingSeconds ?? options.ceilingSeconds ?? 1800;
    clock.sleep(seconds * 1000, over).then(
      () =>
        control.abort(new EngineFailure('failed', `The answer was not complete after ${seconds} s and was stopped`)),
      () => undefined,
    );
  }

  /** Never rejects. */
  async function tellProgress(attempt: Attempt, metered: MeteredCall, over: AbortSignal): Promise<void> {
    tell(attempt, { phase: 'loading', tokensOut: 0, joules: justBegun });
    try {
      for (;;) {
        await clock.sleep(progressMilliseconds, over);
        const joules = await metered.sample();
        if (over.aborted) return;
        const { tokens } = attempt.heard;
        tell(attempt, { phase: tokens === 0 ? 'loading' : 'decoding', tokensOut: tokens, joules });
      }
    } catch {
      // The call is over.
    }
  }

  function tellQueued(attempt: Attempt, queuePosition: number): void {
    const joules: Joules = { status: 'unknown', why: 'waiting for a free slot of the engine' };
    tell(attempt, { phase: 'queued', tokensOut: 0, joules, queuePosition });
  }

  function tell(attempt: Attempt, progress: CallProgress): void {
    try {
      attempt.request.onProgress?.(progress);
    } catch (error) {
      log.error({ error: String(error) }, 'a listener to progress failed');
    }
  }

  function since(attempt: Attempt): number {
    return secondsBetween(attempt.startNanoseconds, clock.nowNanoseconds());
  }

  function settle(attempt: Attempt, ending: Ending, spent?: Spent): ModelAnswer {
    const { request, state, heard } = attempt;
    const failure = failureOf(ending, attempt.caller);
    if (failure !== undefined && failure.kind !== 'prompt-too-long') states.forget(request.model.engineId);
    if (ending.kind === 'broken' && !(ending.error instanceof EngineFailure) && failure !== undefined) {
      log.error({ error: String(ending.error) }, 'a model call failed in an unexpected way');
    }
    const waited = since(attempt);
    const call: ModelCall = {
      id: attempt.id,
      role: request.role,
      engine: request.model.engineId,
      engineVersion: state?.version ?? '',
      model: request.model.model,
      digest: attempt.profile?.digest ?? '',
      atWallMilliseconds: attempt.atWallMilliseconds,
      tokens: spent?.tokens ?? { in: 0, cached: 0, out: 0 },
      seconds: spent?.timing.seconds ?? {
        total: waited,
        queue: waited,
        load: 0,
        prefill: 0,
        decode: 0,
        source: 'clock',
      },
      joules: spent?.energy ?? neverSent,
      sampling: request.sampling,
      ...(heard.lowestProbability === undefined ? {} : { lowestTokenProbability: heard.lowestProbability }),
      ...outcomeOf(ending, failure),
    };
    return {
      call,
      text: heard.text,
      sureness: { pieces: heard.pieces },
      ...(failure === undefined ? {} : { failure }),
    };
  }

  function toGenerateRequest(request: ModelRequest): GenerateRequest {
    const { keepAliveSeconds } = options;
    return {
      model: request.model.model,
      prompt: request.prompt,
      maxTokens: Math.max(1, Math.floor(request.maxTokens)),
      contextTokens: request.contextTokens,
      sampling: request.sampling,
      stop: request.stop ?? [],
      think: request.think ?? false,
      wantProbabilities: request.wantProbabilities ?? false,
      keepAliveSeconds: typeof keepAliveSeconds === 'function' ? keepAliveSeconds() : keepAliveSeconds,
      ...(request.schema === undefined ? {} : { schema: request.schema }),
      ...(request.expectsRepetition === true ? { expectsRepetition: true } : {}),
    };
  }

  return { call };
}

/** One call on its way. */
interface Attempt {
  readonly id: string;
  readonly request: ModelRequest;
  readonly caller: AbortSignal;
  /** Follows the caller, and ends the call at its ceiling. */
  readonly control: AbortController;
  readonly startNanoseconds: bigint;
  readonly atWallMilliseconds: number;
  state: EngineState | undefined;
  profile: ModelProfile | undefined;
  heard: Heard;
}

interface Service {
  readonly engine: Engine;
  readonly state: EngineState;
  readonly ticket: Ticket;
}

interface Spent {
  readonly timing: Timing;
  readonly tokens: TokenCounts;
  readonly energy: CallEnergy;
}

function findProfile(state: EngineState, request: ModelRequest): ModelProfile | undefined {
  const { model } = request.model;
  return state.models.find((profile) => profile.name === model || profile.name === `${model}:latest`);
}

/** What went wrong, for a person. A cancel is no failure. */
function failureOf(ending: Ending, caller: AbortSignal): ModelAnswer['failure'] {
  if (ending.kind !== 'broken' || caller.aborted) return undefined;
  const { error } = ending;
  if (error instanceof EngineFailure) {
    return { kind: error.kind, message: error.message, ...(error.mend === undefined ? {} : { mend: error.mend }) };
  }
  if (error instanceof QueueFull) {
    return { kind: 'busy', message: 'Too many requests wait for this engine already', mend: 'cancel some, or wait' };
  }
  const said = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', message: `The call failed unexpectedly: ${said}` };
}

function outcomeOf(ending: Ending, failure: ModelAnswer['failure']): Pick<ModelCall, 'outcome' | 'why'> {
  switch (ending.kind) {
    case 'done':
      return { outcome: ending.reason === 'length' ? 'length' : 'completed' };
    case 'stopped':
      return { outcome: 'stopped-early', why: ending.why };
    case 'broken':
      return failure === undefined ? { outcome: 'cancelled' } : { outcome: 'failed', why: failure.message };
  }
}
