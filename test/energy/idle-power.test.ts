import assert from 'node:assert/strict';
import { createIdlePowerEstimator } from '../../server/energy/idle-power.ts';
import { createResidency } from '../../server/energy/residency.ts';

const second = 1_000_000_000n;

function gap(watts: number, seconds: number, endSecond: number) {
  return {
    microjoules: BigInt(Math.round(watts * seconds * 1e6)),
    plusMinusMicrojoules: 1000,
    startNanoseconds: BigInt(Math.round((endSecond - seconds) * 1e9)),
    endNanoseconds: BigInt(Math.round(endSecond * 1e9)),
  };
}

describe('idle power', () => {
  it('is unknown until a gap of five seconds was seen, and again ten minutes later', () => {
    const idle = createIdlePowerEstimator();
    idle.observe('warm', gap(20, 4, 10));
    assert.equal(idle.at(11n * second, 'warm'), undefined);
    idle.observe('warm', gap(20, 6, 20));
    assert.equal(idle.at(21n * second, 'warm')?.watts, 20);
    assert.equal(idle.at(21n * second, 'warm')?.ageSeconds, 1);
    assert.equal(idle.at(621n * second, 'warm'), undefined);
  });

  it('admits a wide spread from one gap and narrows with more', () => {
    const idle = createIdlePowerEstimator();
    idle.observe('warm', gap(20, 10, 20));
    assert.ok((idle.at(20n * second, 'warm')?.spreadWatts ?? 0) >= 5);
    for (let index = 1; index < 6; index++) idle.observe('warm', gap(20 + index / 10, 10, 20 + 20 * index));
    const known = idle.at(130n * second, 'warm');
    assert.ok(known && known.spreadWatts < 0.5, JSON.stringify(known));
    assert.equal(known.gaps, 6);
  });

  it('is not moved by a gap in which somebody compiled', () => {
    const idle = createIdlePowerEstimator();
    for (const [index, watts] of [20, 20.2, 19.9, 95, 20.1].entries())
      idle.observe('warm', gap(watts, 10, 20 * (index + 1)));
    const known = idle.at(110n * second, 'warm');
    assert.ok(known && known.watts > 19.8 && known.watts < 20.3, JSON.stringify(known));
  });

  it('keeps gaps with and without a model apart, and gives the other kind, named, while the wanted one is not known', () => {
    const idle = createIdlePowerEstimator();
    idle.observe('cold', gap(12, 10, 20));
    assert.deepEqual([idle.at(20n * second, 'warm')?.kind, idle.at(20n * second, 'warm')?.watts], ['cold', 12]);
    idle.observe('warm', gap(30, 10, 40));
    assert.deepEqual([idle.at(40n * second, 'warm')?.kind, idle.at(40n * second, 'warm')?.watts], ['warm', 30]);
    assert.deepEqual([idle.at(40n * second, 'cold')?.kind, idle.at(40n * second, 'cold')?.watts], ['cold', 12]);
    assert.equal(idle.at(625n * second, 'cold')?.kind, 'warm');
  });
});

describe('residency', () => {
  it('is warm within the keep-alive, cold after it, unknown across its end and before the first call', () => {
    const residency = createResidency();
    assert.equal(residency.during(0n, 5n * second), undefined);
    residency.keep(10n * second, 300);
    assert.equal(residency.during(10n * second, 310n * second), 'warm');
    assert.equal(residency.during(310n * second, 400n * second), 'cold');
    assert.equal(residency.during(10n * second, 400n * second), undefined);
    assert.equal(residency.secondsLeft(210n * second), 100);
    assert.equal(residency.secondsLeft(311n * second), undefined);
  });

  it('does not shorten a long keep-alive by a short one, and knows for ever', () => {
    const residency = createResidency();
    residency.keep(10n * second, 300);
    residency.keep(20n * second, 0);
    assert.equal(residency.during(20n * second, 300n * second), 'warm');
    residency.keep(20n * second, -1);
    assert.equal(residency.during(20n * second, 9000n * second), 'warm');
    assert.equal(residency.secondsLeft(20n * second), undefined);
  });
});
