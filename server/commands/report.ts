// `joule-ls report`: what was spent, in the terminal, as JSON, or as one page to look at and to share. Also opens an experiment's results.

import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { oneLine, plainText } from '../base/escape.ts';
import { terminalLines } from '../report/terminal.ts';
import { openFolder } from './open-folder.ts';
import { barOf, createProgressLine } from './progress-line.ts';
import { type GatheredReport, gatherReport, gatherSample, reportHtml } from './receipt-report.ts';
import { openWorkbench, type Workbench } from './workbench.ts';
import { writePage } from './write-page.ts';

const usage = `joule-ls report [--since 7d | 2026-11-01 | all] [--html FILE [--force] [--paths]] [--sample] [--json]
joule-ls report FOLDER [--html FILE [--force]]     what an experiment left there

  --since   from then on: 12h, 7d, 4w, a date, or all; default 30d
  --html    one self-contained page; files are shown as hashes, with --paths by name; an existing FILE stays, without --force
  --sample  made-up receipts, to see what a report looks like
`;

/** Longest that engines are asked for the sizes of their models; without an answer nothing is predicted, and the rest is there. */
const surveyMilliseconds = 2_000;
const defaultDays = 30;
/** Reading less than so many bytes takes no time worth a bar. */
const barFromBytes = 20e6;

interface ReportOrder {
  readonly folder: string | undefined;
  readonly since: string;
  readonly html: string | undefined;
  readonly force: boolean;
  readonly paths: boolean;
  readonly sample: boolean;
  readonly json: boolean;
}

/** @returns 0; 1 when the ledger can't be read or the page can't be written; 2 for what makes no sense. */
export async function runReportCommand(args: readonly string[]): Promise<number> {
  const order = parseOrder(args);
  if (typeof order === 'string') return complain(`${order}\n${usage}`, 2);
  if (order.html !== undefined && !order.force && (await isThere(order.html)))
    return complain(`${order.html} is there already and stays as it is; --force writes over it`, 1);
  if (order.folder !== undefined) return showFolder(order.folder, order);
  const bench = await openWorkbench(process.env);
  try {
    const now = bench.clock.wallMilliseconds();
    const since = parseSince(order.since, now);
    if (since === 'senseless')
      return complain(
        `--since takes 12h, 7d, 4w, a date as 2026-11-01, or all; not “${oneLine(order.since, 60)}”\n${usage}`,
        2,
      );
    const gathered = order.sample
      ? gatherSample(now, bench.settings.country)
      : await gather(bench, { now, since, paths: order.paths });
    return await show(gathered, order);
  } catch (error) {
    return complain(`the ledger cannot be read: ${reasonOf(error)}`, 1);
  } finally {
    await bench.close();
  }
}

function parseOrder(args: readonly string[]): ReportOrder | string {
  const options = {
    since: { type: 'string' },
    html: { type: 'string' },
    force: { type: 'boolean' },
    paths: { type: 'boolean' },
    sample: { type: 'boolean' },
    json: { type: 'boolean' },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [folder, more] = positionals;
    if (more !== undefined || (folder !== undefined && (values.sample || values.since !== undefined)))
      return 'this makes no sense:';
    if (values.html === '') return '--html needs the name of a file';
    return {
      folder,
      since: values.since ?? `${defaultDays}d`,
      html: values.html,
      force: values.force === true,
      paths: values.paths === true,
      sample: values.sample === true,
      json: values.json === true,
    };
  } catch (error) {
    return reasonOf(error);
  }
}

/** Milliseconds of one of these, counted back from now. */
const spans: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** @returns wall milliseconds, undefined for all there is. A date begins at this machine's midnight. */
export function parseSince(text: string, nowWallMilliseconds: number): number | undefined | 'senseless' {
  if (text === 'all') return undefined;
  const span = /^(\d{1,5})([hdw])$/.exec(text);
  if (span !== null) return nowWallMilliseconds - Number(span[1]) * (spans[span[2] ?? ''] ?? 0);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return 'senseless';
  const date = new Date(`${text}T00:00:00`);
  const real = !Number.isNaN(date.getTime()) && date.getDate() === Number(text.slice(8));
  return real ? date.getTime() : 'senseless';
}

async function gather(
  { ledgerDirectory: directory, settings, rooms }: Workbench,
  { now, since, paths }: { readonly now: number; readonly since: number | undefined; readonly paths: boolean },
): Promise<GatheredReport> {
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort(new Error('interrupted'));
  process.once('SIGINT', onInterrupt);
  const line = createProgressLine(process.stderr);
  try {
    const survey = await rooms
      .survey(settings, AbortSignal.any([stop.signal, AbortSignal.timeout(surveyMilliseconds)]))
      .catch(() => undefined);
    return await gatherReport({
      directory,
      settings,
      survey,
      nowWallMilliseconds: now,
      sinceWallMilliseconds: since,
      paths,
      signal: stop.signal,
      onProgress(read, total) {
        if (process.stderr.isTTY && total > barFromBytes) line.show(`reading receipts ${barOf(read / total)}`);
      },
    });
  } finally {
    line.end();
    process.removeListener('SIGINT', onInterrupt);
  }
}

async function show(gathered: GatheredReport, order: ReportOrder): Promise<number> {
  if (order.html !== undefined) {
    const failed = await writePage(order.html, reportHtml(gathered), order.force);
    if (failed !== undefined) return complain(failed, 1);
    process.stderr.write(`${resolve(order.html)}\n`);
    if (!order.json) return 0;
  }
  const label = gathered.sample ? 'synthetic sample' : undefined;
  const text = order.json
    ? asJson(gathered)
    : `${terminalLines(gathered.report, { ...terminal(), label }).join('\n')}\n`;
  process.stdout.write(text);
  if (!order.json)
    for (const { file, what, lines, firstLine } of gathered.skipped)
      process.stderr.write(
        `not counted: ${lines === 0 ? file : `${lines} lines of ${file}, from line ${firstLine} on`}: ${oneLine(what, 200)}\n`,
      );
  return 0;
}

async function showFolder(folder: string, order: ReportOrder): Promise<number> {
  const found = await openFolder(folder);
  if (typeof found === 'string') return complain(found, 1);
  if (order.json) process.stdout.write(`${JSON.stringify(found.summary, undefined, 2)}\n`);
  else if (order.html === undefined) process.stdout.write(`${found.lines.map(plainText).join('\n')}\n`);
  if (order.html !== undefined) {
    const failed = await writePage(order.html, found.html(), order.force);
    if (failed !== undefined) return complain(failed, 1);
    process.stderr.write(`${resolve(order.html)}\n`);
  }
  return 0;
}

/** Width and colour as this terminal has them; NO_COLOR (no-color.org) and dumb terminals get none. */
function terminal(): { readonly width: number; readonly colour: boolean } {
  const { env, stdout } = process;
  const asked = Number(env.COLUMNS);
  const width = stdout.columns ?? (asked > 0 ? asked : 100);
  return { width, colour: stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb' };
}

/** Receipts stay in the ledger: of predictions the figures are here. */
function asJson({ report, skipped, sample }: GatheredReport): string {
  const { predictions, steps, savings, ...rest } = report;
  const outturns = predictions.outturns.map(({ receipt, predicted, joules, within }) => ({
    receiptId: receipt.id,
    predicted,
    joules,
    within,
  }));
  const whole = {
    ...(sample ? { label: 'synthetic sample' } : {}),
    ...rest,
    steps: { kind: steps.kind, names: steps.names },
    predictions: { ...predictions, outturns },
    savings: { ...savings, behind: undefined },
    skipped,
  };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

/** A link that leads nowhere is there as well. */
async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function complain(text: string, code: number): number {
  process.stderr.write(`${text}${text.endsWith('\n') ? '' : '\n'}`);
  return code;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
