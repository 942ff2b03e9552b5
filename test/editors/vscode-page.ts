// Follows clients/vscode/README.md word by word: its install block in a copy of the repository and a clean home, then every command,
// key, setting and file that it names, in the editor that this made. A name that nothing here tries is a failure, and the other
// way round. Knows the page's names; how a window is driven is vscode-window.ts's.

import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotRun, type EditorContext, same } from './editor.ts';
import { codeBlock, namedThings } from './page.ts';
import { vscodePageSteps, type Walk } from './vscode-page-steps.ts';
import type { VscodeParts } from './vscode-setup.ts';
import { type Browser, installProbe, openVscodeWindow, type VscodeWindow } from './vscode-window.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface PageOptions {
  readonly parts: VscodeParts;
  readonly browser: Browser;
  readonly context: EditorContext;
  /** Told of every window, for the end. */
  readonly onOpen: (window: VscodeWindow) => void;
}

/** @throws at the first thing on the page that is not so. */
export async function followVscodePage({ parts, browser, context, onOpen }: PageOptions): Promise<void> {
  const page = readFileSync(join(context.clients, 'vscode/README.md'), 'utf8');
  const names = namedThings(page);
  same(
    'names of the page that nothing tries',
    names.filter((name) => vscodePageSteps[name] === undefined),
    [],
  );
  same(
    'steps that the page does not name',
    Object.keys(vscodePageSteps).filter((name) => !names.includes(name)),
    [],
  );

  const shell = await openShell(parts, context);
  await shell.run(codeBlock(page, 'install'));
  const extensions = join(context.home, '.local/share/code-server/extensions');
  same('installed', existsSync(extensions) && readdirSync(extensions).some((name) => /^joule-ls\./.test(name)), true);
  await installProbe(parts, extensions);
  const keybindings = codeBlock(page, 'keybindings');
  const environment = { ...context.environment, npm_config_registry: 'http://127.0.0.1:9/' };
  const window = await openVscodeWindow({
    ...{ parts, browser, extensions, keybindings },
    context: { ...context, environment },
  });
  onOpen(window);
  const walk: Walk = { window, context, shell, page };
  for (const name of names) {
    try {
      await vscodePageSteps[name]?.(walk);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`${name}: ${why}`);
    }
  }
}

export interface Shell {
  /** The copy of the repository. */
  readonly folder: string;
  /** Runs lines of the page there, `cd` included, and stops at the first that fails. @returns what they said. */
  run(lines: string, directory?: string): Promise<string>;
}

/** A copy of the tree without what git ignores, and `code` on PATH, which is code-server. */
async function openShell(parts: VscodeParts, { home }: EditorContext): Promise<Shell> {
  const folder = join(home, 'joule-ls');
  const files = execFileSync('git', ['ls-files', '-coz', '--exclude-standard'], { cwd: repository, encoding: 'utf8' });
  for (const file of files.split('\0').filter((one) => one !== '' && existsSync(join(repository, one)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(repository, file), join(folder, file));
  }
  const bin = join(home, 'bin');
  mkdirSync(bin);
  for (const name of ['code', 'code-server']) {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec "${parts.node}" "${parts.codeServer}" "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /proxy$|^NODE_EXTRA_CA_CERTS$|registry$|^TMPDIR$/i.test(name)),
  );
  const env = {
    ...environment,
    HOME: home,
    LANG: 'C.UTF-8',
    PATH: `${bin}:${dirname(parts.node)}:${process.env.PATH}`,
  };
  return {
    folder,
    run: (lines, directory = folder) =>
      new Promise((resolve, reject) => {
        const options = { cwd: directory, env, maxBuffer: 1 << 26 };
        execFile('bash', ['-euc', lines], options, (error, stdout, stderr) => {
          if (error === null) return resolve(stdout + stderr);
          const last = stderr.trim().split('\n').slice(-3).join(' ');
          const offline = /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|network/.test(stderr);
          reject(offline ? new CannotRun(`npm reaches no registry: ${last}`) : new Error(last));
        });
      }),
  };
}
