// One Emacs in a terminal inside the root, configured by the blocks of its page: keys in, screen out, and Lisp to look inside.
// Knows no behaviour.

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotRun, type EditorContext, eventually } from './editor.ts';
import type { Inside } from './root.ts';
import { openTerminal, type Terminal } from './terminal.ts';

export interface EmacsOptions {
  /** Names of the `<!-- init.el: NAME -->` blocks of the page that make up the user's init file. */
  readonly init: readonly string[];
  readonly file?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Names a second Emacs of the same home. */
  readonly window?: string;
}

export interface EmacsSession {
  readonly terminal: Terminal;
  readonly inside: Inside;
  /** Evaluates a form in the buffer of `file`, as point is; its value as JSON. */
  evaluate<T>(form: string, buffer?: string): Promise<T>;
  /** `M-x name RET` */
  command(name: string): Promise<void>;
  /** Moves point to a line and column, both from 0. */
  goTo(line: number, column?: number): Promise<void>;
  text(buffer?: string): Promise<string>;
  /** What was said in the echo area so far, and what is there now. */
  messages(): Promise<string>;
  /** Asks again until the value is truthy. */
  until<T>(what: string, probe: () => Promise<T | undefined | false | null>, seconds?: number): Promise<T>;
}

const driveFile = fileURLToPath(new URL('./emacs/drive.el', import.meta.url));

export async function openEmacs(context: EditorContext, options: EmacsOptions): Promise<EmacsSession> {
  const inside = await context.inside();
  const init = join(context.home, '.emacs');
  const drive = join(context.home, 'drive.el');
  writeFileSync(init, options.init.map((name) => initBlock(context, name)).join('\n'));
  writeFileSync(drive, readFileSync(driveFile, 'utf8'));
  const file = options.file ?? 'sums.py';
  const window = options.window ?? '';
  const extra = Object.entries(options.environment ?? {}).map(([name, value]) => `${name}=${value}`);
  const terminal = await openTerminal(inside, context, {
    command: ['env', ...extra, `JOULE_DRIVE_SERVER=server${window}`, 'emacs', '-nw', '-l', drive, file],
    columns: 110,
    rows: 24,
    window,
  });
  const ask = async <T>(form: string): Promise<T | undefined> => {
    const done = await inside.exec(['timeout', '15', 'emacsclient', `--socket-name=server${window}`, '--eval', form], {
      environment: { ...context.environment, LC_ALL: 'C.UTF-8' },
    });
    if (done.code !== 0) return undefined;
    return decoded<T>(done.stdout);
  };
  const session: EmacsSession = {
    terminal,
    inside,
    async evaluate<T>(form: string, buffer = file) {
      const wrapped = `(drive-answer (condition-case err (drive-in ${JSON.stringify(buffer)} ${form}) (error (format "error: %S" err))))`;
      const answer = await ask<T>(wrapped);
      if (answer === undefined) throw new Error(`Emacs did not answer ${form}; it shows:\n${await terminal.screen()}`);
      return answer;
    },
    async command(name) {
      await terminal.keys('M-x');
      await terminal.type(name);
      await terminal.keys('Enter');
    },
    async goTo(line, column = 0) {
      await terminal.keys('M-<', ...Array<string>(line).fill('Down'), ...Array<string>(column).fill('Right'));
    },
    text: (buffer) => session.evaluate<string>('(drive-text)', buffer),
    messages: () => session.evaluate<string>('(concat (drive-text) "\\n" (or (current-message) ""))', '*Messages*'),
    until: (what, probe, seconds = 20) =>
      eventually(what, probe, {
        seconds,
        seen: async () => `${await terminal.screen()}\n${(await session.messages().catch(String)).slice(-1500)}`,
      }),
  };
  await eventually('Emacs answers', () => ask('(drive-answer t)'), { seconds: 30, seen: () => terminal.screen() });
  return session;
}

/** As Emacs and its packages say themselves. */
export async function emacsVersions(
  context: EditorContext,
): Promise<{ readonly editor: string; readonly eglot: string; readonly lspMode: string }> {
  const inside = await context.inside();
  const drive = join(context.home, 'drive.el');
  writeFileSync(drive, readFileSync(driveFile, 'utf8'));
  const command = ['emacs', '--batch', '-l', drive, '--eval', '(princ (drive-answer (drive-versions)))'];
  const { code, stdout, stderr } = await inside.exec(command, { environment: context.environment });
  if (code !== 0) throw new CannotRun(`no Emacs in the root: ${stderr.trim()}`);
  const [editor = '', eglot = '', lspMode = ''] = decoded<string[]>(stdout);
  return { editor, eglot, lspMode };
}

/** Byte-compiles joule-ls.el with these libraries loaded. @throws with the warnings, if there are any. */
export async function compilesSilently(context: EditorContext, load: readonly string[]): Promise<void> {
  const inside = await context.inside();
  const copy = join(context.home, 'joule-ls.el');
  copyFileSync(join(context.clients, 'emacs/joule-ls.el'), copy);
  const command = ['emacs', '-q', '--batch', ...load, '--eval', '(setq byte-compile-error-on-warn t)'];
  const done = await inside.exec([...command, '-f', 'batch-byte-compile', copy], { environment: context.environment });
  if (done.code !== 0) throw new Error(`joule-ls.el does not compile silently: ${done.stderr.trim()}`);
}

/** What `drive-answer` made. */
function decoded<T>(printed: string): T {
  return JSON.parse(Buffer.from(printed.trim().replaceAll('"', ''), 'base64').toString());
}

/** The block that the page tells its reader to put into the init file, with the folder filled in. */
function initBlock(context: EditorContext, name: string): string {
  const page = readFileSync(join(context.clients, 'emacs/README.md'), 'utf8');
  const block = new RegExp(`<!-- init.el: ${name} -->\\s*\`\`\`elisp\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
  if (block === undefined) throw new Error(`clients/emacs/README.md has no init.el block ${name}`);
  return block.replaceAll('<folder>', dirname(context.clients));
}
