// A table of cases of one polish filter: where the cursor is, what the model says, what is left of it.

import assert from 'node:assert/strict';
import type { PolishFilter } from '../../server/completion/polish/filter.ts';
import { type Site, siteOf } from '../../server/completion/site.ts';

export interface PolishCase {
  /** The document, `│` where the cursor is. */
  readonly at: string;
  readonly says: string;
  /** Undefined: dropped. */
  readonly left: string | undefined;
  /** Default: Python. */
  readonly language?: string;
}

/** The site of a marked text without a parse. */
export function siteAt(marked: string, languageId = 'python'): Site {
  const offset = marked.indexOf('│');
  const text = marked.replace('│', '');
  const site = siteOf({
    uri: 'file:///project/a',
    path: '/project/a',
    languageId,
    text,
    offset,
    facts: undefined,
    factsAreStale: true,
  });
  if ('unfit' in site) throw new Error(site.unfit);
  return site;
}

/** One test per case, named by what is special about it. */
export function polishTable(filter: PolishFilter, cases: Readonly<Record<string, PolishCase>>): void {
  describe(`polish: ${filter.name}`, () => {
    for (const [name, { at, says, left, language }] of Object.entries(cases)) {
      it(name, () => assert.equal(filter.apply(says, siteAt(at, language)), left));
    }
  });
}
