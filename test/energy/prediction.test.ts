import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  createPredictor,
  formatPrediction,
  type PredictedJoules,
  type Predictor,
  predictionToJoules,
} from '../../server/energy/prediction.ts';

const request = { activeGigabytes: 2.5, tokensIn: 600, tokensOutLow: 100, tokensOutHigh: 100, key: 'gpu/gemma3:4b' };

function known(predictor: Predictor, overrides: Partial<typeof request> = {}): PredictedJoules {
  const prediction = predictor.predict({ ...request, ...overrides });
  assert.ok(prediction.status === 'estimated', JSON.stringify(prediction));
  return prediction;
}

/** Repeatable noise: fast-check shrinks, this only scatters. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

function train(predictor: Predictor, options: { kappa: number; rho: number; runs: number; scatter: number }): void {
  const random = noise(options.runs);
  for (let run = 0; run < options.runs; run++) {
    const tokensOut = 30 + Math.floor(random() * 400);
    const uncachedTokensIn = 50 + Math.floor(random() * 2000);
    const exact = options.kappa * 2.5 * (tokensOut + uncachedTokensIn / options.rho);
    const joules = exact * (1 + options.scatter * (random() - 0.5));
    predictor.observe({ activeGigabytes: 2.5, uncachedTokensIn, tokensOut, seconds: 1, joules, key: request.key });
  }
}

describe('prediction', () => {
  it('starts from the published prior, wide enough for cards and processors', () => {
    const cold = known(createPredictor());
    assert.equal(cold.runs, 0);
    // 2.5 GB × 100 tokens: 50–140 J on an RTX 3080 or M1, above 250 J on a desktop processor.
    assert.ok(cold.lowJoules < 70 && cold.highJoules > 350, JSON.stringify(cold));
    assert.ok(cold.lowJoules > 10 && cold.highJoules < 1500, JSON.stringify(cold));
  });

  it('is an interval over the expected lengths, and grows with them', () => {
    const predictor = createPredictor();
    const short = known(predictor, { tokensOutLow: 50, tokensOutHigh: 100 });
    const long = known(predictor, { tokensOutLow: 50, tokensOutHigh: 400 });
    const middle = ({ lowJoules, highJoules }: PredictedJoules): number => Math.sqrt(lowJoules * highJoules);
    // The middle goes by the middle length, and what lengths add to the width is not simply put on top of it.
    assert.ok(middle(long) > 1.5 * middle(short));
    assert.ok(long.highJoules / long.lowJoules > 1.2 * (short.highJoules / short.lowJoules));
    assert.ok(long.highJoules / long.lowJoules < 8 * (short.highJoules / short.lowJoules));
  });

  it('learns κ and ρ of a device and model from ten calls, and narrows', () => {
    for (const [kappa, rho] of [
      [0.2, 40],
      [0.55, 20],
      [1.8, 4],
      [12, 6],
    ] as const) {
      const predictor = createPredictor();
      const cold = known(predictor);
      train(predictor, { kappa, rho, runs: 10, scatter: 0.1 });
      const warm = known(predictor);
      const truth = kappa * 2.5 * (100 + 600 / rho);
      const middle = Math.sqrt(warm.lowJoules * warm.highJoules);
      assert.ok(Math.abs(middle / truth - 1) < 0.1, `${middle} for ${truth}`);
      assert.ok(warm.lowJoules <= truth && truth <= warm.highJoules, JSON.stringify({ ...warm, truth }));
      assert.ok(warm.highJoules / warm.lowJoules < 0.3 * (cold.highJoules / cold.lowJoules));
    }
  });

  it('shrugs off an outlier', () => {
    const predictor = createPredictor();
    train(predictor, { kappa: 0.5, rho: 30, runs: 20, scatter: 0.1 });
    const before = known(predictor);
    predictor.observe({
      activeGigabytes: 2.5,
      uncachedTokensIn: 600,
      tokensOut: 100,
      seconds: 1,
      joules: 20_000,
      key: request.key,
    });
    const after = known(predictor);
    assert.ok(after.highJoules < 1.6 * before.highJoules, `${before.highJoules} → ${after.highJoules}`);
  });

  it('follows a device that changed', () => {
    const predictor = createPredictor();
    train(predictor, { kappa: 0.5, rho: 30, runs: 40, scatter: 0.1 });
    train(predictor, { kappa: 0.8, rho: 30, runs: 120, scatter: 0.1 });
    const truth = 0.8 * 2.5 * (100 + 20);
    const { lowJoules, highJoules } = known(predictor);
    assert.ok(
      Math.abs(Math.sqrt(lowJoules * highJoules) / truth - 1) < 0.15,
      `${lowJoules}–${highJoules} for ${truth}`,
    );
  });

  it('keeps keys apart', () => {
    const predictor = createPredictor();
    train(predictor, { kappa: 5, rho: 30, runs: 10, scatter: 0 });
    assert.equal(known(predictor, { key: 'other' }).runs, 0);
  });

  it('needs some calls where the engine does not say how large the model is', () => {
    const predictor = createPredictor();
    const unsized = { ...request, activeGigabytes: 0 };
    assert.equal(predictor.predict(unsized).status, 'unknown');
    for (let run = 0; run < 5; run++) {
      predictor.observe({
        activeGigabytes: 0,
        uncachedTokensIn: 600,
        tokensOut: 100,
        seconds: 1,
        joules: 150,
        key: request.key,
      });
    }
    const { lowJoules, highJoules } = known(predictor, { activeGigabytes: 0 });
    assert.ok(lowJoules < 150 && 150 < highJoules, `${lowJoules}–${highJoules}`);
  });

  it('is an interval of positive, finite joules whatever was observed', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e-9, 1e12));
    const observed = fc.record({
      activeGigabytes: number,
      uncachedTokensIn: fc.oneof(fc.nat(), number),
      tokensOut: fc.oneof(fc.nat(), number),
      seconds: number,
      joules: number,
      key: fc.constant(request.key),
    });
    fc.assert(
      fc.property(fc.array(observed, { maxLength: 30 }), (calls) => {
        const predictor = createPredictor();
        for (const call of calls) predictor.observe(call);
        const { lowJoules, highJoules } = known(predictor);
        assert.ok(
          lowJoules > 0 && highJoules >= lowJoules && Number.isFinite(highJoules),
          `${lowJoules}–${highJoules}`,
        );
      }),
    );
  });

  it('covers S1 cold: both its single large model and its outline, though no one device class fits both', () => {
    // SEEDS S1, means: 27b alone 8501.53 J for 1966.0 tokens; outline 3560.34 J for 461.8 (12b) and 1033.8 tokens (4b).
    const gigabytes = (parameters: number): number => (parameters * 4.85) / 8 / 1e9;
    const cold = (parameters: number, tokens: number): PredictedJoules =>
      known(createPredictor(), {
        activeGigabytes: gigabytes(parameters),
        tokensIn: 700,
        tokensOutLow: tokens,
        tokensOutHigh: tokens,
        key: String(parameters),
      });
    const single = cold(27.4e9, 1966);
    assert.ok(single.lowJoules < 8501.53 && 8501.53 < single.highJoules, JSON.stringify(single));
    const [plan, code] = [cold(12.2e9, 461.8), cold(4.3e9, 1033.8)];
    const outline = { low: plan.lowJoules + code.lowJoules, high: plan.highJoules + code.highJoules };
    assert.ok(outline.low < 3560.34 && 3560.34 < outline.high, JSON.stringify(outline));
    // One κ for both: 8501.53 J over 16.6 GB × 1966 tokens is 0.26, 3560.34 J over 7.4 × 461.8 + 2.6 × 1033.8 GB is 0.58.
    const kappa = [
      8501.53 / (gigabytes(27.4e9) * 1966),
      3560.34 / (gigabytes(12.2e9) * 461.8 + gigabytes(4.3e9) * 1033.8),
    ];
    assert.ok((kappa[1] ?? 0) > 2 * (kappa[0] ?? 0));
  });

  it('reaches as far on each side as it had to, and draws back when it need not', () => {
    const predictor = createPredictor();
    const cold = known(predictor);
    for (let run = 0; run < 30; run++) predictor.calibrate({ ...known(predictor), key: request.key, joules: 4000 });
    const bent = known(predictor);
    assert.ok(bent.highJoules > 2 * cold.highJoules, `${bent.highJoules} from ${cold.highJoules}`);
    assert.equal(bent.middleJoules, cold.middleJoules);
    for (let run = 0; run < 200; run++) {
      const now = known(predictor);
      predictor.calibrate({ ...now, key: request.key, joules: now.middleJoules });
    }
    const narrow = known(predictor);
    assert.ok(narrow.highJoules / narrow.lowJoules < cold.highJoules / cold.lowJoules);
    assert.ok(narrow.lowJoules <= narrow.highJoules);
    assert.equal(known(predictor, { key: 'another' }).highJoules, cold.highJoules);
  });
});

describe('a prediction as text', () => {
  const text = (lowJoules: number, highJoules: number, runs: number): string =>
    formatPrediction({
      status: 'estimated',
      lowJoules,
      highJoules,
      middleJoules: Math.sqrt(lowJoules * highJoules),
      runs,
    });

  it('is an interval at first and one figure after ten runs', () => {
    assert.equal(text(296, 612, 3), '300–600 J');
    assert.equal(text(350, 504, 10), '≈ 420 J');
    assert.equal(text(1150, 2400, 0), '1–2 kJ');
    assert.equal(text(0.0021, 0.0087, 0), '2–9 mJ');
    assert.equal(text(0.4, 2.2, 0), '0.4–2 J');
    assert.equal(text(980, 1040, 2), '≈ 1 kJ');
    assert.equal(text(380, 1260, 1), '0.4–1 kJ');
  });

  it('says so when there is none', () => {
    assert.equal(formatPrediction({ status: 'unknown', why: 'x' }), 'joules not known yet');
    assert.deepEqual(
      predictionToJoules({ status: 'estimated', lowJoules: 300, highJoules: 600, middleJoules: 420, runs: 1 }),
      {
        status: 'estimated',
        joules: 450,
        plusMinusJoules: 150,
        scope: 'machine',
        coverage: [],
      },
    );
  });
});
