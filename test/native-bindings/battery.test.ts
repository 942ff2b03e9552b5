import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { battery } from '../../native-bindings/battery.ts';
import { isUnreadable } from '../../native-bindings/energy-source.ts';
import { openSources } from '../../native-bindings/index.ts';
import { runsOnBattery } from '../../native-bindings/power-supply.ts';
import { silentLog } from '../../server/base/log.ts';
import { createMeter } from '../../server/energy/meter.ts';
import { setSupply } from '../support/drm-tree.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeMachine, putFile } from '../support/powercap-tree.ts';

const facts = {
  queueSeconds: 0,
  loadSeconds: 0,
  tokensIn: 1,
  tokensCached: 0,
  tokensOut: 1,
  activeGigabytes: 0,
  keepAliveSeconds: 0,
};

function laptop(files: Readonly<Record<string, string | number>> = { power_now: 20_000_000 }) {
  const machine = makeMachine();
  setSupply(machine.roots, 'AC', { type: 'Mains', online: 0 });
  setSupply(machine.roots, 'BAT0', { type: 'Battery', status: 'Discharging', ...files });
  setSupply(machine.roots, 'hidpp_battery_0', {
    type: 'Battery',
    scope: 'Device',
    status: 'Discharging',
    power_now: 1,
  });
  return { machine, clock: new ManualClock() };
}

describe('a battery', () => {
  it('shows what the machine draws while it discharges, by power or by current and voltage', async () => {
    for (const files of [
      { power_now: 20_000_000 },
      { current_now: 2_000_000, voltage_now: 10_000_000 },
      { current_now: -2_000_000, voltage_now: 10_000_000 },
    ]) {
      const { machine, clock } = laptop(files);
      const [source] = (await battery.open(machine.roots, () => clock.nowNanoseconds())).sources;
      assert.deepEqual([source?.domain, source?.method], ['battery', 'integrated-power']);
      const first = await source?.read();
      clock.advance(3000);
      const second = await source?.read();
      assert.ok(first && second && !isUnreadable(first) && !isUnreadable(second));
      assert.equal(second.microjoules - first.microjoules, 60_000_000n);
    }
  });

  it('shows nothing on mains power, and says so', async () => {
    const { machine } = laptop();
    const [source] = (await battery.open(machine.roots, () => 0n)).sources;
    for (const set of [
      () => setSupply(machine.roots, 'BAT0', { status: 'Charging' }),
      () => setSupply(machine.roots, 'BAT0', { status: 'Full' }),
      () => {
        setSupply(machine.roots, 'BAT0', { status: 'Discharging' });
        setSupply(machine.roots, 'AC', { online: 1 });
      },
    ]) {
      set();
      const got = await source?.read();
      assert.ok(got && isUnreadable(got));
      assert.match(got.why, /on mains power/);
    }
  });

  it('says whether the machine runs on it: not on mains, not by the battery of a mouse, unknown without one', async () => {
    const { machine } = laptop();
    const { roots } = machine;
    assert.equal(await runsOnBattery(roots.sys), true);
    setSupply(roots, 'AC', { online: 1 });
    assert.equal(await runsOnBattery(roots.sys), false);
    setSupply(roots, 'AC', { online: 0 });
    setSupply(roots, 'BAT0', { status: 'Full' });
    assert.equal(await runsOnBattery(roots.sys), false);
    rmSync(join(roots.sys, 'class/power_supply/BAT0'), { recursive: true });
    assert.equal(await runsOnBattery(roots.sys), undefined);
    assert.equal(await runsOnBattery(makeMachine().roots.sys), undefined);
  });

  it('is asked only where no counter gives a total', async () => {
    const { machine } = laptop();
    putFile(join(machine.path('intel-rapl:0'), 'name'), 'package-0\n');
    putFile(join(machine.path('intel-rapl:0'), 'energy_uj'), '5\n');
    const ids = (await openSources(machine.roots, () => 0n)).sources.map(({ id }) => id);
    assert.deepEqual(ids, ['rapl:package-0']);
    const bare = await openSources(laptop().machine.roots, () => 0n);
    assert.deepEqual(
      bare.sources.map(({ id }) => id),
      ['battery'],
    );
  });

  it('carries the total of a call as a figure of the machine, with an error as slow as its gauge', async () => {
    const { machine, clock } = laptop();
    const meter = createMeter({ roots: machine.roots, clock, log: silentLog });
    const call = meter.begin({ seen: true });
    await call.mark('sent');
    for (let second = 0; second < 60; second++) {
      clock.advance(1000);
      await call.sample();
    }
    const sofar = await call.sample();
    assert.deepEqual(sofar.status !== 'unknown' && [sofar.joules, sofar.coverage], [1200, ['battery']]);
    const { gross } = await call.finish(facts);
    assert.ok(gross.status === 'measured', gross.status === 'unknown' ? gross.why : '');
    assert.deepEqual([gross.joules, gross.scope, gross.coverage], [1200, 'machine', ['battery']]);
    assert.ok(gross.plusMinusJoules >= 400, `${gross.plusMinusJoules}`);
    await meter.close();
  });

  it('leaves a short call to the estimate, which then says more, and a plugged-in one too', async () => {
    const { machine, clock } = laptop();
    const ticks = (count: number): void =>
      putFile(`${machine.roots.proc}/77/stat`, `77 (ollama) S 1 77 77 0 -1 0 0 0 0 0 ${count} 0 0 0 20 0 1 0\n`);
    const meter = createMeter({ roots: machine.roots, clock, log: silentLog });
    ticks(0);
    for (const plugged of [0, 1]) {
      setSupply(machine.roots, 'AC', { online: plugged });
      const call = meter.begin({ seen: true, pid: 77 });
      await call.mark('sent');
      clock.advance(2000);
      ticks(200 * (plugged + 1));
      const { gross, flags } = await call.finish(facts);
      assert.deepEqual([gross.status, gross.status !== 'unknown' && gross.joules], ['estimated', 16]);
      assert.ok(flags.some((flag) => flag.startsWith('estimated')));
    }
    await meter.close();
  });

  it('that is taken out is gone, not empty', async () => {
    const { machine } = laptop();
    const [source] = (await battery.open(machine.roots, () => 0n)).sources;
    rmSync(join(machine.roots.sys, 'class/power_supply/BAT0/power_now'));
    const silent = await source?.read();
    assert.ok(silent && isUnreadable(silent));
    assert.match(silent.why, /neither its power nor its current/);
    rmSync(join(machine.roots.sys, 'class/power_supply/BAT0'), { recursive: true });
    const gone = await source?.read();
    assert.ok(gone && isUnreadable(gone));
  });
});
