// One client of the ollama package per call: our fetch, the right address, and every error as one of the port's failures.

import type { Ollama } from 'ollama/browser';
import type { OwnerSettings } from '../settings.ts';
import { EngineFailure } from './engine.ts';
import { createOllamaFetch } from './http.ts';
import { failureOfLine, failureOfStatus, failureOfThrown } from './ollama-errors.ts';
import type { OllamaAddress } from './ollama-host.ts';
import { resolveOllamaAddress } from './ollama-host.ts';

export interface OllamaOwner {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly owner: OwnerSettings['ollama'] & {
    readonly allowRemote: boolean;
    /** Name of the owner's meter on another machine. */
    readonly remoteMeter?: string | undefined;
  };
}

export interface Call {
  /** Ends the request, from before the connection is made. */
  readonly signal: AbortSignal;
  /** For error messages. */
  readonly model?: string;
}

/** Asked for each call, so that its sentence reaches the user. @throws EngineFailure when it is malformed or not allowed. */
export function addressOf({ env, owner }: OllamaOwner): OllamaAddress {
  return resolveOllamaAddress({ env, host: owner.host, allowRemote: owner.allowRemote });
}

let ollamaPackage: Promise<typeof import('ollama/browser')> | undefined;

/** A client for one call. The package can't be given a signal, so the fetch carries it. */
export async function openClient(settings: OllamaOwner, call: Call): Promise<Ollama> {
  const address = addressOf(settings);
  const context = { ...address, model: call.model };
  ollamaPackage ??= import('ollama/browser');
  const { Ollama } = await ollamaPackage;
  call.signal.throwIfAborted();
  return new Ollama({
    host: address.baseUrl,
    fetch: createOllamaFetch({
      bearer: settings.env.OLLAMA_API_KEY?.trim() || settings.owner.bearer,
      signal: call.signal,
      failureOfStatus: (status, body) => failureOfStatus(status, body, context),
      rules: {
        longestLine: 1_000_000,
        longestDocument: 64_000_000, // /api/show lists every tensor of a model
        failed: (error) => failureOfLine(error, context),
        malformed: () => notOllama(address.baseUrl),
        torn: () => new EngineFailure('torn', 'Ollama stopped in the middle of the answer', 'journalctl -u ollama -e'),
      },
    }),
  });
}

/** Runs `work` with a client. Rejects with EngineFailure, or with the signal's reason once it is aborted. */
export async function withClient<T>(
  settings: OllamaOwner,
  call: Call,
  work: (client: Ollama) => Promise<T>,
): Promise<T> {
  try {
    return await work(await openClient(settings, call));
  } catch (error) {
    throw toFailure(settings, call, { error, midway: false });
  }
}

/** What to throw for a caught error. `midway`: part of the answer had arrived. */
export function toFailure(settings: OllamaOwner, call: Call, caught: { error: unknown; midway: boolean }): unknown {
  if (call.signal.aborted) return call.signal.reason;
  if (caught.error instanceof EngineFailure) return caught.error;
  return failureOfThrown(caught.error, { ...addressOf(settings), model: call.model }, caught.midway);
}

export function notOllama(baseUrl: string): EngineFailure {
  return new EngineFailure(
    'malformed',
    `What answers at ${baseUrl} is not Ollama`,
    'check host, port and path in OLLAMA_HOST',
  );
}
