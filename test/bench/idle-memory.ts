// Resident memory of a session that nobody has given work yet: after `initialized` and two quiet seconds.

import { startLspProcess } from './lsp-process.ts';
import { pause, residentMebibytes } from './proc.ts';
import { type Benchmark, figure } from './row.ts';
import { summarise } from './statistics.ts';

const mebibytesAim = 65;
const quietSeconds = 2;

export const idleMemory: Benchmark = {
  name: 'memory',
  what: 'resident memory after initialized, no document open',
  async run({ server, floor, runs = 5, say }) {
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let run = 0; run < runs; run++) {
      say(`pair ${run + 1} of ${runs}`);
      const [own, bare] = await Promise.all([once(server), once(floor)]);
      ours.push(own);
      theirs.push(bare);
    }
    const [own, bare] = [summarise(ours), summarise(theirs)];
    return [
      {
        name: 'idle memory, no document open',
        aim: `≤ ${mebibytesAim} MiB`,
        got: `${figure(own.median)} MiB (floor ${figure(bare.median)})`,
        met: own.median <= mebibytesAim,
        figures: { mebibytes: own, floorMebibytes: bare, ratio: own.median / bare.median },
      },
    ];
  },
};

async function once(command: readonly string[]): Promise<number> {
  const process = startLspProcess(command);
  await process.initialize();
  await pause(quietSeconds);
  const mebibytes = residentMebibytes(process.pid);
  process.kill();
  return mebibytes;
}
