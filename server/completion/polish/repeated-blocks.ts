// Blocks between blank lines that come again and again, nearly the same: the first stays.

import { distance } from './distance.ts';
import type { PolishFilter } from './filter.ts';

/** Share of the characters in which two copies may differ. */
const tolerance = 0.1;
const fewestCopies = 2;

export const repeatedBlocks: PolishFilter = {
  name: 'blocks that repeat themselves',
  apply(text) {
    const blocks = text.split(/\n[ \t]*\n/);
    for (let first = 0; first < blocks.length; first++) {
      const block = blocks[first]?.trim() ?? '';
      if (block.length < 8) continue;
      let copies = 0;
      while (isCopy(block, blocks[first + copies + 1])) copies++;
      if (copies < fewestCopies) continue;
      return blocks.slice(0, first + 1).join('\n\n');
    }
    return text;
  },
};

function isCopy(block: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  const text = other.trim();
  if (Math.abs(text.length - block.length) > tolerance * block.length) return false;
  return distance(block, text) <= Math.floor(tolerance * block.length);
}
