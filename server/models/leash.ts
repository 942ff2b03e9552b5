// What one call to an engine hangs on: the caller's signal, the engine's close, or a limit of the call's own. Knows no engine.

/** What ends one call: the caller's signal, the engine's close, or its own limit. */
export interface Leash {
  readonly signal: AbortSignal;
  /** Aborted once the call is over, however it ended. */
  readonly over: AbortSignal;
  abort(reason: unknown): void;
  release(): void;
}

/** A leash that follows `signal` until it is released. */
export function createLeash(signal: AbortSignal, onRelease: () => void): Leash {
  const control = new AbortController();
  const over = new AbortController();
  const follow = (): void => control.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow);
  return {
    signal: control.signal,
    over: over.signal,
    abort: (reason) => control.abort(reason),
    release: () => {
      signal.removeEventListener('abort', follow);
      over.abort();
      onRelease();
    },
  };
}
