// The behaviours of editors/behaviours.ts, done in Emacs by its own keys and commands. Knows what differs between eglot and lsp-mode
// only as the fields of EmacsClient.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BehaviourId } from './behaviours.ts';
import { type EditorContext, installProgram, matches, type Outcome, same } from './editor.ts';
import { compilesSilently, type EmacsSession, openEmacs } from './emacs-session.ts';
import {
  attached,
  cancelled,
  chooseFromMenu,
  complained,
  type EmacsClient,
  hoverShows,
  implementAndEnd,
  implementByKey,
  jobEnded,
  keys,
  leave,
  noteShown,
  notes,
  nothingLeft,
  offered,
  type Scene,
  said,
  setSettings,
  startEndless,
  textBecomes,
} from './emacs-steps.ts';
import { acceptedReceipts } from './kept-receipts.ts';
import { reportIsThere } from './opened.ts';
import { begunLine, sumsCompleted, sumsFixed, sumsImplemented, sumsText, wordsTests } from './sample.ts';

type Behaviour = (scene: Scene) => Promise<Outcome>;

export async function runBehaviour(id: BehaviourId, client: EmacsClient, context: EditorContext): Promise<Outcome> {
  const file = id === 'test-file' ? 'words.py' : 'sums.py';
  const besides = id === 'beside' || id === 'fix';
  const environment = besides && client.holdsTwoServers ? { JOULE_DRIVE_SECOND: context.secondServer } : {};
  const init = besides && !client.holdsTwoServers ? [client.init, 'eglot-rass'] : [client.init];
  if (init.length > 1) await installMultiplexer(context);
  if (id === 'engine-down') await context.engine.stop();
  const emacs = await openEmacs(context, { init, file, environment });
  await attached(emacs, file);
  return behaviours[id]({ client, context, emacs });
}

const behaviours: Readonly<Record<BehaviourId, Behaviour>> = {
  async attach({ emacs, context, client }) {
    await compilesSilently(context, client.init === 'lsp-mode' ? ['-l', 'lsp-mode'] : []);
    const running = await emacs.inside.processes();
    same('servers', running.filter((line) => line.includes('main.js')).length, 1);
    matches('its command', running.join('\n'), new RegExp(`${context.server}/dist/main.js --stdio`));
    return 'passed';
  },

  async list({ emacs, client, context }) {
    await offered(emacs, /^joule: Implement add · [\d–.]+ k?J/);
    await emacs.command(client.menu);
    await emacs.terminal.shows(client.init === 'eglot' ? 'Pick an action' : 'Select code action');
    await emacs.terminal.keys('Tab', 'Tab');
    const screen = await emacs.terminal.shows(/completions:[\s\S]*joule: Implement add · [\d–.]+ k?J/);
    context.keepScreen(`${client.init}-list`, screen);
    return 'passed';
  },

  async run(scene) {
    await offered(scene.emacs, /^joule: Implement add/);
    await chooseFromMenu(scene, 'joule: Implement add');
    await textBecomes(scene.emacs, sumsImplemented);
    await ownList(scene);
    return 'passed';
  },

  async progress(scene) {
    const { emacs, context, client } = scene;
    const release = context.engine.hold(3);
    await implementByKey(emacs);
    const screen = await emacs.terminal.shows(
      /\[joule [\d.]+ k?J\][\s\S]*joule: Implement add · worker · qwen2\.5-coder:3b · \d+ tok/,
    );
    context.keepScreen(`${client.init}-progress`, screen);
    if (/joule\/\w/.test(screen)) return { failed: 'the raw token is on the screen' };
    release();
    await textBecomes(emacs, sumsImplemented);
    const after = await emacs.terminal.shows(/joule: Implement add · .*\d J/);
    context.keepScreen(`${client.init}-receipt`, after);
    await emacs.terminal.hides('[joule ');
    return 'passed';
  },

  async edit(scene) {
    await implementByKey(scene.emacs);
    await textBecomes(scene.emacs, sumsImplemented);
    await jobEnded(scene.emacs);
    await scene.emacs.terminal.keys('C-/');
    await textBecomes(scene.emacs, sumsText);
    return 'passed';
  },

  async note(scene) {
    await implementAndEnd(scene.emacs);
    await noteShown(scene.emacs);
    await scene.emacs.command('flymake-show-buffer-diagnostics');
    const screen = await scene.emacs.terminal.shows(/3 +\d+ +note.*\d k?J/);
    scene.context.keepScreen(`${scene.client.init}-note`, screen);
    return 'passed';
  },

  async hover(scene) {
    await implementAndEnd(scene.emacs);
    await scene.emacs.goTo(2, 6);
    const screen = await hoverShows(scene, /joule · implement[\s\S]*gross[\s\S]*this file/);
    scene.context.keepScreen(`${scene.client.init}-hover`, screen);
    return 'passed';
  },

  async 'key-implement'({ emacs }) {
    await implementByKey(emacs);
    await textBecomes(emacs, sumsImplemented);
    return 'passed';
  },

  async 'cancel-action'(scene) {
    await startEndless(scene);
    await chooseFromMenu(scene, 'joule: Cancel the running job');
    return cancelled(scene);
  },

  async 'cancel-command'(scene) {
    await startEndless(scene);
    await scene.emacs.terminal.keys(...keys.cancel);
    return cancelled(scene);
  },

  async report({ emacs }) {
    await implementAndEnd(emacs);
    await emacs.terminal.keys('C-c', 'j', 'p');
    // In a terminal Emacs is its own browser.
    await emacs.terminal.shows(/What the answers cost[\s\S]*1 answer/);
    const [path = ''] = /\/\S+report\.html/.exec(await emacs.terminal.screen()) ?? [];
    reportIsThere(path);
    return 'passed';
  },

  async rebase({ emacs, context }) {
    const release = context.engine.hold();
    await implementByKey(emacs);
    await context.engine.ollama.request(0);
    await emacs.terminal.keys('M-<');
    await emacs.terminal.type('import os');
    await emacs.terminal.keys('Enter');
    await textBecomes(emacs, `import os\n${sumsText}`);
    release();
    await textBecomes(emacs, `import os\n${sumsImplemented}`);
    return 'passed';
  },

  async kept(scene) {
    const { emacs, context } = scene;
    const release = context.engine.hold();
    await implementByKey(emacs);
    await context.engine.ollama.request(0);
    await emacs.goTo(2, 6);
    await emacs.terminal.type('mine');
    const mine = sumsText.replace('pass', 'paminess');
    await textBecomes(emacs, mine);
    release();
    await said(emacs, /the answer was kept, not applied/);
    await emacs.terminal.shows('kept, not applied');
    await jobEnded(emacs);
    same('the buffer', await emacs.text(), mine);
    await chooseFromMenu(scene, 'joule: Insert the kept result');
    await emacs.until('the kept result in the buffer', async () => (await emacs.text()).includes('return a + b'));
    return 'passed';
  },

  async settings({ emacs }) {
    await implementAndEnd(emacs);
    await noteShown(emacs);
    await setSettings(emacs, '(:receipts "off")');
    await emacs.until('the note goes', async () => (await notes(emacs)).length === 0);
    await setSettings(emacs, '(:receipts "information")');
    await noteShown(emacs);
    return 'passed';
  },

  async beside(scene) {
    const { emacs, client } = scene;
    await complained(emacs);
    await offered(emacs, /^joule: Implement add/);
    await offered(emacs, /^second: do nothing/);
    await emacs.goTo(5, 5);
    await hoverShows(scene, /second server was asked/);
    await chooseFromMenu(scene, 'second: do nothing');
    await said(emacs, /second server did nothing/);
    await implementAndEnd(emacs);
    await complained(emacs);
    // Flymake follows only the server that spoke last in lsp-mode, as the page says.
    if (!client.holdsTwoServers) await noteShown(emacs);
    same('errors', /error/i.exec(await emacs.messages())?.[0], undefined);
    return 'passed';
  },

  async fix({ emacs }) {
    await offered(emacs, /^joule: Implement add/);
    await complained(emacs);
    await emacs.goTo(7);
    await emacs.terminal.keys(...keys.fix);
    await textBecomes(emacs, sumsFixed);
    return 'passed';
  },

  async 'engine-down'({ emacs }) {
    await implementByKey(emacs);
    await said(emacs, /joule: .*Ollama/i);
    await emacs.terminal.shows(/ollama/i);
    await jobEnded(emacs);
    const lines = (await emacs.text('*Messages*')).split('\n').filter((line) => /joule: .*ollama/i.test(line));
    same('messages about it', lines.length, 1);
    same('the buffer', await emacs.text(), sumsText);
    return 'passed';
  },

  async budget({ emacs, context }) {
    await setSettings(emacs, '(:budget (:actionJoules 0.001))');
    await implementByKey(emacs);
    await said(emacs, /joule: Stopped by the budget/);
    await jobEnded(emacs);
    const lines = (await emacs.text('*Messages*')).split('\n').filter((line) => /Stopped by the budget/.test(line));
    same('messages about it', lines.length, 1);
    same('requests to the engine', context.engine.ollama.requests.length, 0);
    same('the buffer', await emacs.text(), sumsText);
    return 'passed';
  },

  async 'test-file'(scene) {
    const { emacs, client, context } = scene;
    await offered(emacs, /^joule: Write tests/, 'words.py');
    await chooseFromMenu(scene, 'joule: Write tests');
    if (client.asksBeforeNewFiles) {
      await emacs.terminal.shows('Proceed?');
      await emacs.terminal.keys('y');
    }
    await emacs.until('the tests', async () => (await emacs.evaluate('(drive-text)', 'test_words.py')) === wordsTests);
    same('words.py', await emacs.text('words.py'), readFileSync(join(context.project, 'words.py'), 'utf8'));
    return 'passed';
  },

  async restart(scene) {
    await implementAndEnd(scene.emacs);
    await scene.emacs.terminal.keys('C-x', 'C-s');
    await scene.emacs.until(
      'the file',
      async () => readFileSync(join(scene.context.project, 'sums.py'), 'utf8') === sumsImplemented,
    );
    await leave(scene.emacs);
    const emacs = await openEmacs(scene.context, { init: [scene.client.init] });
    await attached(emacs, 'sums.py');
    await noteShown(emacs);
    await emacs.goTo(2, 6);
    await hoverShows({ ...scene, emacs }, /joule · implement/);
    return 'passed';
  },

  async 'two-windows'(scene) {
    const { emacs, context, client } = scene;
    const other = await openEmacs(context, { init: [client.init], window: '-other' });
    await attached(other, 'sums.py');
    await implementAndEnd(emacs);
    await emacs.terminal.keys('C-x', 'C-s');
    const path = join(context.project, 'sums.py');
    await emacs.until('the file', async () => readFileSync(path, 'utf8') === sumsImplemented);
    await other.command('revert-buffer-quick');
    await textBecomes(other, sumsImplemented);
    await noteShown(other);
    await other.goTo(2, 6);
    await hoverShows({ ...scene, emacs: other }, /joule · implement/);
    for (const window of [emacs, other]) await stubAgain(window);
    const release = context.engine.hold();
    for (const window of [emacs, other]) {
      const asked = context.engine.ollama.request(context.engine.ollama.requests.length);
      await implementByKey(window);
      await asked;
    }
    release();
    for (const window of [emacs, other]) {
      await textBecomes(window, sumsImplemented);
      await jobEnded(window);
    }
    same('accepted receipts', acceptedReceipts(context), 3);
    return 'passed';
  },

  async menu(scene) {
    const { emacs, client } = scene;
    await emacs.goTo(7);
    await emacs.terminal.keys('C-o');
    await emacs.terminal.type(`    ${begunLine}`);
    // The only match is inserted without a list; lsp-mode has company, which does the same.
    const command = client.init === 'eglot' ? 'completion-at-point' : 'company-complete';
    // A model that takes longer than the menu may wait has its answer there when it is asked again.
    const isThere = async (): Promise<boolean> => (await emacs.text()) === sumsCompleted;
    await emacs.until('the completed line', async () => {
      if (await isThere()) return true;
      await emacs.command(command);
      return emacs.until('it', isThere, 3).catch(() => false);
    });
    await emacs.until('the acceptance on the ledger', async () => acceptedReceipts(scene.context) === 1);
    return 'passed';
  },

  async ghost({ client }) {
    return client.init === 'eglot'
      ? { cannot: 'Eglot shows no ghost text' }
      : { cannot: 'not driven: lsp-mode 10 asks for ghost text by itself, 9 has none' };
  },

  async exit({ emacs }) {
    await implementAndEnd(emacs);
    await emacs.terminal.keys('C-x', 'C-s');
    await leave(emacs);
    return 'passed';
  },

  async killed(scene) {
    const { emacs, context } = scene;
    await startEndless(scene);
    const pid = await emacs.evaluate<number>('(emacs-pid)');
    await emacs.inside.exec(['kill', '-9', String(pid)], { environment: context.environment });
    await nothingLeft(emacs);
    same('requests of the engine', await context.engine.unfinished(), 0);
    same('the file', readFileSync(join(context.project, 'sums.py'), 'utf8'), sumsText);
    return 'passed';
  },
};

/** `joule-run` with an instruction: asks for it, lists what is offered, and takes the first by RET. */
async function ownList({ emacs, context }: Scene): Promise<void> {
  await jobEnded(emacs);
  await emacs.terminal.keys('C-/');
  await textBecomes(emacs, sumsText);
  await emacs.terminal.keys('M-<');
  await offered(emacs, /^joule: Implement add/);
  await emacs.terminal.keys('C-u', ...keys.run);
  await emacs.terminal.shows('in your words:');
  await emacs.terminal.type('as a sum');
  await emacs.terminal.keys('Enter');
  await emacs.terminal.shows('joule-ls:');
  await emacs.terminal.keys('Enter');
  await textBecomes(emacs, sumsImplemented);
  matches('what the engine was asked', context.engine.ollama.requests.at(-1)?.text ?? '', /as a sum/);
}

/** Types the stub over the answer; of two that change one file, Emacs asks the second whether it means it. */
async function stubAgain(emacs: EmacsSession): Promise<void> {
  await emacs.goTo(2, 4);
  await emacs.terminal.keys('C-k');
  const gone = async (): Promise<boolean> => !(await emacs.text()).includes('return a + b');
  await emacs.until('the line goes, or Emacs asks', async () => {
    const asks = /locked by/.test(await emacs.terminal.screen());
    if (asks) await emacs.terminal.keys('p');
    return asks || gone();
  });
  await emacs.until('the line goes', gone);
  await emacs.terminal.type('pass');
  await textBecomes(emacs, sumsText);
  await emacs.terminal.keys('M-<');
}

/** What the page's multiplexer starts: itself from PyPI, and a pyright that is the second server. */
async function installMultiplexer(context: EditorContext): Promise<void> {
  const packages = await context.pythonPackages(['rassumfrassum==0.3.5']);
  installProgram(context, 'rass', `PYTHONPATH="${packages}" exec python3 -m rassumfrassum "$@"`);
  installProgram(context, 'pyright-langserver', `exec node "${context.secondServer}" --stdio`);
}
