// Generated code as a region to look for later, and found by its exact content: whole lines, whatever the line ends, wherever they
// moved. Knows texts and hashes; no document, no receipt. What was changed is likeness.ts's.

import { hash } from 'node:crypto';
import { lineStart, type OffsetRange } from '../base/text.ts';
import type { Region } from './events.ts';
import { marksOf } from './line-marks.ts';

/**
 * The lines that a range of generated code touches, as a region to look for later; blank lines at both ends are left out.
 * `undefined` when only blanks are left: they would be found everywhere.
 */
export function regionOf(path: string, text: string, range: OffsetRange): Region | undefined {
  const start = lineStart(text, range.start);
  const lineBreak = text.indexOf('\n', Math.max(range.start, range.end - (text[range.end - 1] === '\n' ? 1 : 0)));
  const lines = text
    .slice(start, lineBreak === -1 ? text.length : lineBreak)
    .split('\n')
    .map(withoutCarriageReturn);
  let first = lines.findIndex((line) => line.trim() !== '');
  if (first === -1) return undefined;
  // The lines before the inserted text began are the user's: an insertion that starts with a line break touches one.
  if (first === 0 && lines.length > 1 && /^\r?\n/.test(text.slice(range.start, range.start + 2))) {
    first = lines.findIndex((line, index) => index > 0 && line.trim() !== '');
    if (first === -1) return undefined;
  }
  const kept = lines.slice(first, lines.findLastIndex((line) => line.trim() !== '') + 1);
  const content = kept.join('\n');
  const opening = (kept[0] ?? '').trim();
  const firstLine = countLineBreaks(text, start) + first;
  return {
    path,
    hash: sha256(content),
    length: content.length,
    lineCount: kept.length,
    firstLine,
    firstLineHash: sha256(opening),
    firstLineLength: opening.length,
    marks: marksOf(text, firstLine, kept.length),
  };
}

/**
 * Where each region stands in `text`, `undefined` where it does not any more. Of several equal places the one nearest to where it
 * was written. One pass over the lines; only lines of a fitting length are hashed.
 */
export function findRegions(text: string, regions: readonly Region[]): (OffsetRange | undefined)[] {
  if (regions.length === 0) return [];
  const lines = linesWithin(text);
  const byHash = openingLines(text, lines, regions);
  return regions.map((region) => {
    const candidates = [...(byHash.get(region.firstLineHash) ?? [])].sort(
      (a, b) => Math.abs(a - region.firstLine) - Math.abs(b - region.firstLine),
    );
    const line = candidates.find((candidate) => standsAt(text, lines, candidate, region));
    return line === undefined ? undefined : rangeOf(text, lines, line, region.lineCount);
  });
}

/** Offsets at which lines start; one more entry marks the end of the text. */
type Lines = ArrayLike<number>;

function linesWithin(text: string): Lines {
  const starts: number[] = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  starts.push(text.length + 1);
  return starts;
}

/** Lines that open one of the regions, by hash. */
function openingLines(text: string, lines: Lines, regions: readonly Region[]): Map<string, number[]> {
  const wanted = new Set(regions.map((region) => region.firstLineHash));
  const lengths = regions.some((region) => region.firstLineLength === undefined)
    ? undefined
    : new Set(regions.map((region) => region.firstLineLength));
  const hashed = new Map<string, string>();
  const found = new Map<string, number[]>();
  for (let index = 0; index + 1 < lines.length; index++) {
    const line = trimmedLine(text, lines, index);
    if (line.start === line.end || (lengths !== undefined && !lengths.has(line.end - line.start))) continue;
    const content = text.slice(line.start, line.end);
    const known = hashed.get(content) ?? sha256(content);
    hashed.set(content, known);
    if (!wanted.has(known)) continue;
    const places = found.get(known);
    if (places === undefined) found.set(known, [index]);
    else places.push(index);
  }
  return found;
}

/** Like `trim`, without making a string for every line. */
function trimmedLine(text: string, lines: Lines, index: number): OffsetRange {
  let start = lines[index] ?? text.length;
  let end = (lines[index + 1] ?? text.length + 1) - 1;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  if (start === end || (text.charCodeAt(start) < 128 && text.charCodeAt(end - 1) < 128)) return { start, end };
  const slice = text.slice(start, end);
  const lead = slice.length - slice.trimStart().length;
  return { start: start + lead, end: start + lead + slice.trim().length };
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** @param lines offsets at which the lines of `text` start, and one behind its end. */
export function standsAt(text: string, lines: Lines, line: number, region: Region): boolean {
  if (line + region.lineCount >= lines.length) return false;
  const { start, end } = rangeOf(text, lines, line, region.lineCount);
  const carriageReturns = end - start - region.length;
  if (carriageReturns < 0 || carriageReturns > region.lineCount) return false;
  const content = text.slice(start, end).replace(/\r\n/g, '\n');
  return content.length === region.length && sha256(content) === region.hash;
}

function rangeOf(text: string, lines: Lines, line: number, lineCount: number): OffsetRange {
  const end = (lines[line + lineCount] ?? text.length + 1) - 1;
  return { start: lines[line] ?? 0, end: text[end - 1] === '\r' ? end - 1 : end };
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function countLineBreaks(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function sha256(content: string): string {
  return hash('sha256', content);
}
