// What VS Code is driven through, row by row of the table.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BehaviourId } from './behaviours.ts';
import { eventually, matches, type Outcome, same } from './editor.ts';
import { acceptedReceipts } from './kept-receipts.ts';
import { reportIsThere } from './opened.ts';
import { sumsFixed, sumsImplemented, sumsText, wordsTests } from './sample.ts';
import { completeByGhost, completeByMenu } from './vscode-completion.ts';
import {
  askHover,
  cancelled,
  errorsOf,
  hint,
  hoverText,
  implement,
  implemented,
  largeTerminal,
  meanTypescript,
  onTheWire,
  openTypescript,
  receiptNotes,
  runEndless,
  runImplement,
  type Session,
  seenProcesses,
  servers,
  shoot,
  textIs,
  withoutPort,
} from './vscode-steps.ts';

export const vscodeBehaviours: Record<BehaviourId, (session: Session) => Promise<Outcome>> = {
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
    await window.palette('Joule: Doctor');
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

  async report({ window, context }) {
    await runImplement(window);
    await implemented(window);
    await window.palette('Joule: Show the Report');
    // A browser opens no file for a page of a web server: code-server can only be told where it is.
    const told = await eventually('where the report is', async () =>
      (await window.toasts())
        .map((text) => /the report is in (\S+report\.html)/.exec(text)?.[1])
        .find((path) => path !== undefined),
    );
    reportIsThere(told.replace(/^~/, context.home));
    return 'passed';
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

  async beside({ window, context }) {
    await eventually('the complaint of pyright', async () => (await errorsOf(window, 'Pyright')) === 1);
    await runImplement(window);
    await receiptNotes(window);
    same('complaints of pyright', await errorsOf(window, 'Pyright'), 1);
    // The line's last `b`: a name for pyright, the first generated line for us.
    const both = await eventually('both in the hover', async () => {
      const hover = await askHover(window, 15);
      return hover.includes('joule · implement') && hover.includes('(parameter) b') && hover;
    });
    matches('hover', both, /joule · implement/);

    const problem = await openTypescript(window, context);
    await window.cursor(problem.line, problem.character, 'mean.ts');
    const actions = await window.list(/Change spelling to 'values'/);
    matches('ours in the same list', actions, /joule: Fix/);
    await shoot(window, 'beside');
    await window.choose(/Change spelling to 'values'/);
    await textIs(window, meanTypescript.replace('...value)', '...values)'), 'mean.ts');
    return 'passed';
  },

  async fix({ window, context }) {
    await eventually('the complaint of pyright', async () => (await errorsOf(window, 'Pyright')) === 1);
    await window.cursor(7, 16);
    await window.list(/joule: Fix/);
    await window.press('Escape');
    await window.cursor(7, 4); // on the line, not on the word
    await window.press('Control+Alt+j', 'f');
    await textIs(window, sumsFixed);
    await eventually('pyright is content', async () => (await errorsOf(window, 'Pyright')) === 0);

    const fixed = meanTypescript.replace('...value)', '...values)');
    context.engine.ollama.setReply(() => fixed);
    const problem = await openTypescript(window, context);
    await window.cursor(problem.line, 0, 'mean.ts');
    await window.press('Control+Alt+j', 'f');
    await textIs(window, fixed, 'mean.ts');
    await eventually(
      "VS Code's TypeScript server is content",
      async () => (await errorsOf(window, 'ts', 'mean.ts')) === 0,
    );
    return 'passed';
  },

  async 'engine-down'({ window, context }) {
    await window.list(/joule: Implement add/);
    same('messages before anything was asked', await window.toasts(), []);
    await window.choose(/joule: Implement add/);
    const toasts = await eventually(
      'one message, and the notification of the job gone',
      async () => {
        const found = await window.toasts();
        return found.length === 1 && /ollama/i.test(found[0] ?? '') && found;
      },
      { seen: async () => (await window.toasts()).join('\n') },
    );
    await shoot(window, 'engine-down');
    same('the status bar, without an answer', (await window.status()).includes('answer'), false);
    context.keepScreen(
      'engine-down',
      withoutPort(toasts.join('\n').replace(/^Source: joule-ls (\w+) (.*)$/, '$2 [$1]')),
    );
    matches(
      'the message says what to do',
      toasts[0] ?? '',
      /ollama serve, or: the command “Joule: Install the Embedded/,
    );
    same('the buffer', await window.text(), sumsText);
    await window.page.locator('.notification-toast .monaco-button').filter({ hasText: 'Doctor' }).first().click();
    await largeTerminal(window);
    const doctor = await window.terminalShows(/Places/);
    matches('the doctor', doctor, /nothing here can be measured/);
    matches('the doctor', doctor, /- ollama: Ollama does not answer/);
    await shoot(window, 'doctor');
    await window.ask(`await vscode.commands.executeCommand('workbench.action.closePanel')`);
    await window.cursor(5, 5);
    await window.list(/joule: Renew the documentation of mean/);
    await window.press('Escape');
    return 'passed';
  },

  async budget({ window, context }) {
    await window.ask(`await vscode.workspace.getConfiguration().update('joule.budget', { actionJoules: 0.001 }, true)`);
    await window.list(/joule: Implement add/);
    await window.choose(/joule: Implement add/);
    const toasts = await eventually(
      'one message',
      async () => {
        const found = await window.toasts();
        return found.length === 1 && /Stopped by the budget/.test(found[0] ?? '') && found;
      },
      { seen: async () => (await window.toasts()).join('\n') },
    );
    matches('the message says what to do', toasts[0] ?? '', /raise joule\.budget\.actionJoules/);
    same('requests to the engine', context.engine.ollama.requests.length, 0);
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

  async 'two-windows'(session) {
    const { window, context } = session;
    const other = await session.again();
    await runImplement(window);
    await implemented(window);
    await window.press('Control+s');
    const path = join(context.project, 'sums.py');
    await eventually('the file is saved', () => readFileSync(path, 'utf8') === sumsImplemented);
    await textIs(other, sumsImplemented);
    await receiptNotes(other);
    matches('hover', await hoverText(other), /joule · implement/);
    await other.press('Escape');
    for (const one of [window, other]) {
      await one.ask(`
        const edit = new vscode.WorkspaceEdit();
        edit.replace(vscode.window.activeTextEditor.document.uri, new vscode.Range(2, 0, 2, 100), '    pass');
        await vscode.workspace.applyEdit(edit);`);
      await textIs(one, sumsText);
      await one.cursor(0, 5);
    }
    const release = context.engine.hold();
    for (const one of [window, other]) {
      const asked = context.engine.ollama.request(context.engine.ollama.requests.length);
      await runImplement(one);
      await asked;
    }
    release();
    for (const one of [window, other]) {
      await implemented(one);
      await receiptNotes(one);
    }
    same('accepted receipts', acceptedReceipts(context), 3);
    return 'passed';
  },

  menu: completeByMenu,
  ghost: completeByGhost,

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
