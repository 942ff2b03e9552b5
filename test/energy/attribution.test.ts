import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ServedWindow, splitSegment } from '../../server/energy/attribution.ts';

const time = fc.bigInt(0n, 1000n);

const segments = fc
  .record({ a: time, b: time, microjoules: fc.bigInt(0n, 1_000_000_000n), idlePart: fc.integer({ min: 0, max: 100 }) })
  .map(({ a, b, microjoules, idlePart }) => ({
    startNanoseconds: a < b ? a : b,
    endNanoseconds: a < b ? b : a,
    microjoules,
    idleMicrojoules: (microjoules * BigInt(idlePart)) / 100n,
  }));

const windows = fc.array(fc.record({ a: time, b: time }), { maxLength: 6 }).map((list) =>
  list.map(
    ({ a, b }, index): ServedWindow => ({
      call: index + 1,
      fromNanoseconds: a < b ? a : b,
      untilNanoseconds: a < b ? b : a,
    }),
  ),
);

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

describe('splitting a segment', () => {
  it('conserves every microjoule, dynamic and idle apart', () => {
    fc.assert(
      fc.property(segments, windows, (segment, served) => {
        const pieces = splitSegment(segment, served);
        const dynamic = segment.microjoules - segment.idleMicrojoules;
        assert.equal(sum(pieces.map((piece) => piece.dynamicMicrojoules)), dynamic);
        assert.equal(sum(pieces.map((piece) => piece.idleMicrojoules)), segment.idleMicrojoules);
        for (const piece of pieces) {
          if (piece.shares.length === 0) continue;
          assert.equal(sum(piece.shares.map((share) => share.dynamicMicrojoules)), piece.dynamicMicrojoules);
          assert.equal(sum(piece.shares.map((share) => share.idleMicrojoules)), piece.idleMicrojoules);
        }
      }),
    );
  });

  it('does not depend on the order of the calls', () => {
    fc.assert(
      fc.property(segments, windows, (segment, served) => {
        assert.deepEqual(splitSegment(segment, served.toReversed()), splitSegment(segment, served));
      }),
    );
  });

  it('gives nothing to a call outside its window, and equal parts inside', () => {
    fc.assert(
      fc.property(segments, windows, (segment, served) => {
        for (const piece of splitSegment(segment, served)) {
          for (const share of piece.shares) {
            const window = served.find((one) => one.call === share.call);
            assert.ok(window && window.fromNanoseconds <= piece.startNanoseconds);
            assert.ok(window.untilNanoseconds >= piece.endNanoseconds);
          }
          const amounts = piece.shares.map((share) => share.dynamicMicrojoules).sort((a, b) => (a < b ? -1 : 1));
          assert.ok((amounts.at(-1) ?? 0n) - (amounts[0] ?? 0n) <= 1n);
          assert.ok(amounts.every((amount) => amount >= 0n));
        }
      }),
    );
  });

  it('cuts where a window begins inside', () => {
    const pieces = splitSegment(
      { startNanoseconds: 0n, endNanoseconds: 100n, microjoules: 1000n, idleMicrojoules: 100n },
      [
        { call: 1, fromNanoseconds: 0n, untilNanoseconds: 100n },
        { call: 2, fromNanoseconds: 60n, untilNanoseconds: 100n },
      ],
    );
    assert.deepEqual(
      pieces.map((piece) => piece.shares.map((share) => [share.call, share.dynamicMicrojoules, share.idleMicrojoules])),
      [
        [[1, 540n, 60n]],
        [
          [1, 180n, 20n],
          [2, 180n, 20n],
        ],
      ],
    );
  });
});
