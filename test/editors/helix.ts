// Drives Helix in a terminal inside the root: keys in, screen text out.

import type { EditorDriver } from './editor.ts';

export const helix: EditorDriver = {
  id: 'helix',
  title: 'Helix',
  version: async () => 'not yet',
  run: async () => ({ cannot: 'not driven yet' }),
};
