// The editors of Debian trixie, a year or so older: what they have of ours is what the table says. Their screens are on no page.

import type { EditorDriver } from './editor.ts';
import { emacs } from './emacs.ts';
import { helix } from './helix.ts';
import { olderNeovim } from './neovim.ts';

const fromTrixie = ({ followPage: _, ...driver }: EditorDriver, title = `${driver.title}, older`): EditorDriver => ({
  ...driver,
  title,
  suite: 'trixie',
  run: (behaviour, context) => driver.run(behaviour, { ...context, keepScreen: () => {} }),
});

export const older: readonly EditorDriver[] = [
  fromTrixie(olderNeovim, olderNeovim.title),
  fromTrixie(helix),
  ...emacs.map((driver) => fromTrixie(driver)),
];
