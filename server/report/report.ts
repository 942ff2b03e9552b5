// What receipts come to: sums by period, day, role, model and action, where the joules went, how predictions turned out, which way of
// answering did best, what was saved. Plain data for terminal, page and JSON. Knows receipts; reads no clock and no file.

import { type GridIntensity, gramsOfCarbon, gridOf } from '../energy/carbon.ts';
import { compareToEveryday } from '../energy/comparisons.ts';
import type { UnknownJoules } from '../energy/joules.ts';
import { isKnown, type Joules } from '../energy/joules.ts';
import { fitRegression, type RegressionFit } from '../energy/regression.ts';
import { type RunStatistics, statisticsOf } from '../energy/run-statistics.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import { type ModelSize, regressionRows, runFigures } from '../ledger/books.ts';
import type { Receipt } from '../ledger/events.ts';
import { modelsOf, type Ranking, rank, strategyOf } from '../ledger/ranking.ts';
import { type Steps, startOfDay, stepsBetween } from './days.ts';
import { type Predictions, predictionsOf } from './predicted.ts';
import { type Claim, type Savings, savingsOf } from './savings.ts';
import { type Spent, spentOn } from './spent.ts';
import { joulesOf, type Sum, sumOf } from './sums.ts';

export interface ReportOptions {
  readonly nowWallMilliseconds: number;
  /** Begin of the range; undefined: as far back as there are receipts. */
  readonly sinceWallMilliseconds: number | undefined;
  /** Code of `energy/carbon`; undefined: no grams are claimed. */
  readonly country: string | undefined;
  /** Name of the model that the user configured as `large`. */
  readonly large: string | undefined;
  readonly claimOf: (receipt: Receipt) => Claim | undefined;
  readonly sizeOf: (call: ModelCall) => ModelSize | undefined;
}

export interface Period {
  readonly name: 'today' | 'last 7 days' | 'all of it';
  readonly sum: Sum;
  /** For which a model was called. */
  readonly answers: number;
  readonly completions: number;
}

/** One word of a group with what its calls took. */
export interface Group {
  readonly name: string;
  readonly sum: Sum;
  readonly calls: number;
  readonly tokensOut: number;
  /** Over the calls that have a figure; undefined without any. */
  readonly joulesPerTokenOut: number | undefined;
}

export interface Report {
  readonly sinceWallMilliseconds: number;
  readonly nowWallMilliseconds: number;
  /** Today, then wider. */
  readonly periods: readonly Period[];
  readonly steps: Steps;
  /** By role and model, most joules first; `byStep` has a sum for each step. */
  readonly consumers: readonly (Group & { readonly byStep: readonly Sum[] })[];
  readonly byStep: readonly Sum[];
  readonly actions: readonly Group[];
  readonly spent: Spent;
  readonly predictions: Predictions;
  readonly ranking: Ranking;
  readonly savings: Savings;
  readonly everyday: string | undefined;
  readonly carbon: { readonly grams: number; readonly country: string; readonly grid: GridIntensity } | undefined;
  /** SEEDS S1's metrics per way of answering, those with two runs or more. */
  readonly statistics: readonly {
    readonly way: string;
    readonly statistics: RunStatistics;
    readonly leftOut: number;
  }[];
  /** Per action, SEEDS S2's regression on one's own calls. */
  readonly regressions: readonly { readonly action: string; readonly fit: RegressionFit | UnknownJoules }[];
  /** Calls by how their figure came about, and the reasons of those without, most frequent first. */
  readonly certainty: Certainty;
  /** Dated after now, by a clock that was wrong then or is now: they stand in the last step. */
  readonly fromTheFuture: number;
}

export interface Certainty {
  readonly calls: number;
  readonly measured: number;
  readonly estimated: number;
  readonly simulated: number;
  readonly reasons: readonly { readonly why: string; readonly mend: string | undefined; readonly calls: number }[];
}

const millisecondsPerDay = 86_400_000;
const equalWeights = { quality: 1, latency: 1, energy: 1 };

/** @param receipts of the range, oldest first. Those for which no model was called count nowhere. */
export function buildReport(receipts: readonly Receipt[], options: ReportOptions): Report {
  const { nowWallMilliseconds: now, country } = options;
  const called = receipts.filter(({ calls }) => calls.length > 0);
  const since =
    options.sinceWallMilliseconds ?? Math.min(now, Date.parse(called[0]?.at ?? new Date(now).toISOString()));
  const steps = stepsBetween(Math.min(since, now), now);
  const all = sumOf(called.flatMap(grossOf));
  const grid = country === undefined ? undefined : gridOf(country);
  const answers = called.filter(({ actionId }) => actionId !== 'completion');
  return {
    sinceWallMilliseconds: since,
    nowWallMilliseconds: now,
    periods: [
      periodOf('today', called, startOfDay(now)),
      periodOf('last 7 days', called, startOfDay(now - 6 * millisecondsPerDay)),
      periodOf('all of it', called, Number.NEGATIVE_INFINITY),
    ],
    steps,
    consumers: consumersOf(called, steps),
    byStep: sumsByStep(
      called.map((receipt) => [receipt, grossOf(receipt)] as const),
      steps,
    ),
    actions: groupsOf(called.flatMap((receipt) => receipt.calls.map((call) => [receipt.actionId, call] as const))),
    spent: spentOn(called),
    predictions: predictionsOf(answers),
    ranking: rank(answers, equalWeights, now),
    savings: savingsOf(called, options.large, options.claimOf),
    everyday: isKnown(all.joules) ? compareToEveryday(all.joules.joules) : undefined,
    carbon:
      country === undefined || grid === undefined || !isKnown(all.joules)
        ? undefined
        : { grams: gramsOfCarbon(all.joules.joules, grid), country, grid },
    statistics: statisticsByWay(answers),
    regressions: regressionsOf(answers, options.sizeOf),
    certainty: certaintyOf(called),
    fromTheFuture: called.filter(({ at }) => Date.parse(at) > now).length,
  };
}

/** `split · gemma3:12b + gemma3:4b`: how it was answered, and by whom. */
export function wayOf(receipt: Receipt): string {
  return `${strategyOf(receipt)} · ${modelsOf(receipt)}`;
}

/** `worker · gemma3:4b` */
export function consumerOf({ role, model }: ModelCall): string {
  return `${role} · ${model}`;
}

function grossOf({ calls }: Receipt): Joules[] {
  return calls.map((call) => call.joules.gross);
}

function periodOf(name: Period['name'], receipts: readonly Receipt[], since: number): Period {
  const inside = receipts.filter(({ at }) => Date.parse(at) >= since);
  const completions = inside.filter(({ actionId }) => actionId === 'completion').length;
  return { name, sum: sumOf(inside.flatMap(grossOf)), answers: inside.length - completions, completions };
}

function consumersOf(receipts: readonly Receipt[], steps: Steps): Report['consumers'] {
  const pairs = receipts.flatMap((receipt) => receipt.calls.map((call) => ({ receipt, call })));
  const groups = groupsOf(pairs.map(({ call }) => [consumerOf(call), call] as const));
  const figures = new Map<string, [Receipt, Joules[]][]>(groups.map(({ name }) => [name, []]));
  for (const { receipt, call } of pairs) figures.get(consumerOf(call))?.push([receipt, [call.joules.gross]]);
  return groups.map((group) => ({ ...group, byStep: sumsByStep(figures.get(group.name) ?? [], steps) }));
}

function sumsByStep(figures: readonly (readonly [Receipt, readonly Joules[]])[], steps: Steps): Sum[] {
  const byName = new Map<string, Joules[]>(steps.names.map((name) => [name, []]));
  for (const [{ at }, joules] of figures) byName.get(steps.nameOf(Date.parse(at)))?.push(...joules);
  return steps.names.map((name) => sumOf(byName.get(name) ?? []));
}

function groupsOf(calls: readonly (readonly [name: string, call: ModelCall])[]): Group[] {
  const groups = new Map<string, ModelCall[]>();
  for (const [name, call] of calls) {
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [call]);
    else known.push(call);
  }
  return [...groups]
    .map(([name, own]) => {
      const sum = sumOf(own.map((call) => call.joules.gross));
      const tokensOf = (calls: readonly ModelCall[]): number => calls.reduce((all, call) => all + call.tokens.out, 0);
      const figured = tokensOf(own.filter((call) => isKnown(call.joules.gross)));
      const joulesPerTokenOut = figured > 0 ? joulesOf(sum) / figured : undefined;
      return { name, sum, calls: own.length, tokensOut: tokensOf(own), joulesPerTokenOut };
    })
    .sort((a, b) => joulesOf(b.sum) - joulesOf(a.sum) || b.calls - a.calls);
}

function statisticsByWay(answers: readonly Receipt[]): Report['statistics'] {
  const ways = new Map<string, Receipt[]>();
  for (const receipt of answers) {
    const known = ways.get(wayOf(receipt));
    if (known === undefined) ways.set(wayOf(receipt), [receipt]);
    else known.push(receipt);
  }
  return [...ways]
    .flatMap(([way, own]) => {
      const { rows, leftOut } = runFigures(own);
      const statistics = statisticsOf(rows);
      return 'status' in statistics ? [] : [{ way, statistics, leftOut }];
    })
    .sort((a, b) => b.statistics.runs - a.statistics.runs);
}

function regressionsOf(answers: readonly Receipt[], sizeOf: ReportOptions['sizeOf']): Report['regressions'] {
  const actions = [...new Set(answers.map(({ actionId }) => actionId))].sort();
  return actions.map((action) => {
    const { rows } = regressionRows(
      answers.filter(({ actionId }) => actionId === action),
      sizeOf,
    );
    return { action, fit: fitRegression(rows) };
  });
}

function certaintyOf(receipts: readonly Receipt[]): Certainty {
  const counts = { measured: 0, estimated: 0, simulated: 0, calls: 0 };
  const reasons = new Map<string, { why: string; mend: string | undefined; calls: number }>();
  for (const figure of receipts.flatMap(grossOf)) {
    counts.calls++;
    if (figure.status !== 'unknown') {
      counts[figure.status]++;
      continue;
    }
    const reason = reasons.get(figure.why) ?? { why: figure.why, mend: figure.mend, calls: 0 };
    reason.calls++;
    reasons.set(figure.why, reason);
  }
  return { ...counts, reasons: [...reasons.values()].sort((a, b) => b.calls - a.calls) };
}
