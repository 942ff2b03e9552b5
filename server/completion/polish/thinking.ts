// Thinking that a model wrote as text: what stands between its tags is no code. One that never ends is all of the answer.

import type { PolishFilter } from './filter.ts';

export const thinking: PolishFilter = {
  name: 'thinking',
  apply(text) {
    const without = text.replace(/<(think|thinking)>[\s\S]*?<\/\1>\n?/g, '');
    return /<\/?think(ing)?>/.test(without) ? undefined : without;
  },
};
