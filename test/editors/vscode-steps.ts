// What the behaviours and the page of VS Code are made of: one session, and the steps that more than one of them takes.

import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotRun, type EditorContext, eventually, type Outcome, same } from './editor.ts';
import { sumsImplemented, sumsText } from './sample.ts';
import type { VscodeWindow } from './vscode-window.ts';

export interface Session {
  readonly context: EditorContext;
  readonly window: VscodeWindow;
  /** The same editor again: same home, same extensions. */
  again(): Promise<VscodeWindow>;
}

const images = fileURLToPath(new URL('../../clients/vscode/images', import.meta.url));
/** The offer of `sums.py`, with its prediction. */
export const implement = /joule: Implement add · [\d.]+–[\d.]+ k?J/;

/** `vscode.DiagnosticSeverity.Hint` */
export const hint = 3;

export async function runImplement(window: VscodeWindow): Promise<void> {
  await window.list(implement);
  await window.choose(implement);
}

export async function runEndless(window: VscodeWindow, context: EditorContext): Promise<void> {
  context.engine.loop();
  const before = context.engine.ollama.requests.length;
  await window.list(/joule: Implement add/);
  await window.choose(/joule: Implement add/);
  await eventually('the engine is asked', () => context.engine.ollama.requests.length > before);
  await eventually('a notification', async () => (await window.toasts()).some((text) => /joule: Implement/.test(text)));
}

export async function onTheWire({ engine }: EditorContext): Promise<void> {
  await (await engine.ollama.request(0)).sent(2);
}

export async function cancelled(window: VscodeWindow, { engine }: EditorContext): Promise<Outcome> {
  await eventually('the engine stops', async () => (await engine.unfinished()) === 0);
  await eventually('the notification goes', async () =>
    (await window.toasts()).every((text) => !/Implement/.test(text)),
  );
  same('the buffer', await window.text(), sumsText);
  return 'passed';
}

export async function implemented(window: VscodeWindow): Promise<void> {
  await textIs(window, sumsImplemented);
}

export async function textIs(window: VscodeWindow, expected: string, name = 'sums.py'): Promise<void> {
  const seen = (): Promise<string> => window.text(name);
  await eventually('the expected text', async () => (await seen()) === expected, { seen });
}

export async function receiptNotes(window: VscodeWindow): Promise<Awaited<ReturnType<VscodeWindow['notes']>>> {
  return eventually('the receipt note', async () => {
    const notes = await window.notes('joule');
    return notes.length === 1 && notes;
  });
}

/** What the hover of line 2 shows, as a person sees it. */
export async function hoverText(window: VscodeWindow): Promise<string> {
  await window.cursor(2, 6);
  return eventually('a hover', async () => {
    await window.ask(`await vscode.commands.executeCommand('editor.action.showHover')`);
    const texts = await window.page.locator('.monaco-hover:not(.hidden)').allInnerTexts();
    return texts.map((text) => text.trim()).find((text) => text.includes('joule ·'));
  });
}

/** What all hover providers answer in line 2. */
export function askHover(window: VscodeWindow, character = 6): Promise<string> {
  return window.ask(`
    const uri = vscode.window.activeTextEditor.document.uri;
    const found = await vscode.commands.executeCommand('vscode.executeHoverProvider', uri, new vscode.Position(2, ${character}));
    return found.flatMap((one) => one.contents.map((part) => part.value ?? String(part))).join('\\n')`);
}

export function servers(window: VscodeWindow): boolean {
  return window.processes().some(({ command }) => command.includes('server/main.js'));
}

export function seenProcesses(window: VscodeWindow): string {
  return window
    .processes()
    .map(({ pid, command }) => `${pid} ${command}`)
    .join('\n');
}

/** `mean.ts`: VS Code's own TypeScript server complains about `value` and would change its spelling. */
export const meanTypescript = `export function largest(values: number[]): number {
  return Math.max(...value);
}
`;

/** Opens it. @returns where its complaint begins. */
export async function openTypescript(
  window: VscodeWindow,
  { project }: EditorContext,
): Promise<{ readonly line: number; readonly character: number }> {
  writeFileSync(join(project, 'mean.ts'), meanTypescript);
  await window.cursor(0, 0, 'mean.ts');
  await eventually(
    "a complaint of VS Code's TypeScript server",
    async () => (await errorsOf(window, 'ts', 'mean.ts')) === 1,
    {
      seconds: 40,
    },
  );
  const [, line = ''] = meanTypescript.split('\n');
  return { line: 1, character: line.indexOf('value') + 2 };
}

/** Once a terminal is there: all its rows in view. */
export async function largeTerminal(window: VscodeWindow): Promise<void> {
  await eventually('a terminal', () => window.ask<boolean>('return vscode.window.terminals.length > 0'));
  await window.ask(`await vscode.commands.executeCommand('workbench.action.toggleMaximizedPanel')`);
}

/** How many errors that source has there; pyright's hints are none. */
export async function errorsOf(window: VscodeWindow, source: string, name = 'sums.py'): Promise<number> {
  return (await window.notes(source, name)).filter(({ severity }) => severity === 0).length;
}

/** pyright's language server from npm. @throws CannotRun */
export async function pyrightCommand(context: EditorContext): Promise<readonly string[]> {
  const entry = join(await context.packages(['pyright']), 'pyright/langserver.index.js');
  if (!existsSync(entry)) throw new CannotRun('the pyright of npm has no langserver.index.js');
  return [process.execPath, entry, '--stdio'];
}

/** A port of this run says nothing to a reader: Ollama's own stands there. */
export function withoutPort(text: string): string {
  return text.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:11434');
}

/** Real pictures, when asked for: JOULE_LS_SCREENSHOTS=DIR takes all; those that the page shows are renewed there. */
export async function shoot(window: VscodeWindow, name: string): Promise<void> {
  const folder = process.env.JOULE_LS_SCREENSHOTS;
  if (folder === undefined) return;
  await window.page.screenshot({ path: join(folder, `${name}.png`) });
  const shown = join(images, `${name}.png`);
  if (existsSync(shown)) copyFileSync(join(folder, `${name}.png`), shown);
}
