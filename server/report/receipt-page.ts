// The report as a page: its sections in the order in which people ask, and the receipts that everything leads to. Knows the report and
// page data; what they look like is the page's business.

import type { Receipt } from '../ledger/events.ts';
import type { Skipped } from '../ledger/history.ts';
import { minuteOf, startOfDay } from './days.ts';
import type { Page } from './page/page.ts';
import { recordsOf } from './records.ts';
import type { Report } from './report.ts';
import { byDaySection } from './sections/by-day.ts';
import { driversSection } from './sections/drivers.ts';
import { predictedSection, predictionNames } from './sections/predicted.ts';
import { savedSection, savingNames } from './sections/saved.ts';
import { spentSection } from './sections/spent.ts';
import { summarySection } from './sections/summary.ts';
import { waysSection } from './sections/ways.ts';

export interface ReceiptPageOptions {
  /** Whether these are synthetic receipts; it is said everywhere then. */
  readonly sample: boolean;
  readonly version: string;
  /** Whether paths are as they are, and not hashes. */
  readonly paths: boolean;
  readonly skipped: readonly Skipped[];
}

const millisecondsPerDay = 86_400_000;

/** @param receipts what the report was built of, with paths as they may be shown. */
export function receiptPage(report: Report, receipts: readonly Receipt[], options: ReceiptPageOptions): Page {
  const { nowWallMilliseconds: now, sinceWallMilliseconds: since, periods } = report;
  const [today, week] = [startOfDay(now), startOfDay(now - 6 * millisecondsPerDay)];
  const periodsOf = ({ at }: Receipt): string[] => {
    const began = Date.parse(at);
    return ['all of it', ...(began >= week ? ['last 7 days'] : []), ...(began >= today ? ['today'] : [])];
  };
  const all = periods.at(-1);
  const range = `${minuteOf(since).slice(0, 10)} to ${minuteOf(now)}`;
  return {
    title: 'What the answers cost',
    subtitle: range,
    ...(options.sample
      ? {
          label: 'synthetic sample',
          banner:
            'Nothing here was measured: a seeded generator made these receipts up, to show what a report looks like.',
        }
      : {}),
    facts: [
      ['Receipts', String((all?.answers ?? 0) + (all?.completions ?? 0))],
      ['Period', range],
      ['Made by', `joule-ls ${options.version}`],
      ...machineOf(receipts),
    ],
    sections: [
      summarySection(report),
      byDaySection(report),
      spentSection(report),
      predictedSection(report),
      waysSection(report),
      savedSection(report),
      driversSection(report),
    ],
    records: recordsOf(receipts, {
      steps: report.steps,
      nowWallMilliseconds: now,
      periodsOf,
      predictionOf: predictionNames(report.predictions),
      savingsOf: savingNames(report.savings),
    }),
    notes: [
      'Measured, estimated or simulated is said with each figure; without a word it is measured. ± is the half-width of the interval that should hold the truth. Package and memory counters see the whole machine while it answered.',
      options.sample
        ? 'Files, models and machine are made up, too.'
        : options.paths
          ? 'Paths are shown as they are: think before you share this page.'
          : 'Files are shown as keyed hashes; the key was thrown away. Source text is in no receipt.',
      ...(report.fromTheFuture === 0
        ? []
        : [
            `${report.fromTheFuture} are dated after now, by a clock that was wrong then or is now: they count as of today.`,
          ]),
      ...options.skipped.map(
        ({ file, what, lines, firstLine }) =>
          `Not in here: ${lines === 0 ? file : `${lines} ${lines === 1 ? 'line' : 'lines'} of ${file}, from line ${firstLine} on`}: ${what}.`,
      ),
    ],
  };
}

/** What the receipts say of the machine they come from: several where they come from several. */
function machineOf(receipts: readonly Receipt[]): (readonly [string, string])[] {
  const environments = receipts.map(({ environment }) => environment).filter((one) => one !== undefined);
  const devices = [...new Set(environments.flatMap((one) => one.devices))];
  const platforms = [...new Set(environments.map((one) => one.platform))];
  return [
    ...(devices.length === 0 ? [] : [['Counters', devices.slice(0, 8).join(', ')] as const]),
    ...(platforms.length === 0 ? [] : [['Platform', platforms.join(', ')] as const]),
  ];
}
