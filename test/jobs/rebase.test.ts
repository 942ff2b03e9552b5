// Edits that move to a text that changed meanwhile: nothing outside them is touched, nothing that changed is overwritten.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyEdits, lineEnd, lineStart, type OffsetEdit } from '../../server/base/text.ts';
import { changeBetween, movedRange, narrowed } from '../../server/jobs/changes.ts';
import { createHistory } from '../../server/jobs/history.ts';
import { rebase } from '../../server/jobs/rebase.ts';
import { edit } from '../support/jobs-bench.ts';

const before = 'import os\n\ndef a():\n    pass\n\ndef b():\n    """Doc."""\n    pass\n\nprint(1)\n';
const target = { start: before.indexOf('def b'), end: before.indexOf('\n\nprint') };
const body = { start: before.lastIndexOf('    pass'), end: target.end, text: '    return 1' };

/** What becomes of the text when the user's edits come before the answer. */
function afterTyping(userEdits: OffsetEdit[], edits: OffsetEdit[] = [body]): string | undefined {
  const now = userEdits.reduce((text, one) => applyEdits(text, [one]), before);
  const history = createHistory();
  const document = { uri: 'u', version: 1, languageId: 'python', text: before };
  const mark = history.mark(document);
  history.record({ ...document, version: 2, text: now }, userEdits);
  const moved = rebase({ before, after: now, changes: history.since('u', mark), guarded: [target], edits });
  return moved && applyEdits(now, moved);
}

describe('rebase', () => {
  it('follows lines that came and went above', () => {
    assert.equal(
      afterTyping([edit(before, 'import os\n', 'import os\nimport sys\n')]),
      before.replace('import os\n', 'import os\nimport sys\n').replace('"""\n    pass', '"""\n    return 1'),
    );
    assert.equal(
      afterTyping([edit(before, 'import os\n\n', '')]),
      before.slice(11).replace('"""\n    pass', '"""\n    return 1'),
    );
    const line = { start: target.start, end: target.start, text: '# new\n' };
    assert.match(afterTyping([line]) ?? '', /# new\ndef b\(\):\n {4}"""Doc."""\n {4}return 1/);
  });

  it('gives up when the signature, the documentation or the body changed', () => {
    assert.equal(afterTyping([edit(before, 'def b()', 'def b(x)')]), undefined);
    assert.equal(afterTyping([edit(before, 'Doc.', 'Docs.')]), undefined);
    assert.equal(afterTyping([{ start: target.end, end: target.end, text: '  # mine' }]), undefined);
    assert.equal(afterTyping([{ start: target.start, end: target.start, text: 'async ' }]), undefined);
    assert.equal(afterTyping([{ ...target, text: '' }]), undefined);
  });

  it('holds when a change there was taken back', () => {
    const typed = { start: target.end, end: target.end, text: 'x' };
    const removed = { start: target.end, end: target.end + 1, text: '' };
    assert.equal(afterTyping([typed, removed]), applyEdits(before, [body]));
  });

  it('sees through a formatter that replaces the whole document', () => {
    const formatted = before.replace('print(1)', 'print( 1 )');
    assert.match(afterTyping([{ start: 0, end: before.length, text: formatted }]) ?? '', /return 1\n\nprint\( 1 \)/);
  });

  it('follows a definition that was cut and pasted elsewhere', () => {
    const text = before.slice(target.start, target.end);
    const cut = { start: target.start, end: target.end, text: '' };
    const pasted = { start: 11, end: 11, text: `${text}\n\n` };
    assert.match(afterTyping([cut, pasted]) ?? '', /^import os\n\ndef b\(\):\n {4}"""Doc."""\n {4}return 1\n/);
  });

  it('never takes a twin for the definition that was deleted', () => {
    const twins =
      'class A:\n    def run_everything(self):\n        pass\n\nclass B:\n    def run_everything(self):\n        pass\n';
    const first = { start: twins.indexOf('    def'), end: twins.indexOf('\n\nclass B') };
    const now = twins.slice(twins.indexOf('class B'));
    const edits = [{ start: twins.indexOf('        pass'), end: first.end, text: '        return 1' }];
    const changes = [{ start: 0, end: twins.indexOf('class B'), length: 0 }];
    assert.equal(rebase({ before: twins, after: now, changes, guarded: [first], edits }), undefined);
    assert.equal(rebase({ before: twins, after: now, changes: undefined, guarded: [first], edits }), undefined);
  });

  it('moves an import along, and gives up when its place is gone', () => {
    const imported = { start: 10, end: 10, text: 'import re\n' };
    assert.match(
      afterTyping([edit(before, 'import os\n', 'import os\nimport sys\n')], [imported, body]) ?? '',
      /^import os\nimport (re\nimport sys|sys\nimport re)\n/,
    );
    assert.match(
      afterTyping([{ start: 0, end: 0, text: '#!/usr/bin/env python\n' }], [imported, body]) ?? '',
      /import os\nimport re\n\ndef a/,
    );
    assert.equal(afterTyping([{ start: 5, end: 13, text: 'XY' }], [imported, body]), undefined);
  });

  it('finds its place by content when nobody followed the changes', () => {
    const now = `# reopened\n${before}# end\n`;
    const moved = rebase({ before, after: now, changes: undefined, guarded: [target], edits: [body] });
    assert.equal(moved && applyEdits(now, moved), `# reopened\n${applyEdits(before, [body])}# end\n`);
    const other = rebase({ before, after: 'other\n', changes: undefined, guarded: [target], edits: [body] });
    assert.equal(other, undefined);
  });

  it('leaves all text outside the edits as it is, whatever the user typed', () => {
    const line = fc.constantFrom('', 'a', '    b = 1', '}', 'x', '    pass', 'def f():');
    const lineBreak = fc.constantFrom('\n', '\r\n');
    const typed = fc.record({
      at: fc.nat(200),
      length: fc.nat(12),
      text: fc.constantFrom('', 'q', '\n', '    pass\n', 'a\nb\n', '🌱'),
    });
    let moved = 0;
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        lineBreak,
        fc.nat(11),
        fc.nat(3),
        fc.array(typed, { maxLength: 5 }),
        fc.boolean(),
        (lines, breaks, first, extra, typing, told) => {
          const text = lines.join(breaks);
          const offset = (index: number): number =>
            lines
              .slice(0, index)
              .map((one) => one + breaks)
              .join('').length;
          const from = Math.min(first, lines.length - 1);
          const to = Math.min(from + extra, lines.length - 1);
          const range = { start: offset(from), end: offset(to) + (lines[to] ?? '').length };
          const answer = { ...range, text: '<<generated>>' };
          let now = text;
          const changes = typing.map(({ at, length, text: inserted }) => {
            const start = Math.min(at, now.length);
            const one = { start, end: Math.min(start + length, now.length), text: inserted };
            const change = narrowed(one, now);
            now = applyEdits(now, [one]);
            return change;
          });
          const edits = rebase({
            before: text,
            after: now,
            changes: told ? changes : undefined,
            guarded: [range],
            edits: [answer],
          });
          if (edits === undefined) return;
          moved++;
          const [only, second] = edits;
          assert.ok(only && second === undefined);
          assert.equal(
            now.slice(only.start, only.end),
            text.slice(range.start, range.end),
            'replaces what the answer was for',
          );
          assert.equal(only.start, lineStart(now, only.start));
          assert.equal(only.end, lineEnd(now, only.end));
          const result = applyEdits(now, edits);
          assert.equal(result, `${now.slice(0, only.start)}<<generated>>${now.slice(only.end)}`);
        },
      ),
      { numRuns: 1_500 },
    );
    assert.ok(moved > 300, `only ${moved} of the runs had an intact place`);
  });

  it('always moves along with typing that stays outside the guarded lines', () => {
    const above = fc.array(fc.constantFrom('a = 1', '', '# b'), { minLength: 1, maxLength: 5 });
    const typed = fc.record({ line: fc.nat(20), text: fc.constantFrom('new\n', '\n', 'x = 2\n# y\n') });
    fc.assert(
      fc.property(above, above, fc.array(typed, { maxLength: 6 }), (top, bottom, typing) => {
        const middle = 'def f():\n    pass';
        const text = `${top.join('\n')}\n${middle}\n${bottom.join('\n')}\n`;
        const range = { start: top.join('\n').length + 1, end: top.join('\n').length + 1 + middle.length };
        let now = text;
        const changes = typing.map(({ line, text: inserted }) => {
          const starts = [0, ...[...now.matchAll(/\n/g)].map((match) => match.index + 1)];
          const outside = starts.filter(
            (start) => start <= now.indexOf(middle) || start > now.indexOf(middle) + middle.length,
          );
          const start = outside[line % outside.length] ?? 0;
          now = applyEdits(now, [{ start, end: start, text: inserted }]);
          return { start, end: start, length: inserted.length };
        });
        const edits = rebase({
          before: text,
          after: now,
          changes,
          guarded: [range],
          edits: [{ ...range, text: 'def f(): return 1' }],
        });
        assert.ok(edits, 'intact, yet given up');
        assert.equal(applyEdits(now, edits), now.replace(middle, 'def f(): return 1'));
      }),
    );
  });
});

describe('changes', () => {
  it('between two texts are the smallest single one', () => {
    assert.deepEqual(changeBetween('abcd', 'abXcd'), { start: 2, end: 2, length: 1 });
    assert.deepEqual(changeBetween('aaa', 'aa'), { start: 2, end: 3, length: 0 });
    assert.deepEqual(changeBetween('same', 'same'), { start: 4, end: 4, length: 0 });
  });

  it('move ranges so that untouched text stays the same text', () => {
    const piece = fc.record({ at: fc.nat(30), length: fc.nat(4), text: fc.constantFrom('', 'X', 'YYYY') });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), fc.nat(20), fc.nat(10), (pieces, from, length) => {
        const text = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index)).join('');
        let now = text;
        let range = { start: Math.min(from, 26), end: Math.min(from + length, 26) };
        const content = text.slice(range.start, range.end);
        let touched = false;
        for (const one of pieces) {
          const start = Math.min(one.at, now.length);
          const end = Math.min(start + one.length, now.length);
          touched ||= start < range.end && end > range.start;
          now = applyEdits(now, [{ start, end, text: one.text }]);
          range = movedRange(range, [{ start, end, length: one.text.length }], 'inward');
        }
        assert.ok(0 <= range.start && range.start <= range.end && range.end <= now.length);
        if (!touched) assert.equal(now.slice(range.start, range.end), content);
      }),
    );
  });
});

describe('the history of a document', () => {
  const document = { uri: 'u', version: 3, languageId: 'python', text: 'abc' };

  it('knows what happened since a mark or a version, until the document is closed', () => {
    const history = createHistory();
    const mark = history.mark(document);
    history.record({ ...document, version: 4, text: 'Xabc' }, [{ start: 0, end: 0, text: 'X' }]);
    const later = history.mark(document);
    history.record({ ...document, version: 9, text: 'Xabcd' }, [{ start: 4, end: 4, text: 'd' }]);
    const sizes = (changes: readonly { start: number }[] | undefined): unknown =>
      changes?.map((change) => change.start);
    assert.deepEqual(sizes(history.since('u', mark)), [0, 4]);
    assert.deepEqual(sizes(history.since('u', later)), [4]);
    assert.deepEqual(sizes(history.sinceVersion({ ...document, version: 9 }, 3)), [0, 4]);
    assert.deepEqual(sizes(history.sinceVersion({ ...document, version: 9 }, 4)), [4]);
    assert.deepEqual(history.sinceVersion({ ...document, version: 9 }, 9), []);
    assert.equal(history.sinceVersion({ ...document, version: 9 }, 2), undefined);
    assert.equal(history.sinceVersion({ ...document, version: 9 }, 12), undefined);
    history.forget('u');
    assert.equal(history.since('u', later), undefined);
    history.record({ ...document, version: 1, text: 'n' }, [{ start: 0, end: 0, text: 'n' }]);
    assert.equal(history.since('u', later), undefined);
  });

  it('gives up what is too long ago', () => {
    const history = createHistory();
    const mark = history.mark(document);
    for (let index = 0; index < 4_001; index++) {
      history.record({ ...document, version: 4 + index }, [{ start: 0, end: 0, text: 'x' }]);
    }
    assert.equal(history.since('u', mark), undefined);
    assert.equal(history.since('u', history.mark(document))?.length, 0);
  });

  it('wakes who waits at a change, at closing, and when they stop waiting', async () => {
    const history = createHistory();
    const patience = new AbortController();
    const change = history.nextChange('u', patience.signal);
    history.record(document, []);
    await change;
    const closing = history.nextChange('u', patience.signal);
    history.forget('u');
    await closing;
    const given = history.nextChange('u', patience.signal);
    patience.abort();
    await given;
    await history.nextChange('u', patience.signal);
  });
});
