// Wraps every handler: what goes wrong inside is logged and answered, and never ends the server.
// Knows no feature.

import { ErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { Log } from '../base/log.ts';

/** A command, action or argument that is not ours, or not understandable. The sentence is shown by some editors. */
export function invalidParams(why: string): ResponseError<void> {
  return new ResponseError(ErrorCodes.InvalidParams, why);
}

/**
 * A handler that cannot fail: a ResponseError is the answer, anything else is a bug of ours, logged and answered by `fallback`.
 * @param fallback what an editor takes for "nothing here": null, or an empty list.
 */
export function guarded<Params, Result>(
  log: Log,
  name: string,
  fallback: Result,
  handler: (params: Params) => Result | Promise<Result>,
): (params: Params) => Promise<Result> {
  return async (params) => {
    try {
      return await handler(params);
    } catch (error) {
      if (error instanceof ResponseError) throw error;
      log.error({ method: name, error: describe(error) }, 'a handler failed');
      return fallback;
    }
  };
}

/** The same for a notification, which has no answer. Runs at once, so that changes of documents keep their order. */
export function guardedNotice<Params>(
  log: Log,
  name: string,
  handler: (params: Params) => void,
): (params: Params) => void {
  return (params) => {
    try {
      handler(params);
    } catch (error) {
      log.error({ method: name, error: describe(error) }, 'a notification handler failed');
    }
  };
}

/** Lets a promise go its way; what it fails with is logged. */
export function inBackground(log: Log, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => log.error({ error: describe(error) }, `${what} failed`));
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
