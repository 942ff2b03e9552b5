// Completions that were not asked for because they were not worth their joules: how many, and what they would probably have taken. Lines of
// files beside the receipts, since nothing was spent and nobody has a receipt. Sums and words only; opens no file.

import { formatAmount } from '../energy/format.ts';
import { ledgerSchema } from './events.ts';

export interface NotAsked {
  readonly callsNotMade: number;
  /** Sum of the predictions of those that had one: estimated, like every prediction. */
  readonly predictedJoules: number;
  /** Those without a prediction: with any, the joules are "at least". */
  readonly withoutPrediction: number;
}

export interface NotAskedEntry extends NotAsked {
  /** Wall time of writing, ISO 8601 UTC. */
  readonly at: string;
}

export const noneNotAsked: NotAsked = { callsNotMade: 0, predictedJoules: 0, withoutPrediction: 0 };

/** `not-asked-2026-11.jsonl`; months are UTC. */
export function notAskedFile(isoTime: string): string {
  return `not-asked-${isoTime.slice(0, 7)}.jsonl`;
}

export function notAskedLine({ at, callsNotMade, predictedJoules, withoutPrediction }: NotAskedEntry): string {
  const joules = Number(predictedJoules.toPrecision(6));
  return JSON.stringify({ schema: ledgerSchema, at, callsNotMade, predictedJoules: joules, withoutPrediction });
}

/** @returns undefined for what is no such line. */
export function parseNotAsked(line: string): NotAskedEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { schema, at, callsNotMade, predictedJoules, withoutPrediction } = value as Record<string, unknown>;
  if (schema !== ledgerSchema || typeof at !== 'string' || Number.isNaN(Date.parse(at))) return undefined;
  if (!isAmount(callsNotMade) || !isAmount(predictedJoules) || !isAmount(withoutPrediction)) return undefined;
  return { at, callsNotMade, predictedJoules, withoutPrediction };
}

export function sumNotAsked(entries: readonly NotAsked[]): NotAsked {
  return entries.reduce<NotAsked>(
    (sum, one) => ({
      callsNotMade: sum.callsNotMade + one.callsNotMade,
      predictedJoules: sum.predictedJoules + one.predictedJoules,
      withoutPrediction: sum.withoutPrediction + one.withoutPrediction,
    }),
    noneNotAsked,
  );
}

/** By day, oldest first. @param dayOf of an ISO time, as the caller's days go: `2026-11-27`. */
export function notAskedByDay(
  entries: readonly NotAskedEntry[],
  dayOf: (isoTime: string) => string,
): readonly (NotAsked & { readonly day: string })[] {
  const days = new Map<string, NotAskedEntry[]>();
  for (const entry of entries) days.set(dayOf(entry.at), [...(days.get(dayOf(entry.at)) ?? []), entry]);
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, ofDay]) => ({ day, ...sumNotAsked(ofDay) }));
}

/** `41 completions not asked, some 120 J (estimated)`; undefined for none. */
export function notAskedText({ callsNotMade, predictedJoules, withoutPrediction }: NotAsked): string | undefined {
  if (callsNotMade === 0) return undefined;
  const count = `${callsNotMade} ${callsNotMade === 1 ? 'completion' : 'completions'} not asked`;
  if (withoutPrediction >= callsNotMade) return `${count}, joules unknown`;
  const how = withoutPrediction > 0 ? 'at least some' : 'some';
  return `${count}, ${how} ${formatAmount(predictedJoules)} (estimated)`;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
