// The words, findings and places of tasks; what an explicit request widens; files that tests go to; bad places.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Action } from '../../server/actions/action.ts';
import { actionById, actions } from '../../server/actions/index.ts';
import type { ActionId } from '../../server/pipeline/task.ts';
import { markedPlace } from '../support/marked-place.ts';

function action(id: ActionId): Action {
  const found = actionById(id);
  assert.ok(found);
  return found;
}

describe('tasks', () => {
  it('say what documentation and comments say, each once, after what was typed', async () => {
    const place = await markedPlace(
      'python',
      '# joule: keep the order\ndef unique(words):\n    """Words without repetitions."""\n    # TODO: keep the order\n    pa│ss\n',
    );
    const task = action('implement').task(place, 'be quick');
    assert.equal(task?.instruction, 'be quick\nWords without repetitions.\nkeep the order');
  });

  it('name the stub that each wish belongs to', async () => {
    const place = await markedPlace(
      'python',
      'class St│ack:\n    def push(self, x):\n        """On top."""\n\n    def pop(self):\n        """The top."""\n        ...\n',
    );
    const task = action('implement').task(place, undefined);
    assert.equal(task?.instruction, 'push: On top.\npop: The top.');
    assert.equal(task?.target.kind === 'symbol' && task.target.symbol.name, 'Stack');
  });

  it('put code behind the last line of a comment, at its indentation', async () => {
    const place = await markedPlace('go', 'package a\n\nfunc f() {\n\t// TODO: one│\n\t// two\n\tg()\n}\n');
    const task = action('implement').task(place, undefined);
    assert.deepEqual(task?.target, { kind: 'after', offset: place.text.indexOf('two') + 3, indentation: '\t' });
    assert.equal(task?.instruction, 'one\ntwo');
  });

  it('carry the findings that touch the place and no others', async () => {
    const place = await markedPlace('python', 'def f():\n    return ╟a│╢\n\n\ndef g():\n    return b\n');
    const elsewhere = { message: 'elsewhere', range: { start: place.text.length - 2, end: place.text.length - 1 } };
    const task = action('fix').task({ ...place, findings: [...place.findings, elsewhere] }, undefined);
    assert.deepEqual(task?.findings, place.findings);
    assert.equal(task?.instruction, 'undefined name');
    assert.deepEqual(action('implement').task(place, undefined), undefined);
  });

  it('send lines instead of a definition that is long', async () => {
    const body = Array.from({ length: 80 }, (_, index) => `    a${index} = ${index}\n`).join('');
    const place = await markedPlace('python', `def f():\n${body}\n    ╟b│╢ += 1\n\n    return 1\n`);
    const task = action('fix').task(place, undefined);
    assert.equal(task?.target.kind === 'lines' && place.slice(task.target.range), '    b += 1');
  });

  it('rewrite as typed, as commented, or to be simpler', async () => {
    const plain = await markedPlace('python', 'def f(a):\n    ret│urn a\n');
    assert.match(action('rewrite').task(plain, undefined)?.instruction ?? '', /simpler/);
    assert.equal(action('rewrite').task(plain, 'as a lambda')?.instruction, 'as a lambda');
    const commented = await markedPlace('python', 'def f(a):\n    # joule: as a lambda\n    ret│urn a\n');
    assert.equal(action('rewrite').task(commented, undefined)?.instruction, 'as a lambda');
    const selected = await markedPlace('lua', '-- joule: use ipairs\n├for i = 1, #t do\nend┤\n');
    assert.equal(action('rewrite').task(selected, undefined)?.instruction, 'use ipairs');
  });

  it('take the definition around the cursor when the editor asked for just this action', async () => {
    const place = await markedPlace('typescript', 'function f() {\n  const a = 1;\n  ret│urn a;\n}\n');
    for (const id of ['document', 'test', 'explain', 'rewrite'] as const) {
      assert.equal(action(id).offer(place, false), undefined, id);
      assert.match(action(id).offer(place, true)?.title ?? '', /\bf$/, id);
    }
    assert.equal(action('implement').offer(place, true), undefined);
    const open = await markedPlace('typescript', 'function f(a) {\n  // TODO: count\n  ret│urn a + 1;\n}\n');
    assert.equal(action('implement').offer(open, true)?.title, 'Implement “count”');
  });

  it('do not reach the pipeline with facts of another text', async () => {
    const place = { ...(await markedPlace('python', 'def me│an(values):\n    pass\n')), factsAreStale: true };
    assert.equal(action('implement').offer(place, false)?.title, 'Implement mean');
    assert.equal(action('implement').task(place, undefined)?.facts, undefined);
    const moved = { ...place, text: `\n${place.text}` };
    assert.equal(action('implement').offer(moved, false), undefined);
  });

  it('never show control characters or markup tricks in a title', async () => {
    const place = await markedPlace('lua', '-- TODO: \u001b[31mred\u202e gnirts ├x┤ '.replace(/[├┤]/g, '│'));
    assert.equal(action('implement').offer(place, false)?.title, 'Implement “red gnirts x”');
  });
});

describe('test files', () => {
  const candidates: [string, string, string[]][] = [
    ['python', '/p/src/words.py', ['test_words.py', 'tests/test_words.py', '../tests/test_words.py']],
    ['go', '/p/words.go', ['words_test.go']],
    ['typescript', '/p/words.ts', ['words.test.ts', 'words.spec.ts', '__tests__/words.test.ts']],
    ['typescriptreact', '/p/Words.tsx', ['Words.test.tsx', 'Words.spec.tsx', '__tests__/Words.test.tsx']],
    ['javascript', '/p/words.mjs', ['words.test.mjs', 'words.spec.mjs', '__tests__/words.test.mjs']],
    ['rust', '/p/src/lib.rs', []],
    ['lua', '/p/words.lua', []],
  ];
  for (const [language, path, expected] of candidates) {
    it(`for ${path}`, async () => {
      const place = await markedPlace(language, 'x│', path);
      assert.deepEqual(action('test').otherFiles?.(place), expected);
    });
  }

  it('get no tests of their own unless asked for', async () => {
    for (const path of ['/p/test_words.py', '/p/tests/words.py', '/p/words_test.py']) {
      const place = await markedPlace('python', 'def f│():\n    return 1\n', path);
      assert.equal(action('test').offer(place, false), undefined);
      assert.ok(action('test').offer(place, true));
      assert.deepEqual(action('test').otherFiles?.(place), []);
    }
  });
});

describe('any place', () => {
  it('is answered without an error, and explicit offers include the others', async () => {
    const piece = fc.constantFrom(
      'def f(a):\n',
      '    pass\n',
      '    # TODO: x\n',
      '# joule: y\n',
      'class A:\n',
      '    def m(self): ...\n',
      '\r\n',
      '\n',
      '"""',
      '🌱',
      '\ud800',
      '\t',
      'return 1',
      '(',
      '/* TODO',
      'x = 1  # TODO\n',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 12 }),
        fc.nat(200),
        fc.nat(200),
        fc.constantFrom('python', 'lua', 'typescript'),
        fc.boolean(),
        async (pieces, a, b, language, stale) => {
          const text = pieces.join('');
          const [start, end] = [Math.min(a, b, text.length), Math.min(Math.max(a, b), text.length)];
          const findings = [{ message: 'm', range: { start, end } }];
          const place = {
            ...(await markedPlace(language, text)),
            selection: { start, end },
            findings,
            factsAreStale: stale,
          };
          for (const one of actions) {
            const offer = one.offer(place, false);
            if (offer !== undefined) assert.ok(one.offer(place, true), `${one.id} is not offered explicitly`);
            const task = one.task(place, undefined);
            if (offer !== undefined) assert.ok(task, `${one.id} has no task`);
            const { target } = task ?? {};
            if (target?.kind === 'lines') assert.ok(0 <= target.range.start && target.range.end <= text.length);
            if (target?.kind === 'after') assert.ok(target.offset <= text.length);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is found in texts of any size', async () => {
    const method = '  # notes\n  def m(self):\n    # joule: note\n    return 1\n\n';
    const long = `class A:\n${method.repeat(2_000)}`;
    const minified = `${Array.from({ length: 4_000 }, (_, n) => `function f${n}(a){return a}`).join(';')}// TODO: x`;
    for (const [language, text] of [
      ['python', long],
      ['javascript', minified],
      ['lua', '-- TODO: x\n'.repeat(100_000)],
    ] as const) {
      const parsed = await markedPlace(language, text);
      const middle = text.indexOf(':', text.length / 2) === -1 ? text.length : text.indexOf(':', text.length / 2);
      const place = { ...parsed, selection: { start: middle, end: middle } };
      const offered = actions.filter((one) => one.offer(place, false) !== undefined);
      assert.ok(offered.length > 0, language);
    }
  });
});
