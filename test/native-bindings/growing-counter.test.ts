import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createGrowingCounter } from '../../native-bindings/growing-counter.ts';

const second = 1_000_000_000n;
const shape = { numerator: 1n, denominator: 1n, modulus: 262_143_328_911n, capWatts: 400, updateSeconds: 0.001 };

describe('a growing counter', () => {
  it('takes the first value as a baseline', () => {
    const grow = createGrowingCounter(shape);
    assert.deepEqual(grow(123_456n, 0n), { microjoules: 0n, epoch: 0 });
  });

  it('undoes a wrap with modulus max + 1 unit', () => {
    const grow = createGrowingCounter(shape);
    grow(262_143_328_850n, 0n);
    assert.equal(grow(39n, second).microjoules, 100n);
  });

  it('begins a new epoch where a second wrap could hide', () => {
    const grow = createGrowingCounter(shape);
    grow(0n, 0n);
    const late = grow(1_000_000n, 700n * second);
    assert.equal(late.epoch, 1);
    assert.equal(late.epochBegan?.reason, 'implausible');
    assert.equal(late.microjoules, 0n);
    const next = grow(2_000_000n, 701n * second);
    assert.deepEqual([next.microjoules, next.epoch], [1_000_000n, 1]);
  });

  it('calls a step back that no wrap explains a reset, never a phantom maximum', () => {
    const grow = createGrowingCounter(shape);
    grow(200_000_000_000n, 0n);
    const after = grow(5n, second);
    assert.deepEqual([after.microjoules, after.epoch, after.epochBegan?.reason], [0n, 1, 'reset']);
  });

  it('does not believe more power than the hardware can draw', () => {
    const grow = createGrowingCounter(shape);
    grow(0n, 0n);
    assert.equal(grow(401_000_000n + 1_000_000n, second).epochBegan?.reason, 'implausible');
  });

  it('calls any step back of a 64-bit counter a reset', () => {
    const { modulus: _, ...wide } = shape;
    const grow = createGrowingCounter(wide);
    grow(10n, 0n);
    assert.equal(grow(9n, second).epochBegan?.reason, 'reset');
  });

  it('converts raw units exactly', () => {
    const grow = createGrowingCounter({ ...shape, numerator: 1_000_000n, denominator: 1n << 14n, modulus: 1n << 32n });
    grow(0n, 0n);
    assert.equal(grow(1n << 14n, second).microjoules, 1_000_000n);
  });

  it('shows the hidden truth through any number of wraps, as long as it is read often enough', () => {
    const modulus = 65_536n;
    const steps = fc.array(
      fc.record({ watts: fc.integer({ min: 0, max: 9 }), milliseconds: fc.integer({ min: 1, max: 5 }) }),
    );
    fc.assert(
      fc.property(fc.bigInt(0n, modulus - 1n), steps, (start, trace) => {
        const grow = createGrowingCounter({ numerator: 1n, denominator: 1n, modulus, capWatts: 9, updateSeconds: 0 });
        let truth = 0n;
        let atNanoseconds = 0n;
        grow(start, 0n);
        for (const { watts, milliseconds } of trace) {
          truth += BigInt(watts * milliseconds * 1000);
          atNanoseconds += BigInt(milliseconds) * 1_000_000n;
          const shown = grow((start + truth) % modulus, atNanoseconds);
          assert.deepEqual([shown.microjoules, shown.epoch], [truth, 0]);
        }
      }),
    );
  });

  it('never shrinks, whatever it is fed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.bigInt(0n, 1n << 40n), fc.integer({ min: 0, max: 1_000_000 }))), (trace) => {
        const grow = createGrowingCounter(shape);
        let previous = { microjoules: 0n, epoch: 0 };
        let atNanoseconds = 0n;
        for (const [raw, microseconds] of trace) {
          atNanoseconds += BigInt(microseconds) * 1000n;
          const shown = grow(raw, atNanoseconds);
          assert.ok(shown.microjoules >= previous.microjoules && shown.epoch >= previous.epoch);
          previous = shown;
        }
      }),
    );
  });
});
