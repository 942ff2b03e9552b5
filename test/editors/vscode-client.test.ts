// The parts of the VS Code extension that need no VS Code: notices and their cancel button, the status bar's words, which settings
// are sent, how the server is started, and that package.json says what server/settings.ts says.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { settingsProperties } from '../../clients/vscode/generate-settings.ts';
import { explicitSettings } from '../../clients/vscode/source/explicit-settings.ts';
import { createJobNotices, type RunningJob } from '../../clients/vscode/source/job-notices.ts';
import { programStart } from '../../clients/vscode/source/server-command.ts';
import { statusText, statusTooltip } from '../../clients/vscode/source/status-text.ts';
import { namedThings } from './page.ts';
import { vscodePageSteps } from './vscode-page-steps.ts';

const manifest = JSON.parse(readFileSync(new URL('../../clients/vscode/package.json', import.meta.url), 'utf8'));

describe('notices of the VS Code extension', () => {
  function watched() {
    const open = new Map<string, { texts: string[]; press: () => void }>();
    const cancelled: (string | number)[] = [];
    const news: { running: readonly RunningJob[]; last: string | undefined }[] = [];
    const notices = createJobNotices({
      open(title, onCancel) {
        const texts: string[] = [];
        open.set(title, { texts, press: onCancel });
        return { report: (text) => void texts.push(text), close: () => void open.delete(title) };
      },
      cancel: (token) => void cancelled.push(token),
      onJobs: (running, last) => void news.push({ running, last }),
    });
    return { notices, open, cancelled, news };
  }

  it('open, count, and close; the end message is the last receipt', () => {
    const { notices, open, news } = watched();
    notices.handle('joule/1', { kind: 'begin', title: 'joule: Implement add', message: 'waiting' });
    notices.handle('joule/1', { kind: 'report', message: 'worker · m · 3 tok · 10 J' });
    assert.deepEqual(open.get('joule: Implement add')?.texts, ['waiting', 'worker · m · 3 tok · 10 J']);
    assert.deepEqual(news.at(-1)?.running, [{ title: 'joule: Implement add', message: 'worker · m · 3 tok · 10 J' }]);
    notices.handle('joule/1', { kind: 'end', message: '12 J ±1 % · 0.4 s' });
    assert.equal(open.size, 0);
    assert.deepEqual(news.at(-1), { running: [], last: '12 J ±1 % · 0.4 s' });
  });

  it('cancel exactly the job whose button was pressed', () => {
    const { notices, open, cancelled } = watched();
    notices.handle('joule/1', { kind: 'begin', title: 'one' });
    notices.handle('joule/2', { kind: 'begin', title: 'two' });
    open.get('two')?.press();
    assert.deepEqual(cancelled, ['joule/2']);
    notices.handle('joule/2', { kind: 'end' });
    assert.deepEqual([...open.keys()], ['one']);
  });

  it('close when the server is gone, and ignore what comes late', () => {
    const { notices, open, news } = watched();
    notices.handle('joule/1', { kind: 'begin', title: 'one' });
    notices.closeAll();
    notices.handle('joule/1', { kind: 'report', message: 'late' });
    notices.handle('joule/1', { kind: 'end', message: 'late' });
    assert.equal(open.size, 0);
    assert.deepEqual(news.at(-1), { running: [], last: undefined });
  });
});

describe('the status bar item of the VS Code extension', () => {
  const today = { answers: 2, text: '1.52 kJ ±2 % in 2 answers' };

  it('says what runs, else what today cost', () => {
    const job = { title: 'joule: Implement add', message: 'worker · m · 3 tok · 10 J' };
    assert.equal(
      statusText({ running: [job, job], today, last: undefined }),
      '$(loading~spin) Implement add · worker · m · 3 tok · 10 J (+1)',
    );
    assert.equal(statusText({ running: [], today, last: undefined }), '$(zap) 1.52 kJ ±2 % in 2 answers');
    assert.equal(statusText({ running: [], today: { answers: 0, text: '' }, last: undefined }), '$(zap) joule');
    const saving = { ...today, notAsked: '41 completions not asked, some 120 J (estimated)' };
    assert.match(
      statusTooltip({ running: [], today: saving, last: undefined }),
      /not worth their joules: 41 completions not asked/,
    );
    assert.match(statusTooltip({ running: [], today, last: '12 J' }), /today: 1\.52 kJ.*\nlast: 12 J\n/);
  });

  it('takes no icon from a name, and stays short', () => {
    const text = statusText({ running: [{ title: '$(flame)'.repeat(40), message: '' }], today, last: undefined });
    assert.ok(!text.slice('$(loading~spin)'.length).includes('$('));
    assert.ok(text.length < 120);
  });
});

describe('settings of the VS Code extension', () => {
  it('are what server/settings.ts says', () => {
    assert.deepEqual(manifest.contributes.configuration.properties, JSON.parse(JSON.stringify(settingsProperties())));
  });

  it('of hosts and commands belong to the machine and are restricted in untrusted workspaces', () => {
    const { properties } = manifest.contributes.configuration;
    const own = Object.keys(properties).filter((name) => name.startsWith('joule-ls.'));
    assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.toSorted(), own.toSorted());
    for (const name of own) assert.equal(properties[name].scope, 'machine');
  });

  it('are sent only where somebody set them', () => {
    const values: Record<string, { globalValue?: unknown; workspaceValue?: unknown }> = {
      engine: {},
      hover: { globalValue: 'off' },
      seed: { workspaceValue: 0 },
    };
    const port = { get: (key: string) => `value of ${key}`, inspect: (key: string) => values[key] };
    assert.deepEqual(explicitSettings(['engine', 'hover', 'seed', 'unknown'], port), {
      hover: 'value of hover',
      seed: 'value of seed',
    });
  });
});

describe('the page of the VS Code extension', () => {
  it('names nothing that the test of real editors does not try, which tries nothing else', () => {
    const page = readFileSync(new URL('../../clients/vscode/README.md', import.meta.url), 'utf8');
    assert.deepEqual(namedThings(page).toSorted(), Object.keys(vscodePageSteps).toSorted());
  });

  it('shows pictures that are there, and no others are kept', () => {
    const page = readFileSync(new URL('../../clients/vscode/README.md', import.meta.url), 'utf8');
    const shown = [...page.matchAll(/\]\(images\/([a-z-]+\.png)\)/g)].map(([, name]) => name);
    assert.deepEqual(readdirSync(new URL('../../clients/vscode/images', import.meta.url)).toSorted(), shown.toSorted());
  });
});

describe('how the VS Code extension starts the server', () => {
  const options = { bundled: '/x/main.js', runtime: '/x/code', environment: { PATH: '/bin', OLLAMA_HOST: 'before' } };

  it('by VS Code’s own Node, with the environment as it is', () => {
    const start = programStart({ ...options, settings: { serverCommand: [], ollamaHost: '' } }, ['--stdio']);
    assert.deepEqual(start, {
      command: '/x/code',
      args: ['/x/main.js', '--stdio'],
      env: { PATH: '/bin', OLLAMA_HOST: 'before', ELECTRON_RUN_AS_NODE: '1', JOULE_LS_INSIDE: 'vscode' },
    });
  });

  it('by the owner’s command and host', () => {
    const settings = { serverCommand: ['/opt/joule-ls', '--log=x'], ollamaHost: 'box:1' };
    const start = programStart({ ...options, settings }, ['doctor']);
    assert.deepEqual([start.command, start.args], ['/opt/joule-ls', ['--log=x', 'doctor']]);
    assert.deepEqual([start.env.OLLAMA_HOST, start.env.JOULE_LS_INSIDE], ['box:1', undefined]);
  });
});
