// Moves a block of code to another indentation and another indentation unit without touching what lies inside literals.

import { indentationOf, indentationUnit, type OffsetRange } from '../../base/text.ts';

export interface ReindentOptions {
  /** Indentation of the block's outermost lines afterwards. */
  readonly base: string;
  /** One step of the file: a tab or some spaces. */
  readonly unit: string;
  /** Ranges in `block` whose inner lines must stay as they are (multi-line strings). */
  readonly literals: readonly OffsetRange[];
}

/** @param block with `\n` line ends. Blank lines lose their trailing spaces. */
export function reindent(block: string, options: ReindentOptions): string {
  const lines = linesWithOffsets(block).map((line) => ({
    ...line,
    frozen: options.literals.some((range) => range.start < line.offset && line.offset < range.end),
  }));
  const moving = lines.filter((line) => !line.frozen && line.text.trim() !== '');
  const leadOf = leadReader(moving.map((line) => indentationOf(line.text)));
  const leads = moving.map((line) => leadOf(line.text));
  const common = commonIndentation(leads);
  const relative = leads.map((lead) => lead.slice(common.length));
  const from = indentationUnit(relative.map((lead) => `${lead}x`).join('\n'), options.unit);
  const translate = translation(relative, from, options.unit);
  return lines
    .map((line) => {
      if (line.frozen) return line.text;
      if (line.text.trim() === '') return '';
      return options.base + translate(leadOf(line.text).slice(common.length)) + line.text.trimStart();
    })
    .join('\n');
}

/** Columns of a tab where a block mixes tabs and spaces: what editors for small models' training data used most. */
const tabColumns = 4;

/** Reads a line's indentation; in a block that mixes tabs and spaces as spaces only, so that depths can be compared. */
function leadReader(leads: readonly string[]): (line: string) => string {
  const mixed = leads.some((lead) => lead.includes('\t')) && leads.some((lead) => lead.includes(' '));
  return (line) => (mixed ? indentationOf(line).replace(/\t/g, ' '.repeat(tabColumns)) : indentationOf(line));
}

function linesWithOffsets(text: string): { text: string; offset: number }[] {
  let offset = 0;
  return text.split('\n').map((line) => {
    const entry = { text: line, offset };
    offset += line.length + 1;
    return entry;
  });
}

function commonIndentation(leads: readonly string[]): string {
  let common = leads[0] ?? '';
  for (const lead of leads) {
    let shared = 0;
    while (shared < common.length && shared < lead.length && common[shared] === lead[shared]) shared++;
    common = common.slice(0, shared);
  }
  return common;
}

/** Steps become the file's steps, alignment spaces stay spaces. Falls back to "as it came" when that would reorder depths. */
function translation(leads: readonly string[], from: string, to: string): (lead: string) => string {
  if (from === to) return (lead) => lead;
  const finest = ' '.repeat(leads.reduce((divisor, lead) => greatestCommonDivisor(divisor, lead.length), 0));
  const units = from === '\t' || finest.length < 2 ? [from] : [from, finest];
  return units.map((unit) => stepper(unit, to)).find((step) => keepsOrder(leads, step)) ?? ((lead) => lead);
}

function stepper(from: string, to: string): (lead: string) => string {
  return (lead) => {
    const tabs = /^\t*/.exec(lead)?.[0].length ?? 0;
    const spaces = lead.length - tabs;
    const levels = from === '\t' ? 0 : Math.floor(spaces / from.length);
    return to.repeat(tabs + levels) + ' '.repeat(spaces - levels * from.length);
  };
}

/** Python compares indentations twice, with tabs as one column and as eight: deeper must stay deeper in both. */
function keepsOrder(leads: readonly string[], step: (lead: string) => string): boolean {
  return [1, 8].every((tab) => {
    const width = (lead: string): number => lead.replace(/\t/g, ' '.repeat(tab)).length;
    const distinct = [...new Set(leads)].sort((a, b) => width(a) - width(b));
    const translated = distinct.map((lead) => width(step(lead)));
    return translated.every((value, index) => index === 0 || value > (translated[index - 1] ?? -1));
  });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
