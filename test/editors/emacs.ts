// Drives Emacs twice: with eglot, which is built in, and with lsp-mode. What they have in common is emacs-behaviours.ts's.

import type { EditorDriver } from './editor.ts';
import { runBehaviour } from './emacs-behaviours.ts';
import { followEmacsPage } from './emacs-page.ts';
import { emacsVersions } from './emacs-session.ts';
import type { EmacsClient } from './emacs-steps.ts';

const clients: readonly EmacsClient[] = [
  {
    init: 'eglot',
    menu: 'eglot-code-actions',
    hover: { command: 'eldoc-doc-buffer', buffer: '^\\*eldoc' },
    holdsTwoServers: false,
    asksBeforeNewFiles: true,
  },
  {
    init: 'lsp-mode',
    menu: 'lsp-execute-code-action',
    hover: { command: 'lsp-describe-thing-at-point', buffer: '^\\*lsp-help' },
    holdsTwoServers: true,
    asksBeforeNewFiles: false,
  },
];

export const emacs: readonly EditorDriver[] = clients.map((client) => ({
  id: 'emacs',
  title: `Emacs ${client.init}`,
  async version(context) {
    const { editor, eglot, lspMode } = await emacsVersions(context);
    return `Emacs ${editor}, ${client.init} ${client.init === 'eglot' ? eglot : lspMode}`;
  },
  run: (behaviour, context) => runBehaviour(behaviour, client, context),
  followPage: (context, outcomes) => followEmacsPage(client, context, outcomes),
}));
