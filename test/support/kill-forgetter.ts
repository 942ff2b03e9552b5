// A process that takes /forget/me.py off a ledger, again and again, until it is killed: `kill-forgetter.mjs DIRECTORY`. Says `f` for each time.

import { writeSync } from 'node:fs';
import { carryOut, planForget } from '../../server/ledger/forget.ts';
import { finishReplacing, lockForget } from '../../server/ledger/replace-file.ts';

const [directory = ''] = process.argv.slice(2);
const order = { path: '/forget/me.py' };
for (;;) {
  await finishReplacing(directory);
  const unlock = await lockForget(directory, process.pid);
  if (typeof unlock === 'string') continue;
  for (const { problem } of await carryOut(await planForget(directory, order), order))
    if (problem !== undefined) throw new Error(problem);
  await unlock();
  writeSync(1, 'f\n');
}
