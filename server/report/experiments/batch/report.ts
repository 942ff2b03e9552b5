// What the rounds of `experiment batch` come to: a table, joules and latency over the number of requests at once, and which number is best
// under the user's weights. Figures in, page and text out.

import { textTable } from '../../../base/text-table.ts';
import { formatAmount } from '../../../energy/format.ts';
import type { Weights } from '../../../ledger/ranking.ts';
import type { LinesChart } from '../../page/chart/chart.ts';
import type { Page, Part } from '../../page/page.ts';
import { formatNumber } from '../../page/units.ts';
import { type Arm, type ExperimentReport, factsOf, type Machine, standInBanner, standInLines } from '../experiment.ts';
import { type BatchFigures, type BatchRanking, type BatchRecord, rankBatches } from './figures.ts';

export const equalWeights: Weights = { quality: 1, latency: 1, energy: 1 };

/** SEEDS S3. */
const published =
  'S3 (vLLM on A100s, 1 000 production prompts of some 8 000 tokens): batching took 81 % off the joules per request of a 1.5B model at the price of latency, and less off those of large models.';

export interface BatchReportOptions {
  readonly weights: Weights;
  /** Sentences about what was left out, and why. */
  readonly notes: readonly string[];
}

export function batchReport(
  records: readonly BatchRecord[],
  arms: readonly Arm[],
  machine: Machine,
  { weights, notes }: BatchReportOptions,
): ExperimentReport {
  const ranking = rankBatches(records, arms, weights, machine.standIn !== undefined);
  const said = [...sentencesOf(ranking, weights, machine), ...notes, published];
  return {
    page: pageOf(records, ranking, machine, said),
    summary: { weights, ...ranking, notes },
    text: [
      ...standInLines(machine),
      ...textTable([
        [...energyHead, ...timeHead],
        ...ranking.figures.map((one) => [...energyRow(one), ...timeRow(one)]),
      ]),
      '',
      ...said,
    ].join('\n'),
  };
}

const energyHead = ['model', 'at once', 'requests', 'joules each', 'against one', 'OM'];
const timeHead = ['latency', 'p95', 'requests/s', 'tokens/s', 'passed'];

function energyRow(figures: BatchFigures): string[] {
  const { joulesPerRequest, plusMinusJoules = 0, energyChange, overall, total } = figures;
  const statuses = total.statuses.filter((status) => status !== 'measured').join(', ');
  const joules =
    joulesPerRequest === undefined
      ? 'unknown'
      : `${formatAmount(joulesPerRequest)} ±${Math.round((100 * plusMinusJoules) / joulesPerRequest)} %`;
  return [
    figures.model,
    `${figures.parallel}`,
    `${figures.requests}`,
    [joules, statuses].filter((part) => part !== '').join(', '),
    energyChange === undefined ? '–' : `${energyChange > 0 ? '+' : '−'}${Math.abs(Math.round(100 * energyChange))} %`,
    overall === undefined ? 'unknown' : overall.toFixed(2),
  ];
}

function timeRow({ medianSeconds, p95Seconds, requestsPerSecond, tokensPerSecond, passed }: BatchFigures): string[] {
  return [
    formatNumber(medianSeconds, 'seconds'),
    formatNumber(p95Seconds, 'seconds'),
    `${Number(requestsPerSecond.toPrecision(3))}`,
    `${Number(tokensPerSecond.toPrecision(3))}`,
    passed === undefined
      ? 'not run'
      : `${passed.hits} of ${passed.of} (${formatNumber(passed.interval.low, 'share')} to ${formatNumber(passed.interval.high, 'share')})`,
  ];
}

function sentencesOf(
  { best, reference, countsQuality, figures }: BatchRanking,
  weights: Weights,
  machine: Machine,
): string[] {
  const { quality, latency, energy } = weights;
  const used = countsQuality
    ? `quality ${quality}, latency ${latency}, energy ${energy}`
    : `latency ${latency}, energy ${energy}; quality was not run${machine.standIn === undefined ? '' : ', because no model with real weights answered'}`;
  const reason = figures.map(({ total }) => total.joules).find((joules) => joules.status === 'unknown');
  const [first] = best;
  if (first === undefined || reference === undefined)
    return [
      `nothing can be ranked: ${reason?.status === 'unknown' ? `joules unknown, ${reason.why}` : 'there is no finished round'}`,
    ];
  return [
    `Best under the weights (${used}): ${first.parallel} at once with ${first.model}, OM ${(first.overall ?? 0).toFixed(2)}; ${reference.title} has 1.`,
  ];
}

function pageOf(
  records: readonly BatchRecord[],
  ranking: BatchRanking,
  machine: Machine,
  said: readonly string[],
): Page {
  const { figures } = ranking;
  const requests = records.flatMap(({ trial, result }) =>
    result.requests.map((request) => ({ trial, result, request })),
  );
  return {
    title: 'Requests at once: joules against latency',
    subtitle: `${requests.length} requests in ${records.length} rounds`,
    ...standInBanner(machine),
    facts: factsOf(machine),
    sections: [
      {
        id: 'batch',
        title: 'By number of requests at once',
        parts: [
          ...said.map((text): Part => ({ kind: 'text', text })),
          {
            kind: 'table',
            caption: 'Joules and the overall metric (above 1 beats the reference)',
            head: energyHead,
            rows: figures.map((one) => {
              const [first = '', ...cells] = energyRow(one);
              return [{ text: first, link: { way: one.arm.id } }, ...cells];
            }),
          },
          {
            kind: 'table',
            caption: 'Latency (median and 95th percentile), throughput, quality',
            head: ['model', 'at once', ...timeHead],
            rows: figures.map((one) => [one.model, `${one.parallel}`, ...timeRow(one)]),
          },
          ...picturesOf(figures),
        ],
      },
    ],
    records: {
      title: 'Requests',
      one: 'request',
      many: 'requests',
      columns: [
        { kind: 'text', key: 'way', title: 'way', menu: true, values: requests.map(({ trial }) => trial.arm) },
        {
          kind: 'number',
          key: 'round',
          title: 'round',
          unit: 'count',
          values: requests.map(({ trial }) => trial.repeat),
        },
        { kind: 'text', key: 'outcome', title: 'outcome', values: requests.map(({ request }) => request.outcome) },
        {
          kind: 'text',
          key: 'verdict',
          title: 'verdict',
          values: requests.map(({ request }) => request.verdict.status),
        },
        { kind: 'joules', key: 'joules', title: 'joules', values: requests.map(({ request }) => request.gross) },
        {
          kind: 'number',
          key: 'tokens',
          title: 'tokens out',
          unit: 'tokens',
          values: requests.map(({ request }) => request.tokensOut),
        },
        {
          kind: 'number',
          key: 'seconds',
          title: 'latency',
          unit: 'seconds',
          values: requests.map(({ request }) => request.seconds),
        },
      ],
    },
    notes: [
      'Each round asks the same requests, a number of them at once. A request’s joules are its part of what flowed while it was served.',
    ],
  };
}

function picturesOf(figures: readonly BatchFigures[]): Part[] {
  const models = [...new Set(figures.map(({ model }) => model))];
  const statuses = [...new Set(figures.flatMap(({ total }) => total.statuses))];
  const x = { label: 'requests at once', unit: 'count' } as const;
  const lines = (
    of: (one: BatchFigures) => number | undefined,
    error: (one: BatchFigures) => readonly [number, number] | undefined,
  ): LinesChart['lines'] =>
    models.map((name) => ({
      name,
      points: figures
        .filter((one) => one.model === name)
        .flatMap((one) => {
          const y = of(one);
          const range = error(one);
          return y === undefined
            ? []
            : [{ x: one.parallel, y, ...(range === undefined ? {} : { range }), link: { way: one.arm.id } }];
        }),
    }));
  const joules = lines(
    ({ joulesPerRequest }) => joulesPerRequest,
    ({ joulesPerRequest: middle = 0, plusMinusJoules: half = 0 }) => [Math.max(0, middle - half), middle + half],
  );
  const latency = lines(
    ({ medianSeconds }) => medianSeconds,
    () => undefined,
  );
  const chart = (part: Omit<LinesChart, 'kind' | 'x'>): Part => ({
    kind: 'chart',
    chart: { kind: 'lines', x, ...part },
  });
  const pictures = [
    chart({
      title: 'Latency by requests at once',
      summary: 'Median time from asking to the end of the answer, one line for each model.',
      y: { label: 'seconds per request', unit: 'seconds' },
      lines: latency,
    }),
  ];
  if (joules.every(({ points }) => points.length === 0)) return pictures;
  return [
    chart({
      title: 'Joules per request by requests at once',
      summary: 'Mean joules of a request with the error that the meter states, one line for each model.',
      statuses,
      y: { label: 'joules per request', unit: 'joules' },
      lines: joules,
    }),
    ...pictures,
  ];
}
