// Receipts as the records of a page: one row each, its calls within, and the words by which figures and marks lead to them.
// Knows receipts; paths come ready to be shown.

import { isKnown } from '../energy/joules.ts';
import type { Receipt } from '../ledger/events.ts';
import { outcomeOf } from '../ledger/passed.ts';
import { minuteOf, type Steps } from './days.ts';
import type { Column, Records } from './page/page.ts';
import { consumerOf, wayOf } from './report.ts';
import { partsOf } from './spent.ts';

export interface RecordsOptions {
  readonly steps: Steps;
  readonly nowWallMilliseconds: number;
  /** Periods that a receipt belongs to, beyond its step: `today`. */
  readonly periodsOf: (receipt: Receipt) => readonly string[];
  /** Which figures of the savings it is behind: `claimed`, `compared`, `reference`. */
  readonly savingsOf: (receipt: Receipt) => readonly string[];
  /** What a receipt's mark is called in the picture of predictions. */
  readonly predictionOf: (receipt: Receipt) => string;
}

/** First digits of an id: enough to find it in the ledger. */
export function shortId(receipt: Receipt): string {
  return receipt.id.slice(0, 8);
}

/** Newest first. */
export function recordsOf(receipts: readonly Receipt[], options: RecordsOptions): Records {
  const shown = receipts.filter(({ calls }) => calls.length > 0).reverse();
  const { steps, nowWallMilliseconds: now } = options;
  const text = (key: string, title: string, of: (receipt: Receipt) => string, more: object = {}): Column => ({
    key,
    title,
    kind: 'text',
    values: shown.map(of),
    ...more,
  });
  const words = (
    key: string,
    title: string,
    of: (receipt: Receipt) => readonly string[],
    more: object = {},
  ): Column => ({
    key,
    title,
    kind: 'words',
    values: shown.map(of),
    ...more,
  });
  return {
    title: 'Receipts',
    one: 'receipt',
    many: 'receipts',
    columns: [
      text('at', 'When', ({ at }) => minuteOf(Date.parse(at))),
      text('action', 'Action', ({ actionId }) => actionId, { menu: true }),
      { key: 'joules', title: 'Joules', kind: 'joules', menu: true, values: shown.map(({ totals }) => totals.gross) },
      {
        key: 'predicted',
        title: 'Predicted',
        kind: 'number',
        unit: 'joules',
        values: shown.map(({ predicted }) => (predicted?.status === 'unknown' ? undefined : predicted?.joules)),
      },
      {
        key: 'tokens',
        title: 'Tokens out',
        kind: 'number',
        unit: 'tokens',
        values: shown.map(({ totals }) => totals.tokensOut),
      },
      {
        key: 'seconds',
        title: 'Time',
        kind: 'number',
        unit: 'seconds',
        values: shown.map(({ totals }) => totals.seconds),
      },
      text('outcome', 'Outcome', ({ outcome }) => outcome, { menu: true }),
      text(
        'passed',
        'Passed',
        (receipt) => (receipt.actionId === 'completion' ? '–' : (outcomeOf(receipt, now) ?? 'undecided')),
        {
          menu: true,
        },
      ),
      text('strategy', 'Strategy', ({ strategy }) => strategy ?? '–', { menu: true }),
      words('models', 'Models', ({ calls }) => [...new Set(calls.map(({ model }) => model))], { menu: true }),
      text('file', 'File', ({ path }) => path),
      text('receipt', 'Receipt', shortId),
      text(
        'step',
        { day: 'Day', week: 'Week', month: 'Month', year: 'Year' }[steps.kind],
        ({ at }) => steps.nameOf(Date.parse(at)),
        hidden,
      ),
      words('period', 'Period', options.periodsOf, hidden),
      words('call', 'Call', ({ calls }) => [...new Set(calls.map(consumerOf))], hidden),
      words(
        'part',
        'Part',
        (receipt) => [...new Set(receipt.calls.flatMap((call) => partsOf(call, receipt).map(({ part }) => part)))],
        hidden,
      ),
      text('way', 'Way', (receipt) => (receipt.actionId === 'completion' ? '–' : wayOf(receipt)), hidden),
      text('decided', 'Decided', (receipt) => (isDecided(receipt, now) ? 'yes' : 'no'), hidden),
      text('prediction', 'Prediction', options.predictionOf, hidden),
      words('saving', 'Saving', options.savingsOf, hidden),
      text('figured', 'Has a figure', ({ totals }) => (isKnown(totals.gross) ? 'yes' : 'no'), hidden),
      words('status', 'Figures', ({ calls }) => [...new Set(calls.map(({ joules }) => joules.gross.status))], hidden),
    ],
    inner: innerOf(shown),
  };
}

/** Ways are compared by these alone. */
function isDecided(receipt: Receipt, now: number): boolean {
  const outcome = outcomeOf(receipt, now);
  if (receipt.actionId === 'completion') return false;
  return (outcome === 'passed' || outcome === 'failed') && isKnown(receipt.totals.gross);
}

const hidden = { hidden: true } as const;

function innerOf(receipts: readonly Receipt[]): NonNullable<Records['inner']> {
  const calls = receipts.flatMap(({ calls }, row) => calls.map((call) => ({ call, row })));
  return {
    title: 'Calls',
    rowOf: calls.map(({ row }) => row),
    columns: [
      { key: 'role', title: 'Role', kind: 'text', values: calls.map(({ call }) => call.role) },
      { key: 'model', title: 'Model', kind: 'text', values: calls.map(({ call }) => call.model) },
      { key: 'gross', title: 'Joules', kind: 'joules', values: calls.map(({ call }) => call.joules.gross) },
      { key: 'net', title: 'Net of idle power', kind: 'joules', values: calls.map(({ call }) => call.joules.net) },
      {
        key: 'in',
        title: 'Tokens in',
        kind: 'number',
        unit: 'tokens',
        values: calls.map(({ call }) => call.tokens.in),
      },
      {
        key: 'out',
        title: 'Tokens out',
        kind: 'number',
        unit: 'tokens',
        values: calls.map(({ call }) => call.tokens.out),
      },
      {
        key: 'seconds',
        title: 'Time',
        kind: 'number',
        unit: 'seconds',
        values: calls.map(({ call }) => call.seconds.total),
      },
      { key: 'outcome', title: 'Outcome', kind: 'text', values: calls.map(({ call }) => call.outcome) },
    ],
  };
}
