// A terminal inside the root: an editor in tmux, keys in, screen text out. Knows no editor.

import { join } from 'node:path';
import { type EditorContext, eventually } from './editor.ts';
import type { Inside } from './root.ts';

export interface Terminal {
  /** Presses keys by tmux's names: `Escape`, `Enter`, `C-c`, `a`. */
  keys(...names: string[]): Promise<void>;
  /** Types text as it is. */
  type(text: string): Promise<void>;
  /** What the screen shows, without trailing spaces and empty last lines. */
  screen(): Promise<string>;
  /** Waits for the screen to match and returns it. */
  shows(expected: RegExp | string, seconds?: number): Promise<string>;
  /** Waits for the screen not to match any more. */
  hides(expected: RegExp | string, seconds?: number): Promise<string>;
  /** Ends tmux and all in it. */
  kill(): Promise<void>;
}

export async function openTerminal(
  inside: Inside,
  context: EditorContext,
  options: {
    readonly command: readonly string[];
    readonly columns?: number;
    readonly rows?: number;
    readonly window?: string;
  },
): Promise<Terminal> {
  const socket = join(context.home, `tmux${options.window ?? ''}.sock`);
  const environment = { ...context.environment, TERM: 'xterm-256color', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
  const tmux = async (...args: string[]): Promise<string> => {
    const done = await inside.exec(['tmux', '-f', '/dev/null', '-S', socket, ...args], {
      environment,
      directory: context.project,
    });
    if (done.code !== 0) throw new Error(`tmux ${args[0]}: ${done.stderr.trim()}`);
    return done.stdout;
  };
  const size = ['-x', String(options.columns ?? 100), '-y', String(options.rows ?? 30)];
  await tmux('new-session', '-d', ...size, ...options.command);
  const fits = (screen: string, expected: RegExp | string): boolean =>
    typeof expected === 'string' ? screen.includes(expected) : expected.test(screen);
  const terminal: Terminal = {
    async keys(...names) {
      await tmux('send-keys', ...names);
      // Terminals tell Escape from Alt by time alone.
      if (names.includes('Escape')) await new Promise((resolve) => setTimeout(resolve, 120));
    },
    type: async (text) => void (await tmux('send-keys', '-l', text)),
    screen: async () => (await tmux('capture-pane', '-p')).replace(/[ \t]+$/gm, '').trimEnd(),
    async shows(expected, seconds = 15) {
      let screen = '';
      await eventually(
        `${expected} on the screen`,
        async () => {
          screen = await terminal.screen();
          return fits(screen, expected);
        },
        { seconds, seen: () => screen },
      );
      return screen;
    },
    async hides(expected, seconds = 15) {
      let screen = '';
      await eventually(
        `no ${expected} on the screen`,
        async () => {
          screen = await terminal.screen();
          return !fits(screen, expected);
        },
        { seconds, seen: () => screen },
      );
      return screen;
    },
    kill: async () => void (await tmux('kill-server').catch(() => {})),
  };
  return terminal;
}
