// Follows clients/emacs/README.md word by word in a clean home, with the package as npm installs it: once with eglot, once with
// lsp-mode. Knows the page's names.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EditorContext, eventually, matches, same } from './editor.ts';
import { openEmacs } from './emacs-session.ts';
import {
  attached,
  type EmacsClient,
  hoverShows,
  implementAndEnd,
  jobEnded,
  keys,
  leave,
  noteShown,
  notes,
  offered,
  type Scene,
  setSettings,
  textBecomes,
} from './emacs-steps.ts';
import { followNames, type Outcomes, type Tried } from './page.ts';
import { sumsImplemented, sumsText } from './sample.ts';

const installation = { explains: 'the whole walk goes through it' };
const both = (eglot: Tried<Scene>, lspMode: Tried<Scene>): Tried<Scene> => ({
  async step(scene) {
    const how = scene.client.init === 'eglot' ? eglot : lspMode;
    if ('step' in how) await how.step(scene);
  },
});
const ofTheOther = { explains: 'of the other client' };

/** A command by its keys or name, from the stub to the answer and back. */
function implementsBy(press: (scene: Scene) => Promise<void>): Tried<Scene> {
  return {
    async step(scene) {
      const { emacs } = scene;
      await emacs.terminal.keys('M-<');
      await offered(emacs, /^joule: Implement add/);
      await press(scene);
      await textBecomes(emacs, sumsImplemented);
      await jobEnded(emacs);
      await noteShown(emacs);
      await emacs.terminal.keys('C-/');
      await textBecomes(emacs, sumsText);
    },
  };
}

const tried: Readonly<Record<string, Tried<Scene>>> = {
  'joule-ls.el': installation,
  'joule-ls': installation,
  'npm install --global joule-ls': installation,
  'npm ci': { explains: 'the other way to have the package' },
  '<folder>': installation,
  'joule-ls-command': {
    async step({ emacs, context }) {
      const command = await emacs.evaluate<readonly string[]>('(vconcat joule-ls-command)');
      matches('what is started', command.join(' '), new RegExp(`${context.server}/dist/main.js --stdio$`));
    },
  },
  i: { row: 'attach' },
  'joule-ls-modes': {
    step: async ({ emacs }) =>
      same('a mode of it', await emacs.evaluate("(and (memq 'rust-mode joule-ls-modes) t)"), true),
  },
  'eglot-workspace-configuration': both(
    {
      async step({ emacs }) {
        await emacs.evaluate(
          `(progn (setq-default eglot-workspace-configuration '(:joule (:receipts "off"))) (eglot-signal-didChangeConfiguration (eglot-current-server)) t)`,
        );
        await implementAndEnd(emacs);
        same('notes', (await notes(emacs)).length, 0);
        await emacs.evaluate(
          `(progn (setq-default eglot-workspace-configuration '(:joule (:receipts "hint"))) (eglot-signal-didChangeConfiguration (eglot-current-server)) t)`,
        );
        await emacs.terminal.keys('C-/');
        await textBecomes(emacs, sumsText);
      },
    },
    ofTheOther,
  ),
  ':joule': { explains: 'the name before was tried with it' },
  'M-x eglot-signal-didChangeConfiguration': { explains: 'the name before was tried with it' },
  'C-c j i': implementsBy(({ emacs }) => emacs.terminal.keys(...keys.implement)),
  'joule-implement': implementsBy(({ emacs }) => emacs.command('joule-implement')),
  'joule:': { row: 'list' },
  'C-c j f': { row: 'fix' },
  'joule-fix': { row: 'fix' },
  'C-c j r': { row: 'run' },
  'joule-run': { row: 'run' },
  'C-c j c': { row: 'cancel-command' },
  'joule-cancel': { row: 'cancel-command' },
  'C-c j p': { row: 'report' },
  'joule-report': { row: 'report' },
  'C-u': { row: 'run' },
  '(keymap-set prog-mode-map "<f8>" #\'joule-implement)': {
    async step(scene) {
      await scene.emacs.evaluate('(progn (keymap-set prog-mode-map "<f8>" #\'joule-implement) t)');
      const byKey = implementsBy(({ emacs }) => emacs.terminal.keys('F8'));
      if ('step' in byKey) await byKey.step(scene);
    },
  },
  '(keymap-set prog-mode-map "<f9>" #\'joule-fix)': {
    async step({ emacs }) {
      await emacs.evaluate('(progn (keymap-set prog-mode-map "<f9>" #\'joule-fix) t)');
      same('its key', await emacs.evaluate('(format "%s" (key-binding (kbd "<f9>")))'), 'joule-fix');
    },
  },
  'M-x eglot-code-actions': { row: 'list' },
  TAB: { row: 'list' },
  'M-x lsp-execute-code-action': { row: 'list' },
  'C-/': { row: 'edit' },
  'M-x flymake-show-buffer-diagnostics': { row: 'note' },
  'C-h .': both(
    {
      async step(scene) {
        await implementAndEnd(scene.emacs);
        await noteShown(scene.emacs);
        await scene.emacs.goTo(2, 6);
        await eventually('the hover', async () => {
          await scene.emacs.terminal.keys('C-h', '.');
          return scene.emacs.terminal.shows(/joule · implement/, 3).catch(() => undefined);
        });
        await scene.emacs.terminal.keys('C-x', '1');
        await scene.emacs.terminal.keys('C-/');
        await textBecomes(scene.emacs, sumsText);
      },
    },
    ofTheOther,
  ),
  'eldoc-doc-buffer': { row: 'hover' },
  'M-x lsp-describe-thing-at-point': both(ofTheOther, {
    async step(scene) {
      await implementAndEnd(scene.emacs);
      await scene.emacs.goTo(2, 6);
      await hoverShows(scene, /joule · implement/);
      await scene.emacs.terminal.keys('C-/');
      await textBecomes(scene.emacs, sumsText);
    },
  }),
  'joule: Insert the kept result': { row: 'kept' },
  'M-x completion-at-point': { row: 'menu' },
  'completion.automatic': { explains: 'a setting; rows of ghost text elsewhere are driven with it' },
  on: { explains: 'its value' },
  'Server wants to edit: … Proceed?': { row: 'test-file' },
  'eglot-confirm-server-edits': both(
    {
      step: async ({ emacs }) => same('it exists', await emacs.evaluate("(boundp 'eglot-confirm-server-edits)"), true),
    },
    ofTheOther,
  ),
  'joule: Cancel the running job': { row: 'cancel-action' },
  'C-g': { explains: 'what it does not do' },
  'pip install rassumfrassum': { row: 'beside' },
  rass: { row: 'beside' },
  '?%': { explains: 'what eglot shows without joule-ls.el' },
  'joule-ls doctor': {
    async step({ emacs, context }) {
      const said = await emacs.inside.exec(['joule-ls', 'doctor'], { environment: context.environment });
      matches('the doctor', said.stdout, /\+ ollama[\s\S]*qwen2\.5-coder:3b/);
    },
  },
  'M-x eglot-events-buffer': both(
    {
      async step({ emacs }) {
        await emacs.command('eglot-events-buffer');
        await emacs.terminal.shows('EGLOT');
      },
    },
    ofTheOther,
  ),
  'lsp-log-io': both(ofTheOther, {
    step: async ({ emacs }) => same('it exists', await emacs.evaluate("(boundp 'lsp-log-io)"), true),
  }),
};

/** @throws at the first thing on the page that is not so. */
export async function followEmacsPage(client: EmacsClient, context: EditorContext, outcomes: Outcomes): Promise<void> {
  const page = readFileSync(join(context.clients, 'emacs/README.md'), 'utf8');
  const installed = await context.installed();
  const emacs = await openEmacs(installed, { init: [client.init, 'settings', 'flymake'] });
  await attached(emacs, 'sums.py');
  const scene: Scene = { client, context: installed, emacs };
  // What the settings block sets: information instead of a hint.
  await implementAndEnd(emacs);
  await emacs.until('a note that is no hint', async () => (await notes(emacs)).some(([, type]) => /note/.test(type)));
  await emacs.terminal.keys('C-/');
  await textBecomes(emacs, sumsText);
  await setSettings(emacs, '(:receipts "hint")');
  await followNames(page, tried, { walk: scene, outcomes });
  await leave(emacs);
}
