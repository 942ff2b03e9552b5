// One VS Code window for one behaviour: code-server with the built VSIX, Chromium on it. Keys and mouse go through the page; what
// VS Code itself knows (buffers, diagnostics) is asked of vscode-probe.cjs.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type EditorContext, eventually } from './editor.ts';
import type { VscodeParts } from './vscode-setup.ts';

/** What is used of playwright-core, which is installed beside code-server and not in the repository. */
interface Page {
  goto(url: string): Promise<unknown>;
  close(): Promise<void>;
  screenshot(options: { path: string }): Promise<unknown>;
  locator(selector: string): Locator;
  readonly keyboard: { press(keys: string): Promise<void>; type(text: string): Promise<void> };
}
interface Locator {
  allInnerTexts(): Promise<string[]>;
  first(): Locator;
  click(): Promise<void>;
  hover(): Promise<void>;
  filter(options: { hasText: string | RegExp }): Locator;
}
export interface Browser {
  newPage(options: object): Promise<Page>;
  close(): Promise<void>;
  version(): string;
}

export interface VscodeWindow {
  readonly page: Page;
  /** Body of an async function in the extension host; `vscode` is its API. */
  ask<T>(code: string): Promise<T>;
  /** Text of the buffer of a file of the project. */
  text(name?: string): Promise<string>;
  /** Opens the file, puts the cursor there (both from 0) and focuses the editor. */
  cursor(line: number, character: number, name?: string): Promise<void>;
  press(...keys: string[]): Promise<void>;
  /** Opens the list of code actions by its key until it shows one that matches; the whole list as text. */
  list(title: RegExp): Promise<string>;
  /** Clicks on it in the open list. */
  choose(title: RegExp): Promise<void>;
  /** Runs a command by its title in the palette, which has to show it first. */
  palette(title: string): Promise<void>;
  /** The text of the terminal in front, once it matches. */
  terminalShows(expected: RegExp): Promise<string>;
  /** The text of our item in the status bar. */
  status(): Promise<string>;
  toasts(): Promise<string[]>;
  /** Diagnostics of a source, as VS Code has them. */
  notes(source: string, name?: string): Promise<{ message: string; severity: number; line: number }[]>;
  /** Processes with this behaviour's HOME. */
  processes(): { pid: number; command: string }[];
  /** Ends the editor by a signal, and waits for its own process. */
  end(signal: NodeJS.Signals): Promise<void>;
}

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** A folder of extensions with the VSIX and the probe, installed by the editor's own command. */
export async function installExtensions(parts: VscodeParts, vsix: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  install(parts, vsix, folder);
  await installProbe(parts, folder);
}

function install(parts: VscodeParts, vsix: string, folder: string): void {
  const home = `${folder}.home`;
  mkdirSync(home, { recursive: true });
  const flags = ['--config', join(home, 'config.yaml'), '--user-data-dir', home, '--extensions-dir', folder];
  const env = { HOME: home, PATH: process.env.PATH };
  execFileSync(parts.node, [parts.codeServer, ...flags, '--install-extension', vsix], { env, stdio: 'pipe' });
}

/** Adds the probe to a folder of extensions. */
export async function installProbe(parts: VscodeParts, folder: string): Promise<void> {
  const probe = `${folder}.probe`;
  mkdirSync(probe, { recursive: true });
  await build({
    entryPoints: [join(repository, 'test/editors/vscode-probe.cjs')],
    outfile: join(probe, 'probe.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  writeFileSync(
    join(probe, 'package.json'),
    JSON.stringify({
      name: 'probe',
      publisher: 'test',
      version: '0.0.1',
      engines: { vscode: '^1.100.0' },
      main: './probe.cjs',
      activationEvents: ['*'],
      capabilities: { untrustedWorkspaces: { supported: true } },
      contributes: {},
    }),
  );
  install(parts, await packProbe(parts, probe), folder);
  rmSync(probe, { recursive: true, force: true });
}

async function packProbe(parts: VscodeParts, probe: string): Promise<string> {
  const file = `${probe}.vsix`;
  const vsce = join(repository, 'clients/vscode/node_modules/@vscode/vsce/vsce');
  const flags = ['--no-dependencies', '--skip-license', '--allow-missing-repository', '--out', file];
  execFileSync(parts.node, [vsce, 'package', ...flags], { cwd: probe, stdio: 'pipe' });
  return file;
}

export async function launchBrowser(parts: VscodeParts): Promise<Browser> {
  const { chromium } = (await import(parts.playwright)) as { chromium: { launch(options: object): Promise<Browser> } };
  return chromium.launch({
    executablePath: parts.chromium,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
}

export interface WindowOptions {
  readonly parts: VscodeParts;
  readonly browser: Browser;
  readonly extensions: string;
  readonly context: EditorContext;
  /** Program and arguments of another language server for Python, beside ours. */
  readonly second?: readonly string[];
  /** Of the user; added to what keeps a first start quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The whole `keybindings.json` of the user. */
  readonly keybindings?: string;
}

const quiet = {
  'workbench.startupEditor': 'none',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'terminal.integrated.gpuAcceleration': 'off', // so that its rows can be read
};

export async function openVscodeWindow(options: WindowOptions): Promise<VscodeWindow> {
  const { parts, browser, context } = options;
  const data = join(context.home, 'code');
  const extensions = join(context.home, 'extensions');
  if (!existsSync(extensions)) cpSync(options.extensions, extensions, { recursive: true });
  mkdirSync(join(data, 'User'), { recursive: true });
  writeFileSync(join(data, 'User/settings.json'), JSON.stringify({ ...quiet, ...options.settings }));
  if (options.keybindings !== undefined) writeFileSync(join(data, 'User/keybindings.json'), options.keybindings);
  const probeFile = join(context.home, 'probe-port');
  rmSync(probeFile, { force: true });
  const child = spawn(
    parts.node,
    [
      parts.codeServer,
      ...['--config', join(data, 'config.yaml'), '--user-data-dir', data, '--extensions-dir', extensions],
      ...['--auth', 'none', '--bind-addr', '127.0.0.1:0', '--disable-telemetry', '--disable-update-check'],
    ],
    {
      cwd: context.project,
      env: {
        ...context.environment,
        JOULE_PROBE_FILE: probeFile,
        ...(options.second ? { JOULE_PROBE_SECOND: JSON.stringify(options.second) } : {}),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const url = await addressOf(child);
  const page = await browser.newPage({ viewport: { width: 1100, height: 640 } });
  await page.goto(`${url}?folder=${encodeURIComponent(context.project)}`);
  await eventually('the extension host of VS Code', () => existsSync(probeFile), { seconds: 40 });
  const port = readFileSync(probeFile, 'utf8');

  async function ask<T>(code: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: code });
    const { value, error } = (await response.json()) as { value: T; error?: string };
    if (error !== undefined) throw new Error(`VS Code said: ${error}`);
    return value;
  }
  const uriOf = (name: string): string => `vscode.Uri.file(${JSON.stringify(join(context.project, name))})`;
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const rows = page.locator('.action-widget .monaco-list-row');

  return {
    page,
    ask,
    press,
    text: (name = 'sums.py') => ask(`return (await vscode.workspace.openTextDocument(${uriOf(name)})).getText()`),
    async cursor(line, character, name = 'sums.py') {
      await ask(`
        const at = new vscode.Position(${line}, ${character});
        await vscode.window.showTextDocument(${uriOf(name)}, { selection: new vscode.Range(at, at), preview: false });
        await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');`);
    },
    list: (title) =>
      eventually(
        `${title} in the list of code actions`,
        async () => {
          await press('Control+Period');
          const until = performance.now() + 1500;
          while (performance.now() < until) {
            const texts = await rows.allInnerTexts();
            if (texts.some((text) => title.test(text))) return texts.join('\n');
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          await press('Escape');
          return undefined;
        },
        { seconds: 30 },
      ),
    choose: (title) => rows.filter({ hasText: title }).first().click(),
    async palette(title) {
      await press('Control+Shift+P');
      await page.keyboard.type(title);
      const offers = page.locator('.quick-input-widget .monaco-list-row');
      await eventually(`${title} in the palette`, async () => (await offers.allInnerTexts())[0]?.startsWith(title), {
        seen: async () => (await offers.allInnerTexts()).join('\n'),
      });
      await press('Enter');
    },
    async terminalShows(expected) {
      const seen = async (): Promise<string> => {
        const rows = await page.locator('.terminal-wrapper.active .xterm-rows > div').allInnerTexts();
        return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
      };
      return eventually(
        `${expected} in a terminal`,
        async () => {
          const text = await seen();
          return expected.test(text) && text;
        },
        { seen },
      );
    },
    async status() {
      const texts = await page
        .locator('.statusbar-item[id="joule-ls.joule-ls.joule-ls.status"], .statusbar-item[id*="joule-ls"]')
        .allInnerTexts();
      return texts.join(' ').replace(/\s+/g, ' ').trim();
    },
    async toasts() {
      const texts = await page.locator('.notification-toast').allInnerTexts();
      return texts.map((text) => text.replace(/\s+/g, ' ').trim());
    },
    notes: (source, name = 'sums.py') =>
      ask(`return vscode.languages.getDiagnostics(${uriOf(name)})
        .filter((one) => one.source === ${JSON.stringify(source)})
        .map(({ message, severity, range }) => ({ message, severity, line: range.start.line }))`),
    processes: () => processesOf(context.home),
    async end(signal) {
      const over = new Promise((resolve) => child.once('close', resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await over;
      }
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      said += chunk;
    });
  }
  const found = (): string | undefined => /listening on (http:\S+)/.exec(said)?.[1];
  return eventually('code-server listens', found, { seconds: 30, seen: () => said });
}

function processesOf(home: string): { pid: number; command: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      if (!environment.includes(`HOME=${home}`) || /\) Z /.test(readFileSync(`/proc/${name}/stat`, 'utf8'))) return [];
      return [
        { pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() },
      ];
    } catch {
      return []; // ended meanwhile, or not ours to read
    }
  });
}
