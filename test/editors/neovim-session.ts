// A Neovim in a terminal inside the root: its init.lua is what clients/neovim/README.md says, keys and screen go by tmux, buffers
// are looked at by its own RPC (`--remote-expr`). Knows no behaviour.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotRun, type EditorContext, eventually, type Outcome, same } from './editor.ts';
import { codeBlock } from './page.ts';
import type { Inside } from './root.ts';
import { sumsImplemented, sumsText } from './sample.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** What differs between a Neovim of today and an older one. */
export interface Edition {
  /** Code blocks of the page that are the user's init.lua. */
  readonly config: readonly string[];
  /** Opens the list of actions. */
  list(terminal: Terminal): Promise<void>;
  /** The key that implements, where the page has one. */
  readonly implementKey?: string;
}

export const current: Edition = {
  config: ['install', 'keys'],
  list: (terminal) => terminal.type('gra'),
  implementKey: '\\ji',
};

/** Without `vim.lsp.enable` and the key `gra`. */
export const before11: Edition = {
  config: ['neovim-0.10'],
  async list(terminal) {
    await terminal.type(':lua vim.lsp.buf.code_action()');
    await terminal.keys('Enter');
  },
};

export interface NeovimSession {
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

/** Starts Neovim with the configuration of the page and waits until joule-ls is ready. */
export async function open(
  edition: Edition,
  context: EditorContext,
  { more = '', file = 'sums.py', window = '' }: { more?: string; file?: string; window?: string } = {},
): Promise<NeovimSession> {
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
  const session: NeovimSession = {
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
  await eventually('Neovim answers', () => session.lua('return true').catch(() => false), {
    seen: () => terminal.screen(),
  });
  await eventually(
    'joule_ls attached',
    () => session.lua("local c = vim.lsp.get_clients({ bufnr = 0, name = 'joule_ls' })[1]; return c and c.initialized"),
    { seen: () => terminal.screen() },
  );
  await offered(session, 'joule: .* J$');
  return session;
}

/** Waits until the list has such a title: right after an edit the server may still be reading. `title` is a Lua pattern. */
export async function offered(session: NeovimSession, title: string): Promise<void> {
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
export async function pyright(context: EditorContext): Promise<string> {
  const modules = await context.packages(['pyright']);
  const entry = join(modules, 'pyright/langserver.index.js');
  if (!existsSync(entry)) throw new CannotRun('the pyright of npm has no langserver.index.js');
  return `
    vim.lsp.config('pyright', { cmd = { 'node', '${entry}', '--stdio' }, filetypes = { 'python' }, root_markers = { '.git' },
      init_options = { disablePullDiagnostics = true },
      settings = { python = { analysis = { autoSearchPaths = false } } } })
    vim.lsp.enable('pyright')`;
}

export async function command(session: NeovimSession, text: string): Promise<void> {
  await session.terminal.type(`:${text}`);
  await session.terminal.keys('Enter');
}

/** Starts implement, by its key where there is one, and waits until the engine has been asked. */
export async function start(session: NeovimSession): Promise<void> {
  const { ollama } = session.context.engine;
  const asked = ollama.request(ollama.requests.length);
  const { implementKey } = session.edition;
  if (implementKey === undefined) await session.choose('joule: Implement add');
  else await session.terminal.type(implementKey);
  await asked;
}

export async function implemented(session: NeovimSession): Promise<void> {
  await session.choose('joule: Implement add');
  await eventually('the edit', async () => (await session.text()) === sumsImplemented, { seen: () => session.text() });
}

export interface Note {
  readonly lnum: number;
  readonly message: string;
  readonly severity: number;
}

export async function notes(session: NeovimSession, count: number): Promise<readonly Note[]> {
  let seen: readonly Note[] = [];
  return eventually(
    `${count} receipt notes`,
    async () => {
      const all = (await session.lua(`
      return vim.tbl_map(function(d) return { lnum = d.lnum, message = d.message, severity = d.severity } end,
        vim.tbl_filter(function(d) return d.source == 'joule' end, vim.diagnostic.get(0)))`)) as Note[] | object;
      const list = Array.isArray(all) ? all : [];
      seen = list;
      return list.length === count && list;
    },
    { seen: () => JSON.stringify(seen) },
  );
}

export async function complaints(session: NeovimSession): Promise<unknown[]> {
  const all = await session.lua(`
    return vim.tbl_map(function(d) return d.message end,
      vim.tbl_filter(function(d) return d.lnum == 7 and d.source ~= 'joule' and d.severity < 3 end, vim.diagnostic.get(0)))`);
  return Array.isArray(all) ? all : [];
}

export async function complaint(session: NeovimSession): Promise<void> {
  await eventually('the complaint of pyright', async () => (await complaints(session)).length > 0, {
    seconds: 60,
    seen: () =>
      session.lua(
        "return vim.inspect(vim.tbl_map(function(c) return {c.name,c.initialized} end, vim.lsp.get_clients())) .. table.concat(vim.fn.readfile(vim.lsp.log.get_filename()), '\\n')",
      ),
  });
}

export async function hovered(session: NeovimSession): Promise<void> {
  await session.cursor(2, 8);
  await session.terminal.type('K');
  await session.terminal.shows(/joule · implement, direct · [\d.]+ J/);
}

export async function messages(session: NeovimSession): Promise<string> {
  return String(await session.lua("return vim.fn.execute('messages')"));
}

/** Neovim answers nobody while it asks for Enter. */
export async function answerPrompt(session: NeovimSession): Promise<void> {
  await eventually('no question', async () => {
    if (!(await session.terminal.screen()).includes('Press ENTER')) return true;
    await session.terminal.keys('Enter');
    return false;
  });
}

export async function changeSettings(session: NeovimSession, joule: string): Promise<void> {
  await session.lua(`
    local c = vim.lsp.get_clients({ name = 'joule_ls' })[1]
    c.settings = { joule = ${joule} }
    c:notify('workspace/didChangeConfiguration', { settings = c.settings })`);
}

export async function cancelled(session: NeovimSession, cancel: () => Promise<void>): Promise<Outcome> {
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

export async function quit(session: NeovimSession): Promise<void> {
  await command(session, 'qa!');
  await noProcesses(session);
}

export async function noProcesses(session: NeovimSession): Promise<void> {
  await eventually('no process left', async () => (await session.inside.processes()).length === 0, {
    seen: async () => (await session.inside.processes()).join('\n'),
  });
}
