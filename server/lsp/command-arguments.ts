// Our commands and their arguments, checked by hand: they come from outside, also from other servers' actions.
// Everything malformed is InvalidParams, which some editors show and none takes for an answer.

import type { Range } from 'vscode-languageserver/node';
import type { ActionId, Finding, StrategyId } from '../pipeline/task.ts';
import { asRecord, parsePosition, parseRange } from './convert.ts';
import { invalidParams } from './guard.ts';

/** Static and unique: multiplexers route by this list, and editors make commands of their own of it. */
export const commands = {
  run: 'joule.run',
  cancel: 'joule.cancel',
  insertKept: 'joule.insertKept',
  dropKept: 'joule.dropKept',
  retry: 'joule.retry',
  dismiss: 'joule.dismiss',
  pull: 'joule.pull',
  receipt: 'joule.receipt',
  report: 'joule.report',
  completionAccepted: 'joule.completion.accepted',
} as const;

export interface RunArguments {
  readonly actionId: ActionId;
  readonly uri: string;
  readonly version: number;
  readonly range: Range;
  readonly diagnostics?: readonly { readonly message: string; readonly range: Range }[];
  readonly strategy?: StrategyId;
  readonly instruction?: string;
  readonly model?: string;
}

const actionIds: readonly ActionId[] = ['implement', 'fix', 'document', 'test', 'rewrite', 'explain'];
const strategyIds: readonly StrategyId[] = ['direct', 'outline', 'split', 'single'];
const longestInstruction = 20_000;
const longestName = 200;
const mostDiagnostics = 100;

/** @throws ResponseError InvalidParams, with the field that is wrong. */
export function parseRunArguments(args: unknown): RunArguments {
  const sent = firstOf(args);
  const actionId = actionIds.find((id) => id === sent.actionId);
  if (actionId === undefined) throw invalidParams(`actionId must be one of ${actionIds.join(', ')}`);
  const range = parseRange(sent.range);
  if (range === undefined) throw invalidParams('range must be a range of the document');
  const strategy = strategyIds.find((id) => id === sent.strategy);
  if (sent.strategy !== undefined && strategy === undefined) {
    throw invalidParams(`strategy must be one of ${strategyIds.join(', ')}`);
  }
  const instruction = optionalString(sent, 'instruction', longestInstruction);
  const model = optionalString(sent, 'model', longestName);
  return {
    actionId,
    uri: stringOf(sent, 'uri'),
    version: versionOf(sent),
    range,
    ...(sent.diagnostics === undefined ? {} : { diagnostics: parseDiagnostics(sent.diagnostics) }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(instruction === undefined ? {} : { instruction }),
    ...(model === undefined ? {} : { model }),
  };
}

/** `{ jobId }`, or nothing, which means all jobs. Emacs with eglot sends `null` back where it was given `{}`. */
export function parseCancelArguments(args: unknown): { readonly jobId: string | undefined } {
  const nothing = args === undefined || (Array.isArray(args) && (args.length === 0 || args[0] === null));
  if (nothing) return { jobId: undefined };
  return { jobId: optionalString(firstOf(args), 'jobId', longestName) };
}

/** Which kept result, and where the cursor is, for when its own place is gone. */
export function parseKeptArguments(args: unknown): {
  readonly jobId: string;
  readonly uri: string;
  readonly position: Range['start'];
} {
  const sent = firstOf(args);
  const position = parsePosition(sent.position);
  if (position === undefined) throw invalidParams('position must be a position of the document');
  return { jobId: stringOf(sent, 'jobId'), uri: stringOf(sent, 'uri'), position };
}

/** `{ receiptId }`; the id of a receipt is the id of its job. */
export function parseReceiptArguments(args: unknown): { readonly receiptId: string } {
  return { receiptId: stringOf(firstOf(args), 'receiptId') };
}

/** Which region, by its receipt, and by which model; undefined leaves the choice to the roles. */
export function parseRetryArguments(args: unknown): {
  readonly receiptId: string;
  readonly uri: string;
  readonly model: string | undefined;
} {
  const sent = firstOf(args);
  return {
    receiptId: stringOf(sent, 'receiptId'),
    uri: stringOf(sent, 'uri'),
    model: optionalString(sent, 'model', longestName),
  };
}

/** `{ model }`, as the engine writes it. */
export function parsePullArguments(args: unknown): { readonly model: string } {
  return { model: stringOf(firstOf(args), 'model') };
}

/** Findings of a run command, in offsets. */
export function findingsOf(
  diagnostics: RunArguments['diagnostics'],
  toOffsets: (range: Range) => Finding['range'],
): Finding[] {
  return (diagnostics ?? []).map(({ message, range }) => ({ message, range: toOffsets(range) }));
}

function firstOf(args: unknown): Readonly<Record<string, unknown>> {
  const first: unknown = Array.isArray(args) ? args[0] : undefined;
  if (typeof first !== 'object' || first === null) throw invalidParams('the command takes one object as its argument');
  return asRecord(first);
}

function stringOf(sent: Readonly<Record<string, unknown>>, key: string): string {
  const value = optionalString(sent, key, 8192);
  if (value === undefined) throw invalidParams(`${key} is missing`);
  return value;
}

function optionalString(sent: Readonly<Record<string, unknown>>, key: string, longest: number): string | undefined {
  const value = sent[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value === '') throw invalidParams(`${key} must be a string`);
  if (value.length > longest) throw invalidParams(`${key} is longer than ${longest} characters`);
  return value;
}

function versionOf(sent: Readonly<Record<string, unknown>>): number {
  const { version } = sent;
  if (typeof version !== 'number' || !Number.isInteger(version)) throw invalidParams('version must be a whole number');
  return version;
}

function parseDiagnostics(value: unknown): { message: string; range: Range }[] {
  if (!Array.isArray(value)) throw invalidParams('diagnostics must be a list');
  return value.slice(0, mostDiagnostics).map((one) => {
    const { message, range } = asRecord(one);
    const parsed = parseRange(range);
    if (typeof message !== 'string' || parsed === undefined) {
      throw invalidParams('each of diagnostics must have a message and a range');
    }
    return { message: message.slice(0, longestInstruction), range: parsed };
  });
}
