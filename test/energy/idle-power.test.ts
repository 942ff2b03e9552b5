import assert from 'node:assert/strict';
import { createIdlePowerEstimator } from '../../server/energy/idle-power.ts';

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
    idle.observe(gap(20, 4, 10));
    assert.equal(idle.at(11n * second), undefined);
    idle.observe(gap(20, 6, 20));
    assert.equal(idle.at(21n * second)?.watts, 20);
    assert.equal(idle.at(21n * second)?.ageSeconds, 1);
    assert.equal(idle.at(621n * second), undefined);
  });

  it('admits a wide spread from one gap and narrows with more', () => {
    const idle = createIdlePowerEstimator();
    idle.observe(gap(20, 10, 20));
    assert.ok((idle.at(20n * second)?.spreadWatts ?? 0) >= 5);
    for (let index = 1; index < 6; index++) idle.observe(gap(20 + index / 10, 10, 20 + 20 * index));
    const known = idle.at(130n * second);
    assert.ok(known && known.spreadWatts < 0.5, JSON.stringify(known));
    assert.equal(known.gaps, 6);
  });

  it('is not moved by a gap in which somebody compiled', () => {
    const idle = createIdlePowerEstimator();
    for (const [index, watts] of [20, 20.2, 19.9, 95, 20.1].entries()) idle.observe(gap(watts, 10, 20 * (index + 1)));
    const known = idle.at(110n * second);
    assert.ok(known && known.watts > 19.8 && known.watts < 20.3, JSON.stringify(known));
  });
});
