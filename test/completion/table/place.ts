// The place of a task as the product sees it: one line or several by the same rule, so that the tables measure what is shipped.

import { stopPlaceOf } from '../../../server/completion/gate.ts';
import type { StopPlace } from '../../../server/completion/policy/index.ts';
import { siteOf } from '../../../server/completion/site.ts';

export interface Cursor {
  readonly languageId: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** Throws where the product would complete nothing: no task of a data set is such a place. */
export function placeOf({ languageId, prefix, suffix }: Cursor): StopPlace {
  const [uri, text] = ['file:///task', prefix + suffix];
  const site = siteOf({
    uri,
    path: '/task',
    languageId,
    text,
    offset: prefix.length,
    facts: undefined,
    factsAreStale: false,
  });
  if ('unfit' in site) throw new Error(site.unfit);
  return stopPlaceOf(site);
}
