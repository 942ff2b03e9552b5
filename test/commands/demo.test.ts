// The demo as a person starts it: the built program, the real engine, the real server over stdio, the sample's own tests.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkSample } from '../../server/commands/demo-check.ts';
import { needEngine, testEngineDirectory } from '../support/install-engine.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const sample = fileURLToPath(new URL('../../server/commands/sample/savings.py', import.meta.url));
const right =
  '    gains = [value for value in values if value > 0]\n    return sum(gains) / len(gains) if gains else 0\n';

describe('demo', function () {
  this.timeout(60_000);
  let folder: string;

  before(function () {
    if (existsSync(program)) return;
    console.log('SKIPPED: demo because dist/main.js is not built');
    this.skip();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'joule-ls-demo-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
    const config = join(folder, 'config.json');
    await writeFile(config, JSON.stringify({ engineDirectory: testEngineDirectory }));
    return spawn(process.execPath, [program, ...args], {
      env: {
        ...process.env,
        JOULE_LS_CONFIG: config,
        XDG_STATE_HOME: folder,
        XDG_RUNTIME_DIR: folder,
        OLLAMA_HOST: await closedPort(),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
    return finished(await start(args, env));
  }

  describe('with the embedded engine', () => {
    before(needEngine);

    it('writes the function, runs its tests, and shows what it cost', async () => {
      const { status, stdout, stderr } = await run(['demo', '--json']);
      assert.equal(status, 0, stderr);
      assert.match(stderr, /Ollama does not answer/);
      assert.match(stderr, /Implement average_gain · worker · joule-tiny/, 'progress');
      // The model is done within one report's time where the machine is quick; the last line has the joules always.
      assert.match(stderr, /Implement average_gain · .*\d m?J/, 'joules as they come');
      const [shown, module] = JSON.parse(stdout).samples;
      assert.match(shown.title, /^joule: Implement average_gain · .* J$/);
      assert.match(shown.diff, /^- {4}raise NotImplementedError$/m);
      assert.match(shown.diff, /^\+ {4}return sum\(values\) \/ len\(values\)$/m);
      assert.ok(['passed', 'not-executed'].includes(shown.check.status), JSON.stringify(shown.check));
      assert.equal(shown.receipt.outcome, 'accepted');
      const [call] = shown.receipt.calls;
      assert.equal(call.model, 'joule-tiny');
      assert.equal(call.sampling.temperature, 0);
      assert.ok(call.lowestTokenProbability >= 0.95, 'well above the bound of 0.9');
      assert.match(shown.hover, /joule-tiny ×4 · \d+ tok · /, 'asked once, and three times in other words');
      assert.equal(shown.notes.length, 1);

      assert.match(module.title, /^joule: Implement .Write a module with three functions/);
      assert.deepEqual(
        module.receipt.calls.map(({ role }: { role: string }) => role),
        ['planner', 'worker', 'worker', 'worker'],
        'planned, then written in parts, joined without a model',
      );
      assert.equal(module.receipt.strategy, 'split');
      for (const name of ['keep_positive', 'average', 'gain'])
        assert.match(module.diff, new RegExp(`^\\+def ${name}\\(`, 'm'));
      assert.match(module.diff, /^\+ {4}return average\(keep_positive\(values\)\)$/m);
      if (module.check.status !== 'not-executed')
        assert.deepEqual(module.check.tests, ['test_keep_positive', 'test_average', 'test_gain']);
      assert.ok(['passed', 'not-executed'].includes(module.check.status), JSON.stringify(module.check));
    });

    it('says all of it in words, and what to type next', async () => {
      const { status, stdout } = await run(['demo', '--engine', 'embedded'], { PATH: folder });
      assert.equal(status, 0);
      assert.match(stdout, /Chosen from the code actions: joule: Implement average_gain/);
      assert.match(stdout, /module of three functions\. Chosen from the code actions/);
      assert.match(stdout, /^\+ {4}return/m);
      assert.match(stdout, /Test not executed: no python3/, 'nothing on PATH, so nothing was run');
      assert.doesNotMatch(stdout, /tests pass/);
      assert.match(stdout, /^Receipt: .* J/m);
      assert.match(stdout, /^Hover on the generated code:\n {2}joule · implement/m);
      assert.match(stdout, /joule-ls doctor[\s\S]*joule-ls run implement/);
    });

    it('comes after an install that is checked and answers', async () => {
      const { status, stdout } = await run(['engine', 'install', '--json']);
      assert.equal(status, 0);
      const said = JSON.parse(stdout);
      assert.equal(said.outcome, 'already-there');
      assert.equal(said.directory, testEngineDirectory);
      assert.ok(said.trial.tokensOut > 5);
    });
  });

  it('says what to do when the engine that was asked for is not there', async () => {
    const { status, stdout, stderr } = await run(['demo', '--engine', 'ollama']);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /Ollama does not answer[\s\S]*What helps: /);
  });

  it('explains itself when called wrongly', async () => {
    for (const args of [['demo', '--engine', 'gpt'], ['demo', '--nonsense'], ['engine'], ['engine', 'remove']]) {
      const { status, stderr } = await run(args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, /usage: joule-ls (demo|engine)/);
    }
  });

  describe('its check', () => {
    async function check(body: string, options = {}): ReturnType<typeof checkSample> {
      const file = join(folder, 'savings.py');
      await writeFile(file, (await readFile(sample, 'utf8')).replace('    raise NotImplementedError\n', body));
      return checkSample(file, options);
    }

    before(async function () {
      if ((await checkSample(sample)).status !== 'not-executed') return;
      console.log('SKIPPED: the check of the demo because there is no python3');
      this.skip();
    });

    it('passes what is right and names what is wrong', async () => {
      assert.equal((await check(right)).status, 'passed');
      const wrong = await check('    return sum(values) / len(values)\n');
      assert.ok(wrong.status === 'failed');
      assert.match(wrong.why, /test_average_gain: AssertionError on line \d+/);
    });

    it('calls an untouched stub and a syntax error failed', async () => {
      assert.equal((await check('    raise NotImplementedError\n')).status, 'failed');
      assert.equal((await check('    return (\n')).status, 'failed');
    });

    for (const [what, code] of Object.entries({
      'an import': '    import os\n    return os.system("touch ran")\n',
      'an import by name': '    return __import__("os").getpid()\n',
      'a private attribute': '    return ().__class__.__base__.__subclasses__()\n',
      'a format string that reaches attributes': '    return "{0.__class__}".format(values)\n',
      'a global declaration': '    global sum\n    return 0\n',
      'a class': '    class A:\n        pass\n    return 0\n',
      'a decorator': '    @print\n    def g():\n        return 0\n    return 0\n',
    })) {
      it(`does not run code with ${what}, and does not call that a pass`, async () => {
        const outcome = await check(code);
        assert.ok(outcome.status === 'not-executed', JSON.stringify(outcome));
        assert.match(outcome.why, /^the code was not run: it uses /);
      });
    }

    it('has no files, no evaluation and no output to give', async () => {
      for (const code of ['open("x", "w")', 'eval("1")', 'exec("1")', 'getattr(values, "x")', 'print(1)', 'input()']) {
        const outcome = await check(`    return ${code}\n`);
        assert.ok(outcome.status === 'failed' && /NameError/.test(outcome.why), `${code}: ${JSON.stringify(outcome)}`);
      }
    });

    it('leaves nothing behind that keeps the program waiting when there is no Python', async () => {
      const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
      await check(right); // the test runner sets its own timer meanwhile
      const before = timers();
      const outcome = await check(right, { pythons: [join(folder, 'no-such-python')] });
      assert.deepEqual(outcome, { status: 'not-executed', why: 'no python3' });
      assert.equal(timers(), before);
    });

    it('stops what does not end', async () => {
      const outcome = await check('    while True:\n        pass\n', { longestMilliseconds: 500 });
      assert.ok(outcome.status === 'failed' && /too long/.test(outcome.why));
    });
  });
});

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function finished(child: ChildProcess): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, stdout, stderr })));
}

/** Where nobody listens: a port that was free a moment ago. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${typeof address === 'object' ? address?.port : 1}`;
}
