// `joule-ls ledger summary`: what the ledger adds up to, by action, role and model. For pictures and comparisons there is `report`.

import { oneLine } from '../base/escape.ts';
import { textTable } from '../base/text-table.ts';
import { formatJoules } from '../energy/format.ts';
import { isKnown, type Joules, sumJoules } from '../energy/joules.ts';
import { type CallSum, type HistorySummary, summariseHistory } from '../ledger/summarise.ts';
import { skippedText } from './ledger-export.ts';
import { barOf, createProgressLine } from './progress-line.ts';

export interface SummaryOrder {
  readonly json: boolean;
  readonly sinceWallMilliseconds: number | undefined;
}

/** @returns 0. Rejects with the system's error when the ledger can't be listed. */
export async function summaryCommand(
  directory: string,
  { json, sinceWallMilliseconds }: SummaryOrder,
): Promise<number> {
  const progress = createProgressLine(process.stderr);
  const onProgress = (read: number, total: number): void => {
    if (process.stderr.isTTY) progress.show(`${barOf(read / total)} ${Math.floor((read / total) * 100)} %`);
  };
  const summary = await summariseHistory({ directory, sinceWallMilliseconds, onProgress });
  progress.end();
  process.stdout.write(
    json ? `${JSON.stringify(summary, undefined, 2)}\n` : `${linesOf(directory, summary).join('\n')}\n`,
  );
  if (!json) for (const one of summary.skipped) process.stderr.write(`not in it: ${skippedText(one)}\n`);
  return 0;
}

function linesOf(directory: string, { calls, receipts }: HistorySummary): string[] {
  if (receipts.length === 0) return [`nothing is written down in ${directory}`];
  const groups = new Map<string, CallSum[]>();
  for (const row of calls) {
    const key = JSON.stringify([row.actionId, row.role, row.model]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const rows = [...groups.values()].map((group) => [
    group[0]?.actionId ?? '',
    group[0]?.role ?? '',
    oneLine(group[0]?.model ?? '', 40),
    String(sumOf(group, ({ calls: count }) => count)),
    String(sumOf(group, ({ tokensOut }) => tokensOut)),
    joulesText(group),
  ]);
  const outcomes = new Map<string, number>();
  for (const { outcome, receipts: count } of receipts) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  const first = receipts[0]?.day ?? '';
  const last = receipts.at(-1)?.day ?? '';
  const ends = [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    `${sumOf(receipts, ({ receipts: count }) => count)} receipts from ${first} to ${last} (UTC): ${ends.join(', ')}`,
    '',
    ...textTable([['action', 'role', 'model', 'calls', 'tokens out', 'joules'], ...rows]),
    '',
    `all calls: ${joulesText(calls)}`,
  ];
}

function joulesText(rows: readonly CallSum[]): string {
  const known: Joules[] = rows.map(({ gross }) => gross).filter(isKnown);
  const unmeasured = sumOf(rows, (row) => row.unmeasured);
  const text = formatJoules(sumJoules(known));
  return unmeasured === 0 || known.length === 0 ? text : `at least ${text} (${unmeasured} calls without a figure)`;
}

function sumOf<Row>(rows: readonly Row[], figure: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + figure(row), 0);
}
