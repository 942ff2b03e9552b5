// Two real server processes on the same counters at the same time: nothing is counted twice, nothing is lost.

import assert from 'node:assert/strict';
import type { CallEnergy } from '../../server/energy/joules.ts';
import { isKnown } from '../../server/energy/joules.ts';
import { createWorld, type World } from '../support/editor-client.ts';
import { gate } from '../support/fake-ollama.ts';
import { cleanUpServers, runProgram } from '../support/spawn-server.ts';

const stub = 'def add(a, b):\n    """Sum of a and b."""\n    pass\n';
/** Long enough for many pieces. */
const lines = Array.from({ length: 30 }, (_, index) => `    value_${index} = a + b + ${index}\n`).join('');
const done = `def add(a, b):\n    """Sum of a and b."""\n${lines}    return a + b\n`;

describe('two servers at once', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await createWorld({ models: [{ name: 'qwen2.5-coder:3b' }], slots: 2 });
  });
  after(async () => {
    await world.close();
    await cleanUpServers();
  });

  async function run(name: string): Promise<CallEnergy> {
    world.file(name, stub);
    const args = ['run', 'implement', `${name}:1`, '--json'];
    const { stdout, stderr } = await runProgram(args, { env: world.env, cwd: world.project });
    const report = JSON.parse(stdout) as { receipt?: { calls: readonly { joules: CallEnergy }[] } };
    const energy = report.receipt?.calls[0]?.joules;
    assert.ok(energy, stderr);
    return energy;
  }

  it('share what was measured while both had a call, and each receipt says so', async () => {
    let grown = 0;
    const together = [gate(), gate()];
    world.ollama.setReply((_, index) => ({
      text: done,
      millisecondsPerPiece: 12,
      beforePiece: async () => {
        together[index]?.open();
        await Promise.all(together.map((one) => one.opened));
        grown += 50_000;
        world.machine.set('intel-rapl:0', BigInt(1_000_000 + grown));
      },
    }));
    const figures = (await Promise.all([run('a.py'), run('b.py')])).map(({ gross, flags }) => {
      assert.ok(isKnown(gross), JSON.stringify(gross));
      assert.ok(
        flags.some((flag) => flag.startsWith('split with')),
        flags.join(),
      );
      return gross;
    });
    const sum = figures.reduce((total, one) => total + one.joules, 0);
    const error = figures.reduce((total, one) => total + one.plusMinusJoules, 0);
    const measured = grown / 1e6;
    console.log(
      `      measured ${measured} J, told ${figures.map((one) => `${one.joules} ±${one.plusMinusJoules}`).join(' + ')}`,
    );
    assert.ok(Math.abs(sum - measured) <= error, `${sum} ±${error} of ${measured}`);
    for (const { joules } of figures)
      assert.ok(joules < 0.9 * measured, `${joules} of ${measured} counted by one alone`);
  });
});
