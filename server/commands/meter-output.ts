// What `meter` shows of a command: lines for a person, JSON lines or CSV for a program. Pure text.

import { oneLine } from '../base/escape.ts';
import { domainLabels, formatJoules } from '../energy/format.ts';
import { isKnown, type Joules } from '../energy/joules.ts';
import type { SpanReading } from '../energy/span.ts';

export type MeterFormat = 'text' | 'json' | 'csv';

/** How the command ended. */
export interface CommandEnd {
  readonly command: readonly string[];
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/** What comes before the first reading. */
export function headOf(format: MeterFormat): string {
  return format === 'csv' ? 'seconds,source,domain,status,joules,plus_minus_joules,why\n' : '';
}

/** @param end undefined for a look while the command runs. */
export function showReading(format: MeterFormat, reading: SpanReading, end: CommandEnd | undefined): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ ...end, ...reading })}\n`;
    case 'csv':
      return [
        ...reading.sources.map(({ sourceId, domain, joules }) => csvLine(reading.seconds, [sourceId, domain], joules)),
        csvLine(reading.seconds, ['total', ''], reading.total),
      ].join('');
    case 'text':
      if (end !== undefined) return report(reading, end);
      return `joule-ls: ${reading.seconds.toFixed(1)} s, ${formatJoules(reading.total)}\n`;
  }
}

function report({ seconds, sources, total, flags }: SpanReading, end: CommandEnd): string {
  const how = end.signal ?? `exit ${end.exitCode}`;
  const rows = sources.map(
    ({ domain, joules, label }) => `  ${domainLabels[domain]}: ${formatJoules(joules)} (${oneLine(label, 80)})`,
  );
  const mend = isKnown(total) || total.mend === undefined ? [] : [`      ${total.mend}`];
  const watts = isKnown(total) && seconds > 0 ? `, ${(total.joules / seconds).toPrecision(3)} W on average` : '';
  const whose = total.status === 'measured' ? ', idle power and everything else that ran meanwhile included' : '';
  const lines = [
    `joule-ls: ${oneLine(end.command.join(' '), 60)} · ${seconds.toFixed(2)} s · ${how}`,
    ...rows,
    `  total: ${formatJoules(total)}${watts}${whose}`,
    ...mend,
    ...flags.map((flag) => `  ! ${oneLine(flag, 300)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function csvLine(seconds: number, names: readonly string[], joules: Joules): string {
  const cells = isKnown(joules)
    ? [joules.status, String(joules.joules), String(joules.plusMinusJoules), '']
    : ['unknown', '', '', joules.why];
  return `${[seconds.toFixed(3), ...names, ...cells].map(csvCell).join(',')}\n`;
}

/** Quoted where it has to be, and never a formula to a spreadsheet. */
function csvCell(text: string): string {
  const plain = oneLine(text, 500).replace(/^[=+@]/, "'$&");
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
