// What `run` shows: live progress on stderr, a diff and a receipt on stdout. Model output is text, never terminal commands.

import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTwoFilesPatch } from 'diff';
import { oneLine, plainText } from '../base/escape.ts';
import { formatAmount } from '../energy/format.ts';
import type { Receipt } from '../ledger/events.ts';
import { receiptLine, receiptLines } from '../ledger/receipt-text.ts';
import type { ProgressRecord } from '../lsp/headless-client.ts';
import type { ChangedFile } from '../lsp/headless-documents.ts';

/** How one run ended. */
export interface RunReport {
  readonly ok: boolean;
  /** What was done, or why not, for a person. */
  readonly said: readonly string[];
  readonly files: readonly ChangedFile[];
  /** Markdown of `explain`. */
  readonly page: string | undefined;
  readonly receipt: Receipt | undefined;
}

/** Where text goes; in tests a list. */
export type Print = (text: string) => void;

/** One line that is written over again on a terminal, a line per report elsewhere. */
export function progressPrinter(print: Print, isTerminal: boolean): (record: ProgressRecord) => void {
  let last = '';
  return ({ begin, reports, end }) => {
    const title = oneLine(begin?.title ?? 'joule', 100);
    const line =
      end === undefined
        ? oneLine(reports.at(-1)?.message ?? begin?.message ?? '', 200)
        : oneLine(end.message ?? '', 300);
    const text = line === '' ? title : `${title} · ${line}`;
    if (text === last) return;
    last = text;
    if (isTerminal) print(`\r\u001b[2K${text}${end === undefined ? '' : '\n'}`);
    else print(`${text}\n`);
  };
}

/** A unified diff of all files, with paths relative to `directory`. */
export function diffOf(files: readonly ChangedFile[], directory: string): string {
  return files
    .filter((file) => file.before !== file.after)
    .map(({ uri, before, after }) => {
      const path = pathFor(uri, directory);
      const old = before === undefined ? '/dev/null' : `a/${path}`;
      return createTwoFilesPatch(old, `b/${path}`, before ?? '', after, undefined, undefined, { context: 3 });
    })
    .join('')
    .replace(/^=+\n/gm, '');
}

/** The diff or page, then the receipt, then what else there is to say. */
export function printReport(
  report: RunReport,
  how: { readonly explain: boolean; readonly directory: string },
  print: Print,
): void {
  if (report.page !== undefined) print(`${plainText(report.page).trimEnd()}\n\n`);
  const diff = plainText(diffOf(report.files, how.directory));
  if (diff !== '') print(`${diff}\n`);
  const { receipt } = report;
  if (receipt === undefined) return;
  const lines = how.explain
    ? [...receiptLines(receipt), ...choiceLines(receipt), ...decisionLines(receipt)]
    : [receiptLine(receipt)];
  print(`${lines.join('\n')}\n`);
}

/** What was weighed, best first: `direct: 120 J (60 J to 250 J), 71 % pass, 169 J per passed answer, 23 runs`. All predicted. */
export function choiceLines({ choice }: Receipt): string[] {
  if (choice === undefined || choice.considered.length === 0) return [];
  return [
    `weighed for ${choice.size === 'small' || choice.size === 'large' ? `one ${choice.size} piece` : `${choice.size} pieces`} of ${choice.languageId}, predicted:`,
    ...choice.considered.map((one) => {
      const joules = `${formatAmount(one.meanJoules)} (${formatAmount(one.lowJoules)} to ${formatAmount(one.highJoules)})`;
      const perPass = formatAmount(one.meanJoules / Math.max(one.chance, 1e-6));
      return `  ${one.strategy}: ${joules}, ${Math.round(one.chance * 100)} % pass, ${perPass} per passed answer, ${Math.round(one.runs)} runs`;
    }),
  ];
}

/** What was decided on the way, in its order. */
export function decisionLines({ decisions }: Receipt): string[] {
  return decisions.length === 0 ? [] : ['decided on the way:', ...decisions.map((one) => `  ${oneLine(one, 300)}`)];
}

/** The whole report as one JSON object; texts are exact, nothing is escaped for terminals. */
export function reportAsJson(report: RunReport, directory: string): string {
  const files = report.files.map(({ uri, before, after }) => ({
    path: pathFor(uri, directory),
    created: before === undefined,
    text: after,
  }));
  const { ok, said, page, receipt } = report;
  return JSON.stringify({ ok, said, diff: diffOf(report.files, directory), files, page, receipt }, undefined, 2);
}

function pathFor(uri: string, directory: string): string {
  if (!uri.startsWith('file:')) return uri;
  const path = fileURLToPath(uri);
  const way = relative(directory, path);
  return way.startsWith('..') ? path.replace(/^\//, '') : way;
}
