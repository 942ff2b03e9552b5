// `joule-ls models` with models of one's own: pulled from a hub on loopback, named by path, shown with what their headers say; and
// the Modelfile for Ollama.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FakeHub, startFakeHub } from '../support/fake-hub.ts';
import { needEngine, testEngineDirectory, tinyModelPath } from '../support/install-engine.ts';
import { cleanEnvironment, cleanUpServers, runProgram } from '../support/spawn-server.ts';

describe('joule-ls models of one’s own', function () {
  this.timeout(60_000);
  let hub: FakeHub;
  let env: NodeJS.ProcessEnv;
  let home: string;
  const models = (...args: string[]): ReturnType<typeof runProgram> => runProgram(['models', ...args], { env });

  before(async () => {
    const tiny = await readFile(tinyModelPath);
    hub = await startFakeHub({ 'README.md': 'x', 'small-Q8_0.gguf': tiny, 'broken-Q4_0.gguf': tiny.subarray(0, 5000) });
  });
  after(async () => {
    await hub.close();
    await cleanUpServers();
  });
  beforeEach(() => {
    env = { ...cleanEnvironment(), HF_ENDPOINT: hub.url };
    home = env.HOME ?? '';
    env.XDG_DATA_HOME = join(home, 'data');
    env.XDG_CONFIG_HOME = join(home, 'config');
  });
  const pulled = (): string => join(home, 'data', 'joule-ls', 'engine-models', 'acme', 'tiny-GGUF');

  it('tells the size and downloads nothing without a yes', async () => {
    const { code, stderr } = await models('pull', 'hf:acme/tiny-GGUF:Q8_0');
    assert.equal(code, 1);
    assert.match(stderr, /acme\/tiny-GGUF, small-Q8_0\.gguf: \d+\.?\d* MB; \d+(\.\d+)? [MG]B free in/);
    assert.match(stderr, /--yes/);
    assert.ok(!existsSync(pulled()));
    assert.ok(hub.requests.every(({ host }) => host === 'hub'));
  });

  it('downloads with progress, says what it is and how to use it', async () => {
    const { code, stdout, stderr } = await models('pull', 'hf:acme/tiny-GGUF:Q8_0', '--yes');
    assert.equal(code, 0, stderr);
    assert.match(stderr, /\[#+\.*\] \d+ % of \d+\.?\d* MB/);
    assert.match(stdout, /^small-Q8_0 is there: llama, 0\.\d\d B parameters, 8\.\d bits per weight, context 512$/m);
    assert.match(stdout, /\{"roles":\{"worker":"embedded\/small-Q8_0"\}\}/);
    assert.match(stdout, /joule-ls engine install/);
    assert.deepEqual(await readdir(pulled()), ['small-Q8_0.gguf']);
  });

  it('says what is wrong, with an exit status', async () => {
    assert.equal((await models('pull', 'hf:acme', '--yes')).code, 2);
    const missing = await models('pull', 'hf:acme/other', '--yes');
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /no such repository or file\nWhat helps: check the name/);
    const broken = await models('pull', 'hf:acme/tiny-GGUF:Q4_0', '--yes');
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /can't be used: .*header/);
  });

  describe('with the engine', () => {
    before(needEngine);

    it('shows a file that the owner names, by its header, and leaves out one that is not there', async () => {
      const file = join(home, 'mine.gguf');
      await writeFile(file, await readFile(tinyModelPath));
      const named = [{ path: file }, { path: join(home, 'none.gguf') }, { path: file, name: 'other', family: 'qwen2' }];
      await mkdir(join(home, 'config', 'joule-ls'), { recursive: true });
      const owner = { engineDirectory: testEngineDirectory, embeddedModels: named };
      await writeFile(join(home, 'config', 'joule-ls', 'config.json'), JSON.stringify(owner));
      const { stdout, stderr } = await models();
      assert.match(stdout, /^mine +embedded +.* M +\d.* M +0\.0\d\d GB +512/m, stderr);
      assert.match(stdout, /^other +embedded/m);
      assert.match(stdout, /^joule-tiny +embedded +- /m, 'not chosen where another is there');
      assert.ok(!/^none /m.test(stdout));
    });
  });
});

describe('joule-ls models modelfile', () => {
  after(cleanUpServers);

  it('is what `ollama create` takes: the file, the template, the stop', async () => {
    const { code, stdout } = await runProgram(['models', 'modelfile']);
    assert.equal(code, 0);
    const from = /^FROM "?([^"\n]+)"?$/m.exec(stdout)?.[1] ?? '';
    assert.ok((await readFile(from)).subarray(0, 4).equals(Buffer.from('GGUF')));
    const template = /^TEMPLATE """([^"]*)"""$/m.exec(stdout)?.[1] ?? '';
    assert.match(template, /\.Suffix.*<\|fim_middle\|>/, 'Ollama looks for .Suffix');
    assert.match(template, /<\|\{\{ \.System \}\}\|>.*\{\{ \.Prompt \}\}<\|out\|>/);
    assert.equal(template.split('{{ if ').length, template.split('{{ end }}').length, 'each if has its end');
    assert.match(stdout, /^PARAMETER stop "<\|im_end\|>"$/m);
    assert.match(stdout, /^PARAMETER num_ctx 512$/m);
    for (const line of stdout.trim().split('\n')) assert.match(line, /^(#|FROM|TEMPLATE|PARAMETER) /);
  });
});
