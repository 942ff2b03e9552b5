// A receipt in words: one line at the end of a job, a note on the code, the hover. Pure, and safe to show: whatever comes from a
// model, an engine or a file is escaped. Knows no protocol beyond the two formats that editors take.

import { codeSpan, escapeMarkdown, oneLine, plainText } from '../base/escape.ts';
import { compareToEveryday } from '../energy/comparisons.ts';
import { domainLabels, formatAmount, formatBreakdown, formatJoules, formatWatts } from '../energy/format.ts';
import { isKnown, type Joules, type KnownJoules } from '../energy/joules.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import type { Receipt } from './events.ts';
import type { LedgerTotals } from './port.ts';

export type TextFormat = 'markdown' | 'plaintext';

/** A saving against a configured `large` model, at the careful end of the prediction. */
export interface Saving {
  readonly model: string;
  /** 0.4: at least 40 % less. */
  readonly atLeastFraction: number;
}

/** `3.56 kJ ±2 % (GPU 2.94, CPU 0.62) · 41 s · at least 40 % under gemma3:27b, predicted`, as plain text. */
export function receiptLine(receipt: Receipt, saving?: Saving): string {
  const { gross, seconds } = receipt.totals;
  const parts = [withBreakdown(receipt)];
  if (receipt.calls.length > 0) parts.push(formatSeconds(seconds));
  if (saving !== undefined && saving.atLeastFraction >= 0.01 && isKnown(gross)) {
    const percent = Math.floor(saving.atLeastFraction * 100);
    parts.push(`at least ${percent} % under ${shownModel(saving.model)}, predicted`);
  }
  return oneLine(parts.join(' · '), 400);
}

/** `3.56 kJ ±2 % · implement · gemma3:4b · 118 tokens`, as plain text: what hover says, in short. */
export function receiptNote(receipt: Receipt): string {
  const models = [...new Set(receipt.calls.map((call) => shownModel(call.model)))];
  const parts = [formatJoules(receipt.totals.gross), receipt.actionId, models.join(' + ')];
  if (receipt.calls.length > 0) parts.push(`${receipt.totals.tokensOut} tokens`);
  return oneLine(parts.filter((part) => part !== '').join(' · '), 240);
}

export interface HoverRequest {
  readonly receipt: Receipt;
  readonly totals: LedgerTotals;
  readonly format: TextFormat;
  readonly saving?: Saving;
}

/** Short lines: total, where it comes from, an everyday comparison, net, each stage, how it was checked, totals of file and day. */
export function hoverText({ receipt, totals, format, saving }: HoverRequest): string {
  const { gross, net, tokensIn, tokensCached, tokensOut } = receipt.totals;
  const say = (text: string): string => (format === 'markdown' ? escapeMarkdown(text) : plainText(text));
  const paragraphs: string[][] = [
    [
      format === 'markdown' ? `**${say(headline(receipt, saving))}**` : headline(receipt, saving),
      ...provenance(gross).map(say),
      ...receipt.calls
        .flatMap((call) => call.joules.flags)
        .filter(isFirst)
        .map(say),
    ],
    [
      ...(isKnown(gross) ? [say(`about as much as ${compareToEveryday(gross.joules)}`)] : []),
      say(isKnown(net) ? `${formatJoules(net)} without idle power` : `without idle power: ${formatJoules(net)}`),
      ...rates(receipt).map(say),
      say(`${tokensIn} tokens in (${tokensCached} cached), ${tokensOut} out`),
    ],
    stages(receipt.calls).map((stage) => stageLine(stage, format)),
    checks(receipt).map(say),
    [say(totalsLine(totals))],
  ];
  const lineBreak = format === 'markdown' ? '  \n' : '\n';
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.replace(/\s*\n\s*/g, ' ')).join(lineBreak))
    .join('\n\n');
}

/** `41 s`, `0.4 s`, `under 0.1 s`, `3 min 20 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.05) return 'under 0.1 s';
  if (seconds >= 119.5) return `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`;
  return `${Number(seconds.toFixed(seconds >= 9.95 ? 0 : 1))} s`;
}

function headline(receipt: Receipt, saving: Saving | undefined): string {
  return `joule ${receipt.actionId}: ${receiptLine(receipt, saving)}`;
}

function withBreakdown(receipt: Receipt): string {
  const { gross, byDomain } = receipt.totals;
  const breakdown = formatBreakdown(byDomain, gross);
  return breakdown === '' ? formatJoules(gross) : `${formatJoules(gross)} (${breakdown})`;
}

function provenance(gross: Joules): string[] {
  if (!isKnown(gross)) return gross.mend === undefined ? [] : [`to measure it: ${gross.mend}`];
  const covered = gross.coverage.map((domain) => domainLabels[domain] ?? domain).join(' and ');
  const what = covered === '' ? '' : `, ${covered}`;
  return [`${gross.status}: ${scopes[gross.scope]}${what}`];
}

const scopes: Readonly<Record<KnownJoules['scope'], string>> = {
  machine: 'the whole machine while it ran',
  device: 'the device while it ran',
  process: "the engine's process",
};

function rates({ totals }: Receipt): string[] {
  const { averageWatts, joulesPerOutputToken } = totals;
  const parts = [
    ...(averageWatts === undefined ? [] : [`${formatWatts(averageWatts)} on average`]),
    ...(joulesPerOutputToken === undefined ? [] : [`${formatAmount(joulesPerOutputToken)} per token`]),
  ];
  return parts.length === 0 ? [] : [parts.join(', ')];
}

interface StageSum {
  readonly role: string;
  readonly model: string;
  readonly calls: readonly ModelCall[];
}

function stages(calls: readonly ModelCall[]): StageSum[] {
  const grouped = new Map<string, ModelCall[]>();
  for (const call of calls) {
    const key = `${call.role}\n${call.model}`;
    grouped.set(key, [...(grouped.get(key) ?? []), call]);
  }
  return [...grouped.values()].map((group) => ({
    role: group[0]?.role ?? '',
    model: group[0]?.model ?? '',
    calls: group,
  }));
}

/** `worker ×3 · gemma3:4b · 354 tok · 183 J · 12 s` */
function stageLine({ role, model, calls }: StageSum, format: TextFormat): string {
  const known = calls.map((call) => call.joules.gross).filter(isKnown);
  const joules =
    known.length < calls.length ? 'joules unknown' : formatAmount(sum(known.map((figure) => figure.joules)));
  const unfinished = calls.filter((call) => call.outcome === 'failed' || call.outcome === 'cancelled');
  const name = shownModel(model);
  const parts = [
    calls.length > 1 ? `${role} ×${calls.length}` : role,
    format === 'markdown' ? codeSpan(name) : name,
    `${sum(calls.map((call) => call.tokens.out))} tok`,
    joules,
    formatSeconds(sum(calls.map((call) => call.seconds.total))),
    ...(unfinished.length === 0
      ? []
      : [unfinished.length === 1 ? `${unfinished[0]?.outcome}` : `${unfinished.length} unfinished`]),
  ];
  return parts.join(' · ');
}

function checks({ strategy, why, verdict, outcome, predicted }: Receipt): string[] {
  const lines: string[] = [];
  if (strategy !== undefined) lines.push(`strategy ${strategy}${why === undefined ? '' : `: ${oneLine(why, 160)}`}`);
  if (predicted !== undefined && isKnown(predicted)) lines.push(`predicted ${interval(predicted)}`);
  if (verdict !== 'none') lines.push(verdict === 'ok' ? 'checked, not executed' : 'did not pass its checks');
  if (outcome !== 'accepted' && outcome !== 'open') lines.push(`outcome: ${outcome}`);
  return lines;
}

function interval({ joules, plusMinusJoules }: KnownJoules): string {
  return `${formatAmount(Math.max(0, joules - plusMinusJoules))} to ${formatAmount(joules + plusMinusJoules)}`;
}

function totalsLine({ file, today, receiptsToday, unmeasuredCallsInFile, unmeasuredCallsToday }: LedgerTotals): string {
  const answers = receiptsToday === 1 ? '1 answer' : `${receiptsToday} answers`;
  return `this file: ${amount(file, unmeasuredCallsInFile)} · today: ${amount(today, unmeasuredCallsToday)} in ${answers}`;
}

function amount(figure: Joules, unmeasuredCalls: number): string {
  if (!isKnown(figure)) return 'unknown';
  return `${unmeasuredCalls > 0 ? 'at least ' : ''}${formatAmount(figure.joules)}`;
}

function shownModel(model: string): string {
  return oneLine(model, 60);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function isFirst<Item>(item: Item, index: number, all: readonly Item[]): boolean {
  return all.indexOf(item) === index;
}
