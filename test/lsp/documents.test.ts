// Documents follow the editor to the character, whatever it sends, and say when they can't any more.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyEdits, type OffsetEdit } from '../../server/base/text.ts';
import { createDocuments, type Documents, maximumDocumentLength, wholeTextEdit } from '../../server/lsp/documents.ts';

const uri = 'file:///a.py';

function opened(text: string, version = 0): { documents: Documents; edits: OffsetEdit[][]; refused: string[] } {
  const documents = createDocuments();
  const edits: OffsetEdit[][] = [];
  const refused: string[] = [];
  documents.listen({ changed: (_document, made) => edits.push([...made]), refused: (_uri, why) => refused.push(why) });
  documents.open({ textDocument: { uri, languageId: 'python', version, text } });
  return { documents, edits, refused };
}

const range = (a: [number, number], b: [number, number]) => ({
  start: { line: a[0], character: a[1] },
  end: { line: b[0], character: b[1] },
});

describe('documents', () => {
  it('apply the changes of one notification one after the other, and tell them as offsets', () => {
    const { documents, edits } = opened('a🌱b\r\nc\n');
    documents.change({
      textDocument: { uri, version: 1 },
      contentChanges: [
        { range: range([0, 3], [0, 4]), text: '' },
        { range: range([1, 0], [1, 1]), text: 'dd' },
      ],
    });
    assert.equal(documents.get(uri)?.getText(), 'a🌱\r\ndd\n');
    assert.deepEqual(edits, [
      [
        { start: 3, end: 4, text: '' },
        { start: 5, end: 6, text: 'dd' },
      ],
    ]);
  });

  it('clamp ranges outside the text and turn backward ones around', () => {
    const { documents } = opened('abc');
    documents.change({
      textDocument: { uri, version: 1 },
      contentChanges: [{ range: range([0, 2], [0, 1]), text: 'X' }],
    });
    documents.change({
      textDocument: { uri, version: 2 },
      contentChanges: [{ range: range([99, 99], [99, 99]), text: '!' }],
    });
    assert.equal(documents.get(uri)?.getText(), 'aXc!');
  });

  it('take version 0 for a version', () => {
    assert.equal(opened('x', 0).documents.get(uri)?.version, 0);
  });

  it('overlook changes and saves of what was never opened', () => {
    const { documents } = opened('x');
    documents.change({ textDocument: { uri: 'file:///other', version: 3 }, contentChanges: [{ text: 'y' }] });
    documents.save('file:///other');
    documents.close('file:///other');
    assert.equal(documents.get('file:///other'), undefined);
  });

  it('leave a document alone that is, or becomes, too large, with one sentence', () => {
    const huge = opened('x'.repeat(maximumDocumentLength + 1));
    assert.equal(huge.documents.get(uri), undefined);
    assert.match(huge.refused[0] ?? '', /leaves documents over 32 Mi characters alone/);
    const grown = opened('x');
    grown.documents.change({
      textDocument: { uri, version: 1 },
      contentChanges: [{ text: 'y'.repeat(maximumDocumentLength + 1) }],
    });
    assert.equal(grown.documents.get(uri), undefined);
    assert.equal(grown.refused.length, 1);
  });

  it('give a document up when a lost message turns out to have been a change of it', () => {
    const safe = opened('abc', 4);
    safe.documents.distrustAll();
    safe.documents.change({
      textDocument: { uri, version: 5 },
      contentChanges: [{ range: range([0, 0], [0, 0]), text: '1' }],
    });
    assert.equal(safe.documents.get(uri)?.getText(), '1abc');
    const lost = opened('abc', 4);
    lost.documents.distrustAll();
    lost.documents.change({
      textDocument: { uri, version: 6 },
      contentChanges: [{ range: range([0, 0], [0, 0]), text: '1' }],
    });
    assert.equal(lost.documents.get(uri), undefined);
    assert.match(lost.refused[0] ?? '', /reopen it/);
    const whole = opened('abc', 4);
    whole.documents.distrustAll();
    whole.documents.change({ textDocument: { uri, version: 9 }, contentChanges: [{ text: 'new' }] });
    assert.equal(whole.documents.get(uri)?.getText(), 'new');
  });

  it('see a whole new text as one edit that cuts no character and no line break in half', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', '🌱', '🌲', '\r\n', '\n', '\r', 'é'), { maxLength: 12 })
      .map((units) => units.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const edit = wholeTextEdit(before, after);
        assert.equal(applyEdits(before, [edit]), after);
        for (const at of [edit.start, edit.end]) {
          assert.ok(!/[\ud800-\udbff]$/.test(before.slice(0, at)), 'splits a surrogate pair');
          assert.ok(!(before[at - 1] === '\r' && before[at] === '\n'), 'splits a line break');
        }
      }),
    );
  });
});
