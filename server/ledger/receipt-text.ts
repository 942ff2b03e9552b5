// A receipt in words: one line for progress and notes, a few short lines for hover. Short lines because tables render in one
// editor only. Model names and reasons come from outside and are made harmless here.

import { escapeMarkdown, oneLine } from '../base/escape.ts';
import { gramsOfCarbon, gridOf } from '../energy/carbon.ts';
import { compareToEveryday } from '../energy/comparisons.ts';
import { domainLabels, formatAmount, formatBreakdown, formatJoules, formatWatts } from '../energy/format.ts';
import { isKnown, type Joules, sumJoules } from '../energy/joules.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import type { Receipt } from './events.ts';
import type { LedgerTotals, RegionMatch } from './port.ts';

/** Longest line of a hover, in UTF-16 units. */
const longestLine = 300;

/** `3.56 kJ ±2 % (GPU 2.94, CPU 0.62) · 41 s`, and the saving when one can be claimed. */
export function receiptLine(receipt: Receipt, saving?: string): string {
  const { gross, byDomain, seconds, tokensOut } = receipt.totals;
  if (receipt.calls.length === 0)
    return receipt.recalledFrom === undefined
      ? 'no model was called'
      : '0 J · the answer to the same request, given again';
  const breakdown = formatBreakdown(byDomain, gross);
  const parts = [briefly(gross) + (breakdown === '' ? '' : ` (${breakdown})`), secondsText(seconds)];
  if (!isKnown(gross)) parts.push(`${tokensOut} tok`);
  if (saving !== undefined) parts.push(saving);
  return parts.join(' · ');
}

/** What hover says, in one short line for a note. @param found what `foundText` says of it. */
export function noteText(receipt: Receipt, found?: string): string {
  const models = [...new Set(receipt.calls.map((call) => oneLine(call.model, 40)))];
  return [receiptLine(receipt), models.join(' + '), found ?? ''].filter((part) => part !== '').join(' · ');
}

/** `found again by content, 9 of 12 lines as written`; undefined where the code stands as it was generated. */
export function foundText({ likeness, region }: Pick<RegionMatch, 'likeness' | 'region'>): string | undefined {
  const { kept } = region;
  const percent = kept === undefined ? undefined : `${Math.round(kept * 100)} % of its tokens as generated`;
  if (likeness === undefined) return percent === undefined ? undefined : `edited since, ${percent}`;
  const { asWritten, of } = likeness;
  const lines =
    asWritten === of
      ? 'as written but for white space'
      : `${asWritten} of ${of} lines as ${percent === undefined ? 'written' : 'last saved'}`;
  return ['found again by content', lines, ...(percent === undefined ? [] : [`before that ${percent}`])].join(', ');
}

/** The reason of an unknown figure stands in the hover; here it would push everything else out of the line. */
export function briefly(figure: Joules): string {
  return isKnown(figure) ? formatJoules(figure) : 'energy unknown';
}

export interface HoverFacts {
  readonly receipt: Receipt;
  readonly totals: LedgerTotals;
  readonly saving: string | undefined;
  /** What `foundText` says of the code it is shown on. */
  readonly found?: string | undefined;
  /** Code of the country whose electricity it was; undefined shows no carbon. */
  readonly country?: string | undefined;
}

/** Lines of the hover, as plain text. */
export function hoverLines({ receipt, totals, saving, found, country }: HoverFacts): string[] {
  const carbon = country === undefined ? undefined : carbonText(receipt.totals.gross, country);
  const [first = '', ...rest] = receiptLines(receipt, saving);
  return [
    first,
    ...(found === undefined ? [] : [found]),
    ...rest,
    ...(carbon === undefined ? [] : [carbon]),
    totalsText(totals),
  ];
}

/** Everything that one receipt says, as plain text. */
export function receiptLines(receipt: Receipt, saving?: string): string[] {
  if (receipt.calls.length === 0 && receipt.recalledFrom !== undefined) return recalledLines(receipt);
  const { gross, net, tokensIn, tokensCached, tokensOut } = receipt.totals;
  const strategy = receipt.strategy === undefined ? '' : `, ${receipt.strategy}`;
  const flags = new Set(receipt.calls.flatMap((call) => call.joules.flags));
  const lines = [
    `joule · ${receipt.actionId}${strategy} · ${receiptLine(receipt)}`,
    receipt.why,
    ...stagesOf(receipt.calls),
    `tokens: ${tokensIn} in (${tokensCached} cached), ${tokensOut} out`,
    `gross: ${formatJoules(gross)}${scopeText(gross)}`,
    `net of idle power: ${formatJoules(net)}${idleText(receipt.calls)}`,
    phasesText(receipt.calls),
    predictedText(receipt),
    checkedText(receipt),
    isKnown(gross) || gross.mend === undefined ? undefined : `to change that: ${gross.mend}`,
    ratesText(receipt),
    ...flags,
    saving,
    isKnown(gross) ? `as much as ${compareToEveryday(gross.joules)}` : undefined,
  ];
  return lines.filter((line) => line !== undefined).map((line) => oneLine(line, longestLine));
}

function recalledLines(receipt: Receipt): string[] {
  const source = `no model was called: generated for receipt ${receipt.recalledFrom}, fitted and checked anew`;
  const lines = [`joule · ${receipt.actionId} · ${receiptLine(receipt)}`, source, checkedText(receipt)];
  return lines.filter((line) => line !== undefined).map((line) => oneLine(line, longestLine));
}

/** `0.2 g CO₂e by the grid of FRA (56 g/kWh, 2023, …)` */
function carbonText(gross: Joules, country: string): string | undefined {
  const grid = gridOf(country);
  if (grid === undefined || !isKnown(gross)) return undefined;
  const grams = gramsOfCarbon(gross.joules, grid);
  const [value, unit] = grams < 0.1 ? [grams * 1000, 'mg'] : [grams, 'g'];
  const amount = `${Number(value.toPrecision(2))} ${unit}`;
  return `${amount} CO₂e by the grid of ${country} (${grid.gramsPerKilowattHour} g/kWh, ${grid.year}, ${grid.source})`;
}

/** The same lines as Markdown: the first one bold, each on a line of its own, nothing in them markup. */
export function hoverMarkdown(facts: HoverFacts): string {
  const [first = '', ...rest] = hoverLines(facts).map(escapeMarkdown);
  return [`**${first}**`, ...rest].join('  \n');
}

/** `at least 1.52 kJ in 4 answers`: what this machine's ledger has of today. */
export function todayText(totals: LedgerTotals): string {
  const answers = totals.receiptsToday === 1 ? '1 answer' : `${totals.receiptsToday} answers`;
  return `${sumText(totals.today, totals.unmeasuredCallsToday)} in ${answers}`;
}

/** `0.4 s`, `41 s`, `6 min` */
export function secondsText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** `, whole machine while it ran: CPU, memory, GPU` */
function scopeText(figure: Joules): string {
  if (!isKnown(figure)) return '';
  const scope = { machine: 'whole machine while it ran', device: 'the device', process: 'the engine’s process' }[
    figure.scope
  ];
  const coverage = figure.coverage.map((domain) => domainLabels[domain]).join(', ');
  return `, ${scope}${coverage === '' ? '' : `: ${coverage}`}`;
}

/** `, idle at 31 W ±8 with a model in memory`: the baseline of the last call that has one. */
function idleText(calls: readonly ModelCall[]): string {
  const idle = calls.findLast((call) => call.joules.idle !== undefined)?.joules.idle;
  if (idle === undefined) return '';
  const kind = { cold: ' without a model in memory', warm: ' with a model in memory', mixed: '' }[idle.kind];
  const age = idle.ageSeconds < 60 ? '' : `, ${secondsText(idle.ageSeconds)} old`;
  return `, idle at ${formatWatts(idle.watts)} ±${formatWatts(idle.plusMinusWatts)}${kind}${age}`;
}

/** `of that: loading 80 J ±3 %, prompt 120 J ±2 % (0.2 J per token read), answer 1.2 kJ ±1 % (3.1 J per token)`. */
function phasesText(calls: readonly ModelCall[]): string | undefined {
  const sumOf = (phase: 'load' | 'prefill' | 'decode'): Joules | undefined => {
    const figures = calls.map((call) => call.joules[phase]).filter((figure) => figure !== undefined);
    return figures.length === 0 ? undefined : sumJoules(figures);
  };
  const per = (figure: Joules, tokens: number, what: string): string =>
    isKnown(figure) && tokens > 0 && figure.plusMinusJoules < figure.joules
      ? ` (${formatAmount(figure.joules / tokens)} per ${what})`
      : '';
  const [load, prefill, decode] = [sumOf('load'), sumOf('prefill'), sumOf('decode')];
  const read = calls.reduce((sum, call) => sum + call.tokens.in - call.tokens.cached, 0);
  const written = calls.reduce((sum, call) => sum + call.tokens.out, 0);
  const parts = [
    load === undefined || !loaded(load) ? undefined : `loading ${formatJoules(load)}`,
    prefill === undefined ? undefined : `prompt ${formatJoules(prefill)}${per(prefill, read, 'token read')}`,
    decode === undefined ? undefined : `answer ${formatJoules(decode)}${per(decode, written, 'token')}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : `of that: ${parts.join(', ')}`;
}

/** Whether loading took anything: for a model that was in memory it is 0 ± 0. */
function loaded(load: Joules): boolean {
  return !isKnown(load) || load.joules + load.plusMinusJoules > 0;
}

/** Loading comes once, whatever the answer's length, and is in no prediction: where there was some, the line says so. */
function predictedText({ predicted, calls }: Receipt): string | undefined {
  if (predicted === undefined || !isKnown(predicted)) return undefined;
  const low = formatAmount(Math.max(0, predicted.joules - predicted.plusMinusJoules));
  const scope = calls.some(({ joules: { load } }) => load !== undefined && loaded(load)) ? ', without loading' : '';
  return `predicted before${scope}: ${low} to ${formatAmount(predicted.joules + predicted.plusMinusJoules)}`;
}

function checkedText({ verdict, executed }: Receipt): string | undefined {
  if (verdict === 'none') return undefined;
  if (verdict !== 'ok') return 'did not pass its checks';
  return `checked by syntax and names${executed.length === 0 ? ', not executed' : `; ${executed.join(', ')}`}`;
}

function ratesText({ totals: { averageWatts, joulesPerOutputToken } }: Receipt): string | undefined {
  if (averageWatts === undefined || joulesPerOutputToken === undefined) return undefined;
  return `${formatWatts(averageWatts)} on average, ${formatAmount(joulesPerOutputToken)} per output token`;
}

function totalsText(totals: LedgerTotals): string {
  return `this file: ${sumText(totals.file, totals.unmeasuredCallsInFile)} · today: ${todayText(totals)}`;
}

function sumText(figure: Joules, unmeasured: number): string {
  return isKnown(figure) && unmeasured > 0 ? `at least ${formatAmount(figure.joules)}` : briefly(figure);
}

/** `worker gemma3:4b ×3 · 1034 tok · 2.30 kJ`: one line per role and model, in the order of their first call. */
function stagesOf(calls: readonly ModelCall[]): string[] {
  const groups = new Map<string, ModelCall[]>();
  for (const call of calls) {
    const key = `${call.role} ${oneLine(call.model, 60)}`;
    groups.set(key, [...(groups.get(key) ?? []), call]);
  }
  return [...groups].map(([name, group]) => {
    const known = group.map((call) => call.joules.gross).filter(isKnown);
    const joules = known.reduce((sum, figure) => sum + figure.joules, 0);
    const tokens = group.reduce((sum, call) => sum + call.tokens.out, 0);
    const unfinished = group.filter((call) => call.outcome === 'failed' || call.outcome === 'cancelled').length;
    return [
      group.length > 1 ? `${name} ×${group.length}` : name,
      `${tokens} tok`,
      known.length === group.length ? formatAmount(joules) : 'energy unknown',
      ...(unfinished === 0 ? [] : [`${unfinished} not finished`]),
    ].join(' · ');
  });
}
