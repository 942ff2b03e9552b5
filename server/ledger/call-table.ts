// Receipts as a table for spreadsheets and statistics: one row for each model call, with what is known of its receipt; a receipt without calls
// is one row. RFC 4180. Knows no file.

import { isKnown, type Joules } from '../energy/joules.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import type { Receipt } from './events.ts';

type Cell = string | number | undefined;

/** Columns in their order; units stand in the names. An unknown figure is an empty cell, and its status says `unknown`. */
const columns: Readonly<Record<string, (receipt: Receipt, call: ModelCall | undefined) => Cell>> = {
  receiptId: ({ id }) => id,
  at: ({ at }) => at,
  actionId: ({ actionId }) => actionId,
  path: ({ path }) => path,
  outcome: ({ outcome }) => outcome,
  verdict: ({ verdict }) => verdict,
  strategy: ({ strategy }) => strategy,
  predictedJoules: ({ predicted }) => predicted && joulesOf(predicted),
  predictedPlusMinusJoules: ({ predicted }) => predicted && errorOf(predicted),
  callId: (_, call) => call?.id,
  callAt: (_, call) => call && timeOf(call.atWallMilliseconds),
  role: (_, call) => call?.role,
  engine: (_, call) => call?.engine,
  engineVersion: (_, call) => call?.engineVersion,
  model: (_, call) => call?.model,
  digest: (_, call) => call?.digest,
  callOutcome: (_, call) => call?.outcome,
  tokensIn: (_, call) => call?.tokens.in,
  tokensCached: (_, call) => call?.tokens.cached,
  tokensOut: (_, call) => call?.tokens.out,
  totalSeconds: (_, call) => call?.seconds.total,
  queueSeconds: (_, call) => call?.seconds.queue,
  loadSeconds: (_, call) => call?.seconds.load,
  prefillSeconds: (_, call) => call?.seconds.prefill,
  decodeSeconds: (_, call) => call?.seconds.decode,
  grossJoules: (_, call) => call && joulesOf(call.joules.gross),
  grossPlusMinusJoules: (_, call) => call && errorOf(call.joules.gross),
  grossStatus: (_, call) => call?.joules.gross.status,
  netJoules: (_, call) => call && joulesOf(call.joules.net),
  netPlusMinusJoules: (_, call) => call && errorOf(call.joules.net),
  netStatus: (_, call) => call?.joules.net.status,
  loadJoules: (_, call) => call?.joules.load && joulesOf(call.joules.load),
  prefillJoules: (_, call) => call?.joules.prefill && joulesOf(call.joules.prefill),
  decodeJoules: (_, call) => call?.joules.decode && joulesOf(call.joules.decode),
  scope: (_, call) => call && scopeOf(call.joules.gross),
  coverage: (_, call) => call && coverageOf(call.joules.gross),
  flags: (_, call) => call?.joules.flags.join('; '),
};

/** The line of names, with its line end. */
export const callTableHead = `${Object.keys(columns).join(',')}\r\n`;

/** The rows of a receipt, with their line ends. */
export function callTableRows(receipt: Receipt): string {
  const calls: readonly (ModelCall | undefined)[] = receipt.calls.length === 0 ? [undefined] : receipt.calls;
  const row = (call: ModelCall | undefined): string =>
    Object.values(columns)
      .map((cell) => quoted(cell(receipt, call)))
      .join(',');
  return calls.map((call) => `${row(call)}\r\n`).join('');
}

/** Text that a spreadsheet would take for a formula gets an apostrophe in front: it may come from a model, an engine or a file's name. */
function quoted(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function joulesOf(figure: Joules): number | undefined {
  return isKnown(figure) ? figure.joules : undefined;
}

function errorOf(figure: Joules): number | undefined {
  return isKnown(figure) ? figure.plusMinusJoules : undefined;
}

function scopeOf(figure: Joules): string | undefined {
  return isKnown(figure) ? figure.scope : undefined;
}

function coverageOf(figure: Joules): string | undefined {
  return isKnown(figure) ? figure.coverage.join(' ') : undefined;
}

function timeOf(wallMilliseconds: number): string | undefined {
  const time = new Date(wallMilliseconds);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
