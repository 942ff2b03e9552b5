// Whether, how long, and until when: the policy's answers for one site. A rule while nothing better is learned.

import { type StopFilter, stopAtLineEnd, stopAtSuffix, stopWhenTooLong } from '../gateway/stop-filters.ts';
import type { Site } from './site.ts';

/** An automatic completion that nobody would take is not asked for. */
export function worthAsking(site: Site): { readonly ask: boolean; readonly why: string } {
  if (site.inComment || site.inString) return { ask: false, why: 'in a comment or string' };
  if (/^[\p{L}\p{N}_$]/u.test(site.lineAfter)) return { ask: false, why: 'inside a word' };
  return { ask: true, why: 'nothing speaks against it' };
}

/** Filters that end the generation at the engine. */
export function stopsFor(site: Site): readonly StopFilter[] {
  const ends = site.multiline ? [stopWhenTooLong({ lines: 20, characters: 1200 })] : [stopAtLineEnd()];
  return [...ends, stopAtSuffix(site.after)];
}

/** Most tokens of an answer. */
export function tokensFor(site: Site): number {
  return site.multiline ? 256 : 64;
}
