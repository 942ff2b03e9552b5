// A server in miniature, for the test that kills it: answers without end and tells the pid of its engine's process.

import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import { createEmbeddedEngine } from '../../server/models/embedded.ts';
import { endless, never, pidOf, request, tiny } from './embedded.ts';

const directory = process.argv[2] ?? '';
const engine = createEmbeddedEngine({ directory, clock: systemClock, log: silentLog, models: [tiny] });
let told = false;
for (;;) {
  for await (const _ of engine.generate(request(endless, { maxTokens: 480, stop: [] }), never)) {
    if (!told) process.send?.(await pidOf(engine));
    told = true;
  }
}
