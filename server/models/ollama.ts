// Ollama behind the engine port: what it is and has, one streamed answer, a download. Errors, requests, wire format and transport
// have files of their own; this one knows the order of things and when a connection has to end.

import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Engine, EngineChunk, EngineState, GenerateRequest, Locality, PullProgress } from './engine.ts';
import { EngineFailure } from './engine.ts';
import { createLeash, type Leash } from './leash.ts';
import { findLocality } from './locality.ts';
import { toChunks } from './ollama-chunks.ts';
import type { OllamaOwner } from './ollama-client.ts';
import { addressOf, notOllama, openClient, toFailure, withClient } from './ollama-client.ts';
import type { OllamaAddress } from './ollama-host.ts';
import { OllamaModels } from './ollama-models.ts';
import { toOllamaBody } from './ollama-request.ts';
import { parsePullLine, parseStreamPart, parseTags, parseVersion } from './ollama-wire.ts';

export interface OllamaEngineOptions extends OllamaOwner {
  readonly log: Log;
  readonly clock: Clock;
  /** `/proc`; elsewhere in tests. */
  readonly procRoot?: string;
}

/** A server that takes a connection and says nothing is as good as none. Models load on generate, which has no such limit. */
const probeSeconds = 10;

/** A server that has said it is done may take this long to end its body before the connection is cut. */
const politeMilliseconds = 1000;

/** A process that was proven to be an engine stays one for this long without looking again. */
const localityNanoseconds = 60_000_000_000n;

/** An address that can't be used fails each call with its sentence, not the construction: nobody may want Ollama. */
export function createOllamaEngine(options: OllamaEngineOptions): Engine {
  const { env, owner, clock, log } = options;
  const models = new OllamaModels(options, log);
  const running = new Set<Leash>();
  let proven: { readonly locality: Locality; readonly atNanoseconds: bigint } | undefined;

  async function state(signal: AbortSignal): Promise<EngineState> {
    const address = addressOf(options);
    const leash = hold(signal);
    const call = { signal: leash.signal };
    clock.sleep(probeSeconds * 1000, leash.over).then(
      () => leash.abort(silent(address.baseUrl)),
      () => undefined,
    );
    try {
      const [version, tags, locality] = await Promise.all([
        withClient(options, call, async (client) => parseVersion(await client.version())),
        withClient(options, call, async (client) => parseTags(await client.list())),
        localityOf(address),
      ]);
      if (version === undefined || tags === undefined) throw notOllama(address.baseUrl);
      const { device } = owner;
      return {
        version,
        slots: slotsOf(env),
        locality,
        models: await models.profiles(tags, leash.signal),
        ...(device === undefined ? {} : { device }),
      };
    } finally {
      leash.release();
    }
  }

  async function localityOf(address: OllamaAddress): Promise<Locality> {
    const now = clock.nowNanoseconds();
    if (proven !== undefined && now - proven.atNanoseconds < localityNanoseconds) return proven.locality;
    const locality = await findLocality({
      ...address,
      declared: owner.meter,
      remoteMeter: owner.remoteMeter,
      procRoot: options.procRoot,
    });
    proven = locality.where === 'this-machine' ? { locality, atNanoseconds: now } : undefined;
    return locality;
  }

  async function* generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<EngineChunk> {
    const leash = hold(signal);
    const call = { signal: leash.signal, model: request.model };
    let midway = false;
    let finished = false;
    try {
      const { endpoint, body } = toOllamaBody(request, await models.traits(request.model, leash.signal));
      const client = await openClient(options, call);
      const stream = endpoint === 'chat' ? await client.chat(body) : await client.generate(body);
      for await (const line of stream) {
        midway = true;
        const part = parseStreamPart(line);
        finished = part.done;
        yield* toChunks(part);
      }
    } catch (error) {
      throw toFailure(options, call, { error, midway });
    } finally {
      // A consumer that walks away early ends the generation too: a closed socket is how Ollama is told.
      const hangUp = (): void => leash.abort(new EngineFailure('failed', 'The answer was not wanted any more'));
      if (finished) clock.sleep(politeMilliseconds).then(hangUp, hangUp);
      else hangUp();
      leash.release();
    }
  }

  async function pull(model: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void> {
    const leash = hold(signal);
    try {
      await withClient(options, { signal: leash.signal, model }, async (client) => {
        for await (const line of await client.pull({ model, stream: true })) onProgress(parsePullLine(line));
      });
      models.forget(model);
    } finally {
      leash.abort(new EngineFailure('failed', 'The download is over'));
      leash.release();
    }
  }

  function hold(signal: AbortSignal): Leash {
    const leash = createLeash(signal, () => running.delete(leash));
    running.add(leash);
    return leash;
  }

  return {
    id: 'ollama',
    state,
    generate,
    pull,
    close: async () => {
      for (const leash of [...running]) leash.abort(new EngineFailure('failed', 'The connection to Ollama was closed'));
    },
  };
}

/** Ollama does not tell its OLLAMA_NUM_PARALLEL. Ours is the same when both come from one environment; its default is 1. */
function slotsOf(env: OllamaOwner['env']): number {
  const said = Number(env.OLLAMA_NUM_PARALLEL);
  return Number.isInteger(said) && said >= 1 ? Math.min(said, 64) : 1;
}

function silent(baseUrl: string): EngineFailure {
  return new EngineFailure(
    'unreachable',
    `${baseUrl} takes connections but says nothing for ${probeSeconds} s`,
    'ollama ps (restart Ollama when that hangs too)',
  );
}
