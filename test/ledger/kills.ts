// Ten thousand kills of processes that append to one ledger, three at once: every event that was acknowledged has to be there afterwards.
//
//   npx tsx test/ledger/kills.ts [--kills 10000] [--seed N] [--json FILE]

import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { barOf, createProgressLine } from '../../server/commands/progress-line.ts';
import { killRounds, killsOf } from './kill-rounds.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const kills = Number(values.kills);
const progress = createProgressLine(process.stderr);
const began = { at: new Date().toISOString(), load: loadavg()[0] };
const start = performance.now();
const tally = await killRounds({
  kills,
  killsPerRound: 60,
  seed: Number(values.seed),
  onKill(done) {
    // A line per hundredth where it is not redrawn.
    const share = Math.floor((done * 100) / kills);
    const left = ((performance.now() - start) / done) * (kills - done);
    if (process.stderr.isTTY)
      progress.show(`${barOf(done / kills)} ${done} of ${kills} kills, ${Math.round(left / 1000)} s left`);
    else progress.show(`${barOf(share / 100)} ${share} %`);
  },
});
progress.end();
const holds = tally.lost.length === 0 && tally.unnamed === 0;
const record = {
  ...began,
  command: `npx tsx test/ledger/kills.ts ${process.argv.slice(2).join(' ')}`.trim(),
  node: process.version,
  cores: availableParallelism(),
  processor: cpus()[0]?.model,
  loadAverageAtTheEnd: loadavg(),
  seconds: Math.round((performance.now() - start) / 1000),
  holds,
  kills: killsOf(tally),
  ...tally,
};
process.stdout.write(`${JSON.stringify(record, undefined, 2)}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(record, undefined, 2)}\n`);
process.exitCode = holds ? 0 : 1;
