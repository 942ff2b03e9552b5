// The behaviours of editors/behaviours.ts, done in Neovim by its own keys and commands. Knows nothing of the server's inside.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BehaviourId } from './behaviours.ts';
import { type EditorDriver, eventually, matches, type Outcome, same } from './editor.ts';
import { acceptedReceipts } from './kept-receipts.ts';
import { followNeovimPage } from './neovim-page.ts';
import {
  answerPrompt,
  before11,
  cancelled,
  changeSettings,
  command,
  complaint,
  complaints,
  current,
  hovered,
  implemented,
  messages,
  type NeovimSession,
  noProcesses,
  notes,
  offered,
  open,
  pyright,
  quit,
  start,
} from './neovim-session.ts';
import { reportOpened } from './opened.ts';
import { begunLine, completion, sumsCompleted, sumsFixed, sumsImplemented, sumsText, wordsTests } from './sample.ts';

export const neovim: EditorDriver = {
  id: 'neovim',
  title: 'Neovim',
  async version(context) {
    const inside = await context.inside();
    const said = await inside.exec(['nvim', '--version'], { environment: context.environment });
    return /NVIM v(\S+)/.exec(said.stdout)?.[1] ?? 'unknown';
  },
  async run(behaviour, context) {
    const beside = behaviour === 'beside' || behaviour === 'fix' ? await pyright(context) : '';
    const edition = behaviour === 'ghost' ? { ...current, config: [...current.config, 'completion'] } : current;
    const session = await open(edition, context, {
      more: beside,
      file: behaviour === 'test-file' ? 'words.py' : 'sums.py',
    });
    return drivers[behaviour](session);
  },
  followPage: followNeovimPage,
};

/** What the bare server gives there; our commands and keys need 0.11, and say so. */
const withoutCommands: readonly BehaviourId[] = [
  'list',
  'note',
  'hover',
  'edit',
  'cancel-action',
  'engine-down',
  'test-file',
  'exit',
];

export const olderNeovim: EditorDriver = {
  ...neovim,
  title: 'Neovim before 0.11',
  suite: 'trixie',
  async run(behaviour, context) {
    if (behaviour !== 'attach' && !withoutCommands.includes(behaviour)) {
      return { cannot: 'the commands, keys and progress of our plugin need Neovim 0.11' };
    }
    const session = await open(before11, context, { file: behaviour === 'test-file' ? 'words.py' : 'sums.py' });
    if (behaviour !== 'attach') return drivers[behaviour](session);
    await command(session, `set rtp+=${context.clients}/neovim`);
    await command(session, 'checkhealth joule');
    await session.terminal.shows('Neovim 0.11 or newer is needed');
    return 'passed';
  },
};

/** Opens a line above the last and begins it. */
async function beginLine(session: NeovimSession): Promise<void> {
  await session.cursor(7, 4);
  await session.terminal.type('O');
  await session.terminal.type(begunLine);
  await eventually('the begun line', async () => (await session.text()).includes(begunLine));
}

async function completed(session: NeovimSession): Promise<void> {
  await eventually('the completed line', async () => (await session.text()) === sumsCompleted, {
    seen: () => session.text(),
  });
  await eventually('the acceptance on the ledger', () => acceptedReceipts(session.context) === 1);
}

const drivers: Record<BehaviourId, (session: NeovimSession) => Promise<Outcome>> = {
  async attach(session) {
    const commands = String(
      await session.lua('return table.concat(vim.tbl_keys(vim.api.nvim_buf_get_commands(0, {})), " ")'),
    );
    for (const name of ['JouleRun', 'JouleFix', 'JouleCancel', 'JouleReport'])
      matches('buffer commands', commands, new RegExp(name));
    await command(session, 'checkhealth joule');
    const health = await eventually('the health page', async () => {
      const text = await session.text();
      return text.includes('attached to 1 buffers') && text;
    });
    matches('health', health, /OK ollama: 1 models[\s\S]*qwen2\.5-coder:3b writes[\s\S]*OK counter/);
    session.context.keepScreen('health', health);
    await command(session, 'helptags ALL');
    await command(session, 'help :JouleFix');
    await session.terminal.shows('Neovim sends a server only');
    return 'passed';
  },

  async list(session) {
    await session.edition.list(session.terminal);
    const screen = await session.terminal.shows(/joule: Implement add · [\d.]+–[\d.]+ k?J/);
    session.context.keepScreen('actions', screen);
    return 'passed';
  },

  async run(session) {
    await session.choose('joule: Implement add');
    await eventually('the edit', async () => (await session.text()) !== sumsText);
    const { ollama } = session.context.engine;
    const asked = ollama.request(ollama.requests.length);
    await session.terminal.type('u');
    await command(session, 'JouleRun use a plus sign');
    matches('what a typed instruction asks', (await asked).text, /use a plus sign/);
    return 'passed';
  },

  async progress(session) {
    const release = session.context.engine.hold(4);
    await session.choose('joule: Implement add');
    const screen = await session.terminal.shows(/joule: Implement add · worker · qwen2\.5-coder:3b · \d+ tok/);
    session.context.keepScreen('progress', screen);
    release();
    await session.terminal.shows(/joule: Implement add · [\d.]+ J ±\d+ %/);
    return 'passed';
  },

  async edit(session) {
    await implemented(session);
    await session.terminal.type('u');
    await eventually('one undo takes it back', async () => (await session.text()) === sumsText);
    return 'passed';
  },

  async note(session) {
    await implemented(session);
    const [note] = await notes(session, 1);
    matches('note', note?.message ?? '', /^[\d.]+ J ±\d+ % .*qwen2\.5-coder:3b/);
    same('its line', note?.lnum, 2);
    await session.lua('vim.diagnostic.config({ virtual_text = true })');
    session.context.keepScreen('receipt', await session.terminal.shows(/return a \+ b .*[\d.]+ J/));
    return 'passed';
  },

  async hover(session) {
    await implemented(session);
    await notes(session, 1);
    await hovered(session);
    session.context.keepScreen('hover', await session.terminal.screen());
    return 'passed';
  },

  async 'key-implement'(session) {
    await session.terminal.type('\\ji');
    await eventually('the edit', async () => (await session.text()) === sumsImplemented);
    return 'passed';
  },

  'cancel-action': (session) => cancelled(session, () => session.choose('joule: Cancel the running job')),

  'cancel-command': (session) => cancelled(session, () => command(session, 'JouleCancel')),

  async report(session) {
    await implemented(session);
    await notes(session, 1);
    await command(session, 'JouleReport');
    await reportOpened(session.context);
    return 'passed';
  },

  async rebase(session) {
    const release = session.context.engine.hold();
    await start(session);
    await session.terminal.type('ggO# typed meanwhile');
    await session.terminal.keys('Escape');
    await eventually('what was typed', async () => (await session.text()).startsWith('# typed meanwhile\n'));
    release();
    await eventually('the edit', async () => (await session.text()) === `# typed meanwhile\n${sumsImplemented}`, {
      seen: () => session.text(),
    });
    return 'passed';
  },

  async kept(session) {
    const release = session.context.engine.hold();
    await start(session);
    await session.cursor(2, 4);
    await session.terminal.type('Creturn 7');
    await session.terminal.keys('Escape');
    const typed = sumsText.replace('    pass\n', '    return 7\n');
    await eventually('what was typed', async () => (await session.text()) === typed);
    release();
    // A long message asks for Enter, and until then Neovim answers nobody.
    session.context.keepScreen('kept', await session.terminal.shows('kept'));
    await answerPrompt(session);
    same('the buffer', await session.text(), typed);
    matches('messages', await messages(session), /Insert the kept result/);
    await session.choose('joule: Insert the kept result');
    await eventually('the kept result', async () => (await session.text()).includes('return a + b'));
    return 'passed';
  },

  async settings(session) {
    await implemented(session);
    await notes(session, 1);
    await changeSettings(session, "{ receipts = 'off' }");
    await notes(session, 0);
    await changeSettings(session, "{ receipts = 'information' }");
    const [note] = await notes(session, 1);
    same('its severity (3: information)', note?.severity, 3);
    return 'passed';
  },

  async beside(session) {
    await complaint(session);
    await implemented(session);
    await notes(session, 1);
    await command(session, 'w');
    await session.cursor(0, 4);
    await session.terminal.type('K');
    await session.terminal.shows('(function) def add');
    await session.terminal.keys('Escape');
    await session.terminal.type('j');
    await hovered(session);
    same('servers', await session.lua('return #vim.lsp.get_clients({ bufnr = 0 })'), 2);
    return 'passed';
  },

  async fix(session) {
    await complaint(session);
    await session.cursor(7, 0);
    await session.terminal.type('\\jf');
    await eventually('the edit', async () => (await session.text()) === sumsFixed, { seen: () => session.text() });
    await eventually('pyright is content', async () => (await complaints(session)).length === 0);
    return 'passed';
  },

  async 'engine-down'(session) {
    await session.context.engine.stop();
    await session.choose('joule: Implement add');
    const screen = await session.terminal.shows(/ollama serve|engine install/);
    session.context.keepScreen('no-engine', screen);
    await answerPrompt(session);
    same('the buffer', await session.text(), sumsText);
    const said = (await messages(session)).split('\n').filter((line) => /ollama serve|engine install/.test(line));
    same('messages', said.length, 1);
    return 'passed';
  },

  async budget(session) {
    await changeSettings(session, '{ budget = { actionJoules = 0.001 } }');
    await session.choose('joule: Implement add');
    session.context.keepScreen('budget', await session.terminal.shows(/[Ss]topped by the budget/));
    await answerPrompt(session);
    same('requests to the engine', session.context.engine.ollama.requests.length, 0);
    same('the buffer', await session.text(), sumsText);
    const said = (await messages(session)).split('\n').filter((line) => /Stopped by the budget/.test(line));
    same('messages', said.length, 1);
    return 'passed';
  },

  async 'test-file'(session) {
    await session.choose('joule: Write tests for slug');
    const path = join(session.context.project, 'test_words.py');
    await eventually('the new file in a buffer', () =>
      session.lua(
        `local b = vim.fn.bufnr('${path}'); return b > 0 and #vim.api.nvim_buf_get_lines(b, 0, -1, false) > 3`,
      ),
    );
    const text = await session.lua(
      `return table.concat(vim.api.nvim_buf_get_lines(vim.fn.bufnr('${path}'), 0, -1, false), '\\n') .. '\\n'`,
    );
    // Neovim leaves an empty line behind the last newline of a file that an edit created.
    same('its text', String(text).trimEnd(), wordsTests.trimEnd());
    await command(session, 'wa');
    await eventually('the file', () => existsSync(path));
    return 'passed';
  },

  async restart(session) {
    await implemented(session);
    await notes(session, 1);
    await command(session, 'w');
    await quit(session);
    const again = await open(session.edition, session.context);
    await notes(again, 1);
    await hovered(again);
    return 'passed';
  },

  async 'two-windows'(session) {
    const other = await open(session.edition, session.context, { window: '-other' });
    await implemented(session);
    await command(session, 'w');
    const path = join(session.context.project, 'sums.py');
    await eventually('the file', () => readFileSync(path, 'utf8') === sumsImplemented);
    await command(other, 'edit');
    await eventually('the reloaded file', async () => (await other.text()) === sumsImplemented);
    await notes(other, 1);
    await hovered(other);
    await other.terminal.keys('Escape');
    for (const window of [session, other]) {
      await window.cursor(0, 0);
      await window.lua("vim.api.nvim_buf_set_lines(0, 2, 3, false, { '    pass' })");
      await eventually('the stub again', async () => (await window.text()) === sumsText);
      await offered(window, 'joule: Implement add');
    }
    const release = session.context.engine.hold();
    await start(session);
    await start(other);
    release();
    for (const window of [session, other]) {
      await eventually('the edit', async () => (await window.text()) === sumsImplemented);
      await notes(window, 1);
    }
    same('accepted receipts', acceptedReceipts(session.context), 3);
    return 'passed';
  },

  async menu(session) {
    await beginLine(session);
    // The only match is inserted without a menu.
    await session.terminal.keys('C-x', 'C-o');
    await session.terminal.shows(begunLine + completion);
    await session.terminal.keys('Escape');
    await completed(session);
    return 'passed';
  },

  async ghost(session) {
    await beginLine(session);
    session.context.keepScreen('ghost', await session.terminal.shows(begunLine + completion));
    same('what stands there', (await session.text()).includes(completion), false);
    await session.terminal.keys('C-l', 'Escape');
    await completed(session);
    return 'passed';
  },

  async exit(session) {
    await implemented(session);
    await quit(session);
    return 'passed';
  },

  async killed(session) {
    session.context.engine.loop();
    await start(session);
    const pid = await session.lua('return vim.fn.getpid()');
    await session.inside.exec(['kill', '-9', String(pid)], { environment: session.context.environment });
    await noProcesses(session);
    await eventually('the engine is left alone', async () => (await session.context.engine.unfinished()) === 0);
    same('the file', readFileSync(join(session.context.project, 'sums.py'), 'utf8'), sumsText);
    return 'passed';
  },
};
