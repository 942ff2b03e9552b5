// `joule-ls experiment completion` as a person types it: the real program and server, a fake Ollama that fills in what the data set has, files
// as HumanEval-Infilling's are.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { infillSets } from '../../server/exercises/infill-tasks.ts';
import type { DialFigures } from '../../server/report/experiments/completion/dial.ts';
import { createWorld, type World } from '../support/editor-client.ts';
import type { FakeRequest } from '../support/fake-ollama.ts';
import { cleanUpServers, runProgram } from '../support/spawn-server.ts';

const tasks = [
  { name: 'double', truth: '    return x * 2' },
  { name: 'negate', truth: '    return -x' },
].map(({ name, truth }) => ({
  task_id: `SingleLineInfilling/HumanEval/${name}/L0`,
  prompt: `def ${name}(x: int) -> int:\n    """Of x."""\n    y = x\n`,
  suffix: `\n\n\ndef after_${name}(x: int) -> int:\n    return x\n`,
  canonical_solution: truth,
}));

describe('joule-ls experiment completion', function () {
  this.timeout(60_000);
  let world: World;

  /** The right line, and then on and on, until it is stopped. */
  function reply({ prompt, text }: FakeRequest): object {
    const task = tasks.find(({ prompt: before }) => `${prompt}${text}`.includes(before.split('(')[0] ?? ''));
    const line = (task?.canonical_solution ?? '    return x').split(/(?= )/);
    return { pieces: [...line, '\n', ...Array.from({ length: 20 }, () => '    y = y + 1\n')] };
  }

  beforeEach(async () => {
    world = await createWorld({
      models: [{ name: 'qwen2.5-coder:3b', capabilities: ['completion', 'insert'] }],
      reply: reply as never,
    });
    mkdirSync(join(world.project, 'data'));
    // What was answered before is not asked again: no two tasks are alike.
    for (const [index, file] of Object.values(infillSets).entries())
      writeFileSync(join(world.project, 'data', file), gzipSync(JSON.stringify(tasks[index])));
  });
  afterEach(async () => {
    await world.close();
    await cleanUpServers();
  });

  const experiment = (more: readonly string[]) =>
    runProgram(['experiment', 'completion', '--out', 'results', '--rest', '0', '--seed', '1', '--yes', ...more], {
      env: world.env,
      cwd: world.project,
    });

  it('counts exact answers and the tokens that stopping saves, at each place of the dial', async () => {
    const { code, stdout, stderr } = await experiment(['--data', 'data', '--json']);
    assert.equal(code, 0, stderr);
    const { dials } = JSON.parse(stdout) as { dials: DialFigures[] };
    assert.deepEqual(
      dials.map(({ frugality, completions }) => [frugality, completions]),
      [0, 0.25, 0.5, 0.75, 1].map((frugality) => [frugality, 2]),
    );
    const [never, , middle] = dials;
    assert.ok(never && middle);
    assert.equal(middle.exact.share, 1, 'the line that was right is all that is inserted');
    assert.ok(middle.similarity === 1);
    assert.ok(never.tokensOut > 2 * middle.tokensOut, `${never.tokensOut} tokens at 0, ${middle.tokensOut} at 0.5`);
    const saved = 1 - middle.tokensOut / never.tokensOut;
    assert.ok(Math.abs((middle.savedTokenShare ?? 0) - saved) < 1e-9);
    assert.match(
      readFileSync(join(world.project, 'results', 'page.html'), 'utf8'),
      /What stopping completions early saves/,
    );
  });

  it('does not score what a stand-in wrote', async () => {
    const { stdout, stderr } = await experiment(['--data', 'data', '--limit', '1', '--stand-in', 'a fake engine']);
    assert.match(stdout, /^simulated: a fake engine/, stderr);
    assert.match(stdout, /not run +not run/);
  });

  it('says what is missing', async () => {
    assert.match((await experiment([])).stderr, /it needs HumanEval-Infilling: --data DIR/);
    assert.match(
      (await experiment(['--data', 'nowhere'])).stderr,
      /HumanEval-SingleLineInfilling\.jsonl\.gz is not there/,
    );
  });
});
