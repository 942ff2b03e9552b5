// Several editors are several servers on one machine, and one counter sees them all. What each tells the others of its calls, as
// lines of text, and the port to wherever those are kept. Knows no file; whatever is in a line, only a call comes out.

import type { EngineTimes } from './call-window.ts';

/** One edge of one call, on CLOCK_MONOTONIC, which all processes of one boot share. */
export type EdgeLine =
  | {
      readonly edge: 'sent';
      readonly call: number;
      readonly atNanoseconds: bigint;
      /** The engine's process, where it is known. */
      readonly pid?: number;
    }
  | { readonly edge: 'first-token' | 'done'; readonly call: number; readonly atNanoseconds: bigint }
  | { readonly edge: 'facts'; readonly call: number; readonly times?: EngineTimes; readonly keepAliveSeconds: number };

/** A call of another server on this machine, as far as it has told. */
export interface SharedCall {
  readonly call: number;
  readonly pid?: number;
  readonly sentNanoseconds: bigint;
  readonly firstTokenNanoseconds?: bigint;
  readonly doneNanoseconds?: bigint;
  readonly times?: EngineTimes;
  readonly keepAliveSeconds?: number;
  /** Its server is gone without having told the end, which lies between here and `doneNanoseconds`. */
  readonly unsureFromNanoseconds?: bigint;
}

export interface ForeignCall extends SharedCall {
  /** Tells servers apart; the same as long as one lives. */
  readonly server: string;
}

/** Where servers of one user on one machine tell each other of their calls. Nothing of it throws or waits. */
export interface EdgeBoard {
  /** Whether it works, and if not, why. Known after the first `publish`. */
  status(): EdgeSharing;
  publish(line: EdgeLine): void;
  /** All calls of other servers that may still matter to one of ours. */
  look(): readonly ForeignCall[];
  close(): void;
}

export type EdgeSharing =
  | { readonly shared: true; readonly directory: string }
  | { readonly shared: false; readonly why: string; readonly mend?: string };

export const noEdgeBoard: EdgeBoard = {
  status: () => ({ shared: false, why: 'this command runs no calls beside others' }),
  publish: () => {},
  look: () => [],
  close: () => {},
};

/** Longest line that is read; the longest written has about 130 characters. */
const longestLine = 400;
/** More calls than one server keeps. */
const mostCalls = 2000;
const second = 1_000_000_000n;

export function formatEdge(line: EdgeLine): string {
  const { call, edge } = line;
  if (line.edge === 'facts') {
    const { times, keepAliveSeconds: keep } = line;
    const said =
      times === undefined ? {} : { queue: String(times.queueNanoseconds), load: String(times.loadNanoseconds) };
    return JSON.stringify({ call, edge, ...said, keep });
  }
  const pid = line.edge === 'sent' && line.pid !== undefined ? { pid: line.pid } : {};
  return JSON.stringify({ call, edge, at: String(line.atNanoseconds), ...pid });
}

/**
 * The calls in a server's lines. A torn last line is left out; anything else that is not an edge, or lies in the future,
 * or is more than one server tells, is a reason to ignore the whole.
 */
export function foldEdges(
  lines: readonly string[],
  nowNanoseconds: bigint,
): readonly SharedCall[] | { readonly why: string } {
  const calls = new Map<number, Writable<SharedCall>>();
  for (const [index, text] of lines.entries()) {
    if (text === '') continue;
    const line = text.length > longestLine ? undefined : parseEdge(text);
    if (line === undefined) {
      if (index === lines.length - 1) break;
      return { why: 'it holds something that is no edge of a call' };
    }
    if (line.edge !== 'facts' && line.atNanoseconds > nowNanoseconds + second) return { why: 'it tells of the future' };
    if (line.edge === 'sent') {
      const pid = line.pid === undefined ? {} : { pid: line.pid };
      if (!calls.has(line.call)) calls.set(line.call, { call: line.call, sentNanoseconds: line.atNanoseconds, ...pid });
      if (calls.size > mostCalls) return { why: 'it tells of more calls than one server makes' };
      continue;
    }
    const call = calls.get(line.call);
    if (call === undefined) continue;
    if (line.edge === 'facts') {
      if (line.times !== undefined) call.times ??= line.times;
      call.keepAliveSeconds ??= line.keepAliveSeconds;
    } else if (line.edge === 'first-token') call.firstTokenNanoseconds ??= line.atNanoseconds;
    else call.doneNanoseconds ??= line.atNanoseconds;
  }
  return [...calls.values()];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function parseEdge(text: string): EdgeLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { call, edge, at, pid, queue, load, keep } = value as Record<string, unknown>;
  if (!isCount(call)) return undefined;
  if (edge === 'facts') {
    if (typeof keep !== 'number' || !Number.isFinite(keep)) return undefined;
    if (queue === undefined && load === undefined) return { edge, call, keepAliveSeconds: keep };
    const [queueNanoseconds, loadNanoseconds] = [toNanoseconds(queue), toNanoseconds(load)];
    if (queueNanoseconds === undefined || loadNanoseconds === undefined) return undefined;
    return { edge, call, times: { queueNanoseconds, loadNanoseconds }, keepAliveSeconds: keep };
  }
  const atNanoseconds = toNanoseconds(at);
  if (atNanoseconds === undefined) return undefined;
  if (edge === 'sent') return { edge, call, atNanoseconds, ...(isCount(pid) ? { pid } : {}) };
  return edge === 'first-token' || edge === 'done' ? { edge, call, atNanoseconds } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && typeof value === 'number' && value > 0;
}

function toNanoseconds(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^\d{1,18}$/.test(value) ? BigInt(value) : undefined;
}
