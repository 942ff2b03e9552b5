// What is done for each name on the page of VS Code. Every step leaves the window as it found it.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EditorContext, eventually, matches, same } from './editor.ts';
import { sumsCompleted, sumsFixed, sumsText } from './sample.ts';
import { beginLine, ghostShows, menuShows, switchAutomatic } from './vscode-completion.ts';
import { checkVsix } from './vscode-package.ts';
import type { Shell } from './vscode-page.ts';
import {
  cancelled,
  implement,
  implemented,
  largeTerminal,
  receiptNotes,
  runEndless,
  runImplement,
  shoot,
  textIs,
} from './vscode-steps.ts';
import type { VscodeWindow } from './vscode-window.ts';

export interface Walk {
  readonly window: VscodeWindow;
  readonly context: EditorContext;
  readonly shell: Shell;
  /** The page's text. */
  readonly page: string;
}

type Step = (walk: Walk) => Promise<void>;

const mine = `${process.platform}-${process.arch}`;

/** By the name as the page has it, in backquotes or asterisks. */
export const vscodePageSteps: Readonly<Record<string, Step>> = {
  'npm run package': async ({ shell }) => {
    for (const target of ['universal', mine]) await checkVsix(vsixOf(shell, target), target);
  },
  'build/vscode/': async ({ shell }) => same('the folder', existsSync(join(shell.folder, 'build/vscode')), true),
  'joule-ls-0.1.0-linux-x64.vsix': async ({ shell }) =>
    same('named like this one', existsSync(vsixOf(shell, mine)), true),
  'npm run package -- all': async ({ shell }) => {
    await shell.run('npm run package -- all', join(shell.folder, 'clients/vscode'));
    const targets = ['linux', 'alpine', 'darwin', 'win32'].flatMap((system) => [`${system}-x64`, `${system}-arm64`]);
    for (const target of targets) await checkVsix(vsixOf(shell, target), target);
  },
  'code-server': installedBy('code-server'),
  code: installedBy('code'),

  'Joule: Doctor': async ({ window }) => {
    await window.palette('Joule: Doctor');
    await largeTerminal(window);
    const said = await window.terminalShows(/Places/);
    matches('an engine', said, /\+ ollama .*qwen2\.5-coder:3b/);
    matches('what is measured', said, /\+ CPU: .*hardware counter/);
    matches('the GPU', said, /- nvml: koffi, .* is not installed here\s+install joule-ls-\S+\.vsix instead/);
    await shoot(window, 'doctor');
    await closeTerminals(window);
  },
  'Write code with local models, and see what it costs': async ({ window }) => {
    await window.ask(
      `await vscode.commands.executeCommand('workbench.action.openWalkthrough', 'joule-ls.joule-ls#start')`,
    );
    const shown = window.page.locator('.gettingStartedContainer');
    await eventually('the walkthrough', async () =>
      /An engine and a model[\s\S]*Ask for code[\s\S]*Read what it cost/.test((await shown.allInnerTexts()).join()),
    );
    await shoot(window, 'walkthrough');
    await window.page
      .locator('.gettingStartedContainer .monaco-button')
      .filter({ hasText: 'Run the doctor' })
      .first()
      .click();
    await window.terminalShows(/Places/);
    await closeTerminals(window);
    await window.ask(`await vscode.commands.executeCommand('workbench.action.closeActiveEditor')`);
  },
  'Welcome: Open Walkthrough...': async ({ window }) => {
    await window.palette('Welcome: Open Walkthrough...');
    await window.page.keyboard.type('Write code with local');
    const offers = window.page.locator('.quick-input-widget .monaco-list-row');
    await eventually('ours among them', async () =>
      /Write code with local models/.test((await offers.allInnerTexts()).join()),
    );
    await window.press('Escape');
  },

  'Ctrl+.': async (walk) => {
    await fresh(walk);
    await walk.window.list(implement);
    await walk.window.press('Escape');
  },
  'Ctrl+Alt+J I': async (walk) => {
    await fresh(walk);
    await walk.window.press('Control+Alt+j', 'i');
    await implemented(walk.window);
  },
  'Ctrl+Alt+J F': async (walk) => {
    await fresh(walk, { line: 7, character: 4 });
    await walk.window.ask(`
      globalThis.linter ??= vscode.languages.createDiagnosticCollection('linter');
      const range = new vscode.Range(7, 15, 7, 20);
      linter.set(vscode.window.activeTextEditor.document.uri, [new vscode.Diagnostic(range, 'value is not defined')]);`);
    await walk.window.press('Control+Alt+j', 'f');
    await textIs(walk.window, sumsFixed);
    await walk.window.ask('linter.clear()');
  },
  'Ctrl+Alt+J R': async (walk) => {
    const { window, context } = walk;
    await fresh(walk);
    await window.press('Control+Alt+j', 'r');
    const offers = window.page.locator('.quick-input-widget .monaco-list-row');
    await eventually('the choice', async () =>
      (await offers.allInnerTexts()).some((text) => text.includes('Implement')),
    );
    await window.page.keyboard.type('Implement');
    await window.press('Enter');
    const title = window.page.locator('.quick-input-widget .quick-input-title');
    await eventually('the question how', async () => (await title.allInnerTexts()).join().includes('Implement add'));
    await window.page.keyboard.type('as the page says');
    await window.press('Enter');
    await implemented(window);
    same('the words', context.engine.ollama.requests.at(-1)?.text.includes('as the page says'), true);
  },
  'Ctrl+Alt+J C': async (walk) => {
    await fresh(walk);
    await endless(walk, () => walk.window.press('Control+Alt+j', 'c'));
  },
  'Ctrl+Space': async (walk) => {
    await fresh(walk);
    await beginLine(walk.window);
    await menuShows(walk.window);
    await walk.window.press('Escape');
  },
  '"joule.completion": { "automatic": "on" }': async (walk) => {
    await switchAutomatic(walk.window, { automatic: 'on' });
    await fresh(walk);
    await beginLine(walk.window);
    await ghostShows(walk.window);
  },
  Tab: async ({ window }) => {
    await window.press('Tab');
    await textIs(window, sumsCompleted);
    await switchAutomatic(window, undefined);
  },
  Cmd: macKeys,
  Ctrl: macKeys,
  Joule: async ({ window }) => {
    await window.press('Control+Shift+P');
    await window.page.keyboard.type('Joule: ');
    const offers = window.page.locator('.quick-input-widget .monaco-list-row');
    const titles = [
      'Run Here',
      'Fix the Problem',
      'Cancel What Runs',
      'Show the Report',
      'Doctor',
      'Install the Embedded Engine',
      'Restart',
    ];
    await eventually('all commands', async () => {
      const shown = (await offers.allInnerTexts()).join('\n');
      return titles.every((title) => shown.includes(`Joule: ${title}`));
    });
    await shoot(window, 'palette');
    await window.press('Escape');
  },
  'Show the Report': async ({ window }) => {
    await window.palette('Joule: Show the Report');
    await eventually('where the report is', async () =>
      (await window.toasts()).some((text) => /the report is in \S+report\.html/.test(text)),
    );
  },
  'Restart the Server': async (walk) => {
    const before = serverPids(walk);
    await walk.window.palette('Joule: Restart the Server');
    await eventually('another server', () => serverPids(walk).some((pid) => !before.includes(pid)));
    await eventually('the old one gone', () => serverPids(walk).every((pid) => !before.includes(pid)));
  },
  'Install the Embedded Engine': async ({ window }) => {
    // No registry answers in this world: what it says then is what shows that it was started.
    await window.palette('Joule: Install the Embedded Engine');
    await window.terminalShows(/npm/);
    await closeTerminals(window);
  },
  'keybindings.json': async (walk) => {
    await fresh(walk);
    const before = walk.context.engine.ollama.requests.length;
    await walk.window.press('Control+Alt+j', 'd');
    await eventually('a request for documentation', () => walk.context.engine.ollama.requests.length > before);
    matches('it', walk.context.engine.ollama.requests.at(-1)?.text ?? '', /docstring|document/i);
    await eventually('its end', async () => (await walk.context.engine.unfinished()) === 0);
  },

  'the status bar item': async (walk) => {
    await fresh(walk);
    await endless(walk, async () => {
      await walk.window.page.locator('.statusbar-item[id*="joule-ls"]').first().click();
    });
  },
  'joule: Cancel the running job': async (walk) => {
    await fresh(walk);
    await endless(walk, async () => {
      await walk.window.cursor(0, 5);
      await walk.window.list(/joule: Cancel the running job/);
      await walk.window.choose(/joule: Cancel the running job/);
    });
  },

  'joule.*': async ({ window }) => {
    await window.ask(`await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:joule-ls.joule-ls')`);
    const count = window.page.locator('.settings-count-widget');
    const all = await window.ask<number>(`
      const { packageJSON } = vscode.extensions.getExtension('joule-ls.joule-ls');
      const names = Object.keys(packageJSON.contributes.configuration.properties);
      return names.filter((name) => name.startsWith('joule.')).length`);
    await eventually('all settings', async () => (await count.allInnerTexts()).join().startsWith(`${all} Settings`), {
      seen: async () => (await count.allInnerTexts()).join(),
    });
    await shoot(window, 'settings');
    await window.ask(`await vscode.commands.executeCommand('workbench.action.closeActiveEditor')`);
  },
  'config.json': async (walk) => {
    await withOwnersConfig(walk, { hover: 'off' }, async () => {
      await fresh(walk);
      await runImplement(walk.window);
      await receiptNotes(walk.window);
      const hovers = await walk.window.ask<number>(`
        const { document } = vscode.window.activeTextEditor;
        const found = await vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, new vscode.Position(2, 6));
        return found.filter((one) => one.contents.some((part) => String(part.value).includes('joule · implement'))).length`);
      same('hovers', hovers, 0);
    });
  },
  'joule-ls.serverCommand': async (walk) => {
    const { window, context } = walk;
    await fresh(walk);
    const command = join(context.server, 'bin/joule-ls');
    await machineAlone(walk, 'joule-ls.serverCommand', [command]);
    await set(walk, 'joule-ls.serverCommand', [command]);
    const other = (): boolean =>
      window.processes().some((one) => one.command.includes(`${context.server}/dist/main.js`));
    await eventually('the other server', other);
    await set(walk, 'joule-ls.serverCommand', undefined);
    await eventually('the one inside again', () => !other() && serverPids(walk).length > 0);
  },
  'joule-ls.ollamaHost': async (walk) => {
    await machineAlone(walk, 'joule-ls.ollamaHost', '127.0.0.1:1');
    await whileAsking(walk, '127.0.0.1:1', /does not answer at http:\/\/127\.0\.0\.1:1;/);
  },
  allowRemote: (walk) => whileAsking(walk, 'http://192.0.2.7:11434', /192\.0\.2\.7.*"allowRemote": true/),
  '"joule.receipts": "information"': async (walk) => {
    await set(walk, 'joule.receipts', 'information');
    await fresh(walk);
    await runImplement(walk.window);
    await eventually('a note as information', async () => (await receiptNotes(walk.window))[0]?.severity === 2);
  },
  Problems: async (walk) => {
    await walk.window.ask(`await vscode.commands.executeCommand('workbench.panel.markers.view.focus')`);
    const rows = walk.window.page.locator('.markers-panel .monaco-list-row');
    await eventually('the receipt in Problems', async () => /k?J ±\d+ %/.test((await rows.allInnerTexts()).join()), {
      seen: async () => (await rows.allInnerTexts()).join('\n'),
    });
    await shoot(walk.window, 'problems');
    await walk.window.ask(`await vscode.commands.executeCommand('workbench.action.closePanel')`);
    await set(walk, 'joule.receipts', undefined);
  },

  'npm run test:editors': async ({ shell }) => {
    const { scripts } = JSON.parse(readFileSync(join(shell.folder, 'package.json'), 'utf8'));
    matches('this very run', scripts['test:editors'], /test\/editors\/run\.ts/);
  },
};

function vsixOf({ folder }: Shell, target: string): string {
  return join(folder, `build/vscode/joule-ls-0.1.0-${target}.vsix`);
}

function installedBy(program: string): Step {
  return async ({ shell, page }) => {
    const line = /^code (--install-extension .*)$/m.exec(page)?.[1];
    const said = await shell.run(`${program} ${line} --force`, join(shell.folder, 'clients/vscode'));
    matches('what it says', said, /was successfully installed/);
  };
}

/** `sums.py` as it was at first, no message, an engine that answers. */
async function fresh({ window, context }: Walk, { line = 0, character = 5, offer = implement } = {}): Promise<void> {
  context.engine.answer();
  await window.cursor(0, 5);
  await window.ask(`
    const { document } = vscode.window.activeTextEditor;
    const edit = new vscode.WorkspaceEdit();
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    if (document.getText() !== ${JSON.stringify(sumsText)}) edit.replace(document.uri, whole, ${JSON.stringify(sumsText)});
    await vscode.workspace.applyEdit(edit);
    await vscode.commands.executeCommand('notifications.clearAll');`);
  await textIs(window, sumsText);
  await window.cursor(0, 5);
  await window.list(offer);
  await window.press('Escape');
  await window.cursor(line, character);
}

async function endless({ window, context }: Walk, cancel: () => Promise<void>): Promise<void> {
  await runEndless(window, context);
  await cancel();
  const outcome = await cancelled(window, context);
  if (outcome !== 'passed') throw new Error(JSON.stringify(outcome));
}

async function macKeys({ window }: Walk): Promise<void> {
  const keys = await window.ask<{ key: string; mac: string }[]>(
    `return vscode.extensions.getExtension('joule-ls.joule-ls').packageJSON.contributes.keybindings`,
  );
  for (const { key, mac } of keys) same(`${key} on a Mac`, mac, key.replace('ctrl', 'cmd'));
}

function serverPids({ window }: Walk): number[] {
  return window.processes().flatMap(({ pid, command }) => (/server\/main\.js --stdio/.test(command) ? [pid] : []));
}

async function closeTerminals(window: VscodeWindow): Promise<void> {
  await window.ask(`
    for (const one of vscode.window.terminals) one.dispose();
    await vscode.commands.executeCommand('workbench.action.closePanel');`);
}

function set({ window }: Walk, key: string, value: unknown): Promise<void> {
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  return window.ask(`await vscode.workspace.getConfiguration().update('${key}', ${text}, true)`);
}

/** VS Code does not take it from a workspace. */
async function machineAlone({ window }: Walk, key: string, value: unknown): Promise<void> {
  const refused = await window.ask<string>(`
    return vscode.workspace.getConfiguration().update('${key}', ${JSON.stringify(value)}, false)
      .then(() => 'written', (error) => String(error))`);
  matches(`${key} in a workspace`, refused, /only into User settings/);
}

/** An action while the server is given that host, and the one message that comes. */
async function whileAsking(walk: Walk, host: string, expected: RegExp): Promise<void> {
  const { window } = walk;
  await set(walk, 'joule-ls.ollamaHost', host);
  // No engine, so no prediction.
  const offer = /joule: Implement add/;
  await fresh(walk, { offer });
  await window.list(offer);
  await window.choose(offer);
  await eventually('the message', async () => (await window.toasts()).some((text) => expected.test(text)), {
    seen: async () => (await window.toasts()).join('\n'),
  });
  await set(walk, 'joule-ls.ollamaHost', undefined);
  await fresh(walk);
}

async function withOwnersConfig(walk: Walk, more: object, work: () => Promise<void>): Promise<void> {
  const path = join(walk.context.home, '.config/joule-ls/config.json');
  const before = readFileSync(path, 'utf8');
  const restart = vscodePageSteps['Restart the Server'];
  writeFileSync(path, JSON.stringify({ ...JSON.parse(before), ...more }));
  await restart?.(walk);
  await work();
  writeFileSync(path, before);
  await restart?.(walk);
}
