// From the spawning of the process to the answer of `initialize`, ours and the floor's in turn.

import { startLspProcess } from './lsp-process.ts';
import { type Benchmark, figure, inMilliseconds } from './row.ts';
import { summarise } from './statistics.ts';

const warmUps = 3;
const ratioAim = 1.25;

export const initialize: Benchmark = {
  name: 'initialize',
  what: 'spawn to the answer of initialize',
  async run({ server, floor, runs = 21, say }) {
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let run = -warmUps; run < runs; run++) {
      // Who comes first changes from pair to pair: the one that wakes the machine pays for it.
      const inTurn = run % 2 === 0 ? [ours, theirs] : [theirs, ours];
      for (const samples of inTurn) {
        const milliseconds = await once(samples === ours ? server : floor);
        if (run >= 0) samples.push(milliseconds);
      }
      if (run >= 0 && run % 5 === 0) say(`pair ${run + 1} of ${runs}`);
    }
    const [own, bare] = [summarise(ours), summarise(theirs)];
    const ratio = own.median / bare.median;
    const pairs = summarise(ours.map((one, index) => one / (theirs[index] ?? Number.NaN)));
    return [
      {
        name: 'initialize',
        aim: `≤ ${ratioAim} × floor`,
        got: `${figure(ratio)} × (${inMilliseconds(own)} over ${inMilliseconds(bare)})`,
        met: ratio <= ratioAim,
        figures: { ratio, pairRatios: pairs, milliseconds: own, floorMilliseconds: bare },
      },
    ];
  },
};

async function once(command: readonly string[]): Promise<number> {
  const start = performance.now();
  const process = startLspProcess(command);
  await process.initialize();
  const milliseconds = performance.now() - start;
  await process.request('shutdown');
  process.notify('exit');
  await process.exited();
  return milliseconds;
}
