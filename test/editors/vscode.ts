// Drives VS Code: code-server with the VSIX built from this tree, through Chromium, as a person would: the list of code actions,
// keys, the cancel button, the status bar.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BehaviourId } from './behaviours.ts';
import type { EditorContext, EditorDriver } from './editor.ts';
import { vscodeBehaviours } from './vscode-behaviours.ts';
import { checkVsix } from './vscode-package.ts';
import { followVscodePage } from './vscode-page.ts';
import { buildVsix, findOrMakeVscode } from './vscode-setup.ts';
import { pyrightCommand } from './vscode-steps.ts';
import {
  type Browser,
  installExtensions,
  launchBrowser,
  openVscodeWindow,
  type VscodeWindow,
  type WindowOptions,
} from './vscode-window.ts';

type Ready = Pick<WindowOptions, 'parts' | 'extensions'>;

let ready: Promise<Ready> | undefined;
let open: VscodeWindow[] = [];
let browser: Browser | undefined;

export const vscode: EditorDriver = {
  id: 'vscode',
  title: 'VS Code',
  async prepare() {
    await prepared();
  },
  async version() {
    const { parts } = await prepared();
    const product = join(parts.codeServer, '../../../lib/vscode/product.json');
    const { version, codeServerVersion } = JSON.parse(readFileSync(product, 'utf8'));
    return `${version ?? 'unknown'} (code-server ${codeServerVersion ?? ''})`;
  },
  async run(behaviour, context) {
    const found = await prepared();
    browser = await launchBrowser(found.parts);
    const options = { ...found, browser, context, ...(await preparedFor(behaviour, context)) };
    const again = async (): Promise<VscodeWindow> => {
      const window = await openVscodeWindow(options);
      open.push(window);
      await window.cursor(0, 5, behaviour === 'test-file' ? 'words.py' : 'sums.py');
      return window;
    };
    return vscodeBehaviours[behaviour]({ context, window: await again(), again });
  },
  async followPage(context) {
    const { parts } = await prepared();
    browser = await launchBrowser(parts);
    await followVscodePage({ parts, browser, context, onOpen: (window) => void open.push(window) });
  },
  async close() {
    for (const window of open) {
      // What a failure looked like, for whoever asks: JOULE_LS_LAST_SCREEN=FILE.png
      const picture = process.env.JOULE_LS_LAST_SCREEN;
      if (picture !== undefined) await window.page.screenshot({ path: picture }).catch(() => {});
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
    const vsix = buildVsix(parts);
    await checkVsix(vsix, `${process.platform}-${process.arch}`);
    await installExtensions(parts, vsix, extensions);
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    return { parts, extensions };
  })();
  return ready;
}

/** What the world of a behaviour needs before the window opens. */
async function preparedFor(behaviour: BehaviourId, context: EditorContext): Promise<Partial<WindowOptions>> {
  if (behaviour === 'beside' || behaviour === 'fix') return { second: await pyrightCommand(context) };
  if (behaviour === 'attach') {
    plantSettings(context);
    return { settings: untrusted };
  }
  if (behaviour === 'engine-down') {
    await context.engine.stop();
    const nothing = join(context.home, 'no-counters');
    mkdirSync(nothing);
    return { context: { ...context, environment: { ...context.environment, JOULE_LS_SYS_ROOT: nothing } } };
  }
  return {};
}

/** A folder is not trusted, and nobody is asked whether it is. */
const untrusted = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };

/** A project that would like to have a command of its own started as the server. */
function plantSettings({ project }: EditorContext): void {
  mkdirSync(join(project, '.vscode'));
  const settings = { 'joule-ls.serverCommand': ['touch', join(project, 'started-by-the-project')] };
  writeFileSync(join(project, '.vscode/settings.json'), JSON.stringify(settings));
}
