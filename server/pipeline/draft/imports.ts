// Puts the imports that new code needs where and how the file has its own: names join a statement from the same module, lines go
// where the order of their group wants them, with the file's quotes and semicolons. Text and facts only; decides nothing about need.

import { lineEnd, lineStart, type OffsetEdit, type OffsetRange } from '../../base/text.ts';
import type { ImportFacts } from '../../syntax/facts.ts';
import { type FittingPlace, inFileLineBreaks } from './place.ts';

/** An import of the answer, and which of its names the file lacks; none for an import that is there for its effect. */
export interface NeededImport {
  readonly entry: ImportFacts;
  /** The statement as the answer has it, trimmed. */
  readonly statement: string;
  readonly missing: readonly string[];
}

/** Insertions only, at most one per offset: nothing that stands in the file is moved or changed. */
export function importEdits(place: FittingPlace, needed: readonly NeededImport[]): readonly OffsetEdit[] {
  const lines = new Set<string>();
  const edits: OffsetEdit[] = [];
  for (const one of needed) {
    const joined = joinedTo(place, one, edits);
    if (joined === undefined) lines.add(lineOf(place, one));
    else edits.push(joined);
  }
  const placed = [...lines].map((line) => placedLine(place, line));
  for (const offset of [...new Set(placed.map((one) => one.offset))]) {
    const here = placed.filter((one) => one.offset === offset);
    const sorted = here.map((one) => one.text).sort((a, b) => compare(keyOf(a), keyOf(b)));
    const { before, after } = here[0] ?? { before: '', after: '' };
    edits.push({ start: offset, end: offset, text: inFileLineBreaks(place, before + sorted.join('') + after) });
  }
  return edits;
}

function lineOf({ task }: FittingPlace, { entry, statement, missing }: NeededImport): string {
  if (task.languageId === 'go') return entry.text;
  if (task.languageId === 'python') return narrowed(entry, missing);
  return statement;
}

/** `from typing import List, Optional` with `List` already there becomes `from typing import Optional`. */
function narrowed(entry: ImportFacts, missing: readonly string[]): string {
  const python = /^(from\s+\S+\s+import)\s+\(?([^()]*)\)?$/.exec(entry.text);
  if (python === null || missing.length === 0 || missing.length === entry.names.length) return entry.text;
  const wanted = namesIn(python[2] ?? '').filter((part) => missing.includes(boundName(part)));
  return wanted.length === 0 ? entry.text : `${python[1]} ${wanted.join(', ')}`;
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((part) => part.replace(/[#/].*$/gm, '').trim())
    .filter((part) => part !== '');
}

function boundName(part: string): string {
  return part.split(/\s+as\s+/).at(-1) ?? part;
}

/** Longer lines are broken by formatters; the name gets a line of its own then. */
const longestLine = 88;

/** The names added to a statement of the file that imports from the same place; undefined where there is none that takes them. */
function joinedTo(place: FittingPlace, needed: NeededImport, taken: readonly OffsetEdit[]): OffsetEdit | undefined {
  const names = needed.missing.length === 0 ? [] : listed(needed, place.task.languageId);
  if (names.length === 0) return undefined;
  for (const entry of place.facts.imports) {
    if (entry.nested === true || entry.path !== needed.entry.path || entry.path === undefined) continue;
    if (kindOf(entry.text) !== kindOf(needed.entry.text)) continue;
    const list = listIn(place, entry.range);
    if (list === undefined) continue;
    const edit = withNames(place.task.text, list, names);
    if (edit === undefined || taken.some((other) => other.start === edit.start)) continue;
    return { ...edit, text: inFileLineBreaks(place, edit.text) };
  }
  return undefined;
}

/** The names of the answer's statement that are missing, as they are written there: `a as b`. */
function listed({ entry, missing }: NeededImport, languageId: string): string[] {
  const list =
    languageId === 'python'
      ? /^from\s+\S+\s+import\s+\(?([^()]*)\)?$/.exec(entry.text)?.[1]
      : /^import\s+(?:type\s+)?\{([^{}]*)\}\s*from\b/.exec(entry.text)?.[1];
  return namesIn(list ?? '').filter((part) => missing.includes(boundName(part)));
}

/** A type import takes no values. */
function kindOf(text: string): string {
  return /^import\s+type\b/.test(text) ? 'type' : 'value';
}

/** Where the names of a statement stand: between its braces or parentheses, or behind `import`. */
function listIn({ task }: FittingPlace, range: OffsetRange): OffsetRange | undefined {
  const statement = task.text.slice(range.start, range.end);
  const python = /^from\s+\S+\s+import\s*(?:\(([^()]*)\)|([^()\\#;]+))/.exec(statement);
  const script = /^import\s+(?:type\s+)?\{([^{}]*)\}/.exec(statement);
  const match = task.languageId === 'python' ? python : script;
  const inside = match?.[1] ?? match?.[2];
  if (match === null || inside === undefined || inside.trim() === '*') return undefined;
  const offset = match[0].lastIndexOf(inside);
  const start = range.start + offset + (inside.length - inside.trimStart().length);
  return { start, end: range.start + offset + inside.trimEnd().length };
}

function withNames(text: string, list: OffsetRange, names: readonly string[]): OffsetEdit | undefined {
  const present = text.slice(list.start, list.end);
  if (/[#]|\/[/*]/.test(present)) return undefined;
  const parts = [...present.matchAll(/[^,\s][^,]*/g)].map((match) => ({
    text: match[0].trim(),
    offset: list.start + match.index,
  }));
  const order = [...parts.map((part) => part.text)];
  const isSorted = order.every((part, index) => index === 0 || compareNames(order[index - 1] ?? '', part) <= 0);
  const added = [...names].sort(compareNames);
  const [first] = added;
  if (first === undefined || parts.length === 0) return undefined;
  const following = isSorted ? parts.find((part) => compareNames(part.text, first) > 0) : undefined;
  const multiline = present.includes('\n');
  if (!multiline && lineEnd(text, list.start) - lineStart(text, list.start) + added.join(', ').length + 2 > longestLine)
    return undefined;
  const gap = multiline ? `,\n${/^[ \t]*/.exec(text.slice(lineStart(text, list.start)))?.[0] ?? ''}` : ', ';
  if (following !== undefined)
    return { start: following.offset, end: following.offset, text: added.map((name) => name + gap).join('') };
  const trailingComma = present.endsWith(',');
  const end = trailingComma ? list.end - 1 : list.end;
  return { start: end, end, text: added.map((name) => gap + name).join('') };
}

function compareNames(a: string, b: string): number {
  return compare(a.toLowerCase(), b.toLowerCase()) || compare(a, b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Where the line behind the one with `offset` begins. */
function nextLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
}

interface PlacedLine {
  readonly offset: number;
  /** With its line break. */
  readonly text: string;
  /** What has to stand around all lines of the offset. */
  readonly before: string;
  readonly after: string;
}

function placedLine(place: FittingPlace, line: string): PlacedLine {
  const { facts, task } = place;
  if (facts.importBlockOffset !== undefined) return inGoBlock(place, facts.importBlockOffset, line);
  const text = `${asWritten(place, line)}\n`;
  const group = groupFor(place, line);
  const first = group[0];
  if (first === undefined) return atOffset(task.text, facts.importOffset, text);
  const sorts = orders.find((order) => isOrdered(group.map((entry) => order(entry.text))));
  // An order that nobody keeps gives no place: then behind the last.
  const next = sorts && group.find((entry) => compare(sorts(entry.text), sorts(line)) > 0);
  if (next !== undefined) return { offset: lineStart(task.text, next.range.start), text, before: '', after: '' };
  const last = group.at(-1) ?? first;
  return atOffset(task.text, nextLine(task.text, Math.max(last.range.start, last.range.end - 1)), text);
}

function atOffset(text: string, offset: number, line: string): PlacedLine {
  const startsLine = offset === 0 || text[offset - 1] === '\n';
  return { offset, text: line, before: startsLine ? '' : '\n', after: '' };
}

/** How imports of a group may be sorted: by module, `import` before `from` as isort does, or by their whole text. */
const orders: readonly ((text: string) => string)[] = [
  (text) => `${text.startsWith('from ') ? 1 : 0} ${moduleOf(text).toLowerCase()}`,
  (text) => moduleOf(text).toLowerCase(),
  (text) => text,
];

/** isort's order, which files without imports of their own get. */
function keyOf(text: string): string {
  return orders[0]?.(text.trim()) ?? text;
}

function moduleOf(text: string): string {
  const python = /^(?:from|import)\s+([\w.]+)/.exec(text)?.[1];
  const script = /["'`]([^"'`]*)["'`]/.exec(text)?.[1];
  const rust = /^use\s+(.*)$/.exec(text)?.[1];
  return script ?? rust ?? python ?? text;
}

function isOrdered(keys: readonly string[]): boolean {
  return keys.every((key, index) => index === 0 || compare(keys[index - 1] ?? '', key) <= 0);
}

/** Groups are set apart by blank lines; a line belongs to the last group that has its kind, else behind the last of all. */
function groupFor(place: FittingPlace, line: string): readonly ImportFacts[] {
  const { facts, task } = place;
  const top = facts.imports.filter((entry) => entry.nested !== true && entry.range.end <= facts.importOffset);
  const groups: ImportFacts[][] = [];
  for (const entry of top) {
    const before = groups.at(-1)?.at(-1);
    const apart = before === undefined || /\n[ \t\r]*\n/.test(task.text.slice(before.range.end, entry.range.start));
    if (apart) groups.push([entry]);
    else groups.at(-1)?.push(entry);
  }
  const kind = originOf(line);
  const same = groups.filter((group) => group.some((entry) => originOf(entry.text) === kind));
  const isFuture = (text: string): boolean => /^from __future__\b/.test(text);
  const chosen = same.at(-1) ?? groups.at(-1) ?? [];
  // What has to stay first is nobody's neighbour.
  return chosen.filter((entry) => isFuture(line) || !isFuture(entry.text));
}

/** Where a module comes from, as far as its name tells: the project itself, or elsewhere. */
function originOf(text: string): 'local' | 'other' {
  const name = moduleOf(text);
  return /^(?:\.|@\/|~\/|crate::|super::|self::)/.test(name) ? 'local' : 'other';
}

/** A statement with the quotes and the semicolon that the file's own imports have. */
function asWritten({ facts, task }: FittingPlace, line: string): string {
  if (!/^(?:java|type)script/.test(task.languageId)) return line;
  const own = facts.imports.map((entry) =>
    task.text.slice(entry.range.start, lineEnd(task.text, entry.range.end)).trimEnd(),
  );
  if (own.length === 0) return line;
  const single = own.filter((text) => text.includes("'")).length * 2 > own.length;
  const double = own.filter((text) => text.includes('"')).length * 2 > own.length;
  const bare = own.filter((text) => !text.endsWith(';')).length * 2 > own.length;
  const quoted = single ? line.replace(/"([^"']*)"/g, "'$1'") : double ? line.replace(/'([^"']*)'/g, '"$1"') : line;
  return bare ? quoted.replace(/;$/, '') : quoted.endsWith(';') ? quoted : `${quoted};`;
}

/** In the group of the block that has its kind (standard library or not), where the order of paths wants it. */
function inGoBlock({ task }: FittingPlace, blockEnd: number, line: string): PlacedLine {
  const spec = line.replace(/^import\s+/, '');
  const text = `\t${spec}\n`;
  const open = task.text.lastIndexOf('(', blockEnd);
  const inside = nextLine(task.text, open);
  const lines = linesBetween(task.text, inside, blockEnd);
  const groups: { offset: number; end: number; text: string }[][] = [[]];
  for (const entry of lines) {
    if (entry.text.trim() === '') groups.push([]);
    else groups.at(-1)?.push(entry);
  }
  const isStandard = (path: string): boolean => !/^[^/"]*\./.test(path.replace(/^.*?"/, ''));
  const key = (path: string): string => path.replace(/^.*?"/, '');
  const filled = groups.filter((group) => group.length > 0);
  const group =
    filled.findLast((one) => one.some((entry) => isStandard(entry.text) === isStandard(spec))) ?? filled.at(-1);
  const last = group?.at(-1);
  if (group === undefined || last === undefined) return { offset: blockEnd, text, before: '', after: '' };
  const next = isOrdered(group.map((entry) => key(entry.text)))
    ? group.find((entry) => compare(key(entry.text), key(spec)) > 0)
    : undefined;
  return { offset: next?.offset ?? last.end, text, before: '', after: '' };
}

function linesBetween(text: string, start: number, end: number): { offset: number; end: number; text: string }[] {
  const lines: { offset: number; end: number; text: string }[] = [];
  for (let offset = start; offset < end; ) {
    const next = Math.min(end, nextLine(text, offset));
    lines.push({ offset, end: next, text: text.slice(offset, next) });
    offset = next;
  }
  return lines;
}
