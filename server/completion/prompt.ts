// What the model is shown: a long stretch before the cursor, a short one after it, and on top the signatures that open neighbours
// define. A typed character makes an engine read everything behind it again, so the beginning stays where it is while one types.

import { roughTokens } from '../base/text.ts';
import type { Prompt } from '../models/engine.ts';
import type { SyntaxFacts } from '../syntax/facts.ts';
import { lineCommentMarker } from './lex-line.ts';
import type { CompletionPlace, Neighbour } from './port.ts';
import type { Site } from './site.ts';

export interface PromptParts {
  readonly prefix: string;
  readonly suffix: string;
}

/** Shares of the budget. The suffix is read again with every character, so it is the smallest. */
const suffixShare = 1 / 8;
const neighbourShare = 1 / 4;

/** The beginning moves on in steps of this share of the prefix: between them an engine finds its cache. */
const stepShare = 1 / 4;

/** `roughTokens` counts four bytes to a token; text beyond ASCII takes more, and is cut below. */
const unitsPerToken = 4;

/** @param budgetTokens by `roughTokens`, for all of it. */
export function promptPartsOf(
  site: Site,
  place: CompletionPlace,
  neighbours: readonly Neighbour[],
  budgetTokens: number,
): PromptParts {
  const suffix = suffixOf(site.after, Math.floor(budgetTokens * suffixShare));
  const head = signaturesOf(place, neighbours, Math.floor(budgetTokens * neighbourShare));
  const left = budgetTokens - roughTokens(suffix) - roughTokens(head);
  const prefix = site.before.slice(prefixStart(site.before, left));
  return { prefix: (head + prefix).replace(/\r\n/g, '\n'), suffix: suffix.replace(/\r\n/g, '\n') };
}

/**
 * How this model is asked to fill in the middle.
 * @param raw writes the prompt with the tokens of the model's family, where they are known.
 * @returns undefined for a model that can't.
 */
export function promptFor(
  model: { readonly name: string; readonly canInfill: boolean },
  parts: PromptParts,
  raw: (model: string, parts: PromptParts) => string | undefined,
): Prompt | undefined {
  if (model.canInfill) return { kind: 'infill', ...parts };
  const text = raw(model.name, parts);
  return text === undefined ? undefined : { kind: 'raw', text };
}

/** Whole lines up to the budget; at least the rest of the cursor's line, as far as that fits. */
function suffixOf(after: string, budgetTokens: number): string {
  const most = after.slice(0, budgetTokens * unitsPerToken);
  if (most.length === after.length) return fitting(most, budgetTokens);
  const lineBreak = most.lastIndexOf('\n');
  return fitting(lineBreak > 0 ? most.slice(0, lineBreak + 1) : most, budgetTokens);
}

/** Shortened until it fits: only text beyond ASCII is longer in bytes than in units. */
function fitting(text: string, budgetTokens: number): string {
  let cut = text;
  while (roughTokens(cut) > budgetTokens) cut = withoutHalfPair(cut.slice(0, Math.floor(cut.length * 0.75)));
  return cut;
}

function withoutHalfPair(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}

/** Start of a line, at a distance that changes only every so many characters. */
function prefixStart(before: string, budgetTokens: number): number {
  let units = Math.max(0, budgetTokens) * unitsPerToken;
  for (;;) {
    const start = steppedStart(before, units);
    if (units === 0 || roughTokens(before.slice(start)) <= budgetTokens) return start;
    units = Math.floor(units * 0.75);
  }
}

function steppedStart(before: string, units: number): number {
  if (before.length <= units) return 0;
  const step = Math.max(1, Math.floor(units * stepShare));
  const earliest = Math.ceil((before.length - units) / step) * step;
  const lineBreak = before.indexOf('\n', earliest);
  // A line that is longer than a step is begun in its middle rather than left out.
  if (lineBreak !== -1 && lineBreak < before.length && lineBreak - earliest < step) return lineBreak + 1;
  const unit = before.charCodeAt(earliest);
  return unit >= 0xdc00 && unit <= 0xdfff ? earliest + 1 : earliest;
}

/** Longer signatures say more than is worth reading. */
const longestSignature = 300;

/**
 * Signatures of what this file imports or uses without defining, from open documents in the same language, as comments. In the order
 * of files and symbols: the same set is the same text.
 */
function signaturesOf(place: CompletionPlace, neighbours: readonly Neighbour[], budgetTokens: number): string {
  const marker = lineCommentMarker(place.languageId);
  const used = namesUsed(place);
  if (marker === undefined || used.size === 0) return '';
  let text = '';
  for (const neighbour of [...neighbours].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (neighbour.path === place.path || !speaksSame(neighbour.languageId, place.languageId)) continue;
    let heading = `${marker} ${baseName(neighbour.path)}\n`;
    for (const symbol of neighbour.facts?.symbols ?? []) {
      if (!used.has(symbol.name)) continue;
      const signature = neighbour.text.slice(symbol.signature.start, symbol.signature.end).replace(/\s+/g, ' ').trim();
      const line = `${heading}${marker}   ${signature}\n`;
      if (signature === '' || signature.length > longestSignature) continue;
      if (roughTokens(text + line) > budgetTokens) return text;
      text += line;
      heading = '';
    }
  }
  return text;
}

/** Once per parse: a large file has thousands of uses. */
const namesByFacts = new WeakMap<SyntaxFacts, ReadonlySet<string>>();

function namesUsed({ facts }: CompletionPlace): ReadonlySet<string> {
  if (facts === undefined) return new Set();
  const known = namesByFacts.get(facts);
  if (known !== undefined) return known;
  const names = new Set<string>();
  for (const one of facts.imports) for (const name of one.names) names.add(name);
  for (const { name } of facts.freeNames) names.add(name);
  namesByFacts.set(facts, names);
  return names;
}

function speaksSame(a: string, b: string): boolean {
  const plain = (languageId: string): string => languageId.replace(/react$/, '').replace('javascript', 'typescript');
  return plain(a) === plain(b);
}

function baseName(path: string): string {
  return path.split(/[/\\]/).pop() ?? path;
}
