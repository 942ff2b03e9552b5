// `npx tsx test/bench/prediction.ts [--json FILE]`: replays records through the predictor, one call after the other, and says how
// near it came. Aims: given the tokens, median error ≤ 10 % after ten runs; before running, an 80 % interval that holds 75 to 85 %
// of what came and is narrower than the best constant guess.

import { writeFileSync } from 'node:fs';
import { createPredictor } from '../../server/energy/prediction.ts';
import { gpuMeans, onDeviceRequests, simulatedTraces, type Trace } from './prediction-traces.ts';

const learned = 10;

interface Score {
  readonly source: string;
  readonly traces: number;
  readonly judged: number;
  /** Given the tokens that came; undefined where nobody counted them. */
  readonly medianErrorPercent: number | undefined;
  readonly coveragePercent: number;
  /** Geometric mean of high ÷ low. */
  readonly width: number;
  /** The same of one constant interval per machine and model that holds the middle 80 % of all its calls, known only afterwards. */
  readonly constantWidth: number;
}

/** Joules as a ratio to the prediction, call by call: nothing is learned from a call before it was predicted. */
function replay(traces: readonly Trace[], skip: number): Score {
  const errors: number[] = [];
  const widths: number[] = [];
  const constants: number[] = [];
  let held = 0;
  let judged = 0;
  for (const trace of traces) {
    const predictor = createPredictor();
    const { key, activeGigabytes } = trace;
    for (const [index, call] of trace.calls.entries()) {
      const ask = (low: number, high: number) =>
        predictor.predict({ activeGigabytes, tokensIn: call.tokensIn, tokensOutLow: low, tokensOutHigh: high, key });
      const given = ask(call.tokensOut, call.tokensOut);
      const before = ask(call.expectedLow, call.expectedHigh);
      if (index >= skip && given.status !== 'unknown' && before.status !== 'unknown') {
        judged++;
        errors.push(Math.abs(given.middleJoules / call.joules - 1));
        widths.push(Math.log(before.highJoules / before.lowJoules));
        if (call.joules >= before.lowJoules && call.joules <= before.highJoules) held++;
      }
      if (before.status !== 'unknown') predictor.calibrate({ ...before, key, joules: call.joules });
      predictor.observe({
        activeGigabytes,
        uncachedTokensIn: call.tokensIn,
        tokensOut: call.tokensOut,
        seconds: 1,
        joules: call.joules,
        key,
      });
    }
    const sorted = trace.calls.map((call) => call.joules).sort((a, b) => a - b);
    constants.push(Math.log((quantile(sorted, 0.9) || 1) / (quantile(sorted, 0.1) || 1)));
  }
  return {
    source: traces[0]?.source ?? '',
    traces: traces.length,
    judged,
    medianErrorPercent: traces[0]?.tokensKnown
      ? 100 *
        quantile(
          [...errors].sort((a, b) => a - b),
          0.5,
        )
      : undefined,
    coveragePercent: (100 * held) / judged,
    width: Math.exp(mean(widths)),
    constantWidth: Math.exp(mean(constants)),
  };
}

function quantile(sorted: readonly number[], at: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function scores(): Score[] {
  return [replay(gpuMeans(), 2), replay(onDeviceRequests(), learned), replay(simulatedTraces(60), learned)];
}

if (process.argv[1]?.endsWith('prediction.ts')) {
  const rows = scores();
  process.stdout.write(
    '| records | fits | calls judged | median error given tokens | 80 % interval holds | its width | best constant |\n',
  );
  process.stdout.write('|---|---|---|---|---|---|---|\n');
  for (const one of rows) {
    const error =
      one.medianErrorPercent === undefined ? 'tokens not counted' : `${one.medianErrorPercent.toFixed(1)} %`;
    process.stdout.write(
      `| ${one.source} | ${one.traces} | ${one.judged} | ${error} | ${one.coveragePercent.toFixed(1)} % | × ${one.width.toFixed(2)} | × ${one.constantWidth.toFixed(2)} |\n`,
    );
  }
  const at = process.argv.indexOf('--json');
  const file = process.argv[at + 1];
  if (at !== -1 && file !== undefined) writeFileSync(file, `${JSON.stringify(rows, undefined, 1)}\n`);
}
