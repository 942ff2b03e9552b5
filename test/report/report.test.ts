// What receipts come to: sums that add up, nothing unknown that reads as zero, and every figure and mark with its receipts behind it.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isKnown, type Joules } from '../../server/energy/joules.ts';
import type { ModelCall } from '../../server/gateway/model-call.ts';
import type { Receipt } from '../../server/ledger/events.ts';
import { parseLine } from '../../server/ledger/parse-line.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import type { Chart } from '../../server/report/page/chart/chart.ts';
import type { Column, Link, Page, Part } from '../../server/report/page/page.ts';
import { renderPage } from '../../server/report/page/render.ts';
import { paretoFront } from '../../server/report/pareto.ts';
import { receiptPage } from '../../server/report/receipt-page.ts';
import { buildReport, type ReportOptions } from '../../server/report/report.ts';
import {
  sampleClaim,
  sampleOptions,
  sampleReceipts,
  sampleReference,
  sampleSizeOf,
} from '../../server/report/sample.ts';
import { savingsOf } from '../../server/report/savings.ts';
import { terminalLines } from '../../server/report/terminal.ts';
import { callEvent, energyOf, measured, morning, outcomeEvent, sampleCall } from '../support/sample-events.ts';

const now = morning + 3 * 3_600_000;
const options: ReportOptions = {
  nowWallMilliseconds: now,
  sinceWallMilliseconds: undefined,
  country: undefined,
  large: undefined,
  claimOf: () => undefined,
  sizeOf: () => undefined,
};
const pageOptions = { sample: false, version: '0.0.0-test', paths: true, skipped: [] };
const unknown: Joules = { status: 'unknown', why: 'no counter can be read', mend: 'sudo something' };

function receiptOf(calls: readonly Partial<ModelCall>[], outcome: Parameters<typeof outcomeEvent>[0] = {}): Receipt {
  const receiptId = outcome.receiptId ?? `job-${calls.map(({ id }) => id).join('-')}`;
  const receipt = foldReceipt([
    ...calls.map((call, index) => callEvent({ receiptId, call: sampleCall({ id: `${receiptId}-${index}`, ...call }) })),
    outcomeEvent({ ...outcome, receiptId }),
  ]);
  assert.ok(receipt);
  return receipt;
}

const unmeasured = { gross: unknown, net: unknown, bySource: [], flags: [] };

describe('the report', () => {
  it('counts what a person can count by hand', () => {
    const load = measured(30, 1);
    const receipts = [
      receiptOf([
        { id: 'plan', role: 'planner', model: 'gemma3:12b', joules: energyOf(80, 20) },
        { id: 'work', joules: { ...energyOf(150, 50), load } },
      ]),
      receiptOf([{ id: 'stop', outcome: 'cancelled', joules: energyOf(10, 0) }], {
        outcome: 'cancelled',
        receiptId: 'stopped',
      }),
      receiptOf([{ id: 'none', joules: unmeasured }], { receiptId: 'unknown' }),
      receiptOf([], { receiptId: 'nothing called' }),
    ];
    const report = buildReport(receipts, { ...options, country: 'FRA' });
    const [today] = report.periods;
    assert.deepEqual([today?.answers, today?.completions, today?.sum.known, today?.sum.unknown], [3, 0, 3, 1]);
    assert.ok(today && isKnown(today.sum.joules) && today.sum.joules.joules === 310);
    assert.deepEqual(
      report.spent.on.map(({ part, sum }) => [
        part,
        isKnown(sum.joules) ? sum.joules.joules : sum.joules.why,
        sum.unknown,
      ]),
      [
        ['planning', 100, 0],
        ['working', 170, 1],
        ['loading', 30, 0],
        ['cancelled', 10, 0],
      ],
    );
    assert.ok(isKnown(report.spent.idle.joules));
    assert.ok(Math.abs(report.spent.idle.joules.joules - 0.2 * 310) < 1e-9);
    assert.deepEqual(report.certainty.reasons, [{ why: unknown.why, mend: unknown.mend, calls: 1 }]);
    assert.ok(report.carbon && Math.abs(report.carbon.grams - (310 / 3.6e6) * 56) < 1e-12);
    assert.deepEqual(
      report.consumers.map(({ name, calls }) => [name, calls]),
      [
        ['worker · gemma3:4b', 3],
        ['planner · gemma3:12b', 1],
      ],
    );
  });

  it('says of what nobody could measure that it is unknown, and why, and nowhere 0 J', () => {
    const receipts = [receiptOf([{ joules: unmeasured }])];
    const page = receiptPage(buildReport(receipts, options), receipts, pageOptions);
    const text = JSON.stringify(page);
    assert.match(text, /"value":"unknown"/);
    assert.match(text, /no counter can be read/);
    assert.match(text, /sudo something/);
    assert.doesNotMatch(text, /"0 m?J|[^\d.]0 J/);
  });

  it('has nothing to claim without receipts', () => {
    const report = buildReport([], options);
    const page = receiptPage(report, [], pageOptions);
    assert.match(JSON.stringify(page), /no model was called/);
    assert.equal(report.everyday, undefined);
    assert.equal(report.savings.status, 'none');
  });

  it('puts each joule in one part, one role and one day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 40 }), (seed, days) => {
        const receipts = sampleReceipts({ seed, days, answersPerDay: 4, nowWallMilliseconds: now });
        const report = buildReport(receipts, options);
        const sum = (sums: readonly { readonly joules: Joules }[]): number =>
          sums.reduce((all, { joules }) => all + (isKnown(joules) ? joules.joules : 0), 0);
        const all = sum(receipts.flatMap(({ calls }) => calls.map((call) => ({ joules: call.joules.gross }))));
        for (const parts of [
          report.spent.on.map((one) => one.sum),
          report.byStep,
          report.consumers.map((one) => one.sum),
          report.consumers.flatMap((one) => one.byStep),
          report.actions.map((one) => one.sum),
          report.periods.slice(-1).map((one) => one.sum),
        ])
          assert.ok(Math.abs(sum(parts) - all) < 1e-6 * all, `${sum(parts)} of ${all}`);
      }),
      { numRuns: 20 },
    );
  });

  it('takes what other versions, other clocks and other people may have written', () => {
    const words = fc.oneof(
      fc.constantFrom('worker', 'oracle', '<script>alert(1)</script>', '__proto__', 'constructor', '\u001b[2J'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    );
    const dates = fc.constantFrom(
      ...[
        '1970-01-01T00:00:00.000Z',
        '2026-11-20T09:00:00.000Z',
        '2026-11-20T10:30:00.000Z',
        '2099-12-31T23:59:59.999Z',
      ],
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(words, words, words, words, dates), { minLength: 1, maxLength: 6 }), (rows) => {
        const receipts = rows.map(([role, model, actionId, outcome, at], index) => {
          const event = { receiptId: `odd-${index}`, actionId, path: model, at };
          const call = { ...sampleCall({ id: `odd-${index}`, model }), role };
          const events = [
            { ...callEvent(), ...event, call },
            { ...outcomeEvent(), ...event, outcome, strategy: model },
          ].map((one) => parseLine(JSON.stringify(one)));
          const receipt = foldReceipt(events.flatMap((one) => ('event' in one ? [one.event] : [])));
          assert.ok(receipt);
          return receipt;
        });
        receipts.sort((a, b) => (a.at < b.at ? -1 : 1));
        const report = buildReport(receipts, options);
        const page = receiptPage(report, receipts, pageOptions);
        const html = renderPage(page);
        assert.doesNotMatch(html, /<script>alert/);
        assert.equal(
          report.byStep.reduce((sum, { known }) => sum + known, 0),
          receipts.length,
        );
        for (const link of linksOf(page)) assert.ok(rowsWith(page, link).length > 0, JSON.stringify(link));
        assert.ok(terminalLines(report, { width: 80, colour: false }).every((line) => line.length <= 80));
      }),
      { numRuns: 40 },
    );
  });

  it('claims savings only against what is configured, at the careful ends, and losses too', () => {
    const cheap = receiptOf([{ joules: energyOf(90, 10) }], { receiptId: 'cheap' });
    const dear = receiptOf([{ joules: energyOf(900, 100) }], { receiptId: 'dear' });
    const claimOf = ({ totals: { gross } }: Receipt) => {
      assert.ok(isKnown(gross));
      const spentHighJoules = gross.joules + gross.plusMinusJoules;
      return { reference: 'gemma3:27b', referenceLowJoules: 400, spentHighJoules };
    };
    assert.equal(savingsOf([cheap], undefined, claimOf).status, 'none');
    const one = savingsOf([cheap], 'gemma3:27b', claimOf);
    assert.ok(one.status === 'claimed' && one.atLeastJoules === 400 - 102);
    const both = savingsOf([cheap, dear], 'gemma3:27b', claimOf);
    assert.ok(both.status === 'claimed' && both.atLeastJoules === 800 - 102 - 1020);
    assert.ok('status' in both.measured && /there are 2 and 0/.test(both.measured.why));
  });

  it('compares measurements with measurements alone', () => {
    const by = (model: string, id: string, joules: number, status: 'measured' | 'estimated'): Receipt => {
      const energy = energyOf(joules, 0);
      return receiptOf([{ model, joules: { ...energy, gross: { ...measured(joules), status } as Joules } }], {
        receiptId: id,
      });
    };
    const receipts = [
      ...[100, 110, 120].map((joules, index) => by('small', `s${index}`, joules, 'measured')),
      ...[400, 420].map((joules, index) => by('large', `l${index}`, joules, 'measured')),
      by('large', 'guess', 9_000, 'estimated'),
    ];
    const claimOf = () => ({ reference: 'large', referenceLowJoules: 200, spentHighJoules: 100 });
    const savings = savingsOf(receipts, 'large', claimOf);
    assert.ok(savings.status === 'claimed' && !('status' in savings.measured));
    assert.deepEqual([savings.measured.runs, savings.measured.referenceRuns], [3, 2]);
    assert.equal(savings.measured.savedJoulesPerPrompt, 300);
  });

  it('finds the front that nothing beats', () => {
    const points = [
      [100, 0.6],
      [300, 0.8],
      [300, 0.7],
      [200, 0.6],
      [900, 0.8],
      [1000, 0.9],
    ].map(([cost = 0, worth = 0]) => ({ cost, worth }));
    assert.deepEqual(paretoFront(points), [0, 1, 5]);
    assert.deepEqual(paretoFront([]), []);
  });
});

describe('the report’s page', () => {
  const receipts = sampleReceipts({ ...sampleOptions, nowWallMilliseconds: now });
  const report = buildReport(receipts, {
    ...options,
    country: 'WORLD',
    large: sampleReference,
    claimOf: sampleClaim,
    sizeOf: sampleSizeOf,
  });
  const page = receiptPage(report, receipts, { ...pageOptions, sample: true });

  it('is the same for the same seed, and called synthetic', () => {
    assert.deepEqual(sampleReceipts({ ...sampleOptions, nowWallMilliseconds: now }), receipts);
    assert.equal(page.label, 'synthetic sample');
    assert.ok(receipts.every(({ totals: { gross } }) => gross.status === 'simulated' || gross.status === 'unknown'));
  });

  it('leads with every figure and mark to the receipts that it was made of', () => {
    const links = linksOf(page);
    assert.ok(links.length > 100, String(links.length));
    for (const link of links) assert.ok(rowsWith(page, link).length > 0, JSON.stringify(link));
    const points = chartsOf(page).flatMap((chart) =>
      chart.kind === 'scatter' && chart.diagonal !== undefined ? chart.points : [],
    );
    assert.ok(points.length > 100);
    for (const point of points) assert.equal(rowsWith(page, point.link ?? {}).length, 1, point.label);
    for (const period of report.periods)
      assert.equal(rowsWith(page, { period: period.name }).length, period.answers + period.completions, period.name);
    for (const way of report.ranking.ways)
      assert.equal(rowsWith(page, { way: `${way.strategy} · ${way.models}`, decided: 'yes' }).length, way.runs);
    for (const { way, statistics } of report.statistics)
      assert.equal(rowsWith(page, { way, figured: 'yes' }).length, statistics.runs, way);
    const { savings } = report;
    assert.ok(savings.status === 'claimed' && !('status' in savings.measured));
    assert.deepEqual(
      ['claimed', 'compared', 'reference'].map((saving) => rowsWith(page, { saving }).length),
      [savings.answers, savings.measured.runs, savings.measured.referenceRuns],
    );
    for (const { name, calls } of report.actions)
      assert.equal(
        rowsWith(page, { action: name }).length,
        receipts.filter((one) => one.actionId === name).length,
        `${calls}`,
      );
  });

  it('counts predictions in cells when they are too many to be drawn, and still leads to all of them', () => {
    const many = sampleReceipts({ seed: 1, days: 60, answersPerDay: 30, nowWallMilliseconds: now });
    const of = buildReport(many, options);
    const crowded = receiptPage(of, many, pageOptions);
    const chart = chartsOf(crowded).find((one) => one.kind === 'scatter' && one.diagonal !== undefined);
    assert.ok(chart?.kind === 'scatter' && chart.points.length < 300 && of.predictions.outturns.length > 800);
    for (const point of chart.points) assert.equal(rowsWith(crowded, point.link ?? {}).length, point.count);
    assert.equal(
      chart.points.reduce((sum, point) => sum + (point.count ?? 0), 0),
      of.predictions.outturns.length,
    );
  });
});

function chartsOf(page: Page): Chart[] {
  return page.sections.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'chart' ? [part.chart] : [])));
}

/** Of everything that is drawn or written: a column of no height has no mark. */
function linksOf(page: Page): Link[] {
  return page.sections.flatMap(({ parts }) => parts.flatMap(linksIn)).filter((link) => link !== undefined);
}

function linksIn(part: Part): (Link | undefined)[] {
  if (part.kind === 'text') return [part.link];
  if (part.kind === 'figures') {
    for (const { link, value, label } of part.figures)
      assert.ok(link !== undefined || /nothing|unknown/.test(value), label);
    return part.figures.map(({ link }) => link);
  }
  if (part.kind === 'table')
    return part.rows.flatMap((row) => row.map((cell) => (typeof cell === 'string' ? undefined : cell.link)));
  const { chart } = part;
  switch (chart.kind) {
    case 'columns':
      return [
        ...chart.series.flatMap(({ values, links }) =>
          values.map((value, index) => (value > 0 ? links?.[index] : undefined)),
        ),
        ...(chart.unknown ?? []).map(({ count, link }) => (count > 0 ? link : undefined)),
      ];
    case 'bars':
      return chart.bars.map(({ link }) => link);
    case 'scatter':
      return chart.points.map(({ link }) => link);
    case 'lines':
      return chart.lines.flatMap(({ points }) => points.map(({ link }) => link));
    case 'strips':
      return chart.groups.map(({ link }) => link);
  }
}

function rowsWith(page: Page, link: Link): number[] {
  const columns = page.records?.columns ?? [];
  const count = columns[0]?.values.length ?? 0;
  return Array.from({ length: count }, (_, row) => row).filter((row) =>
    Object.entries(link).every(([key, text]) =>
      holds(
        columns.find((column) => column.key === key),
        row,
        text,
      ),
    ),
  );
}

function holds(column: Column | undefined, row: number, text: string): boolean {
  if (column?.kind === 'text') return column.values[row] === text;
  return column?.kind === 'words' && column.values[row]?.includes(text) === true;
}
