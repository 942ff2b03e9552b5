// Follows clients/neovim/README.md word by word in a clean home, with the package as npm installs it. Knows the page's names.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EditorContext, eventually, matches, same } from './editor.ts';
import {
  answerPrompt,
  command,
  current,
  type NeovimSession,
  notes,
  offered,
  open,
  quit,
  start,
} from './neovim-session.ts';
import { followNames, type Outcomes, type Tried } from './page.ts';
import { sumsImplemented, sumsText } from './sample.ts';

const installation = { explains: 'the whole walk goes through it' };

const tried: Readonly<Record<string, Tried<NeovimSession>>> = {
  'npm run test:editors': { explains: 'what this is' },
  'joule-ls': installation,
  'npm install --global joule-ls': installation,
  'init.lua': installation,
  '<folder>': installation,
  'dist/main.js': {
    async step(session) {
      const cmd = await session.lua("return table.concat(vim.lsp.config.joule_ls.cmd, ' ')");
      same('what is started', cmd, `node ${session.context.server}/dist/main.js --stdio`);
    },
  },
  ':helptags ALL': { step: (session) => command(session, 'helptags ALL') },
  ':help joule-ls': {
    async step(session) {
      await command(session, 'help joule-ls');
      await session.terminal.shows('joule-ls.txt');
      await command(session, 'quit');
    },
  },
  ':checkhealth joule': {
    async step(session) {
      await command(session, 'checkhealth joule');
      await eventually('the health page', async () => (await session.text()).includes('attached to 1 buffers'));
      await command(session, 'quit');
    },
  },
  'vim.lsp.enable()': { explains: 'an older Neovim lacks it; the table has its column' },
  ':lua vim.lsp.buf.code_action()': {
    async step(session) {
      await command(session, 'lua vim.lsp.buf.code_action()');
      await session.terminal.shows('joule: Implement add');
      await session.terminal.keys('Escape');
      await answerPrompt(session);
    },
  },
  '<C-x><C-o>': { explains: 'the row of the menu presses it' },
  on_attach: { explains: 'the next name is tried' },
  "require('joule').attach(client, bufnr)": {
    async step(session) {
      await session.lua(`
        vim.api.nvim_buf_del_user_command(0, 'JouleRun')
        require('joule').attach(vim.lsp.get_clients({ name = 'joule_ls' })[1], vim.api.nvim_get_current_buf())`);
      same('the command', await session.lua("return vim.fn.exists(':JouleRun')"), 2);
    },
  },
  ':JouleFix': { row: 'fix' },
  gra: { row: 'list' },
  fix: { row: 'fix' },
  ':JouleRun': {
    async step(session) {
      await session.cursor(0, 4);
      await command(session, 'JouleRun');
      await session.terminal.shows('joule: Implement add');
      await session.terminal.keys('Escape');
      await answerPrompt(session);
    },
  },
  ':JouleRun use a generator': {
    async step(session) {
      const { ollama } = session.context.engine;
      await session.cursor(0, 4);
      const asked = ollama.request(ollama.requests.length);
      await command(session, 'JouleRun use a generator');
      matches('what the engine is asked', (await asked).text, /use a generator/);
      await eventually('the edit', async () => (await session.text()) === sumsImplemented);
      // Neovim tells of an edit only when it has been quiet; undone before, it would look like one that was dropped.
      await notes(session, 1);
      await session.terminal.type('u');
      await eventually('undone', async () => (await session.text()) === sumsText);
    },
  },
  'vim.lsp.status()': {
    async step(session) {
      await offered(session, 'joule: Implement add');
      const release = session.context.engine.hold(4);
      await start(session);
      await eventually('a status', () => session.lua("return vim.lsp.status():find('worker') ~= nil"));
      release();
      await eventually('the edit', async () => (await session.text()) === sumsImplemented);
      session.context.engine.answer();
      // What the Configure block sets: information. The same code as before the undo brings its receipt back too.
      for (const note of await notes(session, 2)) same('severity of the note (3: information)', note.severity, 3);
    },
  },
  'vim.diagnostic.config({ virtual_text = true })': { row: 'note' },
  K: { row: 'hover' },
  'joule: Insert the kept result': { row: 'kept' },
  ':JouleCancel': { row: 'cancel-command' },
  'joule: Cancel the running job': { row: 'cancel-action' },
  ':JouleReport': { row: 'report' },
};

/** @throws at the first thing on the page that is not so. */
export async function followNeovimPage(context: EditorContext, outcomes: Outcomes): Promise<void> {
  const page = readFileSync(join(context.clients, 'neovim/README.md'), 'utf8');
  const installed = await context.installed();
  const session = await open({ ...current, config: ['install', 'configure', 'keys'] }, installed);
  await followNames(page, tried, { walk: session, outcomes });
  await quit(session);
}
