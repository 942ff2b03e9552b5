// node_exporter on the same tree in the same run. All tools and all cases: `npx tsx test/bench/compare-tools.ts`.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isUnreadable, totalDomains } from '../../native-bindings/energy-source.ts';
import { powercap } from '../../native-bindings/powercap.ts';
import { powercapCases } from '../bench/compare-cases.ts';
import { makeDeviceTree } from '../support/device-tree.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { openNodeExporter } from '../support/other-tools.ts';

describe('node_exporter on the same tree', function () {
  this.timeout(60_000);

  it('shows the same joules wherever nothing wraps, resets or stands twice', async function () {
    const plain = powercapCases.filter(({ remark, truth }) => remark === undefined && truth !== undefined);
    assert.ok(plain.length >= 4);
    for (const one of plain) {
      const tree = makeDeviceTree(one.zones, one.cpu);
      const clock = new ManualClock();
      const roots = {
        powercap: join(tree.sys, 'class/powercap'),
        msr: '',
        proc: tree.proc,
        sys: tree.sys,
        nvmlLibraries: [],
      };
      const { sources } = await powercap.open(roots, () => clock.nowNanoseconds());
      const other = await openNodeExporter(tree.sys);
      if (other === undefined) this.skip();
      try {
        const ours = async (): Promise<number> => {
          let sum = 0;
          for (const source of sources.filter(({ domain }) => totalDomains.includes(domain))) {
            const reading = await source.read();
            assert.ok(!isUnreadable(reading));
            sum += Number(reading.microjoules) / 1e6;
          }
          return sum;
        };
        const theirs = async (): Promise<number> =>
          Object.entries(await other.read()).reduce(
            (sum, [name, value]) => (/^(package|dram)/.test(name) ? sum + Number(value) : sum),
            0,
          );
        const before = [await ours(), await theirs()] as const;
        clock.advance(10_000);
        for (const [folder, microjoules] of Object.entries(one.after)) tree.set(folder, microjoules);
        const after = [await ours(), await theirs()] as const;
        assert.equal((after[0] - before[0]).toFixed(6), (after[1] - before[1]).toFixed(6), one.name);
        assert.equal((after[0] - before[0]).toFixed(6), (one.truth ?? 0).toFixed(6), one.name);
      } finally {
        other.stop();
        for (const source of sources) source.close();
      }
    }
  });
});
