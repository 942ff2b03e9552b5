// The report as lines for a terminal: what people ask first on top, tables, sparklines. As wide as it may be, with colour only where it is
// wanted. Knows the report; names from outside are made harmless here.

import { oneLine } from '../base/escape.ts';
import { isKnown } from '../energy/joules.ts';
import { formatNumber } from './page/units.ts';
import type { Report } from './report.ts';
import { amountOf, statusesOf } from './sections/by-day.ts';
import { predictedFigure } from './sections/saved.ts';
import { partNames } from './sections/spent.ts';
import {
  carbonText,
  countOf,
  periodName,
  periodNote,
  periodValue,
  surenessNote,
  surenessValue,
} from './sections/summary.ts';
import { joulesOf } from './sums.ts';

export interface TerminalOptions {
  /** Columns; lines are never longer. */
  readonly width: number;
  /** Whether bold and dim are understood and wanted. */
  readonly colour: boolean;
  /** What all figures are, where they are from no real use: `synthetic sample`. */
  readonly label?: string | undefined;
}

/** Narrower than this nothing can be laid out. */
const leastWidth = 40;
const longestName = 44;

export function terminalLines(report: Report, { width: asked, colour, label }: TerminalOptions): string[] {
  const width = Math.max(leastWidth, asked);
  const bold = (text: string): string => (colour ? `\u001b[1m${text}\u001b[22m` : text);
  const dim = (text: string): string => (colour ? `\u001b[2m${text}\u001b[22m` : text);
  const say = (text: string, indent = 0): string[] => wrapped(text, width, indent);
  const cut = (text: string): string => oneLine(text, width);
  const kinds = [...(label === undefined ? [] : [label]), ...statusesOf(report).filter((one) => one !== 'measured')];
  const stamp = kinds.length === 0 ? '' : ` (${kinds.join(', ')})`;
  const heading = (text: string): string[] => ['', bold(cut(`${text}${stamp}`))];
  const table = (rows: readonly (readonly string[])[], head = true): string[] =>
    columns(rows, width).map((line, index) => (head && index === 0 ? dim(line) : line));

  const { periods, consumers, actions, spent, predictions, ranking, savings, everyday, certainty, steps, byStep } =
    report;
  const lines = [
    bold(cut(`What the answers cost${stamp}`)),
    ...table(
      periods.map((period) => [periodName(period), periodValue(period), periodNote(period)]),
      false,
    ),
  ];
  if (certainty.calls === 0) return [...lines, '', ...say('No model was called in this time.')];
  const bars = sparkline(byStep.map(joulesOf), Math.max(8, width - 34));
  lines.push(
    ...(everyday === undefined ? [] : say(`as much as ${everyday}`)),
    ...say(carbonText(report.carbon)),
    ...say(`how sure: ${surenessValue(certainty)}; ${surenessNote(certainty)}`),
    ...certainty.reasons
      .slice(0, 3)
      .flatMap(({ why, mend, calls }) => [
        ...say(`${countOf(calls, 'call')} without a figure: ${why}`, 2),
        ...(mend === undefined ? [] : say(`to change that: ${mend}`, 4)),
      ]),
    ...(report.fromTheFuture === 0
      ? []
      : say(`${countOf(report.fromTheFuture, 'receipt')} dated after now, by a clock that was wrong then or is now`)),
    ...heading(`Joules per ${steps.kind}`),
    `${bars}  ${formatNumber(Math.max(0, ...byStep.map(joulesOf)), 'joules')} at most`,
    dim(cut(`${steps.names[0]} to ${steps.names.at(-1)}`)),
    ...heading('By role and model'),
    ...table([
      ['', 'joules', 'calls', 'per token out', ''],
      ...consumers
        .slice(0, 8)
        .map(({ name, sum, calls, joulesPerTokenOut: each, byStep: own }) => [
          oneLine(name, longestName),
          amountOf(report, sum),
          String(calls),
          each === undefined ? '–' : formatNumber(each, 'joules per token'),
          sparkline(own.map(joulesOf), 14),
        ]),
    ]),
    ...heading('By action'),
    ...table([
      ['', 'joules', 'calls'],
      ...actions.map(({ name, sum, calls }) => [oneLine(name, longestName), amountOf(report, sum), String(calls)]),
    ]),
    ...heading('Where the energy goes'),
    ...table(
      [
        ...spent.on.map(({ part, sum }) => [partNames[part], amountOf(report, sum), shareOf(sum, spent)]),
        ['idle power, in all of these', amountOf(report, spent.idle), shareOf(spent.idle, spent)],
      ],
      false,
    ),
    ...predictedLines(predictions, heading, say),
    ...rankingLines(ranking, heading, table, say),
    ...heading('Saved'),
    ...say(savings.status === 'none' ? `no saving is claimed: ${savings.why}` : savedText(savings)),
  );
  return lines;
}

function predictedLines(
  { withinShare, medianError, outturns }: Report['predictions'],
  heading: (text: string) => string[],
  say: (text: string) => string[],
): string[] {
  if (withinShare === undefined || medianError === undefined) return [];
  return [
    ...heading('Predicted and measured'),
    ...say(
      `${formatNumber(withinShare, 'share')} of ${countOf(outturns.length, 'answer')} within the interval said before (80 % should be); half of them off by ${formatNumber(medianError, 'share')} or less`,
    ),
  ];
}

function rankingLines(
  { ways, reference, tooFew, leftOut }: Report['ranking'],
  heading: (text: string) => string[],
  table: (rows: readonly (readonly string[])[]) => string[],
  say: (text: string) => string[],
): string[] {
  const rest = [
    ...(tooFew === 0 ? [] : [`${countOf(tooFew, 'way')} with fewer than five decided answers`]),
    ...(leftOut === 0 ? [] : [`${countOf(leftOut, 'answer')} without a figure or not decided yet`]),
  ];
  const unranked = rest.length === 0 ? [] : say(`not ranked: ${rest.join(', ')}`);
  if (reference === undefined)
    return unranked.length === 0 ? [] : [...heading('What a passed answer costs'), ...unranked];
  return [
    ...heading('What a passed answer costs'),
    ...table([
      ['', 'per passed answer', 'passed', 'answers', 'OM'],
      ...ways.map((way) => [
        oneLine(`${way.strategy} · ${way.models}`, longestName),
        way.joulesPerPassed === undefined ? 'none passed' : formatNumber(way.joulesPerPassed, 'joules'),
        `${Math.round(100 * way.passShare)} % ±${Math.round(100 * way.passPlusMinus)}`,
        String(way.runs),
        way.overallMetric.toFixed(2),
      ]),
    ]),
    ...unranked,
  ];
}

function savedText(savings: Report['savings'] & { readonly status: 'claimed' }): string {
  const { label, value, note } = predictedFigure(savings);
  return `${label}: ${value}; ${note ?? ''}`;
}

function shareOf(sum: Report['spent']['idle'], { on }: Report['spent']): string {
  const total = on.reduce((all, one) => all + joulesOf(one.sum), 0);
  return isKnown(sum.joules) && total > 0 ? formatNumber(joulesOf(sum) / total, 'share') : '';
}

const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One character a value, neighbours added up where they are too many; nothing at all is a dot. */
export function sparkline(values: readonly number[], most: number): string {
  const every = Math.max(1, Math.ceil(values.length / most));
  const sums: number[] = [];
  for (let index = 0; index < values.length; index += every)
    sums.push(values.slice(index, index + every).reduce((sum, value) => sum + value, 0));
  const highest = Math.max(...sums, 0);
  if (highest === 0) return '';
  return sums
    .map((value) => (value === 0 ? '·' : (blocks[Math.min(7, Math.floor((value / highest) * 8))] ?? '█')))
    .join('');
}

/** A sentence in lines; where it breaks, the next line stands two further in. */
function wrapped(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  for (const word of oneLine(text, 2000).split(' ')) {
    const begun = line.trim() !== '';
    if (begun && line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(indent + 2) + word;
    } else line += begun ? ` ${word}` : word;
  }
  return [...lines, line].map((one) => (one.length <= width ? one : `${one.slice(0, width - 1)}…`));
}

/** Columns side by side, cut on the right where the terminal ends: the first ones say most. */
function columns(rows: readonly (readonly string[])[], width: number): string[] {
  const clean = rows.map((row) => row.map((cell) => oneLine(cell, width)));
  const count = Math.max(0, ...clean.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...clean.map((row) => (row[column] ?? '').length)),
  );
  return clean.map((row) => {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
    return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
  });
}
