// What a polish filter is: text in, text out, or nothing. Pure, and right for tabs: it compares white space as it stands.

import type { Site } from '../site.ts';

export interface PolishFilter {
  readonly name: string;
  /** The text as it is to go on; undefined when nothing of it may be shown. `\n` line ends. */
  apply(text: string, site: Site): string | undefined;
}
