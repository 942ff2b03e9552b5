// Drives VS Code: code-server with the VSIX built from this tree, through Chromium, as a person would: the list of code actions,
// keys, the cancel button, the status bar.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BehaviourId } from './behaviours.ts';
import { type EditorContext, type EditorDriver, eventually, matches, type Outcome, same } from './editor.ts';
import { sumsFixed, sumsImplemented, sumsText, wordsTests } from './sample.ts';
import { buildVsix, findOrMakeVscode } from './vscode-setup.ts';
import {
  type Browser,
  installExtensions,
  launchBrowser,
  openVscodeWindow,
  type VscodeWindow,
  type WindowOptions,
} from './vscode-window.ts';

type Ready = Pick<WindowOptions, 'parts' | 'extensions'>;

interface Session {
  readonly context: EditorContext;
  readonly window: VscodeWindow;
  /** The same editor again: same home, same extensions. */
  again(): Promise<VscodeWindow>;
}

const images = fileURLToPath(new URL('../../clients/vscode/images', import.meta.url));
const implement = /joule: Implement add · [\d.]+–[\d.]+ k?J/;

let ready: Promise<Ready> | undefined;
let open: VscodeWindow[] = [];
let browser: Browser | undefined;

export const vscode: EditorDriver = {
  id: 'vscode',
  title: 'VS Code',
  async version() {
    const { parts } = await prepared();
    const product = join(parts.codeServer, '../../../lib/vscode/product.json');
    const { version, codeServerVersion } = JSON.parse(readFileSync(product, 'utf8'));
    return `${version ?? 'unknown'} (code-server ${codeServerVersion ?? ''})`;
  },
  async run(behaviour, context) {
    const found = await prepared();
    browser = await launchBrowser(found.parts);
    const options = {
      ...found,
      browser,
      context,
      second: behaviour === 'beside' || behaviour === 'fix',
      ...(behaviour === 'attach' ? { settings: untrusted } : {}),
    };
    if (behaviour === 'attach') plantSettings(context);
    if (behaviour === 'engine-down') await context.engine.stop();
    const again = async (): Promise<VscodeWindow> => {
      const window = await openVscodeWindow(options);
      open.push(window);
      await window.cursor(0, 5, behaviour === 'test-file' ? 'words.py' : 'sums.py');
      return window;
    };
    return drivers[behaviour]({ context, window: await again(), again });
  },
  async close() {
    for (const window of open) {
      await window.page.close().catch(() => {});
      await window.end('SIGTERM');
      for (const { pid } of window.processes()) process.kill(pid, 'SIGKILL');
    }
    open = [];
    await browser?.close();
  },
};

function prepared(): Promise<Ready> {
  ready ??= (async () => {
    const parts = findOrMakeVscode((line) => void process.stdout.write(`${line}\n`));
    const folder = mkdtempSync(join(tmpdir(), 'joule-vscode-'));
    const extensions = join(folder, 'extensions');
    await installExtensions(parts, buildVsix(parts), extensions);
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    return { parts, extensions };
  })();
  return ready;
}

const drivers: Record<BehaviourId, (session: Session) => Promise<Outcome>> = {
  async attach({ window, context }) {
    await eventually('our item in the status bar', async () => (await window.status()).includes('joule'));
    await window.list(implement);
    await window.press('Escape');
    same('trusted', await window.ask('return vscode.workspace.isTrusted'), false);
    same('started by the project', existsSync(join(context.project, 'started-by-the-project')), false);
    const known = await window.ask<string[]>('return vscode.commands.getCommands(true)');
    for (const name of ['run', 'fix', 'cancel', 'doctor']) {
      if (!known.includes(`joule-ls.${name}`)) return { failed: `there is no command joule-ls.${name}` };
    }
    await window.press('Control+Shift+P');
    await window.page.keyboard.type('joule doctor');
    await window.press('Enter');
    const terminal = (): Promise<string[]> => window.ask('return vscode.window.terminals.map((one) => one.name)');
    await eventually('the doctor in a terminal', async () => (await terminal()).includes('joule-ls doctor'));
    return 'passed';
  },

  async list({ window, context }) {
    const shown = await window.list(implement);
    await shoot(window, 'list');
    context.keepScreen('actions', shown);
    return 'passed';
  },

  async run({ window }) {
    await runImplement(window);
    await eventually('the answer in the buffer', async () => (await window.text()) !== sumsText);
    return 'passed';
  },

  async progress({ window, context }) {
    const release = context.engine.hold(3);
    await runImplement(window);
    const counting = /joule: Implement add.* worker · qwen2\.5-coder:3b · \d+ tok · [\d.]+ J/;
    const seen = await eventually('joules counting in a notification', async () =>
      (await window.toasts()).find((text) => counting.test(text)),
    );
    matches('status bar', await window.status(), /Implement add · worker · qwen2\.5-coder:3b/);
    await shoot(window, 'progress');
    context.keepScreen('progress', `${seen}\n${await window.status()}`);
    release();
    await eventually('the notification goes', async () =>
      (await window.toasts()).every((text) => !counting.test(text)),
    );
    const today = /[\d.]+ k?J ±\d+ % in 1 answer/;
    await eventually("today's joules in the status bar", async () => today.test(await window.status()));
    return 'passed';
  },

  async edit({ window }) {
    await runImplement(window);
    await implemented(window);
    await window.ask(`await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup')`);
    await window.press('Control+z');
    await eventually('one undo takes it back', async () => (await window.text()) === sumsText, {
      seen: () => window.text(),
    });
    return 'passed';
  },

  async note({ window }) {
    await runImplement(window);
    const [note] = await receiptNotes(window);
    matches('note', note?.message ?? '', /^[\d.]+ k?J ±\d+ % \(CPU [\d.]+\) .*qwen2\.5-coder:3b$/);
    same('line and severity of the note', [note?.line, note?.severity], [2, hint]);
    return 'passed';
  },

  async hover({ window, context }) {
    await runImplement(window);
    await receiptNotes(window);
    const text = await hoverText(window);
    matches('hover', text, /joule · implement, direct · [\d.]+ k?J[\s\S]*worker qwen2\.5-coder:3b[\s\S]*today:/);
    await shoot(window, 'receipt');
    context.keepScreen('hover', text);
    return 'passed';
  },

  async 'key-implement'({ window, context }) {
    await window.list(implement); // by now the file is parsed; the key alone asks only once
    await window.press('Escape', 'Control+Alt+j', 'i');
    await implemented(window);
    await window.press('Control+z');
    await textIs(window, sumsText);

    await window.cursor(0, 5);
    await window.list(implement);
    await window.press('Escape', 'Control+Alt+j', 'r');
    const offers = window.page.locator('.quick-input-widget .monaco-list-row');
    await eventually(
      'the choice',
      async () => (await offers.allInnerTexts()).some((text) => text.includes('Implement')),
      { seen: async () => [...(await offers.allInnerTexts()), ...(await window.toasts())].join('\n') },
    );
    await window.page.keyboard.type('Implement');
    await window.press('Enter');
    const title = window.page.locator('.quick-input-widget .quick-input-title');
    await eventually('the question how', async () => (await title.allInnerTexts()).join().includes('Implement add'));
    await window.page.keyboard.type('in one line');
    await window.press('Enter');
    await implemented(window);
    same('instruction asked of the model', context.engine.ollama.requests.at(-1)?.text.includes('in one line'), true);
    return 'passed';
  },

  async 'cancel-action'({ window, context }) {
    await runEndless(window, context);
    await window.cursor(0, 5);
    await window.list(/joule: Cancel the running job/);
    await window.choose(/joule: Cancel the running job/);
    return cancelled(window, context);
  },

  async 'cancel-command'({ window, context }) {
    await runEndless(window, context);
    await window.page.locator('.notification-toast').filter({ hasText: 'joule: Implement' }).first().hover();
    await window.page.locator('.notification-toast .monaco-button').filter({ hasText: 'Cancel' }).first().click();
    const byButton = await cancelled(window, context);
    if (byButton !== 'passed') return byButton;
    await window.cursor(0, 5);
    await runEndless(window, context);
    await window.press('Control+Alt+j', 'c');
    return cancelled(window, context);
  },

  async rebase({ window, context }) {
    const release = context.engine.hold(2);
    await runImplement(window);
    await onTheWire(context);
    await window.cursor(0, 0);
    await window.page.keyboard.type('# mine\n');
    await eventually('the typed line', async () => (await window.text()).startsWith('# mine\n'));
    release();
    await textIs(window, `# mine\n${sumsImplemented}`);
    return 'passed';
  },

  async kept({ window, context }) {
    const release = context.engine.hold(2);
    await runImplement(window);
    await onTheWire(context);
    await window.cursor(2, 8);
    await window.page.keyboard.type('  # mine');
    const typed = sumsText.replace('pass', 'pass  # mine');
    await textIs(window, typed);
    release();
    await eventually('the message that the answer was kept', async () =>
      (await window.toasts()).some((text) => text.includes('the answer was kept')),
    );
    same('the buffer meanwhile', await window.text(), typed);
    await window.cursor(2, 0);
    await window.list(/joule: Insert the kept result/);
    await window.choose(/joule: Insert the kept result/);
    await eventually('the kept result', async () => (await window.text()).includes('return a + b'), {
      seen: () => window.text(),
    });
    return 'passed';
  },

  async settings({ window }) {
    await runImplement(window);
    same('severity of the note', (await receiptNotes(window))[0]?.severity, hint);
    const set = (key: string, value: unknown): Promise<void> =>
      window.ask(`await vscode.workspace.getConfiguration().update('${key}', ${JSON.stringify(value)}, true)`);
    const asked = (): Promise<string> => askHover(window);
    matches('hover before', await asked(), /joule · implement/);
    await set('joule.hover', 'off');
    await eventually('no hover any more', async () => !(await asked()).includes('joule · implement'));
    await set('joule.hover', undefined);
    await eventually('hover again, by the default', async () => (await asked()).includes('joule · implement'));
    return 'passed';
  },

  async beside({ window }) {
    await eventually("the second server's diagnostic", async () => (await window.notes('second')).length === 1);
    await runImplement(window);
    await receiptNotes(window);
    same('diagnostics of the second server', (await window.notes('second')).length, 1);
    const hover = await askHover(window);
    matches('both in the hover', hover, /joule · implement/);
    matches('both in the hover', hover, /second server was asked/);
    await window.cursor(7, 16);
    const actions = await window.list(/second: do nothing/);
    matches('both in the list', actions, /joule: Fix/);
    return 'passed';
  },

  async fix({ window }) {
    await eventually("the second server's diagnostic", async () => (await window.notes('second')).length === 1);
    await window.cursor(7, 16);
    await window.list(/joule: Fix/);
    await window.press('Escape');
    await window.cursor(7, 4); // on the line, not on the word
    await window.press('Control+Alt+j', 'f');
    await textIs(window, sumsFixed);
    return 'passed';
  },

  async 'engine-down'({ window, context }) {
    await window.list(/joule: Implement add/);
    await window.choose(/joule: Implement add/);
    const toasts = await eventually(
      'one message, and the notification of the job gone',
      async () => {
        const found = await window.toasts();
        return found.length === 1 && /ollama/i.test(found[0] ?? '') && found;
      },
      { seen: async () => (await window.toasts()).join('\n') },
    );
    context.keepScreen('engine-down', toasts.join('\n'));
    matches('the message says what to do', toasts[0] ?? '', /ollama serve/);
    same('the buffer', await window.text(), sumsText);
    return 'passed';
  },

  async 'test-file'({ window, context }) {
    await window.list(/joule: .*[Tt]est/);
    await window.choose(/joule: .*[Tt]est/);
    const path = join(context.project, 'test_words.py');
    const made = (): Promise<string> => window.text('test_words.py').catch(() => '');
    await eventually('the new file', async () => existsSync(path) && (await made()) === wordsTests, { seen: made });
    return 'passed';
  },

  async restart(session) {
    const { window } = session;
    await runImplement(window);
    await receiptNotes(window);
    await window.press('Control+s');
    const path = join(session.context.project, 'sums.py');
    await eventually('the file is saved', () => readFileSync(path, 'utf8') === sumsImplemented);
    await window.page.close();
    await window.end('SIGTERM');
    const next = await session.again();
    await receiptNotes(next);
    matches('hover', await hoverText(next), /joule · implement/);
    await eventually("today's joules", async () => /in 1 answer/.test(await next.status()));
    return 'passed';
  },

  async exit({ window }) {
    await runImplement(window);
    await implemented(window);
    if (!servers(window)) return { failed: 'no process of the server was seen' };
    await window.page.close();
    await window.end('SIGTERM');
    await eventually('no process left', () => window.processes().length === 0, { seen: () => seenProcesses(window) });
    return 'passed';
  },

  async killed({ window, context }) {
    await runEndless(window, context);
    if (!servers(window)) return { failed: 'no process of the server was seen' };
    for (const { pid, command } of window.processes()) {
      if (!command.includes('server/main.js')) process.kill(pid, 'SIGKILL');
    }
    await eventually('no process left', () => window.processes().length === 0, { seen: () => seenProcesses(window) });
    await eventually('no engine request left', async () => (await context.engine.unfinished()) === 0);
    same('the file', readFileSync(join(context.project, 'sums.py'), 'utf8'), sumsText);
    return 'passed';
  },
};

/** A folder is not trusted, and nobody is asked whether it is. */
const untrusted = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };

/** A project that would like to have a command of its own started as the server. */
function plantSettings({ project }: EditorContext): void {
  mkdirSync(join(project, '.vscode'));
  const settings = { 'joule-ls.serverCommand': ['touch', join(project, 'started-by-the-project')] };
  writeFileSync(join(project, '.vscode/settings.json'), JSON.stringify(settings));
}

/** `vscode.DiagnosticSeverity.Hint` */
const hint = 3;

async function runImplement(window: VscodeWindow): Promise<void> {
  await window.list(implement);
  await window.choose(implement);
}

async function runEndless(window: VscodeWindow, context: EditorContext): Promise<void> {
  context.engine.loop();
  const before = context.engine.ollama.requests.length;
  await window.list(/joule: Implement add/);
  await window.choose(/joule: Implement add/);
  await eventually('the engine is asked', () => context.engine.ollama.requests.length > before);
  await eventually('a notification', async () => (await window.toasts()).some((text) => /joule: Implement/.test(text)));
}

async function onTheWire({ engine }: EditorContext): Promise<void> {
  await (await engine.ollama.request(0)).sent(2);
}

async function cancelled(window: VscodeWindow, { engine }: EditorContext): Promise<Outcome> {
  await eventually('the engine stops', async () => (await engine.unfinished()) === 0);
  await eventually('the notification goes', async () =>
    (await window.toasts()).every((text) => !/Implement/.test(text)),
  );
  same('the buffer', await window.text(), sumsText);
  return 'passed';
}

async function implemented(window: VscodeWindow): Promise<void> {
  await textIs(window, sumsImplemented);
}

async function textIs(window: VscodeWindow, expected: string): Promise<void> {
  await eventually('the expected text', async () => (await window.text()) === expected, { seen: () => window.text() });
}

async function receiptNotes(window: VscodeWindow): Promise<Awaited<ReturnType<VscodeWindow['notes']>>> {
  return eventually('the receipt note', async () => {
    const notes = await window.notes('joule');
    return notes.length === 1 && notes;
  });
}

/** What the hover of line 2 shows, as a person sees it. */
async function hoverText(window: VscodeWindow): Promise<string> {
  await window.cursor(2, 6);
  return eventually('a hover', async () => {
    await window.ask(`await vscode.commands.executeCommand('editor.action.showHover')`);
    const texts = await window.page.locator('.monaco-hover:not(.hidden)').allInnerTexts();
    return texts.map((text) => text.trim()).find((text) => text.includes('joule ·'));
  });
}

/** What all hover providers answer there. */
function askHover(window: VscodeWindow): Promise<string> {
  return window.ask(`
    const uri = vscode.window.activeTextEditor.document.uri;
    const found = await vscode.commands.executeCommand('vscode.executeHoverProvider', uri, new vscode.Position(2, 6));
    return found.flatMap((one) => one.contents.map((part) => part.value ?? String(part))).join('\\n')`);
}

function servers(window: VscodeWindow): boolean {
  return window.processes().some(({ command }) => command.includes('server/main.js'));
}

function seenProcesses(window: VscodeWindow): string {
  return window
    .processes()
    .map(({ pid, command }) => `${pid} ${command}`)
    .join('\n');
}

/** Real pictures for the page, when asked for: JOULE_LS_SCREENSHOTS=1. */
async function shoot(window: VscodeWindow, name: string): Promise<void> {
  if (process.env.JOULE_LS_SCREENSHOTS) await window.page.screenshot({ path: join(images, `${name}.png`) });
}
