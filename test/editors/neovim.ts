// Drives Neovim in a terminal inside the root; looks at buffers through its own RPC (`--remote-expr`), at the screen through tmux.

import type { EditorDriver } from './editor.ts';

export const neovim: EditorDriver = {
  id: 'neovim',
  title: 'Neovim',
  version: async () => 'not yet',
  run: async () => ({ cannot: 'not driven yet' }),
};
