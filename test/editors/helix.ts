// The behaviours of editors/behaviours.ts, done in Helix by its own keys and commands. Knows nothing of the server's inside.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BehaviourId } from './behaviours.ts';
import { type EditorDriver, eventually, installProgram, type Outcome, same } from './editor.ts';
import { followHelixPage } from './helix-page.ts';
import {
  cancelled,
  type HelixSession,
  hovered,
  implemented,
  implementTitle,
  noProcesses,
  noteShown,
  open,
  quit,
  start,
} from './helix-session.ts';
import { acceptedReceipts } from './kept-receipts.ts';
import { reportOpened } from './opened.ts';
import { begunLine, completion, sumsCompleted, sumsFixed, sumsImplemented, sumsText, wordsTests } from './sample.ts';

export const helix: EditorDriver = {
  id: 'helix',
  title: 'Helix',
  async version(context) {
    const inside = await context.inside();
    const said = await inside.exec(['hx', '--version'], { environment: context.environment });
    return said.stdout.trim().replace(/^helix /, '');
  },
  async run(behaviour, context) {
    const beside = behaviour === 'beside' || behaviour === 'fix';
    // A pyright that is the second server: the page's languages.toml names it.
    if (beside) installProgram(context, 'pyright-langserver', `exec node "${context.secondServer}" --stdio`);
    return drivers[behaviour](await open(context, behaviour === 'test-file' ? 'words.py' : 'sums.py'));
  },
  followPage: followHelixPage,
};

const noKey = 'Helix binds no key to an action of a kind; the list and Enter are needed';

const drivers: Record<BehaviourId, (session: HelixSession) => Promise<Outcome>> = {
  async attach({ inside, context }) {
    const health = await inside.exec(['hx', '--health', 'python'], { environment: context.environment });
    if (!/joule-ls/.test(health.stdout)) return { failed: `hx --health python: ${health.stdout}` };
    return 'passed';
  },

  async list({ terminal, context }) {
    await terminal.type(' a');
    context.keepScreen('actions', await terminal.shows(/joule: Implement add · [\d.]+–[\d.]+ k?J/));
    return 'passed';
  },

  async run(session) {
    await session.choose(implementTitle);
    await session.terminal.shows('return a + b');
    return 'passed';
  },

  async progress({ terminal, context, ...session }) {
    const release = context.engine.hold(4);
    await session.choose(implementTitle);
    context.keepScreen('progress', await terminal.shows(/worker · qwen2\.5-coder:3b · \d+ tok/));
    release();
    await terminal.shows('return a + b');
    return 'passed';
  },

  async edit(session) {
    await implemented(session);
    await session.terminal.type('u');
    await session.terminal.hides('return a + b');
    same('after one undo', await session.text(), sumsText);
    return 'passed';
  },

  async note(session) {
    await implemented(session);
    session.context.keepScreen('receipt', await noteShown(session));
    return 'passed';
  },

  async hover(session) {
    await implemented(session);
    await noteShown(session);
    session.context.keepScreen('hover', await hovered(session));
    return 'passed';
  },

  'key-implement': async () => ({ cannot: noKey }),

  'cancel-action': (session) => cancelled(session, () => session.choose('joule: Cancel the running job')),

  'cancel-command': (session) => cancelled(session, () => session.terminal.type(' jc')),

  async report(session) {
    await implemented(session);
    await noteShown(session);
    await session.terminal.type(' jp');
    await reportOpened(session.context);
    return 'passed';
  },

  async rebase(session) {
    const release = session.context.engine.hold();
    await start(session);
    await session.terminal.type('ggO# typed meanwhile');
    await session.terminal.keys('Escape');
    release();
    await session.terminal.shows('return a + b');
    same('the buffer', await session.text(), `# typed meanwhile\n${sumsImplemented}`);
    return 'passed';
  },

  async kept(session) {
    const release = session.context.engine.hold();
    await start(session);
    await session.cursor(3);
    await session.terminal.type('xcreturn 7');
    await session.terminal.keys('Escape');
    const typed = await session.text();
    if (!typed.includes('return 7') || typed.includes('pass')) return { failed: `typing gave ${typed}` };
    release();
    await session.terminal.shows('kept');
    same('the buffer', await session.text(), typed);
    await session.choose('joule: Insert the kept result');
    await session.terminal.shows('return a + b');
    return 'passed';
  },

  async settings(session) {
    await implemented(session);
    await noteShown(session);
    const path = join(session.context.home, '.config/helix/languages.toml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('receipts = "hint"', 'receipts = "off"'));
    await session.command('config-reload');
    const told = await session.terminal.hides(/return a \+ b .*\d J/, 4).catch(() => undefined);
    if (told !== undefined) return 'passed';
    await quit(session);
    const again = await open(session.context, 'sums.py');
    await again.terminal.hides(/\d J/);
    return {
      cannot: 'Helix tells a running server nothing on :config-reload; the new setting counted from the next start',
    };
  },

  async beside(session) {
    await session.terminal.shows('"value" is not defined');
    await session.terminal.type(' a');
    await session.terminal.shows('second: do nothing');
    await session.terminal.keys('Escape');
    await implemented(session);
    await noteShown(session);
    await session.cursor(3, 8);
    await session.terminal.type(' k');
    await session.terminal.shows(/second server was asked|joule · implement/);
    if (!/\[[12]\/2\]/.test(await session.terminal.screen())) {
      return { cannot: "this Helix shows one server's hover only; list, complaint, edit and note of both were there" };
    }
    const pages = [await session.terminal.screen()];
    await session.terminal.keys('M-n');
    await eventually('the other page', async () => {
      pages[1] = await session.terminal.screen();
      return pages[1] !== pages[0];
    });
    const both = pages.join('\n');
    if (!both.includes('second server was asked') || !both.includes('joule · implement')) {
      return { failed: `hover pages: ${both}` };
    }
    return 'passed';
  },

  async fix(session) {
    await session.terminal.shows('"value" is not defined');
    await session.cursor(8, 17);
    await session.choose('joule: Fix');
    await session.terminal.shows('sum(values)');
    same('the buffer', await session.text(), sumsFixed);
    await session.terminal.hides('is not defined');
    return { cannot: `${noKey}; chosen from the list, the fix of the second server's diagnostic was applied` };
  },

  async 'engine-down'(session) {
    await session.context.engine.stop();
    await session.choose(implementTitle);
    session.context.keepScreen('no-engine', await session.terminal.shows(/ollama serve|engine install/));
    same('the buffer', await session.text(), sumsText);
    return 'passed';
  },

  async budget(session) {
    const path = join(session.context.home, '.config/helix/languages.toml');
    const settings = 'receipts = "hint"\nbudget = { actionJoules = 0.001 }';
    writeFileSync(path, readFileSync(path, 'utf8').replace('receipts = "hint"', settings));
    await quit(session);
    const again = await open(session.context, 'sums.py');
    await again.choose(implementTitle);
    session.context.keepScreen('budget', await again.terminal.shows(/raise joule\.budget\.actionJoules/));
    same('requests to the engine', session.context.engine.ollama.requests.length, 0);
    same('the buffer', await again.text(), sumsText);
    return 'passed';
  },

  async 'test-file'(session) {
    await session.choose('joule: Write tests for slug');
    const path = join(session.context.project, 'test_words.py');
    await eventually('the new file', () => existsSync(path), { seen: () => session.terminal.screen() });
    // It is a buffer that is not shown.
    await session.command('write-all');
    await eventually('its text', () => readFileSync(path, 'utf8').trimEnd() === wordsTests.trimEnd(), {
      seen: () => readFileSync(path, 'utf8'),
    });
    return 'passed';
  },

  async restart(session) {
    await implemented(session);
    await noteShown(session);
    await quit(session);
    const again = await open(session.context, 'sums.py', false);
    await noteShown(again);
    await hovered(again);
    return 'passed';
  },

  async 'two-windows'(session) {
    const other = await open(session.context, 'sums.py', true, '-other');
    await implemented(session);
    await other.command('reload');
    await other.terminal.shows('return a + b');
    await noteShown(other);
    await hovered(other);
    for (const window of [session, other]) {
      await window.cursor(3);
      await window.terminal.type('xc    pass');
      await window.terminal.keys('Enter', 'Escape');
      await window.terminal.hides('return a + b');
      await window.cursor(1);
    }
    const release = session.context.engine.hold();
    await start(session);
    await start(other);
    release();
    for (const window of [session, other]) await noteShown(window);
    await eventually('three receipts', () => acceptedReceipts(session.context) === 3);
    return 'passed';
  },

  async menu(session) {
    await session.cursor(8, 5);
    await session.terminal.type('O');
    await session.terminal.type(begunLine);
    // A model that takes longer than the menu may wait has its answer there when it is asked again.
    const screen = await eventually(
      'the item in the menu',
      async () => {
        await session.terminal.keys('C-x');
        return session.terminal.shows(completion, 2).catch(() => undefined);
      },
      { seen: () => session.terminal.screen() },
    );
    session.context.keepScreen('menu', screen);
    await session.terminal.keys('Tab', 'Enter', 'Escape');
    same('the buffer', await session.text(), sumsCompleted);
    await eventually('the acceptance on the ledger', () => acceptedReceipts(session.context) === 1);
    return 'passed';
  },

  ghost: async () => ({ cannot: 'Helix shows no ghost text of language servers' }),

  async exit(session) {
    await implemented(session);
    await quit(session);
    return 'passed';
  },

  async killed(session) {
    session.context.engine.loop();
    await start(session);
    await session.inside.exec(['pkill', '-9', '-x', 'hx'], { environment: session.context.environment });
    await noProcesses(session);
    await eventually('the engine is left alone', async () => (await session.context.engine.unfinished()) === 0);
    same('the file', readFileSync(join(session.context.project, 'sums.py'), 'utf8'), sumsText);
    return 'passed';
  },
};
