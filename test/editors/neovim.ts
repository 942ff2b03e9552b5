// Drives Neovim in a terminal inside the root: keys and screen by tmux, buffers looked at by its own RPC (`--remote-expr`).
// Its init.lua is what clients/neovim/README.md says, taken from there. Knows nothing of the server's inside.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BehaviourId } from './behaviours.ts';
import { CannotRun, type EditorContext, type EditorDriver, eventually, matches, type Outcome, same } from './editor.ts';
import { acceptedReceipts } from './kept-receipts.ts';
import { codeBlock } from './page.ts';
import type { Inside } from './root.ts';
import { sumsFixed, sumsImplemented, sumsText, wordsTests } from './sample.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** What differs between a Neovim of today and an older one. */
interface Edition {
  /** Code blocks of the page that are the user's init.lua. */
  readonly config: readonly string[];
  /** Opens the list of actions. */
  list(terminal: Terminal): Promise<void>;
  /** The key that implements, where the page has one. */
  readonly implementKey?: string;
}

const current: Edition = {
  config: ['install', 'keys'],
  list: (terminal) => terminal.type('gra'),
  implementKey: '\\ji',
};

/** Without `vim.lsp.enable` and the key `gra`. */
const before11: Edition = {
  config: ['neovim-0.10'],
  async list(terminal) {
    await terminal.type(':lua vim.lsp.buf.code_action()');
    await terminal.keys('Enter');
  },
};

interface Session {
  readonly edition: Edition;
  readonly context: EditorContext;
  readonly inside: Inside;
  readonly terminal: Terminal;
  /** Runs Lua that returns something; the answer travels as JSON. */
  lua(code: string): Promise<unknown>;
  text(): Promise<string>;
  /** Puts the cursor, both from 0. */
  cursor(line: number, character: number): Promise<void>;
  /** Chooses an action from the list that `gra` shows. */
  choose(title: string): Promise<void>;
}

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
    const session = await open(current, context, {
      more: beside,
      file: behaviour === 'test-file' ? 'words.py' : 'sums.py',
    });
    return drivers[behaviour](session);
  },
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

const drivers: Record<BehaviourId, (session: Session) => Promise<Outcome>> = {
  async attach(session) {
    const commands = String(
      await session.lua('return table.concat(vim.tbl_keys(vim.api.nvim_buf_get_commands(0, {})), " ")'),
    );
    for (const name of ['JouleRun', 'JouleFix', 'JouleCancel']) matches('buffer commands', commands, new RegExp(name));
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

/** Starts Neovim with the configuration of the page and waits until joule-ls is ready. */
async function open(
  edition: Edition,
  context: EditorContext,
  { more = '', file = 'sums.py', window = '' }: { more?: string; file?: string; window?: string } = {},
): Promise<Session> {
  const inside = await context.inside();
  const page = readFileSync(join(context.clients, 'neovim/README.md'), 'utf8');
  const folder = join(context.home, '.config/nvim');
  mkdirSync(folder, { recursive: true });
  const config = edition.config
    .map((name) => codeBlock(page, name))
    .join('\n')
    .replaceAll('<folder>/clients', context.clients)
    .replaceAll('<folder>', context.server);
  writeFileSync(join(folder, 'init.lua'), `${config}\n${more}`);
  const socket = join(context.home, `nvim${window}.sock`);
  const terminal = await openTerminal(inside, context, {
    command: ['nvim', '--listen', socket, file],
    rows: 20,
    window,
  });
  let count = 0;
  const session: Session = {
    edition,
    context,
    inside,
    terminal,
    async lua(code) {
      const path = join(context.home, `ask${window}-${++count}.lua`);
      writeFileSync(path, `local function f()\n${code}\nend\nreturn vim.json.encode({ f() })`);
      const said = await inside.exec(
        ['timeout', '10', 'nvim', '--server', socket, '--remote-expr', `luaeval("dofile(_A)", "${path}")`],
        { environment: context.environment },
      );
      if (said.code !== 0) throw new Error(`Neovim does not answer; screen:\n${await terminal.screen()}`);
      return (JSON.parse(said.stdout) as unknown[])[0];
    },
    text: async () =>
      String(await session.lua("return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n') .. '\\n'")),
    cursor: async (line, character) =>
      void (await session.lua(`vim.api.nvim_win_set_cursor(0, { ${line + 1}, ${character} })`)),
    async choose(title) {
      await edition.list(terminal);
      const screen = await terminal.shows(title);
      const line = screen.split('\n').find((one) => one.includes(title)) ?? '';
      const number = /(\d+):/.exec(line)?.[1];
      if (number === undefined) throw new Error(`no number before ${title}:\n${screen}`);
      await terminal.type(number);
      await terminal.keys('Enter');
    },
  };
  await eventually('Neovim answers', () => session.lua('return true').catch(() => false));
  await eventually(
    'joule_ls attached',
    () => session.lua("local c = vim.lsp.get_clients({ bufnr = 0, name = 'joule_ls' })[1]; return c and c.initialized"),
    { seen: () => terminal.screen() },
  );
  await offered(session, 'joule: .* J$');
  return session;
}

/** Waits until the list has such a title: right after an edit the server may still be reading. `title` is a Lua pattern. */
async function offered(session: Session, title: string): Promise<void> {
  await eventually(`${title} to be offered`, () =>
    session.lua(`
      local p = vim.lsp.util.make_range_params(0, 'utf-16')
      p.context = { diagnostics = {} }
      for _, r in pairs(vim.lsp.buf_request_sync(0, 'textDocument/codeAction', p, 2000) or {}) do
        for _, a in ipairs(r.result or {}) do if a.title:find('${title}') then return true end end
      end`),
  );
}

/** Lua that starts pyright from npm. @throws CannotRun */
async function pyright(context: EditorContext): Promise<string> {
  const modules = await context.packages(['pyright']);
  const entry = join(modules, 'pyright/langserver.index.js');
  if (!existsSync(entry)) throw new CannotRun('the pyright of npm has no langserver.index.js');
  return `
    vim.lsp.config('pyright', { cmd = { 'node', '${entry}', '--stdio' }, filetypes = { 'python' }, root_markers = { '.git' },
      init_options = { disablePullDiagnostics = true },
      settings = { python = { analysis = { autoSearchPaths = false } } } })
    vim.lsp.enable('pyright')`;
}

async function command(session: Session, text: string): Promise<void> {
  await session.terminal.type(`:${text}`);
  await session.terminal.keys('Enter');
}

/** Starts implement, by its key where there is one, and waits until the engine has been asked. */
async function start(session: Session): Promise<void> {
  const { ollama } = session.context.engine;
  const asked = ollama.request(ollama.requests.length);
  const { implementKey } = session.edition;
  if (implementKey === undefined) await session.choose('joule: Implement add');
  else await session.terminal.type(implementKey);
  await asked;
}

async function implemented(session: Session): Promise<void> {
  await session.choose('joule: Implement add');
  await eventually('the edit', async () => (await session.text()) === sumsImplemented, { seen: () => session.text() });
}

interface Note {
  readonly lnum: number;
  readonly message: string;
  readonly severity: number;
}

async function notes(session: Session, count: number): Promise<readonly Note[]> {
  return eventually(`${count} receipt notes`, async () => {
    const all = (await session.lua(`
      return vim.tbl_map(function(d) return { lnum = d.lnum, message = d.message, severity = d.severity } end,
        vim.tbl_filter(function(d) return d.source == 'joule' end, vim.diagnostic.get(0)))`)) as Note[] | object;
    const list = Array.isArray(all) ? all : [];
    return list.length === count && list;
  });
}

async function complaints(session: Session): Promise<unknown[]> {
  const all = await session.lua(`
    return vim.tbl_map(function(d) return d.message end,
      vim.tbl_filter(function(d) return d.lnum == 7 and d.source ~= 'joule' and d.severity < 3 end, vim.diagnostic.get(0)))`);
  return Array.isArray(all) ? all : [];
}

async function complaint(session: Session): Promise<void> {
  await eventually('the complaint of pyright', async () => (await complaints(session)).length > 0, {
    seconds: 60,
    seen: () =>
      session.lua(
        "return vim.inspect(vim.tbl_map(function(c) return {c.name,c.initialized} end, vim.lsp.get_clients())) .. table.concat(vim.fn.readfile(vim.lsp.log.get_filename()), '\\n')",
      ),
  });
}

async function hovered(session: Session): Promise<void> {
  await session.cursor(2, 8);
  await session.terminal.type('K');
  await session.terminal.shows(/joule · implement, direct · [\d.]+ J/);
}

async function messages(session: Session): Promise<string> {
  return String(await session.lua("return vim.fn.execute('messages')"));
}

/** Neovim answers nobody while it asks for Enter. */
async function answerPrompt(session: Session): Promise<void> {
  await eventually('no question', async () => {
    if (!(await session.terminal.screen()).includes('Press ENTER')) return true;
    await session.terminal.keys('Enter');
    return false;
  });
}

async function changeSettings(session: Session, joule: string): Promise<void> {
  await session.lua(`
    local c = vim.lsp.get_clients({ name = 'joule_ls' })[1]
    c.settings = { joule = ${joule} }
    c:notify('workspace/didChangeConfiguration', { settings = c.settings })`);
}

async function cancelled(session: Session, cancel: () => Promise<void>): Promise<Outcome> {
  const { engine } = session.context;
  engine.loop();
  await start(session);
  await engine.ollama.requests[0]?.sent(2);
  await cancel();
  same('how the request ended', await engine.ollama.requests[0]?.ended, 'closed-by-client');
  await eventually('that it was cancelled', async () => (await messages(session)).includes('cancelled'), {
    seen: () => messages(session),
  });
  same('the buffer', await session.text(), sumsText);
  return 'passed';
}

async function quit(session: Session): Promise<void> {
  await command(session, 'qa!');
  await noProcesses(session);
}

async function noProcesses(session: Session): Promise<void> {
  await eventually('no process left', async () => (await session.inside.processes()).length === 0, {
    seen: async () => (await session.inside.processes()).join('\n'),
  });
}
