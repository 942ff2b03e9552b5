// What real editors do, and which test or row of clients/TABLE.md holds us to it: a quirk whose test is gone is a failure.
// Seen by driving them (Neovim 0.12.4 and 0.10.4, Helix 25.07 and 25.01, Emacs 30 with eglot and lsp-mode 9 and 10, VS Code 1.139).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BehaviourId, behaviours } from './behaviours.ts';

type Held = { readonly row: BehaviourId } | { readonly file: string; readonly title: string };

const test = (file: string, title: string): Held => ({ file, title });
const row = (id: BehaviourId): Held => ({ row: id });

const quirks: readonly [quirk: string, ...held: Held[]][] = [
  [
    'eglot and lsp-mode freeze, lsp-mode cancels and Helix gives up when executeCommand does not answer at once',
    test('lsp/main-job.test.ts', 'turns a code action into one edit, a receipt note and a hover'),
    row('progress'),
  ],
  [
    'VS Code and lsp-mode ask for actions while idle, Helix blocks on resolve',
    test(
      'lsp/code-actions.test.ts',
      'are there before the first parse is finished, from the text alone, and never wait for it',
    ),
  ],
  [
    'lsp-mode sends commands and resolve to every server; VS Code, Helix and Neovim resolve what has only a command',
    test(
      'lsp/conformance.test.ts',
      '11. refuses foreign commands and actions with InvalidParams, and a second initialize',
    ),
    row('beside'),
  ],
  [
    'no stock editor has a button for workDoneProgress/cancel',
    test('lsp/code-actions.test.ts', 'offer to cancel while a job runs'),
    row('cancel-action'),
    row('cancel-command'),
  ],
  [
    'a message with showMessageRequest is a prompt in Emacs',
    test('lsp/declared.test.ts', 'speaks to people by notification, never by a request that waits for them'),
    row('engine-down'),
  ],
  [
    'Neovim drops a stale edit and says it applied it; eglot answers with an error; VS Code and Helix refuse',
    test(
      'lsp/bad-input.test.ts',
      'lose no answer: stale edits refused in words or by an error are made again on the newer text or kept',
    ),
    test('lsp/edits.test.ts', 'do not count as made when the editor only says so'),
    test('lsp/edits.test.ts', 'are refused in words when the user was faster, also by an error'),
    row('kept'),
  ],
  ['Helix, eglot and lsp-mode begin with version 0', test('lsp/documents.test.ts', 'take version 0 for a version')],
  [
    'Neovim takes documentChanges but does not say so',
    test(
      'lsp/edits.test.ts',
      'are versioned wherever the client can check, and for Neovim, which can but does not say so',
    ),
  ],
  [
    'VS Code, Neovim 0.10, Zed and rass offer UTF-16 alone',
    test('lsp/declared.test.ts', 'counts in UTF-16, pushes diagnostics, and declares nothing that it does not do'),
    row('edit'),
  ],
  [
    'eglot never pulls diagnostics',
    test('lsp/declared.test.ts', 'counts in UTF-16, pushes diagnostics, and declares nothing that it does not do'),
    row('note'),
  ],
  [
    'disabled actions are hidden, or listed as if they were none',
    test(
      'lsp/code-actions.test.ts',
      'say why there are none for a secret or binary file, only to who asked by kind and can show it',
    ),
  ],
  [
    'tables render in VS Code alone; eglot without markdown-mode wants plain text',
    test('lsp/notes.test.ts', 'is plain text where no Markdown is offered'),
    test('lsp/notes.test.ts', 'say everything in short lines'),
    row('hover'),
  ],
  [
    'VS Code marks actions tagged as made by a model; the others know no tags',
    test(
      'lsp/code-actions.test.ts',
      'are plain commands for a client that knows no literals, and untagged for one that knows no tags',
    ),
  ],
  [
    'Helix always sends a selection of one character',
    test('lsp/code-actions.test.ts', 'take a selection of one character for a cursor, whatever a character is'),
  ],
  [
    'Neovim sends a server only its own diagnostics',
    test('lsp/code-actions.test.ts', 'hand the complaints of others to the job, and not our own notes'),
    row('fix'),
  ],
  [
    'stock Neovim paints no progress',
    test('lsp/bad-input.test.ts', 'may paint no progress: one message at the start, one at the end'),
  ],
  ['Helix 25.01 shows no documents', test('lsp/bad-input.test.ts', 'may explain pages by a message')],
  [
    'editors differ in how settings arrive',
    test(
      'lsp/settings-sync.test.ts',
      'come from the owner, initializationOptions and configuration, the later over the earlier',
    ),
    test('lsp/settings-sync.test.ts', 'do not wait for a client that never answers'),
    row('settings'),
  ],
  [
    'Helix and lsp-mode leave without exit, or die',
    test('lsp/conformance.test.ts', '14. ends when stdin closes, also in the middle of a message'),
    row('exit'),
    row('killed'),
  ],
  ['eglot has one server per buffer; lsp-mode shows what spoke last', row('beside'), row('fix')],
];

describe('quirks of editors', () => {
  for (const [quirk, ...held] of quirks) {
    it(quirk, () => {
      assert.ok(held.length > 0);
      for (const one of held) {
        if ('row' in one) assert.ok(behaviours.some(({ id }) => id === one.row));
        else {
          const source = readFileSync(fileURLToPath(new URL(`../${one.file}`, import.meta.url)), 'utf8');
          assert.ok(source.includes(one.title), `${one.file} has no test “${one.title}”`);
        }
      }
    });
  }
});
