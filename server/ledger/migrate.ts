// Lines of older versions, brought to the present one: a table of pure steps on parsed lines. Knows no file; the line on disk stays.

import { ledgerSchema } from './events.ts';

/** Takes a line of one schema to the next. Gets and gives plain data; nothing of it was looked at yet, so it must stand anything. */
export type Migration = (line: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/**
 * `migrations[n]` takes schema n to n + 1. Empty so far: schema 1 is the first, and what was added to it since is optional.
 * Raise `ledgerSchema` only for what an older reader would get wrong; it leaves newer lines alone.
 */
export const migrations: Readonly<Record<number, Migration>> = {};

/** @returns the line in the present schema, or undefined where no way leads there. */
export function migrate(
  line: Readonly<Record<string, unknown>>,
  table: Readonly<Record<number, Migration>> = migrations,
  present: number = ledgerSchema,
): Readonly<Record<string, unknown>> | undefined {
  let now = line;
  for (let steps = 0; now.schema !== present; steps++) {
    const step = typeof now.schema === 'number' && steps < present ? table[now.schema] : undefined;
    if (step === undefined) return undefined;
    now = { ...step(now), schema: Number(now.schema) + 1 };
  }
  return now;
}
