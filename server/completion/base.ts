// The text around a place that an answer was made for, and whether another place lies behind it by nothing but typing. Every
// character counts, white space too: two indentations are two places.

import type { Site } from './site.ts';

/** What an answer belongs to. Kept by the dozen, so cut to what tells places apart. */
export interface Base {
  readonly languageId: string;
  /** End of the text before the cursor, and the end of that: places differ there first. */
  readonly tail: string;
  readonly near: string;
  /** `tail` is all of it. */
  readonly wholeTail: boolean;
  /** Beginning of the text after the cursor. */
  readonly head: string;
  /** `head` is all of it. */
  readonly wholeHead: boolean;
}

/** UTF-16 units before and after the cursor that have to be the same. */
const tailLength = 2_000;
const headLength = 400;
const nearLength = 64;

export function baseOf(site: Site): Base {
  const tail = copyOf(site.before.slice(-tailLength));
  return {
    languageId: site.languageId,
    tail,
    near: tail.slice(-nearLength),
    wholeTail: site.wholeBefore && site.before.length <= tailLength,
    head: copyOf(site.after.slice(0, headLength)),
    wholeHead: site.after.length <= headLength,
  };
}

/** A slice keeps the whole text alive that it was cut from: a copy of the document for each answer. */
function copyOf(slice: string): string {
  return structuredClone(slice);
}

/**
 * Whether `site` is the place of `base` with `count` characters typed.
 * @returns what was typed, without closing characters that an editor added by itself; undefined for another place.
 */
export function typedAt(base: Base, site: Site, count: number): string | undefined {
  const at = site.before.length - count;
  if (count < 0 || at < base.tail.length || site.languageId !== base.languageId) return undefined;
  if (!site.before.startsWith(base.near, at - base.near.length)) return undefined;
  if (!site.before.startsWith(base.tail, at - base.tail.length)) return undefined;
  if (base.wholeTail && (!site.wholeBefore || at !== base.tail.length)) return undefined;
  const typed = site.before.slice(at);
  return hasSameEnd(base, site, typed) ? typed : undefined;
}

/** What editors put behind the cursor when the first of a pair is typed. */
const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '"': '"', "'": "'", '`': '`' };

/** More pairs than this are not opened in one go. */
const mostPairs = 4;

function hasSameEnd(base: Base, { after }: Site, typed: string): boolean {
  const closers = closersOf(typed);
  for (let added = 0; added <= closers.length; added++) {
    if (!after.startsWith(closers.slice(0, added))) return false;
    const rest = after.length - added;
    const same = after.startsWith(base.head, added);
    if (same && (base.wholeHead ? rest === base.head.length : rest >= base.head.length)) return true;
  }
  return false;
}

/** What would close the pairs that were typed and are still open, innermost first. */
function closersOf(typed: string): string {
  let open = '';
  for (const character of typed) {
    if (open !== '' && character === open[0]) open = open.slice(1);
    else if (pairs[character] !== undefined) open = pairs[character] + open;
  }
  return open.slice(0, mostPairs);
}
