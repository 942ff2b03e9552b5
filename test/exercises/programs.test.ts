// Right and faulty solutions, and programs that try to get away without their tests, in the real sandbox.

import assert from 'node:assert/strict';
import { dataSetFolder, readSources } from '../../server/exercises/data-set.ts';
import { fileOf, placeOf, stubOf } from '../../server/exercises/file.ts';
import { languages } from '../../server/exercises/languages.ts';
import type { TestOutcome } from '../../server/exercises/program.ts';
import { runTests } from '../../server/exercises/run-tests.ts';
import type { Source } from '../../server/exercises/source.ts';
import type { Sandbox } from '../../server/sandbox/port.ts';
import { ownCases } from '../fidelity/own-cases.ts';
import { sandboxOrSkip } from '../support/sandbox.ts';

const signal = new AbortController().signal;

describe('exercises in the sandbox', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  before(async function () {
    sandbox = await sandboxOrSkip(this);
  });

  const run = (source: Source, body: string): Promise<TestOutcome> =>
    runTests(source.language, { text: fileOf(source, { body }), test: source.test }, sandbox.execute, signal);

  for (const source of ownCases.filter(({ language }) => language === 'python' || language === 'js'))
    it(`tell the right ${source.id} from the faulty one and from a stub`, async () => {
      assert.deepEqual(await run(source, source.body), { status: 'passed' });
      const wrong = await Promise.all([source.buggyBody, stubOf(source)].map((body) => run(source, body)));
      assert.deepEqual(
        wrong.map(({ status }) => status),
        ['failed', 'failed'],
        JSON.stringify(wrong),
      );
    });

  const tricks: readonly [language: 'python' | 'js', text: string, why: RegExp][] = [
    ['python', 'import sys\nsys.exit(0)', /before its tests/],
    ['python', 'import os\nos._exit(0)', /before its tests/],
    ['python', 'def f(:\n', /SyntaxError/],
    ['python', 'def f():\n    return 1', /^AssertionError: assert f\(\) == 2$/],
    ['python', 'import nowhere_to_be_found', /ModuleNotFoundError/],
    ['js', 'process.exit(0)', /before its tests/],
    ['js', 'const f = () => 1;', /^Error: assertion failed/],
    ['js', 'const f = (', /SyntaxError/],
  ];
  for (const [language, text, why] of tricks)
    it(`say why ${JSON.stringify(text)} has not passed`, async () => {
      const test = language === 'python' ? 'assert f() == 2' : 'console.assert(f() === 2)';
      const outcome = await runTests(language, { text, test }, sandbox.execute, signal);
      assert.equal(outcome.status, 'failed');
      assert.match('why' in outcome ? outcome.why : '', why);
    });

  it('tell right from faulty on rows of the data set', async function () {
    const folder = dataSetFolder(process.env.JOULE_LS_DATA);
    if (folder === undefined) {
      console.log('      SKIPPED: programs of the data set, because JOULE_LS_DATA does not name its folder');
      return this.skip();
    }
    for (const language of ['python', 'js'] as const) {
      const sources: readonly Source[] = (readSources(folder, language) ?? []).filter((_, index) => index % 16 === 2);
      for (const source of sources) {
        assert.deepEqual([source.id, await run(source, source.body)], [source.id, { status: 'passed' }]);
        assert.equal((await run(source, source.buggyBody)).status, 'failed', source.id);
      }
    }
  });
});

describe('exercises', () => {
  it('are not run where there is no sandbox, and say why', async () => {
    const execute = async () => ({ kind: 'unavailable', why: 'no walls', mend: 'build some' }) as const;
    const outcome = await runTests('python', { text: '', test: '' }, execute, signal);
    assert.deepEqual(outcome, { status: 'not run', why: 'no walls (build some)' });
    const never = (): never => assert.fail('nothing may be run');
    assert.equal((await runTests('rust', { text: '', test: '' }, never, signal)).status, 'not run');
    const without = {
      kind: 'ran',
      exitCode: 127,
      output: '',
      errorOutput: 'env: ‘go’: No such file\n',
      droppedBytes: 0,
    } as const;
    const go = await runTests('go', { text: '', test: '' }, async () => without, signal);
    assert.match(JSON.stringify(go), /"not run".*go is not among the programs/);
  });

  it("know where the function's name stands", () => {
    for (const language of languages)
      for (const source of ownCases.filter((one) => one.language === language)) {
        const text = fileOf(source, { body: stubOf(source) });
        const { line, character } = placeOf(source, text);
        assert.ok(text.split('\n')[line]?.slice(character).startsWith(source.name), source.id);
      }
  });
});
