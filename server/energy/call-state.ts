// One call from `begin` to `finish`: the marks of its edges, and the window that they make. Knows no counter.

import { toEngineTimes } from './call-window.ts';
import type { LoadReading } from './machine-load.ts';
import type { CallFacts } from './port.ts';
import type { CallWindow, Snapshot } from './source-account.ts';

export interface Mark {
  readonly snapshot: Snapshot;
  /** When it happened; the snapshot is later. */
  readonly eventNanoseconds: bigint;
  readonly load: LoadReading | undefined;
}

export interface CallState {
  readonly call: number;
  readonly pid: number | undefined;
  sent?: Mark;
  firstToken?: Mark;
  done?: Mark;
  facts?: CallFacts;
  interrupted: boolean;
  hadNeighbours: boolean;
}

export function isRunning(state: CallState): boolean {
  return state.sent !== undefined && state.done === undefined;
}

/** Empty before it was sent. */
export function toWindow(state: CallState): readonly CallWindow[] {
  const { sent, firstToken, done, facts } = state;
  if (sent === undefined) return [];
  return [
    {
      call: state.call,
      startIndex: sent.snapshot.index,
      ...(firstToken === undefined
        ? {}
        : { firstTokenIndex: firstToken.snapshot.index, firstTokenNanoseconds: firstToken.eventNanoseconds }),
      ...(done === undefined ? {} : { doneIndex: done.snapshot.index }),
      ...(facts?.engine === undefined ? {} : { times: toEngineTimes(facts.engine) }),
      startNanoseconds: sent.eventNanoseconds,
      doneNanoseconds: done?.eventNanoseconds ?? sent.eventNanoseconds,
    },
  ];
}
