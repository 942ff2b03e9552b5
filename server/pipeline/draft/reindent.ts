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
  const common = commonIndentation(moving.map((line) => indentationOf(line.text)));
  const relative = moving.map((line) => indentationOf(line.text).slice(common.length));
  const translate = translation(
    relative,
    indentationUnit(moving.map((line) => line.text.slice(common.length)).join('\n'), options.unit),
    options.unit,
  );
  return lines
    .map((line) => {
      if (line.frozen) return line.text;
      if (line.text.trim() === '') return '';
      const lead = indentationOf(line.text);
      return options.base + translate(lead.slice(common.length)) + line.text.slice(lead.length);
    })
    .join('\n');
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
  const step = (lead: string): string => {
    if (from === to) return lead;
    const tabs = /^\t*/.exec(lead)?.[0].length ?? 0;
    const spaces = lead.length - tabs;
    if (from === '\t') return to.repeat(tabs) + ' '.repeat(spaces);
    const levels = Math.floor(spaces / from.length);
    return to.repeat(tabs + levels) + ' '.repeat(spaces % from.length);
  };
  const width = (lead: string, tab: number): number => lead.replace(/\t/g, ' '.repeat(tab)).length;
  const ordered = [1, 8].every((tab) => {
    const distinct = [...new Set(leads)].sort((a, b) => width(a, tab) - width(b, tab));
    const translated = distinct.map((lead) => width(step(lead), tab));
    return translated.every((value, index) => index === 0 || value > (translated[index - 1] ?? -1));
  });
  return ordered ? step : (lead) => lead;
}
