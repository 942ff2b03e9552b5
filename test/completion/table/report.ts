// The table of one set of answered tasks: ways of completing side by side, over the dial, learned on one half and measured on the other. Pure.

import { defaultPolicy, type Policy, withDial } from '../../../server/completion/policy/index.ts';
import type { DialCurve } from './dial-picture.ts';
import { type Estimate, type Outcome, type Row, rowOf } from './tally.ts';
import type { AnsweredTask } from './train.ts';
import * as ways from './ways.ts';

export const dials = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

export interface SetReport {
  readonly name: string;
  readonly trainedOn: number;
  readonly measuredOn: number;
  readonly policy: Policy;
  /** The small model alone. */
  readonly rows: readonly Row[];
  /** Two models, against the larger one alone; absent where there is one model. */
  readonly sizes?: readonly Row[];
  readonly curve: DialCurve;
}

export interface ReportInput {
  readonly name: string;
  /** Learned on `trainedOn` other tasks. */
  readonly policy: Policy;
  readonly trainedOn: number;
  readonly measured: readonly AnsweredTask[];
  readonly prices: ways.Prices;
}

export function reportOf({ name, policy, trainedOn, measured, prices }: ReportInput): SetReport {
  const play = (way: ways.Way): readonly Outcome[] => measured.map((one) => way(one, prices));
  const baseline = play(ways.neverStop);
  const reference = play(ways.neverStopTrimmed);
  const row = (way: string, outcomes: readonly Outcome[]): Row => rowOf(way, outcomes, { baseline, reference });
  const overDial = dials.map((dial) => row(`learned, dial ${dial}`, play(ways.learned(withDial(policy, dial)))));
  const rows = [
    row('never stop', baseline),
    row('never stop, trimmed afterwards', reference),
    row('never stop, trimmed by an oracle', play(ways.neverStopOracle)),
    row('fixed rules', play(ways.fixedRules)),
    row('fixed rules and ln 0.1', play(ways.fixedRulesUnsure)),
    row('untrained policy, dial 0.5', play(ways.learned(withDial(defaultPolicy, 0.5)))),
    ...overDial,
  ];
  const trimmed = rows[1]?.exactPercent.value ?? Number.NaN;
  const points = overDial.map((one, index) => ({
    dial: dials[index] ?? 0,
    tokens: mapped(one.tokensSaved, (value) => 1 - value),
    exact: mapped(one.exactDifference, (value) => 1 + value / trimmed),
  }));
  return {
    name,
    trainedOn,
    measuredOn: measured.length,
    policy,
    rows,
    ...(measured.some(({ large }) => large !== undefined) ? { sizes: sizesOf(policy, play) } : {}),
    curve: { name, points },
  };
}

function sizesOf(policy: Policy, play: (way: ways.Way) => readonly Outcome[]): readonly Row[] {
  const middle = withDial(policy, 0.5);
  const large = play(ways.largeAlone(middle));
  const against = { baseline: large, reference: large };
  return [
    rowOf('large alone, dial 0.5', large, against),
    rowOf('small alone, dial 0.5', play(ways.learned(middle)), against),
    ...dials.map((dial) => rowOf(`small first, dial ${dial}`, play(ways.cascade(withDial(policy, dial))), against)),
  ];
}

function mapped({ value, low, high }: Estimate, map: (value: number) => number): Estimate {
  const [a, b] = [map(low), map(high)];
  return { value: map(value), low: Math.min(a, b), high: Math.max(a, b) };
}

export function reportLines({ name, trainedOn, measuredOn, rows, sizes, policy }: SetReport): string[] {
  const { block, unsure } = policy.stop;
  const lines = [
    `**${name}**: learned on ${trainedOn} answers, measured on ${measuredOn} to tasks of other functions. Learned: block ${block}, quantile ${unsure.quantile} from ${unsure.fewestPieces} tokens on, chance = logistic(${unsure.isRight.intercept.toFixed(2)} + ${unsure.isRight.slope.toFixed(2)} ln p), larger mends ${policy.size.largeMends.toFixed(2)}`,
    '',
    '| way | tokens a task | tokens saved | exact | against trimmed | similarity | shown |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${row.way} | ${text(row.tokensPerTask, 1)} | ${percent(row.tokensSaved)} | ${text(row.exactPercent, 1)} % | ${text(row.exactDifference, 2)} | ${text(row.similarity, 3)} | ${row.shownPercent.value.toFixed(0)} % |`,
    ),
    '',
  ];
  if (sizes === undefined) return lines;
  return [
    ...lines,
    '| two sizes | joules a task | joules saved against large alone | exact | against large alone |',
    '|---|---|---|---|---|',
    ...sizes.map(
      (row) =>
        `| ${row.way} | ${text(row.joulesPerTask, 1)} | ${percent(row.joulesSaved)} | ${text(row.exactPercent, 1)} % | ${text(row.exactDifference, 2)} |`,
    ),
    '',
  ];
}

function text({ value, low, high }: Estimate, digits: number): string {
  return `${value.toFixed(digits)} (${low.toFixed(digits)} … ${high.toFixed(digits)})`;
}

function percent({ value, low, high }: Estimate): string {
  return `${(100 * value).toFixed(1)} % (${(100 * low).toFixed(1)} … ${(100 * high).toFixed(1)})`;
}
