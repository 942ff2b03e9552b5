// An event as the line that is written. What nobody would read again because it is too long is cut, so that its joules are not lost.

import type { LedgerEvent } from './events.ts';
import { longestLine } from './file-lines.ts';

/** How much of texts (UTF-16 units) and lists (items) is kept of an event that is too long, tried in turn. */
const cuts: readonly { readonly text: number; readonly list: number }[] = [
  { text: 10_000, list: 1_000 },
  { text: 500, list: 100 },
  { text: 100, list: 10 },
];

/** One line without its break, of at most `longestLine` bytes; what every line has comes first and in one order, for who only skims it. */
export function lineOf({ schema, kind, at, receiptId, actionId, path, ...rest }: LedgerEvent): string {
  const event = { schema, kind, at, receiptId, actionId, path, ...rest };
  let line = JSON.stringify(event);
  for (const { text, list } of cuts) {
    if (Buffer.byteLength(line) <= longestLine) break;
    line = JSON.stringify(event, (_key, value: unknown) => {
      if (typeof value === 'string') return value.length > text ? `${value.slice(0, text)}…` : value;
      return Array.isArray(value) ? value.slice(0, list) : value;
    });
  }
  return line;
}
