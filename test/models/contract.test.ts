// The contract of engines over every engine that is to be had here; the others are skipped aloud.

import { contract } from './contract.ts';
import { type Running, subjects } from './contract-engines.ts';

for (const { name, start } of subjects) {
  describe(`contract of engines: ${name}`, function () {
    this.timeout(60_000);
    let running: Running;
    before(async function () {
      this.timeout(180_000);
      const started = await start(false);
      if (typeof started !== 'string') {
        running = started;
        return;
      }
      console.log(`SKIPPED: the contract of engines over ${name} because ${started}`);
      this.skip();
    });
    after(() => running?.close());
    for (const { title, run } of contract) it(title, () => run(running.engine).then(() => undefined));
  });
}
