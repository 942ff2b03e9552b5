// A process that runs an endless command in the sandbox: for tests that kill it. The argument stands in the command's line.

import { systemClock } from '../../server/base/clock.ts';
import { createSandbox } from '../../server/sandbox/sandbox.ts';

const sandbox = createSandbox({ clock: systemClock, hidden: [], readable: [] });
const command = ['sh', '-c', `while :; do : ${process.argv[2]}; sleep 0.01; done`] as const;
const limits = { wallMilliseconds: 600_000 };
console.log(await sandbox.execute({ command, files: [], limits }, new AbortController().signal));
