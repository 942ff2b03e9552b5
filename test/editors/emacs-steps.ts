// What a person does in Emacs, step by step, and what is then waited for. Knows no behaviour as a whole.

import { type EditorContext, eventually, type Outcome, same } from './editor.ts';
import type { EmacsSession } from './emacs-session.ts';
import { sumsImplemented, sumsText } from './sample.ts';

export interface EmacsClient {
  /** Its name, and that of its init block in the page. */
  readonly init: 'eglot' | 'lsp-mode';
  /** The client's own command that lists code actions. */
  readonly menu: string;
  readonly hover: { readonly command: string; readonly buffer: string };
  readonly holdsTwoServers: boolean;
  /** It asks before it writes to a file that is not open. */
  readonly asksBeforeNewFiles: boolean;
}

/** One behaviour's Emacs. */
export interface Scene {
  readonly client: EmacsClient;
  readonly context: EditorContext;
  readonly emacs: EmacsSession;
}

/** The keys of the page: its prefix and the keymap of joule-ls.el. */
export const keys = {
  implement: ['C-c', 'j', 'i'],
  fix: ['C-c', 'j', 'f'],
  cancel: ['C-c', 'j', 'c'],
  run: ['C-c', 'j', 'r'],
} as const;

/** Flymake's view of one diagnostic: line from 1, type, text. */
type Note = readonly [number, string, string];

/** Waits for the server; answers lsp-mode's question about a new project like its page says. */
export async function attached(emacs: EmacsSession, file: string): Promise<void> {
  let answered = false;
  await emacs.until(
    'the server attaches',
    async () => {
      if (!answered && (await emacs.terminal.screen()).includes('Select action:')) {
        answered = true;
        await emacs.terminal.keys('i');
      }
      return emacs.evaluate<boolean>('(and (joule-ls--find-server) t)', file);
    },
    40,
  );
}

/** Waits until the client's own list at point has such a title: the server may still be reading the file. */
export async function offered(emacs: EmacsSession, title: RegExp, buffer?: string): Promise<void> {
  let titles: readonly string[] = [];
  await emacs.until(`${title} among the actions`, async () => {
    const answer = await emacs.evaluate<readonly string[] | string | null>('(drive-titles)', buffer);
    titles = Array.isArray(answer) ? answer : [String(answer)];
    return titles.some((one) => title.test(one));
  });
}

/** Opens the client's menu and takes the entry that begins so, by its completion. */
export async function chooseFromMenu({ emacs, client }: Scene, title: string): Promise<void> {
  await emacs.command(client.menu);
  await emacs.terminal.shows(/Pick an action|Select code action/);
  await emacs.terminal.type(title);
  await emacs.terminal.keys('Tab', 'Enter');
}

export async function implementByKey(emacs: EmacsSession): Promise<void> {
  await emacs.terminal.keys('M-<');
  await offered(emacs, /^joule: Implement add/);
  await emacs.terminal.keys(...keys.implement);
}

export async function implementAndEnd(emacs: EmacsSession): Promise<void> {
  await implementByKey(emacs);
  await textBecomes(emacs, sumsImplemented);
  await jobEnded(emacs);
}

/** Starts an answer that never ends by itself and waits until some of it is there. */
export async function startEndless({ emacs, context }: Scene): Promise<void> {
  context.engine.loop();
  await implementByKey(emacs);
  const request = await context.engine.ollama.request(0);
  await request.sent(2);
}

/** The engine was told, the buffer is as it was, and the end was said. */
export async function cancelled({ emacs, context }: Scene): Promise<Outcome> {
  const request = await context.engine.ollama.request(0);
  const end = await Promise.race([request.ended, eventually('the engine is told', () => false)]);
  same('end of the request', end, 'closed-by-client');
  await said(emacs, /cancelled · /);
  await jobEnded(emacs);
  same('the buffer', await emacs.text(), sumsText);
  return 'passed';
}

export async function textBecomes(emacs: EmacsSession, expected: string): Promise<void> {
  let text = '';
  await eventually(
    'the buffer as it should be',
    async () => {
      text = await emacs.text();
      return text === expected;
    },
    { seconds: 20, seen: async () => `${text}\n${await emacs.terminal.screen()}\n${await emacs.messages()}` },
  );
}

export async function said(emacs: EmacsSession, what: RegExp): Promise<void> {
  await emacs.until(`${what} said`, async () => what.test(await emacs.messages()));
}

/** Nothing in the mode line any more. */
export async function jobEnded(emacs: EmacsSession): Promise<void> {
  await emacs.until('the job ends', () => emacs.evaluate<boolean>('(null joule-ls--running)'));
}

export function notes(emacs: EmacsSession): Promise<readonly Note[]> {
  return emacs.evaluate<readonly Note[] | null>('(drive-notes)').then((found) => found ?? []);
}

/** The receipt on the generated line of `sums.py`. */
export async function noteShown(emacs: EmacsSession): Promise<void> {
  await emacs.until('the receipt note', async () =>
    (await notes(emacs)).some(([line, , text]) => line === 3 && /\d k?J .*qwen2\.5-coder:3b/.test(text)),
  );
}

/** Somebody else's complaint about `value`, in flymake or, which flymake does not always follow, in lsp-mode itself. */
export async function complained(emacs: EmacsSession): Promise<void> {
  await emacs.until("the other's diagnostic", async () =>
    (await emacs.evaluate<readonly string[]>('(drive-complaints)')).some((text) =>
      text.includes('"value" is not defined'),
    ),
  );
}

/** Asks by the client's own command until its buffer says so; returns the screen with it. */
export async function hoverShows({ emacs, client }: Scene, expected: RegExp): Promise<string> {
  const form = `(mapconcat (lambda (one) (with-current-buffer one (drive-text))) (seq-filter (lambda (one) (string-match-p ${JSON.stringify(client.hover.buffer)} (buffer-name one))) (buffer-list)) "\\n")`;
  const shown = async (): Promise<boolean> => expected.test(await emacs.evaluate<string>(form));
  await emacs.until(`${expected} in ${client.hover.buffer}`, async () => {
    await emacs.command(client.hover.command);
    return eventually('an answer', shown, { seconds: 3 }).catch(() => false);
  });
  return emacs.terminal.screen();
}

export async function setSettings(emacs: EmacsSession, plist: string): Promise<void> {
  await emacs.terminal.keys('M-:');
  await emacs.terminal.type(`(setopt joule-ls-settings '${plist})`);
  await emacs.terminal.keys('Enter');
}

/** Leaves by `C-x C-c` and sees all processes go. */
export async function leave(emacs: EmacsSession): Promise<void> {
  await emacs.terminal.keys('C-x', 'C-c');
  await nothingLeft(emacs);
}

export async function nothingLeft(emacs: EmacsSession): Promise<void> {
  let running: readonly string[] = [];
  await eventually(
    'no process left',
    async () => {
      running = await emacs.inside.processes();
      return running.length === 0;
    },
    { seconds: 15, seen: () => running.join('\n') },
  );
}
