// fix: what a compiler, linter or type checker complains about is mended.
//
//   def mean(values):                                   def mean(values):
//       return sum(value) / len(values)            →        return sum(values) / len(values)
//              ~~~~~~~~~~ "value" is not defined
//
// Offered where a diagnostic touches the selection. The definition around it is repaired when it is small, else the
// paragraph of lines around the complaint; nothing outside is touched. Joule's own notes are no findings.

import { oneLine } from '../base/escape.ts';
import { lineEnd, lineStart, type OffsetRange } from '../base/text.ts';
import type { Finding, Target } from '../pipeline/task.ts';
import type { Action, Place } from './action.ts';
import { expectedTokens } from './expected.ts';
import { contains, lineCountOf, linesOf, touches } from './lines.ts';
import { enclosingSymbol, extentOf, isCallable, symbolsOf } from './symbols.ts';
import { taskOf } from './task-of.ts';
import { instructionOf, shownName } from './words.ts';

export const fix: Action = {
  id: 'fix',
  kind: 'quickfix.joule.fix',

  offer(place, explicit) {
    const wanted = find(place, explicit);
    const first = wanted?.findings[0];
    if (wanted === undefined || first === undefined) return undefined;
    const what =
      wanted.findings.length > 1
        ? `${wanted.findings.length} problems${wanted.target.kind === 'symbol' ? ` in ${shownName(wanted.target.symbol)}` : ''}`
        : `“${oneLine(first.message, 48)}”`;
    const expected = expectedTokens(place, { actionId: 'fix', target: wanted.extent, pieces: 1 });
    return { title: `Fix ${what}`, target: wanted.target, expected };
  },

  task(place, instruction) {
    const wanted = find(place, true);
    if (wanted === undefined) return undefined;
    const words = instructionOf([instruction, ...wanted.findings.map((finding) => finding.message)]);
    return taskOf(place, { actionId: 'fix', target: wanted.target, instruction: words, findings: wanted.findings });
  },
};

/** Longer definitions are not sent whole: a small model loses what it should leave alone. */
const longestSymbolLines = 60;
/** A paragraph reaches at most this many lines above and below a finding. */
const paragraphReach = 12;

interface Wanted {
  readonly target: Target;
  readonly extent: OffsetRange;
  readonly findings: readonly Finding[];
}

function find(place: Place, explicit: boolean): Wanted | undefined {
  const here = linesOf(place.text, place.selection);
  const touched = place.findings.filter((finding) => touches(here, finding.range));
  if (touched.length > 0) return wantedFor(place, touched);
  const around = explicit ? enclosingSymbol(place) : undefined;
  const inside = around ? place.findings.filter((finding) => touches(around.range, finding.range)) : [];
  return inside.length > 0 ? wantedFor(place, inside) : undefined;
}

function wantedFor(place: Place, findings: readonly Finding[]): Wanted {
  const span = {
    start: Math.min(...findings.map((finding) => finding.range.start)),
    end: Math.max(...findings.map((finding) => finding.range.end)),
  };
  const symbol = symbolsOf(place).findLast((one) => isCallable(one) && contains(extentOf(place.text, one), span));
  if (symbol !== undefined && lineCountOf(place.text, symbol.range) <= longestSymbolLines) {
    return { target: { kind: 'symbol', symbol }, extent: symbol.range, findings };
  }
  const range = paragraph(place.text, span);
  return { target: { kind: 'lines', range }, extent: range, findings };
}

function paragraph(text: string, span: OffsetRange): OffsetRange {
  let { start, end } = linesOf(text, span);
  for (let step = 0; step < paragraphReach && start > 0; step++) {
    const above = lineStart(text, start - 1);
    if (text.slice(above, start).trim() === '') break;
    start = above;
  }
  for (let step = 0; step < paragraphReach; step++) {
    const newline = text.indexOf('\n', end);
    if (newline === -1) break;
    const below = lineEnd(text, newline + 1);
    if (text.slice(newline, below).trim() === '') break;
    end = below;
  }
  return { start, end };
}
