// `joule-ls run` as a person types it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWorld, type World } from '../support/editor-client.ts';
import { cleanUpServers, runProgram } from '../support/spawn-server.ts';

const stub = 'def add(a, b):\n    """Sum of a and b."""\n    pass\n';
const done = 'def add(a, b):\n    """Sum of a and b."""\n    return a + b\n';
const diff =
  '--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n def add(a, b):\n     """Sum of a and b."""\n-    pass\n+    return a + b\n';

describe('joule-ls run', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await createWorld({ models: [{ name: 'qwen2.5-coder:3b' }], reply: () => done });
  });
  beforeEach(() => world.file('a.py', stub));
  after(async () => {
    await world.close();
    await cleanUpServers();
  });
  const run = (...args: string[]): ReturnType<typeof runProgram> =>
    runProgram(['run', ...args], { env: world.env, cwd: world.project });
  const file = (): string => readFileSync(join(world.project, 'a.py'), 'utf8');

  it('shows progress on stderr and diff and receipt on stdout, and writes nothing unasked', async () => {
    const { code, stdout, stderr } = await run('implement', 'a.py:1');
    assert.equal(code, 0, stderr);
    assert.ok(stdout.startsWith(diff), stdout);
    assert.match(stdout, /\n\n.* · [\d.]+ s.*\n$/);
    assert.match(stderr, /joule: Implement add · .*\n/);
    assert.match(stderr, /add --apply/);
    assert.equal(file(), stub);
  });

  it('writes the file with --apply, says everything with --explain or as JSON', async () => {
    const asJson = run('implement', 'a.py:1', '--json');
    const { code, stdout } = await run(
      'implement',
      'a.py:3:5',
      '--apply',
      '--explain',
      '--strategy',
      'direct',
      '--instruction',
      'quickly',
    );
    assert.equal(code, 0);
    assert.match(stdout, /\nas asked\nworker qwen2\.5-coder:3b · \d+ tok/);
    assert.equal(file(), done);
    const report = JSON.parse((await asJson).stdout) as Readonly<Record<string, unknown>>;
    assert.deepEqual([report.ok, report.diff], [true, diff]);
    assert.deepEqual(report.files, [{ path: 'a.py', created: false, text: done }]);
    assert.match(JSON.stringify(report.receipt), /"outcome":"accepted"/);
    assert.ok(world.ollama.requests.some((request) => request.text.includes('quickly')));
  });

  it('fails with the text shown when the answer does not pass, and does not write it', async () => {
    world.ollama.setReply(() => 'def add(a, b):\n    return (a + ');
    const { code, stdout, stderr } = await run('implement', 'a.py:1', '--apply');
    assert.equal(code, 1);
    assert.match(stdout, /^\+ {4}return \(a \+/m);
    assert.match(stderr, /kept, not applied/);
    assert.equal(file(), stub);
    world.ollama.setReply(() => done);
  });

  it('says what is wrong with a command line, a place, a file', async () => {
    const wrong: [string[], number, RegExp][] = [
      [['destroy', 'a.py:1'], 2, /destroy is not an action/],
      [['implement', 'a.py:1', '--wrong'], 2, /--wrong/],
      [['implement', 'none.py:1'], 1, /there is no file none\.py/],
      [['fix', 'a.py:1'], 1, /say what is wrong with --message/],
    ];
    const answers = await Promise.all(wrong.map(([args]) => run(...args)));
    for (const [index, [args, code, said]] of wrong.entries()) {
      assert.equal(answers[index]?.code, code, args.join(' '));
      assert.match(answers[index]?.stderr ?? '', said);
      assert.equal(answers[index]?.stdout, '');
    }
  });
});
