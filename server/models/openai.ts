// An OpenAI-compatible engine behind the engine port: llama-server, vLLM, SGLang, LM Studio, a gateway before a cluster. Requests,
// wire format, errors and waits have files of their own; this one knows the order of things and when a connection has to end.

import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { NamedEngine } from '../settings.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { type Engine, type EngineChunk, EngineFailure, type EngineState, type GenerateRequest } from './engine.ts';
import { createLeash, type Leash } from './leash.ts';
import { findLocality } from './locality.ts';
import { type OpenaiCall, openBody } from './openai-client.ts';
import { failureOfOpenaiThrown, withoutKey } from './openai-errors.ts';
import { entryOf, openaiAddress, openaiKey } from './openai-host.ts';
import { type OpenaiProbe, probeOpenai } from './openai-probe.ts';
import { toOpenaiBody } from './openai-request.ts';
import { toOpenaiChunks } from './openai-stream.ts';
import { withRetries } from './retry.ts';

export interface OpenaiEngineOptions {
  readonly engine: NamedEngine;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name of the owner's meter on another machine. */
  readonly remoteMeter?: string | undefined;
  readonly log: Log;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  /** `/proc`; elsewhere in tests. */
  readonly procRoot?: string;
}

/** A server that takes a connection and says nothing is as good as none. */
const probeSeconds = 10;

/** Between two events of an answer; before the first one a model may be loading. */
const silenceSeconds = 120;

/** An address or key that can't be used fails each call with its sentence, not the construction. */
export function createOpenaiEngine(options: OpenaiEngineOptions): Engine {
  const { engine, env, clock, log } = options;
  const { id } = engine;
  const breaker = new CircuitBreaker(clock);
  const running = new Set<Leash>();
  let known: OpenaiProbe | undefined;

  async function state(signal: AbortSignal): Promise<EngineState> {
    const address = openaiAddress(engine);
    const leash = hold(signal);
    limit(leash, probeSeconds, `engine ${id} takes connections but says nothing for ${probeSeconds} s`);
    try {
      const where = { ...address, entry: entryOf(id), declared: engine.meter, remoteMeter: options.remoteMeter };
      const [probe, locality] = await Promise.all([
        probeOpenai(engine, callOf(leash)),
        findLocality({ ...where, procRoot: options.procRoot }),
      ]);
      known = probe;
      const { version, slots, models } = probe;
      return { version, slots, models, locality, ...(engine.device === undefined ? {} : { device: engine.device }) };
    } finally {
      leash.release();
    }
  }

  async function* generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<EngineChunk> {
    const leash = hold(signal);
    let silence: Leash | undefined;
    try {
      const call = callOf(leash, request.model);
      const { flavour } = await learn(request.model, call);
      const sent = toOpenaiBody(request, flavour);
      if (sent === undefined) {
        throw new EngineFailure('unsupported', `how ${request.model} fills in the middle is not known`);
      }
      const means = { clock, random: options.random, signal: leash.signal };
      const body = await withRetries(means, () => attempt(call, sent.path, sent.body));
      try {
        for await (const chunk of toOpenaiChunks(body, call.context)) {
          silence?.release();
          silence = limit(leash, silenceSeconds, `engine ${id} fell silent in the middle of the answer`);
          yield chunk;
        }
      } catch (error) {
        if (!leash.signal.aborted) breaker.failed();
        throw withoutKey(failureOfOpenaiThrown(error, call.context, true), call.key);
      }
    } catch (error) {
      throw leash.signal.aborted ? leash.signal.reason : error;
    } finally {
      // A consumer that walks away early ends the generation too: a closed socket is how the engine is told.
      leash.abort(new EngineFailure('failed', 'The answer was not wanted any more'));
      silence?.release();
      leash.release();
    }
  }

  /** What answers there; a model that is not listed is an error here, because llama-server takes any name. */
  async function learn(model: string, call: OpenaiCall): Promise<OpenaiProbe> {
    const has = (probe: OpenaiProbe | undefined): boolean => probe?.models.some(({ name }) => name === model) ?? false;
    if (!has(known)) known = await probeOpenai(engine, call);
    if (known !== undefined && has(known)) return known;
    throw new EngineFailure('missing-model', `engine ${id} has no model ${model}`, 'joule-ls models');
  }

  /** One try, as the breaker lets it. */
  async function attempt(call: OpenaiCall, path: string, sent: object): Promise<AsyncIterable<Uint8Array>> {
    const wait = breaker.enter();
    if (wait > 0) {
      const message = `engine ${id} failed several times in a row and is left alone for ${Math.ceil(wait)} s`;
      throw new EngineFailure('unreachable', message, 'look into its log');
    }
    try {
      const body = await openBody(call, path, sent);
      breaker.succeeded();
      return body;
    } catch (error) {
      if (call.signal.aborted) breaker.leave();
      else if (error instanceof EngineFailure && !/^(crashed|failed)$/.test(error.kind)) breaker.succeeded();
      else breaker.failed();
      log.debug(
        { engine: id, error: error instanceof Error ? error.message : 'unknown' },
        'a request was not answered',
      );
      throw error;
    }
  }

  function callOf({ signal }: Leash, model?: string): OpenaiCall {
    const context = { id, model, keyName: engine.keyFromEnvironment, baseUrl: openaiAddress(engine).baseUrl };
    return { context, key: openaiKey(engine, env), signal, wallMilliseconds: clock.wallMilliseconds() };
  }

  function hold(signal: AbortSignal): Leash {
    const leash = createLeash(signal, () => running.delete(leash));
    running.add(leash);
    return leash;
  }

  /** Aborts the call after so many seconds, unless what is returned is released first. */
  function limit(leash: Leash, seconds: number, message: string): Leash {
    const timer = createLeash(leash.over, () => undefined);
    clock.sleep(seconds * 1000, AbortSignal.any([timer.over, leash.over])).then(
      () => leash.abort(new EngineFailure('torn', message, 'look into its log')),
      () => undefined,
    );
    return timer;
  }

  return {
    id,
    state,
    generate,
    close: async () => {
      for (const leash of [...running]) leash.abort(new EngineFailure('failed', `The connection to ${id} was closed`));
    },
  };
}
