// `joule-ls doctor` and `joule-ls models`: what is there, what is missing, and what mends it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createWorld, type World } from '../support/editor-client.ts';
import { startExporter } from '../support/exporter.ts';
import { cleanEnvironment, cleanUpServers, runProgram } from '../support/spawn-server.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

describe('doctor and models', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await createWorld({
      models: [
        { name: 'qwen2.5-coder:3b' },
        { name: 'qwen2.5-coder:7b', parameters: 7_000_000_000 },
        { name: 'nomic-embed-text', capabilities: ['embedding'] },
      ],
      config: { ollama: { meter: 'local' }, hover: 'sideways', nonsense: 1 },
    });
  });
  after(async () => {
    await world.close();
    await cleanUpServers();
  });

  it('says what can be measured, which engine answers, who has which role, and where things are', async () => {
    const { code, stdout } = await runProgram(['doctor'], { env: world.env });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ {2}\+ CPU: .*hardware counter/m);
    assert.match(stdout, /^ {2}- nvml: /m);
    assert.match(stdout, /^ {2}\+ ollama 0\.33\.4, 1 slot: .*qwen2\.5-coder:3b/m);
    assert.match(stdout, /its joules are counted here \(declared\)/);
    assert.match(stdout, /qwen2\.5-coder:3b writes .*qwen2\.5-coder:7b plans/);
    assert.match(stdout, /^ {2}config: .*config\.json$/m);
    assert.match(stdout, /^ {2}ledger: .*state\/joule-ls$/m);
    assert.match(stdout, /! .*hover/);
    assert.match(stdout, /! .*nonsense is not a setting/);
  });

  it('says whether there is a sandbox, what is run in it, and what is not executed without', async () => {
    const asking = await createWorld({ config: { examples: 'on', checkers: { go: ['gofmt', '-l', '{file}'] } } });
    try {
      const { stdout } = await runProgram(['doctor'], { env: asking.env });
      assert.match(
        stdout,
        /^Sandbox\n {2}(?:\+ works; runs examples, checker \(go\)$|- .*; not executed: examples, checker \(go\)$)/m,
      );
      const { stdout: json } = await runProgram(['doctor', '--json'], { env: world.env });
      assert.deepEqual((JSON.parse(json) as { sandbox: { asked: unknown } }).sandbox.asked, []);
    } finally {
      await asking.close();
    }
  });

  it('shows the counters of a remote meter, or why there are none, and that they are the engine’s', async () => {
    const exporter = await startExporter('node_rapl_package_joules_total{index="0",path="/p"} 5\n');
    const far = await createWorld({
      models: [{ name: 'qwen2.5-coder:3b' }],
      config: { ollama: { meter: 'remote' }, remoteMeter: { kind: 'prometheus', url: exporter.url } },
    });
    try {
      const name = `prometheus at ${new URL(exporter.url).host}`;
      const { stdout } = await runProgram(['doctor'], { env: far.env });
      assert.ok(stdout.includes(`CPU: /p (${name}), hardware counter`), stdout);
      assert.ok(stdout.includes(`its joules are counted by ${name}`), stdout);
      exporter.answer('<html>');
      const broken = await runProgram(['doctor'], { env: far.env });
      assert.ok(broken.stdout.includes(`- ${name}: ${name}: what answers there is no exporter`), broken.stdout);
    } finally {
      await exporter.close();
      await far.close();
    }
  });

  it('fails where nothing can answer, with every way out', async () => {
    const [{ code, stdout }, { code: again, stdout: json }] = await Promise.all([
      runProgram(['doctor']),
      runProgram(['doctor', '--json']),
    ]);
    assert.deepEqual([code, again], [1, 1]);
    assert.match(stdout, /- ollama: /);
    assert.match(stdout, /joule-ls engine install/);
    const found = JSON.parse(json) as { ready: boolean; engines: unknown[]; missing: unknown[] };
    assert.equal(found.ready, false);
    assert.ok(found.engines.length >= 1);
    assert.ok(found.missing.length >= 1);
  });

  it('names the way out of the place it runs in: npm’s, or the extension’s', async () => {
    const program = join(makeTemporaryFolder('joule-universal-'), 'dist');
    // As in the universal VSIX: no koffi in reach.
    cpSync(fileURLToPath(new URL('../../dist', import.meta.url)), program, {
      recursive: true,
      filter: (path) => !path.endsWith('.gguf'),
    });
    const doctor = (inside: NodeJS.ProcessEnv): Promise<string> =>
      new Promise((resolve) => {
        const env = { ...cleanEnvironment(), ...inside };
        execFile(process.execPath, [join(program, 'main.js'), 'doctor'], { env }, (_error, stdout) => resolve(stdout));
      });
    const [fromNpm, inVscode] = await Promise.all([doctor({}), doctor({ JOULE_LS_INSIDE: 'vscode' })]);
    assert.match(fromNpm, /- nvml: koffi, .* is not installed here\n +npm install --include=optional\n/);
    assert.match(fromNpm, /joule-ls engine install/);
    const file = `joule-ls-[\\d.]+-${process.platform}-${process.arch}\\.vsix`;
    assert.match(
      inVscode,
      new RegExp(`- nvml: koffi, .* is not installed here\\n +install ${file} instead of the universal`),
    );
    assert.match(inVscode, /the command “Joule: Install the Embedded Engine”/);
    assert.doesNotMatch(inVscode, /npm install|joule-ls engine install/);
  });

  it('lists models with roles and sizes, and pulls', async () => {
    const { code, stdout } = await runProgram(['models'], { env: world.env });
    assert.equal(code, 0);
    assert.match(stdout, /^model +engine +roles +parameters +active +size +context +infill +J\/token here$/m);
    assert.match(
      stdout,
      /^qwen2\.5-coder:7b +ollama +planner, judge +7\.0 B +7\.0 B +4\.2 GB +32768 +raw prompt +not measured$/m,
    );
    assert.match(stdout, /^nomic-embed-text\S* +ollama +- /m);
    const pulled = await runProgram(['models', 'pull', 'gemma3:1b'], { env: world.env });
    assert.equal(pulled.code, 0, pulled.stderr);
    assert.match(pulled.stdout, /gemma3:1b is there/);
    assert.ok(world.ollama.log.includes('POST /api/pull'));
    assert.equal((await runProgram(['models', 'destroy'], { env: world.env })).code, 2);
  });
});

describe('the command line', function () {
  this.timeout(60_000);
  it('says its version and its words, and refuses others', async () => {
    const [version, help, wrong] = await Promise.all([
      runProgram(['--version']),
      runProgram(['--help']),
      runProgram(['dance']),
    ]);
    assert.match(version.stdout, /^\d+\.\d+\.\d+/);
    assert.match(help.stdout, /joule-ls run <action>/);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /no command "dance"/);
    assert.equal(wrong.stdout, '');
  });
});
