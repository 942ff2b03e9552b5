// The completions' dial on a real engine: what each place of it costs and what it gets right, on HumanEval-Infilling. Results in, figures
// out. Knows no engine, no folder, no page.

import { isKnown, type Joules, sumJoules } from '../../../energy/joules.ts';
import { type ShareInterval, wilsonInterval } from '../../../energy/wilson.ts';
import type { ModelCall } from '../../../gateway/model-call.ts';
import { type Arm, areCalls, type TrialRecord } from '../experiment.ts';

/** Places of the dial. At 0 everything is asked and heard to its end: what savings are compared with. */
export const dials: readonly (Arm & { readonly frugality: number })[] = [0, 0.25, 0.5, 0.75, 1].map((frugality) => ({
  id: `dial-${frugality * 100}`,
  title: frugality === 0 ? '0: never stopped early' : String(frugality),
  frugality,
}));

export interface CompletionResult {
  /** Joules of all that was generated for it, shown or not. */
  readonly calls: readonly ModelCall[];
  /** From the question to the answer, by our clock. */
  readonly seconds: number;
  /** What would be inserted; undefined when nothing was offered. */
  readonly inserted?: string;
  /** Whether the file is then as the data set has it, white space at line ends aside. */
  readonly exact: boolean;
  /** Edit similarity of what was inserted to what stood there, 0 to 1. */
  readonly similarity: number;
}

/** A line's result back, undefined where it is none. */
export function parseCompletionResult(value: unknown): CompletionResult | undefined {
  const result = value as Partial<CompletionResult> | null;
  const known =
    typeof result === 'object' &&
    areCalls(result?.calls) &&
    typeof result.seconds === 'number' &&
    typeof result.exact === 'boolean' &&
    typeof result.similarity === 'number';
  return known ? (result as CompletionResult) : undefined;
}

export interface DialFigures {
  readonly arm: string;
  readonly title: string;
  readonly frugality: number;
  readonly completions: number;
  readonly offered: number;
  readonly tokensOut: number;
  readonly meanSeconds: number;
  /** Means over the completions that have a figure; `unknown` says why, when one has none. */
  readonly joules:
    | { readonly mean: number; readonly plusMinus: number; readonly status: string }
    | { readonly unknown: string };
  readonly exact: ShareInterval & { readonly share: number };
  readonly similarity: number;
  /** Of the tokens at 0, on the same tasks; undefined while 0 has not been run on them. */
  readonly savedTokenShare: number | undefined;
  /** `within the errors`: the difference is smaller than what both sides may be off by. */
  readonly savedJouleShare: number | 'within the errors' | undefined;
}

/** Of each place of the dial that has results. */
export function dialFigures(records: readonly TrialRecord<CompletionResult>[]): DialFigures[] {
  const reference = new Map(
    records.filter(({ trial }) => trial.arm === dials[0]?.id).map(({ trial, result }) => [trial.subject, result]),
  );
  return dials.flatMap(({ id, title, frugality }) => {
    const own = records.filter(({ trial }) => trial.arm === id);
    if (own.length === 0) return [];
    const results = own.map(({ result }) => result);
    const hits = results.filter(({ exact }) => exact).length;
    const pairs = own.flatMap(({ trial, result }) => {
      const whole = reference.get(trial.subject);
      return whole === undefined || id === dials[0]?.id ? [] : [{ whole, result }];
    });
    return [
      {
        arm: id,
        title,
        frugality,
        completions: results.length,
        offered: results.filter(({ inserted }) => inserted !== undefined).length,
        tokensOut: sumOf(results, tokensOf),
        meanSeconds: sumOf(results, ({ seconds }) => seconds) / results.length,
        joules: joulesOf(results),
        exact: { ...wilsonInterval(hits, results.length), share: hits / results.length },
        similarity: sumOf(results, ({ similarity }) => similarity) / results.length,
        savedTokenShare: savedShare(pairs.map(({ whole, result }) => [tokensOf(whole), tokensOf(result)])),
        savedJouleShare: savedJoules(pairs),
      },
    ];
  });
}

/** @param pairs of before and after; undefined without any, or where one figure is unknown. */
function savedShare(pairs: readonly (readonly [number | undefined, number | undefined])[]): number | undefined {
  let [before, after] = [0, 0];
  for (const [whole, less] of pairs) {
    if (whole === undefined || less === undefined) return undefined;
    before += whole;
    after += less;
  }
  return before === 0 ? undefined : 1 - after / before;
}

function savedJoules(
  pairs: readonly { readonly whole: CompletionResult; readonly result: CompletionResult }[],
): DialFigures['savedJouleShare'] {
  const whole = grossOf(pairs.map((pair) => pair.whole));
  const less = grossOf(pairs.map((pair) => pair.result));
  if (pairs.length === 0 || !isKnown(whole) || !isKnown(less) || whole.joules === 0) return undefined;
  const difference = whole.joules - less.joules;
  if (Math.abs(difference) <= whole.plusMinusJoules + less.plusMinusJoules) return 'within the errors';
  return difference / whole.joules;
}

/** What was not asked cost nothing, and that is known. */
function grossOf(results: readonly CompletionResult[]): Joules {
  return sumJoules(
    results.flatMap(({ calls }) => calls.map((call) => call.joules.gross)),
    'no model was called',
  );
}

function joulesOf(results: readonly CompletionResult[]): DialFigures['joules'] {
  const sum = grossOf(results);
  if (!isKnown(sum)) return { unknown: sum.why };
  return { mean: sum.joules / results.length, plusMinus: sum.plusMinusJoules / results.length, status: sum.status };
}

function tokensOf({ calls }: CompletionResult): number {
  return sumOf(calls, (call) => call.tokens.out);
}

function sumOf<Item>(items: readonly Item[], figure: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + figure(item), 0);
}
