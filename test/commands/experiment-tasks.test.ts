// `experiment tasks` with an engine that answers what is written here: the pass rates are known before, and the tests are really run.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tasksKind } from '../../server/commands/experiments/tasks.ts';
import { dataSetFolder, readSources } from '../../server/exercises/data-set.ts';
import type { TaskFigures } from '../../server/report/experiments/tasks/figures.ts';
import type { TaskResult } from '../../server/report/experiments/tasks/result.ts';
import { createWorld, type World } from '../support/editor-client.ts';
import { functionOf, rowIn, writeExercises } from '../support/exercise-rows.ts';
import { type ExperimentRun, resultFolder, runKind } from '../support/experiment-bench.ts';
import type { FakeRequest } from '../support/fake-ollama.ts';
import { sandboxOrSkip } from '../support/sandbox.ts';

/** Knows everything but `evens`, whose fault it writes; its tests of `larger` have one that is wrong. */
function answer({ text }: FakeRequest): string {
  const row = rowIn(text);
  if (row === undefined) return 'def add(a, b):\n    return a + b\n';
  const wrong = row.entry_point === 'evens';
  if (/Write tests for/.test(text))
    return `from ${/exercise_\w+/.exec(text)?.[0]} import ${row.entry_point}\n\n\n${row.goodTests}${row.entry_point === 'larger' ? '\n\ndef test_wrong():\n    assert larger(1, 1) == 2\n' : ''}`;
  if (/[Dd]ocument/.test(text) && !/Implement|TODO|pass\n/.test(text)) return row.goodDocumentation;
  return functionOf(row, wrong ? row.buggy_solution : row.canonical_solution);
}

describe('joule-ls experiment tasks', function () {
  this.timeout(60_000);
  let world: World;
  let data: string;
  before(async function () {
    await sandboxOrSkip(this);
    world = await createWorld({ models: [{ name: 'qwen2.5-coder:3b' }], reply: answer });
    data = writeExercises(join(world.project, '..', 'data'));
  });
  after(() => world?.close());

  async function run(name: string, lists: Record<string, string[]>): Promise<ExperimentRun<TaskResult>> {
    const order = { folder: resultFolder(world.project, name), data, lists };
    const result = await runKind(tasksKind, world.env, order);
    assert.ok(typeof result !== 'string', String(result));
    assert.equal(result.end.kind, 'finished', JSON.stringify(result.end));
    return result;
  }
  const figuresIn = ({ report }: ExperimentRun<TaskResult>): readonly TaskFigures[] =>
    (report.summary as { figures: readonly TaskFigures[] }).figures;
  const verdicts = ({ records }: ExperimentRun<TaskResult>, kind: string): Record<string, string> =>
    Object.fromEntries(
      records
        .filter(({ result }) => result.kind === kind)
        .map(({ result }) => [
          result.exercise,
          `${result.verdict.status}${'why' in result.verdict ? `: ${result.verdict.why}` : ''}`,
        ]),
    );

  it('says exactly which of the answers pass, and what each suite took', async () => {
    const result = await run('all', {});
    const figures = figuresIn(result);
    const wrong = 'failed: AssertionError: assert evens([1, 2, 3, 4]) == [2, 4]';
    const expected = { 'Python/0': 'passed', 'Python/1': 'passed', 'Python/2': wrong };
    assert.deepEqual(verdicts(result, 'generate'), expected);
    assert.deepEqual(verdicts(result, 'fix')['Python/0'], 'passed');
    assert.match(verdicts(result, 'fix')['Python/2'] ?? '', /^failed: /);
    assert.deepEqual(verdicts(result, 'document'), expected);
    assert.deepEqual(verdicts(result, 'test'), {
      'Python/0': 'passed',
      'Python/1': 'failed: 2 of 3 are right: AssertionError: assert larger(1, 1) == 2',
      'Python/2': 'passed',
    });
    const passed = figures.map(({ kind, passed: quality }) => [
      kind,
      quality.status === 'known' && `${quality.hits}/${quality.of}`,
    ]);
    assert.deepEqual(passed, [
      ['generate', '2/3'],
      ['fix', '2/3'],
      ['document', '2/3'],
      ['test', '2/3'],
    ]);
    const tests = figures.find(({ kind }) => kind === 'test')?.tests;
    assert.ok(tests !== undefined && Math.abs(tests.correctness - (1 + 2 / 3 + 1) / 3) < 1e-9);
    assert.deepEqual([tests.coverage, tests.caught.status === 'known' && tests.caught.hits], [1, 3]);
    const documentation = figures.find(({ kind }) => kind === 'document')?.documentation;
    assert.deepEqual(documentation, { named: 1, saysReturn: 1 });
    assert.match(result.report.text, /2 of 3 = 67 % \(21 to 94\)/);
    const page = readFileSync(join(resultFolder(world.project, 'all'), 'page.html'), 'utf8');
    for (const words of ['pass@1', '13.46 Wh', 'only the form of the regression carries over'])
      assert.ok(page.includes(words), words);
  });

  it('takes so many exercises as --limit says', async () => {
    const order = { folder: resultFolder(world.project, 'two'), data, limit: 2, lists: { tasks: ['generate'] } };
    const result = await runKind(tasksKind, world.env, order);
    assert.ok(typeof result !== 'string');
    assert.deepEqual(result.records.map(({ result: one }) => one.exercise).sort(), ['Python/0', 'Python/1']);
  });

  it('scores no quality where engine or counters are stand-ins, and says so', async () => {
    const order = { folder: resultFolder(world.project, 'stand-in'), data, lists: { tasks: ['generate', 'test'] } };
    const result = await runKind(tasksKind, world.env, { ...order, standIn: 'a scripted engine' });
    assert.ok(typeof result !== 'string');
    assert.match(result.report.text, /^simulated: a scripted engine\n/);
    assert.match(result.report.text, /not run: no model with real weights ran \(a scripted engine\)/);
    assert.doesNotMatch(result.report.text, /\d of \d = /);
    assert.deepEqual([result.report.page.label, figuresIn(result)[1]?.tests], ['simulated', undefined]);
  });

  it('shows the failing assertion to whoever fixes, and not the place of the fault', async () => {
    const before = world.ollama.requests.length;
    await run('fix', { tasks: ['fix'] });
    const asked = world.ollama.requests.slice(before).map(({ text }) => text);
    assert.ok(asked.some((text) => text.includes('test failed: AssertionError: assert larger(1, 2) == 2')));
  });

  it('goes on after an interruption without asking again for what is on record', async () => {
    const order = { folder: resultFolder(world.project, 'resumed'), data, lists: { tasks: ['generate'] } };
    const stop = new AbortController();
    let answers = 0;
    world.ollama.setReply((request) => {
      if (rowIn(request.text) !== undefined && ++answers === 2) stop.abort(new Error('interrupted'));
      return answer(request);
    });
    const first = await runKind(tasksKind, world.env, order, stop.signal).catch(() => undefined);
    assert.ok(first === undefined || (typeof first !== 'string' && first.end.kind === 'stopped'));
    world.ollama.setReply(answer);
    const before = world.ollama.requests.length;
    const result = await runKind(tasksKind, world.env, order);
    assert.ok(typeof result !== 'string' && result.end.kind === 'finished');
    assert.equal(result.records.length, 3);
    const again = world.ollama.requests.slice(before).filter(({ text }) => rowIn(text) !== undefined);
    assert.equal(again.length, 2, 'the first one is not asked again');
  });

  it('stops with a reason when the engine vanishes, and records nothing of what was cut off', async () => {
    const other = await createWorld({ models: [{ name: 'qwen2.5-coder:3b' }] });
    let answers = 0;
    other.ollama.setReply((request) => {
      if (rowIn(request.text) !== undefined && ++answers === 2) void other.ollama.close();
      return answer(request);
    });
    const order = { folder: resultFolder(other.project, 'gone'), data, lists: { tasks: ['generate'] } };
    const result = await runKind(tasksKind, other.env, order);
    await other.close();
    assert.ok(typeof result !== 'string' && result.end.kind === 'stopped', JSON.stringify(result));
    assert.deepEqual([result.end.done, result.records.length], [1, 1]);
    assert.match(result.end.why, /[Oo]llama|127\.0\.0\.1/);
  });

  it('refuses what it does not know, in a sentence', async () => {
    const refused = (more: object): Promise<unknown> =>
      runKind(tasksKind, world.env, { folder: resultFolder(world.project, 'none'), data, ...more });
    assert.match(String(await refused({ data: undefined })), /--data has to name the folder/);
    assert.match(String(await refused({ data: world.project })), /does not/);
    assert.match(
      String(await refused({ lists: { tasks: ['sing'] } })),
      /--tasks takes generate, fix, document, test, not "sing"/,
    );
    assert.match(String(await refused({ lists: { languages: ['go'] } })), /no go\.jsonl/);
    assert.match(String(await refused({ models: { small: 'nobody:1b' } })), /no engine has the model nobody:1b/);
  });

  it('reads the real data set', function () {
    const folder = dataSetFolder(process.env.JOULE_LS_DATA);
    if (folder === undefined) {
      console.log('      SKIPPED: the real data set, because JOULE_LS_DATA does not name its folder');
      return this.skip();
    }
    assert.equal(readSources(folder, 'python')?.length, 164);
  });
});
