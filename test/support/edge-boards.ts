// The shared call edges of several simulated servers, in memory, through the same lines of text as the real files.

import { type EdgeBoard, foldEdges, formatEdge } from '../../server/energy/shared-edges.ts';
import type { ManualClock } from './manual-clock.ts';

export interface SimulatedServer {
  readonly board: EdgeBoard;
  /** The process dies at once: its open calls end without a word. */
  die(): void;
}

/** One per server; each sees what the others have published. */
export function makeEdgeBoards(count: number, clock: ManualClock): readonly SimulatedServer[] {
  const servers = Array.from({ length: count }, (_, index) => ({
    name: `server ${index}`,
    lines: [] as string[],
    aliveNanoseconds: clock.nowNanoseconds(),
    goneNanoseconds: undefined as bigint | undefined,
  }));
  return servers.map((own) => ({
    die: () => {
      own.aliveNanoseconds = clock.nowNanoseconds();
      own.goneNanoseconds = clock.nowNanoseconds();
    },
    board: {
      status: () => ({ shared: true, directory: 'memory' }),
      publish: (line) => void own.lines.push(formatEdge(line)),
      look: () =>
        servers
          .filter((server) => server !== own)
          .flatMap(({ name, lines, goneNanoseconds, aliveNanoseconds }) => {
            const calls = foldEdges(lines, clock.nowNanoseconds());
            if ('why' in calls) throw new Error(calls.why);
            return calls.map((call) => {
              const isOpen = goneNanoseconds !== undefined && call.doneNanoseconds === undefined;
              const end = isOpen ? { doneNanoseconds: goneNanoseconds, unsureFromNanoseconds: aliveNanoseconds } : {};
              return { ...call, ...end, server: name };
            });
          }),
      close: () => {},
    },
  }));
}
