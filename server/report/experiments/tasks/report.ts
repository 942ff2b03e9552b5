// What the trials of `experiment tasks` come to: tables, the picture of energy against accuracy, the regression, S2's figures beside
// ours. Figures in, page and text out.

import { textTable } from '../../../base/text-table.ts';
import { formatAmount } from '../../../energy/format.ts';
import { type FigureStatus, isKnown } from '../../../energy/joules.ts';
import type { Predictor } from '../../../energy/regression.ts';
import type { Cell, Column, Page, Part, Section } from '../../page/page.ts';
import { formatNumber } from '../../page/units.ts';
import { type Arm, type ExperimentReport, factsOf, type Machine, standInBanner, standInLines } from '../experiment.ts';
import { figuresOf, frontOf, type Quality, regressionOf, type TaskFigures, type TaskRecord } from './figures.ts';
import { publishedCautions, publishedTasks } from './published.ts';
import { type TaskKind, taskKinds } from './result.ts';

export const taskNames: Readonly<Record<TaskKind, string>> = {
  generate: 'generate code',
  fix: 'fix a fault',
  document: 'write documentation',
  test: 'write tests',
};

const measures: Readonly<Record<TaskKind, string>> = {
  generate:
    'Passed: the data set’s tests pass on the code that was written for the signature and its documentation (pass@1).',
  fix: 'Passed: the data set’s tests pass on what became of its faulty solution; the model was shown the failing assertion on the function’s first line, not the place of the fault (pass@1).',
  document:
    'Passed: code that the same way of working writes from the new documentation and the signature alone passes the data set’s tests (a round trip; its joules are not counted here). Beside it, whether the parameters are named and what comes back is said.',
  test: 'Passed: all generated tests of a file pass on the data set’s right solution. Right: share of the tests that do. Covered: lines of that function that they run. Caught: files of which a right test fails on the data set’s faulty solution.',
};

const title = 'Four tasks over HumanEvalPack: energy against accuracy';

export function tasksReport(records: readonly TaskRecord[], arms: readonly Arm[], machine: Machine): ExperimentReport {
  const withheld = machine.standIn === undefined ? undefined : `no model with real weights ran (${machine.standIn})`;
  const figures = figuresOf(records, arms, withheld);
  const kinds = taskKinds.filter((kind) => figures.some((one) => one.kind === kind));
  const regressions = Object.fromEntries(kinds.map((kind) => [kind, regressionOf(records, kind)]));
  return {
    page: pageOf(records, figures, kinds, machine),
    summary: { figures, regressions, published: publishedTasks, cautions: publishedCautions },
    text: [...standInLines(machine), textOf(figures, kinds, records)].join('\n'),
  };
}

/** `12 of 20 = 60 % (39 to 78)`, or `not run`. */
export function qualityText(quality: Quality): string {
  if (quality.status === 'not run') return 'not run';
  const { hits, of, interval } = quality;
  const percent = (share: number): string => `${Math.round(100 * share)}`;
  return `${hits} of ${of} = ${percent(hits / Math.max(1, of))} % (${percent(interval.low)} to ${percent(interval.high)})`;
}

/** `1.2 kJ ±3 % = 0.333 Wh`; `at least …` where some answers have no figure. */
function suiteText(suite: TaskFigures['suite']): string {
  const { joules, unknown } = suite;
  if (!isKnown(joules)) return 'unknown';
  const { joules: amount, plusMinusJoules } = joules;
  const error = amount > 0 ? ` ±${Math.round((100 * plusMinusJoules) / amount)} %` : '';
  return `${unknown > 0 ? 'at least ' : ''}${formatAmount(amount)}${error} = ${wattHours(amount)}`;
}

function wattHours(joules: number): string {
  return `${Number((joules / 3600).toPrecision(3))} Wh`;
}

const heads: Readonly<Record<TaskKind, readonly string[]>> = {
  generate: [],
  fix: [],
  document: ['parameters named', 'says what comes back'],
  test: ['right', 'covered', 'caught'],
};

function headOf(kind: TaskKind): string[] {
  return ['way', 'answers', 'refused', 'passed (95 %)', ...heads[kind]];
}

const costHead = ['suite', 'per answer', 'per passed answer', 'tokens per joule', 'seconds'];

function qualityRow(figures: TaskFigures): string[] {
  const { kind, arm, trials, refused, passed } = figures;
  const share = (value: number | undefined): string => (value === undefined ? '–' : formatNumber(value, 'share'));
  const quality: Readonly<Record<TaskKind, readonly string[]>> = {
    generate: [],
    fix: [],
    document: [share(figures.documentation?.named), share(figures.documentation?.saysReturn)],
    test:
      figures.tests === undefined
        ? ['not run', 'not run', 'not run']
        : [share(figures.tests.correctness), share(figures.tests.coverage), qualityText(figures.tests.caught)],
  };
  return [arm.title, `${trials}`, `${refused}`, qualityText(passed), ...quality[kind]];
}

function costRow({ passed, suite, secondsPerAnswer, ...per }: TaskFigures): string[] {
  const { joulesPerAnswer, joulesPerPassed, tokensPerJoule } = per;
  return [
    suiteText(suite),
    joulesPerAnswer === undefined ? 'unknown' : formatAmount(joulesPerAnswer),
    joulesPerPassed === undefined ? (passed.status === 'not run' ? 'not run' : '–') : formatAmount(joulesPerPassed),
    tokensPerJoule === undefined ? 'unknown' : `${Number(tokensPerJoule.toPrecision(3))}`,
    formatNumber(secondsPerAnswer, 'seconds'),
  ];
}

function textOf(figures: readonly TaskFigures[], kinds: readonly TaskKind[], records: readonly TaskRecord[]): string {
  const lines = kinds.flatMap((kind) => {
    const own = figures.filter((one) => one.kind === kind);
    return [
      `${taskNames[kind]} (SEEDS S2: ${publishedTasks[kind].wattHours} Wh, mean over its models)`,
      ...textTable([[...headOf(kind), ...costHead], ...own.map((one) => [...qualityRow(one), ...costRow(one)])]),
      ...notesOf(own).map((note) => `  ${note}`),
      `  ${regressionText(records, kind)}`,
      '',
    ];
  });
  return [...lines, ...publishedCautions].join('\n');
}

/** Why there is no verdict or no figure; each reason once. */
function notesOf(figures: readonly TaskFigures[]): string[] {
  const reasons = figures.flatMap(({ arm, passed, suite, unasked, trials }) => [
    ...(passed.status === 'not run' ? [`not run: ${passed.why}`] : []),
    ...(suite.joules.status === 'unknown' ? [`joules unknown: ${suite.joules.why}`] : []),
    ...(unasked === 0
      ? []
      : [`${arm.title}: ${unasked} of ${trials} were refused before a model was asked, and count with no joules`]),
    ...suite.statuses.filter((status) => status !== 'measured').map((status) => `joules are ${status}`),
  ]);
  return [...new Set(reasons)];
}

const predictorNames: Readonly<Record<Predictor | 'intercept', string>> = {
  intercept: 'b0',
  activeParameters: 'P, active parameters',
  tokensOut: 'O, tokens out',
  bitsPerWeight: 'W, bits per weight',
  tokensIn: 'I, tokens in',
};

function regressionText(records: readonly TaskRecord[], kind: TaskKind): string {
  const fit = regressionOf(records, kind);
  if ('why' in fit) return fit.why;
  const terms = fit.coefficients.map(
    ({ of, joules, standardError }) => `${predictorNames[of]} ${formatAmount(joules)} (${formatAmount(standardError)})`,
  );
  return `regression over ${fit.runs} calls, with standard errors: ${terms.join(', ')}; R² ${fit.rSquared.toFixed(3)}`;
}

function pageOf(
  records: readonly TaskRecord[],
  figures: readonly TaskFigures[],
  kinds: readonly TaskKind[],
  machine: Machine,
): Page {
  const statuses = [...new Set(figures.flatMap(({ suite }) => suite.statuses))];
  return {
    title,
    subtitle: `${records.length} answers, SEEDS S2’s four tasks`,
    ...standInBanner(machine),
    facts: factsOf(machine),
    sections: [...kinds.map((kind) => taskSection(records, figures, kind, statuses)), publishedSection(figures, kinds)],
    records: { title: 'Answers', one: 'answer', many: 'answers', columns: columnsOf(records) },
    notes: [...publishedCautions],
  };
}

function taskSection(
  records: readonly TaskRecord[],
  all: readonly TaskFigures[],
  kind: TaskKind,
  statuses: readonly FigureStatus[],
): Section {
  const figures = all.filter((one) => one.kind === kind);
  const linked = ({ arm }: TaskFigures): Cell => ({ text: arm.title, link: { task: kind, way: arm.id } });
  const quality = figures.map((one) => [linked(one), ...qualityRow(one).slice(1)]);
  const cost = figures.map((one) => [linked(one), ...costRow(one)]);
  return {
    id: kind,
    title: taskNames[kind].replace(/^./, (letter) => letter.toUpperCase()),
    parts: [
      { kind: 'text', text: measures[kind] },
      { kind: 'table', caption: `${taskNames[kind]}: quality by way`, head: headOf(kind), rows: quality },
      { kind: 'table', caption: `${taskNames[kind]}: cost by way`, head: ['way', ...costHead], rows: cost },
      ...notesOf(figures).map((text): Part => ({ kind: 'text', text })),
      ...pictureOf(figures, kind, statuses),
      ...regressionParts(records, kind),
    ],
  };
}

function pictureOf(figures: readonly TaskFigures[], kind: TaskKind, statuses: readonly FigureStatus[]): Part[] {
  const drawn = figures.filter((one) => one.passed.status === 'known' && one.joulesPerAnswer !== undefined);
  if (drawn.length === 0) return [];
  const front = frontOf(drawn);
  const names = front.map((index) => drawn[index]?.arm.title ?? '');
  return [
    {
      kind: 'chart',
      chart: {
        kind: 'scatter',
        title: `Energy against accuracy: ${taskNames[kind]}`,
        summary: `Nothing beats in both joules and pass rate: ${names.join(', ')}.`,
        statuses,
        x: { label: 'joules per answer', unit: 'joules' },
        y: { label: 'share that passed', unit: 'share', domain: [0, 1] },
        points: drawn.map(({ arm, passed, joulesPerAnswer = 0, trials }) => ({
          label: arm.title,
          x: joulesPerAnswer,
          y: passed.status === 'known' ? passed.hits / passed.of : 0,
          ...(passed.status === 'known' ? { yRange: [passed.interval.low, passed.interval.high] as const } : {}),
          count: trials,
          link: { task: kind, way: arm.id },
        })),
        named: drawn.length <= 12,
        front: { name: 'nothing beats these in both', points: front },
      },
    },
  ];
}

/** Ours in joules for one standard deviation, S2's in watt-hours for one of theirs: beside each other, never to be compared by size. */
function regressionParts(records: readonly TaskRecord[], kind: TaskKind): Part[] {
  const fit = regressionOf(records, kind);
  const published = publishedTasks[kind];
  const caption = `E = b0 + b1·P + b2·O + b3·W + b4·I, predictors standardised: ${taskNames[kind]}`;
  const names = Object.keys(published.coefficients) as Predictor[];
  const theirs = (name: Predictor | 'intercept'): string => {
    const [value, error] = name === 'intercept' ? published.intercept : published.coefficients[name];
    return `${value} Wh (${error})`;
  };
  const ours = (name: Predictor | 'intercept'): string => {
    if ('why' in fit) return '–';
    const found = fit.coefficients.find(({ of }) => of === name);
    const left = fit.leftOut.find(({ predictor }) => predictor === name);
    if (found === undefined) return left === undefined ? '–' : `left out: ${left.why}`;
    const p = found.p < 0.001 ? 'p < 0.001' : `p = ${found.p.toFixed(3)}`;
    return `${formatAmount(found.joules)} (${formatAmount(found.standardError)}; ${p})`;
  };
  const rows = (['intercept', ...names] as const).map((name) => [predictorNames[name], ours(name), theirs(name)]);
  const determination = 'why' in fit ? '–' : `${fit.rSquared.toFixed(3)} (${fit.adjustedRSquared.toFixed(3)})`;
  rows.push(['R² (adjusted)', determination, `${published.rSquared} (${published.adjustedRSquared})`]);
  return [
    ...('why' in fit
      ? [{ kind: 'text', text: `${fit.why .replace(/^./, (letter) => letter.toUpperCase())}.` } as const]
      : []),
    { kind: 'table', caption, head: ['', 'here, per call (standard error; p)', 'S2 (standard error)'], rows },
  ];
}

function publishedSection(figures: readonly TaskFigures[], kinds: readonly TaskKind[]): Section {
  const rows = kinds.flatMap((kind) =>
    figures
      .filter((one) => one.kind === kind)
      .map((one) => [
        taskNames[kind],
        one.arm.title,
        isKnown(one.suite.joules) ? wattHours(one.suite.joules.joules) : 'unknown',
        `${one.trials} answers`,
        `${publishedTasks[kind].wattHours} Wh`,
        publishedTasks[kind].quality,
      ]),
  );
  return {
    id: 'published',
    title: 'Beside S2’s published figures',
    parts: [
      ...publishedCautions.map((text): Part => ({ kind: 'text', text })),
      {
        kind: 'table',
        caption: 'Energy of a suite here, and S2’s mean over its models',
        head: ['task', 'way', 'here', 'suite here', 'S2', 'S2’s measure of quality'],
        rows,
      },
    ],
  };
}

function columnsOf(records: readonly TaskRecord[]): Column[] {
  const text = (key: string, head: string, of: (record: TaskRecord) => string, menu = false): Column => ({
    kind: 'text',
    key,
    title: head,
    ...(menu ? { menu } : {}),
    values: records.map(of),
  });
  return [
    text('exercise', 'exercise', ({ result }) => result.exercise),
    text('task', 'task', ({ result }) => result.kind, true),
    text('way', 'way', ({ trial }) => trial.arm, true),
    text('outcome', 'outcome', ({ result }) => result.outcome, true),
    text('verdict', 'verdict', ({ result }) => result.verdict.status, true),
    text('why', 'why', ({ result }) => ('why' in result.verdict ? result.verdict.why : '')),
    { kind: 'joules', key: 'joules', title: 'joules', values: records.map(({ result }) => result.gross) },
    {
      kind: 'number',
      key: 'tokens',
      title: 'tokens out',
      unit: 'tokens',
      values: records.map(({ result }) => result.tokensOut),
    },
    {
      kind: 'number',
      key: 'seconds',
      title: 'seconds',
      unit: 'seconds',
      values: records.map(({ result }) => result.seconds),
    },
  ];
}
