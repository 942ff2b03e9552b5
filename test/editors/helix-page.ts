// Follows clients/helix/README.md word by word in a clean home, with the package as npm installs it. Knows the page's names.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EditorContext, eventually, matches, same } from './editor.ts';
import { type HelixSession, hovered, implemented, noProcesses, noteShown, open, quit, start } from './helix-session.ts';
import { followNames, type Outcomes, type Tried } from './page.ts';
import { sumsText } from './sample.ts';

const installation = { explains: 'the whole walk goes through it' };

const tried: Readonly<Record<string, Tried<HelixSession>>> = {
  'npm run test:editors': { explains: 'what this is' },
  'joule-ls': installation,
  'npm install --global joule-ls': installation,
  'dist/main.js': {
    step: async ({ context }) => same('it is there', existsSync(join(context.server, 'dist/main.js')), true),
  },
  'languages.toml': installation,
  '~/.config/helix/languages.toml': installation,
  '~/.config/helix/config.toml': installation,
  'hx --health python': {
    async step({ inside, context }) {
      const health = await inside.exec(['hx', '--health', 'python'], { environment: context.environment });
      matches('health', health.stdout, /joule-ls/);
    },
  },
  '[language-server.joule-ls.config.joule]': { row: 'settings' },
  ':lsp-restart': {
    async step(session) {
      await session.command('lsp-restart');
      await listed(session);
    },
  },
  'Space a': { step: (session) => listed(session) },
  'display-progress-messages': { row: 'progress' },
  'Space k': {
    async step(session) {
      await implemented(session);
      await noteShown(session);
      await hovered(session);
      await session.terminal.keys('Escape');
      await session.terminal.type('u');
      await session.terminal.hides('return a + b');
      same('undone', await session.text(), sumsText);
    },
  },
  'Ctrl-x': { row: 'menu' },
  'completion.automatic = "on"': { explains: 'a setting; the rows of ghost text elsewhere are driven with it' },
  'joule: Insert the kept result': { row: 'kept' },
  'Space j i': { step: (session) => listed(session, ' ji') },
  'joule: Fix …': { row: 'fix' },
  'Space j c': { row: 'cancel-command' },
  'Space j p': { row: 'report' },
  ':lsp-workspace-command joule.cancel': {
    async step(session) {
      const { engine } = session.context;
      engine.loop();
      await start(session);
      await session.command('lsp-workspace-command joule.cancel');
      same('how the request ended', await engine.ollama.requests.at(-1)?.ended, 'closed-by-client');
      engine.answer();
    },
  },
  'joule: Cancel the running job': { row: 'cancel-action' },
  'Space b': {
    async step({ terminal }) {
      await terminal.type(' b');
      await terminal.shows('sums.py');
      await terminal.keys('Escape');
    },
  },
  'language-servers': { row: 'beside' },
  'required-root-patterns = []': {
    async step(session) {
      await quit(session);
      const path = join(session.context.home, '.config/helix/languages.toml');
      const whole = readFileSync(path, 'utf8');
      writeFileSync(path, whole.replace('args = ["--stdio"]', 'args = ["--stdio"]\nrequired-root-patterns = []'));
      const silent = await open(session.context, 'sums.py', false);
      await silent.command('lsp-workspace-command');
      // The picker of all servers' commands is empty.
      await silent.terminal.shows('0/0');
      await silent.terminal.keys('Escape');
      const servers = (await silent.inside.processes()).filter((line) => line.includes('joule-ls'));
      same('servers of ours', servers.length, 0);
      await quit(silent);
      writeFileSync(path, whole);
    },
  },
  timeout: { explains: 'how long Helix waits; its own' },
  'A-n': { row: 'beside' },
  'A-p': { row: 'beside' },
  '[1/2]': { row: 'beside' },
  'end-of-line-diagnostics': { row: 'note' },
  'joule:': { row: 'list' },
};

/** The list of actions with ours, opened by these keys, and closed again. */
async function listed({ terminal }: HelixSession, keys = ' a'): Promise<void> {
  await eventually('the list', async () => {
    await terminal.type(keys);
    const shown = await terminal.shows('joule: Implement add', 2).catch(() => undefined);
    await terminal.keys('Escape');
    return shown;
  });
  await terminal.hides('joule: Implement add');
}

/** @throws at the first thing on the page that is not so. */
export async function followHelixPage(context: EditorContext, outcomes: Outcomes): Promise<void> {
  const page = readFileSync(join(context.clients, 'helix/README.md'), 'utf8');
  const installed = await context.installed();
  const session = await open(installed, 'sums.py');
  await followNames(page, tried, { walk: session, outcomes });
  await noProcesses(session);
}
