// Which way of answering did best: joules per passed answer against the share that passed, with the front that nothing beats; the overall
// metric and SEEDS S1's metrics as tables. Knows the report.

import type { FigureStatus } from '../../energy/joules.ts';
import type { RankedWay } from '../../ledger/ranking.ts';
import type { Section } from '../page/page.ts';
import { formatNumber } from '../page/units.ts';
import { paretoFront } from '../pareto.ts';
import type { Report } from '../report.ts';
import { captionOf, statusesOf } from './by-day.ts';
import { countOf } from './summary.ts';

export function waysSection(report: Report): Section {
  const { ways, reference, tooFew, leftOut } = report.ranking;
  const drawn = ways.filter((way): way is RankedWay & { joulesPerPassed: number } => way.joulesPerPassed !== undefined);
  const front = paretoFront(drawn.map((way) => ({ cost: way.joulesPerPassed, worth: way.passShare })));
  const best = front.map((index) => drawn[index]).filter((way) => way !== undefined);
  const mixed = statusesOf(report).length > 1;
  const notes = [
    'Passed: an executed check where there was one, else sound, and seen to stand after a save and ten minutes. The upright line is the 95 % interval of that share (Wilson).',
    ...(tooFew > 0 ? [`${countOf(tooFew, 'way')} with fewer than five decided answers: not drawn.`] : []),
    ...(leftOut > 0 ? [`${countOf(leftOut, 'answer')} without a figure or not decided yet: not counted.`] : []),
    ...ways
      .filter((way) => way.joulesPerPassed === undefined)
      .map((way) => `${nameOf(way)}: none of ${way.runs} passed, so a passed answer has no price.`),
  ];
  return {
    id: 'ways',
    title: 'What a passed answer costs',
    parts: [
      {
        kind: 'chart',
        chart: {
          kind: 'scatter',
          title: 'Joules per passed answer, and how many pass',
          summary:
            best.length === 0
              ? 'No way of answering has five decided answers yet.'
              : `Nothing beats ${best.map((way) => `${nameOf(way)} (${formatNumber(way.joulesPerPassed, 'joules')}, ${formatNumber(way.passShare, 'share')})`).join(', ')} in both.`,
          x: { label: 'joules per passed answer', unit: 'joules', log: true },
          y: { label: 'share that passed', unit: 'share', domain: [0, 1] },
          named: drawn.length <= 12,
          points: drawn.map((way) => ({
            label: nameOf(way),
            x: way.joulesPerPassed,
            y: way.passShare,
            yRange: [Math.max(0, way.passShare - way.passPlusMinus), Math.min(1, way.passShare + way.passPlusMinus)],
            link: { way: nameOf(way), decided: 'yes' },
          })),
          front: { name: 'on the front', points: front },
          statuses: [...new Set(ways.map((way): FigureStatus => way.status))],
          notes,
        },
      },
      ...(reference === undefined
        ? []
        : [
            {
              kind: 'table',
              caption: captionOf(
                report,
                `Ranked by S3’s overall metric, all weights equal: above 1 beats ${nameOf(reference)}, which has the most answers`,
              ),
              head: [
                'way',
                'OM',
                'answers',
                'passed',
                'each',
                'time',
                'per passed answer',
                ...(mixed ? ['figures'] : []),
              ],
              rows: ways.map((way) => [
                { text: nameOf(way), link: { way: nameOf(way), decided: 'yes' } },
                way.overallMetric.toFixed(2),
                String(way.runs),
                `${Math.round(100 * way.passShare)} % ±${Math.round(100 * way.passPlusMinus)}`,
                formatNumber(way.joules, 'joules'),
                formatNumber(way.seconds, 'seconds'),
                way.joulesPerPassed === undefined ? 'none passed' : formatNumber(way.joulesPerPassed, 'joules'),
                ...(mixed ? [way.status] : []),
              ]),
            } as const,
          ]),
      ...metricsTable(report),
    ],
  };
}

function nameOf({ strategy, models }: RankedWay): string {
  return `${strategy} · ${models}`;
}

/** SEEDS S1's sixteen, over everyday answers: the requests differ, so that the spread is that of the requests too. */
function metricsTable(report: Report): Section['parts'] {
  const shown = report.statistics.slice(0, 5);
  if (shown.length === 0) return [];
  const joules = (value: number | undefined): string => (value === undefined ? '–' : formatNumber(value, 'joules'));
  const row = (name: string, of: (one: (typeof shown)[number]['statistics']) => string): string[] => [
    name,
    ...shown.map(({ statistics: one }) => of(one)),
  ];
  return [
    {
      kind: 'table',
      caption: captionOf(
        report,
        'S1’s metrics over the answers of each way. The requests were different ones, so their spread is in it',
      ),
      head: ['metric', ...shown.map(({ way }) => way)],
      rows: [
        [
          'answers',
          ...shown.map(({ way, statistics }) => ({ text: String(statistics.runs), link: { way, figured: 'yes' } })),
        ],
        row('mean', (one) => joules(one.meanJoules)),
        row('median', (one) => joules(one.medianJoules)),
        row('standard deviation', (one) => joules(one.standardDeviationJoules)),
        row('IQR', (one) => joules(one.interquartileRangeJoules)),
        row('most', (one) => joules(one.maximumJoules)),
        row('least', (one) => joules(one.minimumJoules)),
        row('CPU package, mean', (one) => joules(one.meanPackageJoules)),
        row('GPU, mean', (one) => joules(one.meanGpuJoules)),
        row('average power', (one) => formatNumber(one.averageWatts, 'watts')),
        row('time, mean', (one) => formatNumber(one.meanSeconds, 'seconds')),
        row('time, median', (one) => formatNumber(one.medianSeconds, 'seconds')),
        row('tokens out, mean', (one) => formatNumber(one.meanTokensOut, 'tokens')),
        row('per token out', (one) => joules(one.joulesPerOutputToken)),
        row('tokens per second', (one) => formatNumber(one.tokensPerSecond, 'ratio')),
        row('tokens by the worker', (one) => formatNumber(one.workerTokenShare, 'share')),
        row('coefficient of variation', (one) => formatNumber(one.coefficientOfVariation, 'share')),
        row('Wh, mean', (one) => formatNumber(one.meanWattHours, 'ratio')),
        row('tokens per joule', (one) => formatNumber(one.tokensPerJoule, 'ratio')),
      ],
    },
  ];
}
