// A Helix in a terminal inside the root: keys in, screen text out, buffers compared by writing them. Its configuration is what
// clients/helix holds, word by word. Knows no behaviour.

import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EditorContext, eventually, type Outcome, same } from './editor.ts';
import { codeBlock } from './page.ts';
import type { Inside } from './root.ts';
import { sumsImplemented, sumsText } from './sample.ts';
import { openTerminal, type Terminal } from './terminal.ts';

export interface HelixSession {
  readonly context: EditorContext;
  readonly inside: Inside;
  readonly terminal: Terminal;
  command(text: string): Promise<void>;
  /** Puts the cursor, both from 1. */
  cursor(line: number, column?: number): Promise<void>;
  /** The buffer, by writing it to its file. */
  text(): Promise<string>;
  /** Opens the list of actions, goes to the one with this title and takes it. */
  choose(title: string): Promise<void>;
}

export const implementTitle = 'joule: Implement add';

export async function open(context: EditorContext, file: string, offered = true, window = ''): Promise<HelixSession> {
  const inside = await context.inside();
  const folder = join(context.home, '.config/helix');
  if (!existsSync(join(folder, 'config.toml'))) {
    mkdirSync(folder, { recursive: true });
    cpSync(join(context.clients, 'helix/languages.toml'), join(folder, 'languages.toml'));
    const page = readFileSync(join(context.clients, 'helix/README.md'), 'utf8');
    writeFileSync(join(folder, 'config.toml'), codeBlock(page, 'config'));
  }
  const terminal = await openTerminal(inside, context, { command: ['hx', file], window });
  const session: HelixSession = {
    context,
    inside,
    terminal,
    async command(text) {
      await terminal.keys('Escape');
      await terminal.type(`:${text}`);
      await terminal.keys('Enter');
    },
    async cursor(line, column = 1) {
      await terminal.keys('Escape');
      await terminal.type(`${line}gggh`);
      if (column > 1) await terminal.type(`${column - 1}l`);
    },
    async text() {
      const path = join(context.project, file);
      const at = join(context.home, `written-${performance.now()}`);
      await session.command(`write! ${path}`);
      await session.command(`run-shell-command touch ${at}`);
      await eventually('the buffer is written', () => existsSync(at), { seen: () => terminal.screen() });
      await terminal.keys('Escape');
      return readFileSync(path, 'utf8');
    },
    async choose(title) {
      await eventually(
        title,
        async () => {
          await terminal.type(' a');
          return terminal.shows(title, 2).catch(() => terminal.keys('Escape').then(() => undefined));
        },
        { seen: () => terminal.screen(), seconds: 30 },
      );
      const listed = (await terminal.screen()).split('\n').filter((line) => /joule: |second: /.test(line));
      const place = listed.findIndex((line) => line.includes(title));
      // The first entry is selected already.
      for (let step = 0; step < place; step++) await terminal.keys('Down');
      await terminal.keys('Enter');
    },
  };
  await terminal.shows(file);
  if (offered) {
    await eventually(
      'an action to be offered',
      async () => {
        await terminal.type(' a');
        const shown = await terminal.shows(/joule: .* J/, 1).catch(() => undefined);
        await terminal.keys('Escape');
        return shown;
      },
      { seen: () => terminal.screen(), seconds: 30 },
    );
    await terminal.hides('joule: ');
  }
  return session;
}

export async function start(session: Pick<HelixSession, 'context' | 'choose'>): Promise<void> {
  const { ollama } = session.context.engine;
  const asked = ollama.request(ollama.requests.length);
  await session.choose(implementTitle);
  await asked;
}

export async function implemented(session: HelixSession): Promise<void> {
  await session.choose(implementTitle);
  await session.terminal.shows('return a + b');
  same('the buffer', await session.text(), sumsImplemented);
}

export async function noteShown(session: HelixSession): Promise<string> {
  return session.terminal.shows(/return a \+ b .*[\d.]+ J/);
}

export async function hovered(session: HelixSession): Promise<string> {
  await session.cursor(3, 8);
  await session.terminal.type(' k');
  return session.terminal.shows(/joule · implement, direct · [\d.]+ J/);
}

export async function cancelled(session: HelixSession, cancel: () => Promise<void>): Promise<Outcome> {
  const { engine } = session.context;
  engine.loop();
  await start(session);
  await engine.ollama.requests[0]?.sent(2);
  await cancel();
  same('how the request ended', await engine.ollama.requests[0]?.ended, 'closed-by-client');
  same('the buffer', await session.text(), sumsText);
  return 'passed';
}

export async function quit(session: HelixSession): Promise<void> {
  await session.command('quit-all!');
  await noProcesses(session);
}

export async function noProcesses(session: HelixSession): Promise<void> {
  await eventually('no process left', async () => (await session.inside.processes()).length === 0, {
    seen: async () => (await session.inside.processes()).join('\n'),
  });
}
