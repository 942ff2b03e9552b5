// Generated code in open documents: followed through edits, marked anew when it is saved, and judged when its file is opened again.

import assert from 'node:assert/strict';
import { silentLog } from '../../server/base/log.ts';
import { openLedger } from '../../server/ledger/ledger.ts';
import { outcomeOf } from '../../server/ledger/passed.ts';
import type { Ledger } from '../../server/ledger/port.ts';
import { foundText } from '../../server/ledger/receipt-text.ts';
import { regionOf } from '../../server/ledger/regions.ts';
import { createDocuments } from '../../server/lsp/documents.ts';
import { createRegions } from '../../server/lsp/regions.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { morning, outcomeEvent } from '../support/sample-events.ts';

const path = '/project/words.py';
const uri = 'file:///project/words.py';
const body = [
  '    counts = {}',
  '    for word in words:',
  '        counts[word] = counts.get(word, 0) + 1',
  '    best = max(counts.values())',
  '    return [word for word in counts if counts[word] == best]',
].join('\n');
const text = `import os\n\n\ndef most_common(words):\n    """The words that come most often."""\n${body}\n\n\nprint(os.name)\n`;
const minutes = 60_000;

/** One editor after the other on the same ledger. */
function world(outcome: Parameters<typeof outcomeEvent>[0] = {}) {
  const clock = new ManualClock(0n, morning + 10_000);
  const gone = new Set<string>();
  const ledger = openLedger({
    directory: '/nowhere',
    enabled: () => false,
    clock,
    log: silentLog,
    isGone: (one) => gone.has(one),
  });
  const start = text.indexOf(body);
  const region = regionOf(path, text, { start, end: start + body.length });
  assert.ok(region);
  ledger.append(outcomeEvent({ path, regions: [region], ...outcome }));
  return { clock, ledger, gone };
}

function editor(clock: ManualClock, ledger: Ledger, content: string, at = uri) {
  const documents = createDocuments();
  const regions = createRegions({ documents, clock, ledger: () => ledger, onChange: () => {} });
  documents.open({ textDocument: { uri: at, languageId: 'python', version: 1, text: content } });
  let version = 1;
  const now = (): string => documents.get(at)?.getText() ?? '';
  return {
    now,
    replace(search: string, replacement: string) {
      const document = documents.get(at);
      const start = now().indexOf(search);
      assert.ok(document && start !== -1, `"${search}" is not in the document`);
      const range = { start: document.positionAt(start), end: document.positionAt(start + search.length) };
      documents.change({
        textDocument: { uri: at, version: ++version },
        contentChanges: [{ range, text: replacement }],
      });
    },
    replaceAll(search: string, replacement: string) {
      const parts = now().split(search);
      for (let times = 1; times < parts.length; times++) this.replace(search, replacement);
    },
    save: () => documents.save(at),
    close: () => documents.close(at),
    settle: () => clock.advanceAndSettle(400),
    shown: () => regions.of(at).map((match) => now().slice(match.range.start, match.range.end)),
    said: () => regions.of(at).map(foundText),
  };
}

describe('generated code in an open document', () => {
  it('is followed while it is edited, without a gap', async () => {
    const { clock, ledger } = world();
    const one = editor(clock, ledger, text);
    assert.deepEqual(one.shown(), [body]);
    one.replace('import os', 'import os\nimport sys');
    one.replace('counts = {}', 'counts = dict()  # by word');
    const edited = body.replace('counts = {}', 'counts = dict()  # by word');
    assert.deepEqual(one.shown(), [edited], 'at once');
    await one.settle();
    assert.deepEqual(one.shown(), [edited]);
    assert.deepEqual(one.said(), ['found again by content, 4 of 5 lines as written']);
  });

  it('stays itself when a name in every line is changed, also for the next editor', async () => {
    const { clock, ledger } = world();
    const one = editor(clock, ledger, text);
    one.replaceAll('counts', 'tally');
    one.replaceAll('word ', 'item ');
    await one.settle();
    const renamed = body.replaceAll('counts', 'tally').replaceAll('word ', 'item ');
    assert.deepEqual(one.shown(), [renamed]);
    one.save();
    assert.match(String(one.said()[0]), /^edited since, \d\d % of its tokens as generated$/);
    one.close();
    const next = editor(clock, ledger, one.now() || text.replace(body, renamed));
    assert.deepEqual(next.shown(), [renamed]);
    assert.match(String(next.said()[0]), /^edited since, \d\d % of its tokens as generated$/);
    const share = ledger.receipt('job-1')?.regions[0]?.kept ?? 0;
    assert.ok(share > 0.6 && share < 0.9, String(share));
  });

  it('is let go when little of it is left, in one step or in many with saves between', async () => {
    const { clock, ledger } = world();
    const one = editor(clock, ledger, text);
    one.replace(body, '    raise NotImplementedError("not yet")');
    await one.settle();
    assert.deepEqual(one.shown(), []);
    const many = world();
    const other = editor(many.clock, many.ledger, text);
    for (const [search, replacement] of [
      ['counts = {}', 'import collections'],
      ['for word in words:', 'tally = collections.Counter(words)'],
      ['counts[word] = counts.get(word, 0) + 1', 'pairs = tally.most_common()'],
      ['best = max(counts.values())', 'highest = pairs[0][1]'],
      [
        'return [word for word in counts if counts[word] == best]',
        'yield from (key for key, number in pairs if number >= highest)',
      ],
    ] as const) {
      other.replace(search, replacement);
      await other.settle();
      other.save();
    }
    assert.deepEqual(other.shown(), []);
  });

  it('writes nothing at a save that changed nothing of it', async () => {
    const { clock, ledger } = world();
    let lines = 0;
    const { append } = ledger;
    const counting = Object.assign({}, ledger, {
      append: (event: Parameters<typeof append>[0]) => {
        lines++;
        append(event);
      },
    });
    const one = editor(clock, counting, text);
    one.replace('import os', 'import os\nimport sys');
    for (let times = 0; times < 3; times++) one.save();
    assert.equal(lines, 0);
    one.replace('counts = {}', 'counts = dict()');
    for (let times = 0; times < 3; times++) one.save();
    assert.equal(lines, 1);
  });

  it('never comes back when it was dismissed or undone while it was followed', async () => {
    for (const outcome of ['dismissed', 'undone'] as const) {
      const { clock, ledger } = world();
      const one = editor(clock, ledger, text);
      one.replaceAll('counts', 'tally');
      ledger.append(outcomeEvent({ at: new Date(morning + 60_000).toISOString(), path, outcome }));
      await one.settle();
      one.save();
      assert.deepEqual(one.shown(), [], outcome);
      assert.deepEqual(editor(clock, ledger, text).shown(), [], outcome);
    }
  });

  it('comes along to a renamed file, and belongs to it once that is saved', async () => {
    const { clock, ledger, gone } = world();
    const renamed = 'file:///project/terms.py';
    assert.deepEqual(editor(clock, ledger, text, renamed).shown(), [], 'its file is still there');
    gone.add(path);
    const one = editor(clock, ledger, text, renamed);
    assert.deepEqual(one.shown(), [body]);
    one.save();
    gone.clear();
    assert.deepEqual(editor(clock, ledger, text, renamed).said(), [undefined]);
  });
});

describe('an answer whose file is opened later', () => {
  const judged = (ledger: Ledger, clock: ManualClock): string => {
    const receipt = ledger.receipt('job-1');
    assert.ok(receipt);
    return outcomeOf(receipt, clock.wallMilliseconds());
  };
  const cases: readonly [what: string, content: string, later: number, expected: string][] = [
    ['too early', text, 5, 'undecided'],
    ['it stands', text, 11, 'passed'],
    ['it stands, indented anew', text.replaceAll('    ', '\t'), 11, 'passed'],
    ['a short line of it was edited', text.replace('counts = {}', 'counts = dict()'), 11, 'passed'],
    ['about half is left', text.replace(/ {4}for word[\s\S]*\+ 1\n/, ''), 11, 'undecided'],
    ['it is gone', text.replace(body, '    pass'), 11, 'failed'],
  ];
  for (const [what, content, later, expected] of cases) {
    it(`${expected}: ${what}`, async () => {
      const { clock, ledger } = world();
      clock.advance(later * minutes);
      assert.equal(judged(ledger, clock), 'undecided');
      editor(clock, ledger, content);
      assert.equal(judged(ledger, clock), expected);
    });
  }

  it('passes after all when it is back: the file was another branch’s', () => {
    const { clock, ledger } = world();
    clock.advance(11 * minutes);
    editor(clock, ledger, text.replace(body, '    pass'));
    assert.equal(judged(ledger, clock), 'failed');
    clock.advance(minutes);
    editor(clock, ledger, text);
    assert.equal(judged(ledger, clock), 'passed');
  });

  it('is not judged by a file of another name, nor when it was refused or undone', () => {
    const { clock, ledger } = world();
    clock.advance(11 * minutes);
    editor(clock, ledger, 'x = 1\n', 'file:///project/other.py');
    assert.equal(judged(ledger, clock), 'undecided');
    for (const outcome of ['undone', 'failed', 'rejected'] as const) {
      const ended = world({ outcome });
      ended.clock.advance(11 * minutes);
      editor(ended.clock, ended.ledger, text);
      assert.equal(ended.ledger.receipt('job-1')?.stillThere, undefined, outcome);
    }
  });
});
