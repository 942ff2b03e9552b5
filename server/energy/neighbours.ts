// Calls of other servers on this machine as the meter needs them: numbered below zero, timed like our own. Knows no file.

import { farFuture, type TimedCall } from './call-window.ts';
import type { EdgeBoard, ForeignCall } from './shared-edges.ts';

export interface Neighbour extends TimedCall {
  /** The engine's process, where its server knew it. */
  readonly pid: number | undefined;
  /** Of a call that has ended: how long its engine keeps the model. */
  readonly keepAliveSeconds: number | undefined;
}

/** @returns a look at all of them; one call keeps its number from look to look. */
export function createNeighbours(board: EdgeBoard): () => readonly Neighbour[] {
  let numbers = new Map<string, number>();
  let next = -1;
  return () => {
    const seen = new Map<string, number>();
    const neighbours = board.look().map((told): Neighbour => {
      const key = `${told.server} ${told.call}`;
      const call = numbers.get(key) ?? next--;
      seen.set(key, call);
      return toNeighbour(told, call);
    });
    numbers = seen;
    return neighbours;
  };
}

/** Whether its window reaches into a time. */
export function isDuring(one: Neighbour, startNanoseconds: bigint, endNanoseconds: bigint): boolean {
  return one.startNanoseconds < endNanoseconds && (one.doneNanoseconds ?? farFuture) > startNanoseconds;
}

/** Whether one of its edges lies after a time: what was read since then must not be joined to what was before. */
export function hasEdgeAfter(one: Neighbour, atNanoseconds: bigint): boolean {
  return [one.startNanoseconds, one.firstTokenNanoseconds, one.doneNanoseconds].some(
    (edge) => edge !== undefined && edge > atNanoseconds,
  );
}

function toNeighbour(told: ForeignCall, call: number): Neighbour {
  const { firstTokenNanoseconds, doneNanoseconds, times, unsureFromNanoseconds } = told;
  return {
    call,
    pid: told.pid,
    keepAliveSeconds: doneNanoseconds === undefined ? undefined : told.keepAliveSeconds,
    startNanoseconds: told.sentNanoseconds,
    ...(firstTokenNanoseconds === undefined ? {} : { firstTokenNanoseconds }),
    ...(doneNanoseconds === undefined ? {} : { doneNanoseconds }),
    ...(times === undefined ? {} : { times }),
    ...(unsureFromNanoseconds === undefined ? {} : { unsureFromNanoseconds }),
  };
}
