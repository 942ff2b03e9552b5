// What one round of `experiment batch` came to: so many requests, a number of them at once. Types, and the check of what is read back.

import type { Joules } from '../../../energy/joules.ts';
import type { TestOutcome } from '../../../exercises/program.ts';

export interface BatchRequest {
  /** The receipt's; `not offered` without a job. */
  readonly outcome: string;
  /** From choosing the action to the end of its job, by our clock: waiting for a slot is in it. */
  readonly seconds: number;
  readonly gross: Joules;
  readonly tokensOut: number;
  readonly verdict: TestOutcome;
}

export interface BatchResult {
  readonly model: string;
  /** Requests at once. */
  readonly parallel: number;
  /** From the first request to the end of the last. */
  readonly seconds: number;
  readonly requests: readonly BatchRequest[];
}

/** @returns undefined for what is none of ours. */
export function parseBatchResult(value: unknown): BatchResult | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { model, parallel, seconds, requests } = value as Partial<BatchResult>;
  const known =
    typeof model === 'string' &&
    typeof parallel === 'number' &&
    typeof seconds === 'number' &&
    Array.isArray(requests) &&
    requests.every(
      (one) =>
        typeof one?.seconds === 'number' &&
        typeof one.gross?.status === 'string' &&
        typeof one.tokensOut === 'number' &&
        typeof one.verdict?.status === 'string',
    );
  return known ? (value as BatchResult) : undefined;
}
