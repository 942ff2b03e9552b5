// The dressings and the judge themselves: what is dressed stays right, the same seed gives the same text, and the judge
// accepts the right edit and notices every kind of damage.

import assert from 'node:assert/strict';
import { type FidelityAction, squeeze } from './answer.ts';
import { checkEdited } from './check.ts';
import { combinationLabels, type DressingSet, dressingFor, featuresOf, labelsFor } from './dressings.ts';
import { ownCases } from './own-cases.ts';
import { dressedParts } from './parts.ts';
import { seededRandom } from './random.ts';
import { runners } from './runners/index.ts';
import { drawVariant, type FidelityTask, type FileVariant, makeTask } from './task.ts';

const plain: FileVariant = {
  surroundings: 0,
  lineBreak: '\n',
  finalNewline: true,
  inClass: false,
  stub: 0,
  lean: false,
};
const actions: readonly FidelityAction[] = ['implement', 'fix', 'document'];
const sets: readonly DressingSet[] = ['known', 'blind'];

function own(id: string, action: FidelityAction, variant: Partial<FileVariant> = {}): FidelityTask {
  const source = ownCases.find((candidate) => candidate.id === id);
  assert.ok(source, id);
  return makeTask(source, action, { ...plain, ...variant });
}

/** What the file should be after a faultless edit. */
function rightEdit(task: FidelityTask): string {
  const end = task.text.length - task.after.length;
  const present = task.text.slice(task.before.length, end);
  if (task.action !== 'document') {
    const at = present.indexOf(task.answer.presentBody.split('\n').join(task.variant.lineBreak));
    const length = task.answer.presentBody.split('\n').join(task.variant.lineBreak).length;
    const body = task.answer.body.split('\n').join(task.variant.lineBreak);
    const gap = task.answer.presentBody === '' ? task.variant.lineBreak : '';
    return task.before + present.slice(0, at) + gap + body + present.slice(at + length) + task.after;
  }
  const documentation = task.answer.documentation.split('\n').join(task.variant.lineBreak) + task.variant.lineBreak;
  const at =
    task.source.language === 'python' ? present.indexOf(task.variant.lineBreak) + task.variant.lineBreak.length : 0;
  return task.before + present.slice(0, at) + documentation + present.slice(at) + task.after;
}

describe('fidelity dressings', () => {
  it('gives the same text for the same seed and mostly another for another', () => {
    const { answer } = own('own/python/running_total', 'implement');
    for (const set of sets) {
      for (const label of labelsFor(answer, set, 3)) {
        assert.deepEqual(dressingFor(answer, set, label, 'a'), dressingFor(answer, set, label, 'a'), label);
      }
      const texts = (seed: string): (string | undefined)[] =>
        combinationLabels(10).map((label) => dressingFor(answer, set, label, seed)?.text);
      assert.notDeepEqual(texts('a'), texts('b'));
    }
  });

  it('keeps the right answer readable in every dressing of every case', () => {
    for (const source of ownCases) {
      for (const action of actions) {
        const { answer } = makeTask(source, action, plain);
        for (const set of sets) {
          for (const label of labelsFor(answer, set, 4)) {
            const dressing = dressingFor(answer, set, label, source.id);
            assert.ok(dressing, `${source.id} ${label}`);
            if (action === 'document' || dressing.names.some((name) => /^(line numbers|diff|REPL|JSON)/.test(name)))
              continue;
            assert.ok(squeeze(dressing.text).includes(squeeze(answer.body)), `${source.id} ${label}\n${dressing.text}`);
          }
        }
      }
    }
  });

  it('lays two or three features on and says which', () => {
    const { answer } = own('own/go/WordCount', 'implement');
    const blind = new Set(featuresOf.blind.map((feature) => feature.name));
    for (const label of combinationLabels(20)) {
      const names = dressingFor(answer, 'blind', label, 'x')?.names ?? [];
      assert.ok(names.length >= (label.startsWith('two') ? 2 : 3), `${label}: ${names.join()}`);
      assert.ok(
        names.some((name) => blind.has(name)),
        `${label}: ${names.join()}`,
      );
    }
  });

  it('has every blind feature apply somewhere, under a name of its own', () => {
    const all = [...featuresOf.known, ...featuresOf.blind];
    assert.equal(new Set(all.map((feature) => feature.name)).size, all.length);
    const used = new Set<string>();
    for (const source of ownCases) {
      for (const action of actions) {
        for (const set of sets) {
          for (const label of labelsFor(makeTask(source, action, plain).answer, set, 0)) used.add(label);
        }
      }
    }
    // A body of one line is the only place for inline code, and none of the own cases has one.
    const unused = all.map((feature) => feature.name).filter((name) => !used.has(name));
    assert.deepEqual(unused, ['no fence', 'inline code']);
  });
});

describe('fidelity tasks', () => {
  it('writes files whose parts are the text', () => {
    for (const source of ownCases) {
      for (const action of actions) {
        for (let round = 0; round < 12; round++) {
          const variant = drawVariant(source, seededRandom(source.id, action, round));
          const task = makeTask(source, action, variant);
          assert.ok(task.text.startsWith(task.before) && task.text.endsWith(task.after), source.id);
          assert.equal(task.text.slice(task.cursor, task.cursor + source.name.length), source.name);
          assert.equal(task.text.includes('\r\n'), variant.lineBreak === '\r\n');
          if (task.finding !== undefined)
            assert.ok(task.finding.start > task.before.length && task.finding.end <= task.text.length);
        }
      }
    }
  });

  it('passes its tests when it is right and fails them when it is not', async function () {
    for (const language of ['python', 'js'] as const) {
      const missing = await runners[language].missing();
      if (missing !== undefined) {
        console.log(`SKIPPED: own cases in ${language}, because ${missing}`);
        this.skip();
      }
      const tasks = ownCases
        .filter((source) => source.language === language)
        .map((source) => makeTask(source, 'fix', plain));
      const results = await runners[language].run([
        ...tasks.map((task) => ({ key: `${task.source.id} right`, text: rightEdit(task), test: task.source.test })),
        ...tasks.map((task) => ({ key: `${task.source.id} buggy`, text: task.text, test: task.source.test })),
      ]);
      for (const [key, result] of results)
        assert.equal(result.ok, key.endsWith('right'), `${key} ${JSON.stringify(result)}`);
    }
  });

  it('cuts functions in three that still work', async () => {
    const cases = ownCases.filter((source) => source.language === 'js');
    const programs = cases.map((source) => {
      const task = makeTask(source, 'implement', plain);
      const parts = dressedParts(task.answer, 'x');
      assert.ok(parts);
      assert.deepEqual(parts.plan.subtasks[0]?.needs, ['core', 'finish']);
      const text = `${task.before}\n${parts.body}\n${task.after}\n${parts.helpers.join('\n')}`;
      return { key: source.id, text, test: source.test };
    });
    for (const [key, result] of await runners.js.run(programs))
      assert.ok(result.ok, `${key} ${JSON.stringify(result)}`);
  });
});

describe('fidelity judge', () => {
  const check = (task: FidelityTask, edited: string): string | undefined => checkEdited(task, edited, undefined, false);

  it('accepts the right edit', () => {
    for (const source of ownCases) {
      for (const action of actions) {
        for (const lineBreak of ['\n', '\r\n'] as const) {
          const task = makeTask(source, action, { ...plain, lineBreak });
          assert.equal(check(task, rightEdit(task)), undefined, `${source.id} ${action}`);
        }
      }
    }
  });

  it('accepts documentation that begins like the code after it', () => {
    const source = ownCases.find((candidate) => candidate.name === 'flatten');
    assert.ok(source);
    const task = makeTask({ ...source, body: '    return list(nested)' }, 'document', plain);
    const raw = rightEdit(task).replace('    """All', '    r"""All');
    assert.notEqual(raw, rightEdit(task));
    assert.equal(check(task, raw), undefined);
  });

  it('notices damage outside the target', () => {
    const task = own('own/js/groupBy', 'implement');
    const edited = rightEdit(task);
    assert.match(check(task, edited.replace('°C 🌡  ', '°C 🌡')) ?? '', /before the target/);
    assert.match(check(task, edited.replace('( (r)', '((r)')) ?? '', /after the target/);
    assert.match(check(task, `${edited}\n`) ?? '', /after the target/);
  });

  it('notices what does not belong to the answer', () => {
    for (const action of ['implement', 'fix'] as const) {
      const task = own('own/python/running_total', action);
      const edited = rightEdit(task);
      const withMore = (more: string): string => edited.replace('    return sums', `    return sums\n${more}`);
      assert.match(check(task, withMore('```')) ?? '', /not the answer/);
      assert.match(check(task, withMore('    return []')) ?? '', /not the answer/);
      assert.match(check(task, withMore('# Example usage:\nprint(1)')) ?? '', /not the answer/);
      assert.match(check(task, task.text) ?? '', /nothing changed/);
    }
  });

  it('notices a lost docstring, line breaks of two kinds and tabs', () => {
    const fix = own('own/python/running_total', 'fix');
    assert.match(check(fix, rightEdit(fix).replace(/ {4}"""Sums.*\n/, '')) ?? '', /not the answer/);
    const windows = own('own/js/groupBy', 'implement', { lineBreak: '\r\n' });
    assert.match(check(windows, rightEdit(windows).replace('Map();\r\n', 'Map();\n')) ?? '', /two kinds/);
    const tabs = own('own/js/groupBy', 'implement');
    assert.match(check(tabs, rightEdit(tabs).replace('  const groups', '\tconst groups')) ?? '', /tabs/);
  });

  it('notices code that changed while it was documented', () => {
    const task = own('own/rust/longest', 'document');
    const edited = rightEdit(task);
    assert.match(check(task, edited.replace('pub fn longest', 'fn longest')) ?? '', /code changed/);
    assert.match(
      check(task, edited.replace('/// The longest', '//// x\nlet y = 1;\n/// The longest')) ?? '',
      /not only documentation/,
    );
    assert.match(check(task, task.text) ?? '', /nothing changed/);
  });
});
