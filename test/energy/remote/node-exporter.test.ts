// The real node_exporter on a fixture tree: the same joules as our own reading of it, and a whole job measured through it.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { openSources } from '../../../native-bindings/index.ts';
import { systemClock } from '../../../server/base/clock.ts';
import type { KnownJoules } from '../../../server/energy/joules.ts';
import { createRemoteMeter } from '../../../server/energy/remote/remote-meter.ts';
import { createWorld } from '../../support/editor-client.ts';
import { startExporter } from '../../support/exporter.ts';
import { type NodeExporter, startNodeExporter } from '../../support/node-exporter.ts';
import { makeMachine } from '../../support/powercap-tree.ts';
import { cleanUpServers, runProgram } from '../../support/spawn-server.ts';

const now = (): bigint => systemClock.nowNanoseconds();

describe('the real node_exporter', function () {
  this.timeout(60_000);
  let exporter: NodeExporter | undefined;
  afterEach(async () => {
    await exporter?.close();
    exporter = undefined;
  });

  it('shows the same joules as our own reading of the same tree, and one zone more, which is a duplicate', async function () {
    const machine = makeMachine({
      zones: [
        { folder: 'intel-rapl:0', name: 'package-0', microjoules: 1_000_000n },
        { folder: 'intel-rapl:0:0', name: 'core', microjoules: 200_000n },
        { folder: 'intel-rapl:0:1', name: 'dram', microjoules: 300_000n },
        { folder: 'intel-rapl:1', name: 'psys', microjoules: 9_000_000n },
        { folder: 'intel-rapl-mmio:0', name: 'package-0', microjoules: 1_000_000n },
      ],
    });
    exporter = await startNodeExporter(machine.roots.sys);
    if (exporter === undefined) return this.skip();
    const { sources: theirs } = await createRemoteMeter({ kind: 'prometheus', url: exporter.url }, systemClock).open(
      now,
    );
    const { sources: ours } = await openSources(machine.roots, now);
    const read = async (): Promise<Record<string, readonly bigint[]>> => {
      const sum = async (sources: typeof ours, domain: string): Promise<bigint> => {
        let total = 0n;
        for (const source of sources.filter((one) => one.domain === domain)) {
          const reading = await source.read();
          assert.ok('microjoules' in reading);
          total += reading.microjoules;
        }
        return total;
      };
      const domains = ['package', 'dram', 'core', 'psys'];
      return Object.fromEntries(
        await Promise.all(domains.map(async (one) => [one, [await sum(ours, one), await sum(theirs, one)]] as const)),
      );
    };
    await read();
    for (const [folder, microjoules] of [
      ['intel-rapl:0', 2_500_123n],
      ['intel-rapl:0:0', 700_001n],
      ['intel-rapl:0:1', 1_300_000n],
      ['intel-rapl:1', 10_000_000n],
      ['intel-rapl-mmio:0', 2_500_123n],
    ] as const)
      machine.set(folder, microjoules);
    assert.deepEqual(await read(), {
      package: [1_500_123n, 1_500_123n],
      dram: [1_000_000n, 1_000_000n],
      core: [500_001n, 500_001n],
      psys: [1_000_000n, 1_000_000n],
    });
    for (const source of [...ours, ...theirs]) source.close();
  });

  it('gives a whole job its joules, when the owner says that its machine is the engine’s', async function () {
    const machine = makeMachine({ zones: [{ folder: 'intel-rapl:0', name: 'package-0', microjoules: 5_000_000n }] });
    exporter = await startNodeExporter(machine.roots.sys);
    if (exporter === undefined) return this.skip();
    const real = exporter.url;
    // Counts who asked, so that the counter grows only once the call's beginning has been read.
    const between = await startExporter((_request, response) => {
      request(`${real}/metrics`, (page) => void page.pipe(response)).end();
    });
    const stub = 'def add(a, b):\n    """Sum of a and b."""\n    pass\n';
    const world = await createWorld({
      config: { ollama: { meter: 'remote' }, remoteMeter: { kind: 'prometheus', url: between.url } },
      models: [{ name: 'qwen2.5-coder:3b' }],
      reply: async () => {
        while (between.requests.length < 2 || between.hanging > 0)
          await new Promise((resolve) => setImmediate(resolve));
        // Little enough that the shortest job could have drawn it: more than 10 kW would be refused.
        machine.set('intel-rapl:0', 6_230_000n);
        return stub.replace('pass', 'return a + b');
      },
    });
    world.file('a.py', stub);
    try {
      const { code, stdout, stderr } = await runProgram(['run', 'implement', 'a.py:1', '--json'], {
        env: world.env,
        cwd: world.project,
      });
      assert.equal(code, 0, stderr);
      const { receipt } = JSON.parse(stdout) as {
        receipt: { totals: { gross: KnownJoules }; calls: { flags?: string[] }[] };
      };
      const { gross } = receipt.totals;
      assert.deepEqual(
        [gross.status, gross.joules, gross.scope, gross.coverage],
        ['measured', 1.23, 'machine', ['package']],
      );
      assert.match(JSON.stringify(receipt.calls), /counted by prometheus at 127\.0\.0\.1:/);
    } finally {
      await between.close();
      await world.close();
      await cleanUpServers();
    }
  });
});
