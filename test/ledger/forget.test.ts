// What is forgotten is gone, byte by byte; everything else is as it was, also what was written meanwhile, and also when the forgetting was killed.

import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { appendLines } from '../../server/ledger/files.ts';
import { createFollower } from '../../server/ledger/follow.ts';
import { carryOut, type ForgetOrder, planForget } from '../../server/ledger/forget.ts';
import { readHistory } from '../../server/ledger/read-history.ts';
import { finishReplacing, lockForget } from '../../server/ledger/replace-file.ts';
import { keptLog } from '../support/kept-log.ts';
import { callEvent, outcomeEvent, sampleCall } from '../support/sample-events.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const november = 'receipts-2026-11.jsonl';
const october = 'receipts-2026-10.jsonl';

const call = (id: string, at: string, path = '/p/words.py'): string =>
  JSON.stringify(callEvent({ receiptId: id, at, path, call: sampleCall({ id }) }));
const undone = (id: string, at: string): string =>
  JSON.stringify(outcomeEvent({ receiptId: id, at, outcome: 'undone' }));
const newer = (id: string, path: string): string =>
  JSON.stringify({
    schema: 9,
    kind: 'dream',
    at: '2026-11-04T00:00:00.000Z',
    receiptId: id,
    places: [path],
    novel: true,
  });
const torn = call('torn', '2026-10-03T00:00:00.000Z', '/p/torn.py').slice(0, 150);
const tooLong = `{"x":"${'x'.repeat(1_100_000)}"}`;

const before = {
  [october]: [call('a', '2026-10-01T00:00:00.000Z'), torn, call('b', '2026-10-30T00:00:00.000Z', '/q/b.py'), 'rubbish'],
  [november]: [
    undone('b', '2026-11-01T00:00:00.000Z'),
    tooLong,
    '',
    call('c', '2026-11-02T00:00:00.000Z', '/p/sub/c.py'),
    newer('n', '/p/words.py'),
    call('d', '2026-11-03T00:00:00.000Z', '/p/words.python'),
  ],
};

function ledger(): string {
  const directory = makeTemporaryFolder('joule-forget-');
  for (const [file, lines] of Object.entries(before)) writeFileSync(join(directory, file), `${lines.join('\n')}\n`);
  return directory;
}

const linesOf = (directory: string, file: string): string[] =>
  existsSync(join(directory, file)) ? readFileSync(join(directory, file), 'utf8').split('\n').slice(0, -1) : [];

async function forget(directory: string, order: ForgetOrder): Promise<readonly object[]> {
  return await carryOut(await planForget(directory, order), order);
}

describe('ledger forget', () => {
  const day = (text: string): number => Date.parse(`${text}T00:00:00.000Z`);
  const rows: readonly (readonly [string, ForgetOrder, (keyof typeof before)[], (line: string) => boolean])[] = [
    [
      'a file',
      { path: '/p/words.py' },
      [october, november],
      (line) => /"receiptId":"a"|"n"/.test(line) || line === tooLong,
    ],
    [
      'a folder',
      { path: '/p' },
      [october, november],
      (line) => /"receiptId":"[acdn]"|torn/.test(line) || line === tooLong,
    ],
    [
      'a time',
      { beforeWallMilliseconds: day('2026-11-01') },
      [october, november],
      (line) => /"receiptId":"[ab]"|torn|rubbish/.test(line),
    ],
    [
      'a part of a month',
      { beforeWallMilliseconds: day('2026-10-02') },
      [october],
      (line) => line.includes('"receiptId":"a"'),
    ],
    ['everything', { all: true }, [october, november], () => true],
    ['nothing', { path: '/nowhere' }, [], (line) => line === tooLong],
  ];
  for (const [what, order, files, goes] of rows) {
    it(`removes ${what}, as it said before, and leaves every other byte`, async () => {
      const directory = ledger();
      const plan = await planForget(directory, order);
      const { files: named } = plan;
      if (files.length > 0)
        assert.deepEqual(
          named.map(({ file }) => file),
          files,
        );
      assert.deepEqual(readdirSync(directory).sort(), [october, november], 'the plan touches nothing');
      for (const { problem } of await carryOut(plan, order)) assert.equal(problem, undefined);
      for (const [file, lines] of Object.entries(before)) {
        const kept = order.all === true ? [] : lines.filter((line) => !goes(line));
        assert.deepEqual(linesOf(directory, file), kept);
        const counted = named.find((one) => one.file === file);
        if (counted !== undefined) {
          assert.equal(counted.removedLines, lines.filter((line) => line !== '' && goes(line)).length);
          assert.equal(counted.keptLines, kept.filter((line) => line !== '').length);
        }
      }
      assert.deepEqual(
        readdirSync(directory).filter((name) => !/^receipts-\d+-\d+\.jsonl$/.test(name)),
        [],
      );
    });
  }

  it('keeps what others write meanwhile, whenever that is', async () => {
    const directory = ledger();
    let isOver = false;
    const write = async (prefix: string): Promise<number> => {
      for (let index = 0; ; index++) {
        if (isOver) return index;
        const line = call(`${prefix}${index}`, '2026-11-05T00:00:00.000Z', index % 3 === 0 ? '/p/sub/c.py' : '/r/r.py');
        assert.deepEqual(await appendLines(directory, november, [line]), { written: 1 });
      }
    };
    const writing = Promise.all(['x', 'y', 'z'].map(write));
    for (let round = 0; round < 15; round++) await forget(directory, { path: '/p/sub' });
    isOver = true;
    const counts = await writing;
    await forget(directory, { path: '/p/sub' });
    const there = new Set((await readHistory({ directory })).receipts.map(({ id }) => id));
    for (const [writer, count] of counts.entries()) {
      assert.ok(count > 10);
      for (let index = 0; index < count; index++) {
        const id = `${'xyz'[writer]}${index}`;
        assert.equal(there.has(id), index % 3 !== 0, id);
      }
    }
    assert.ok(there.has('d') && !there.has('c'));
  });

  it('is finished by the next server when it was killed at any step', async () => {
    const late = call('late', '2026-11-05T00:00:00.000Z');
    const expected = [...before[november].slice(3), late];
    const at = (directory: string, suffix: string): string => join(directory, `${november}${suffix}`);
    const size = `${before[november].join('\n')}\n`.length;
    const steps: Record<string, (directory: string) => void> = {
      'while it copied': (directory) => {
        writeFileSync(at(directory, '.forgetting'), 'half a li');
        appendFileSync(at(directory, ''), `${late}\n`);
      },
      'before the copy took the name': (directory) => {
        writeFileSync(at(directory, '.forgetting'), `${before[november].slice(3).join('\n')}\n`);
        linkSync(at(directory, ''), at(directory, `.before-forget-${size}`));
        appendFileSync(at(directory, ''), `${late}\n`);
      },
      'after the copy took the name': (directory) => {
        linkSync(at(directory, ''), at(directory, `.before-forget-${size}`));
        appendFileSync(at(directory, ''), `${late}\n`);
        writeFileSync(at(directory, '.forgetting'), `${before[november].slice(3).join('\n')}\n`);
        renameSync(at(directory, '.forgetting'), at(directory, ''));
      },
    };
    for (const [when, die] of Object.entries(steps)) {
      const directory = ledger();
      die(directory);
      writeFileSync(join(directory, 'forget.lock'), '999999999');
      await finishReplacing(directory);
      const lines = linesOf(directory, november);
      const isReplaced = when.startsWith('after');
      assert.deepEqual(lines, isReplaced ? expected : [...before[november], late], when);
      assert.deepEqual(readdirSync(directory).sort(), [october, november], when);
    }
  });

  it('leaves a live one alone, and takes over from a dead one', async () => {
    const directory = ledger();
    writeFileSync(join(directory, `${november}.forgetting`), '');
    const unlock = await lockForget(directory, process.pid);
    assert.ok(typeof unlock !== 'string');
    assert.match(
      String(await lockForget(directory, process.ppid)),
      /another "joule-ls ledger forget" is at work \(process \d+\)/,
    );
    assert.deepEqual(await finishReplacing(directory), []);
    assert.ok(existsSync(join(directory, `${november}.forgetting`)));
    await unlock();
    writeFileSync(join(directory, 'forget.lock'), '999999999');
    assert.ok(typeof (await lockForget(directory, process.pid)) !== 'string');
  });

  it('says why it leaves a file alone that is a link', async () => {
    const directory = ledger();
    const elsewhere = makeTemporaryFolder('joule-elsewhere-');
    renameSync(join(directory, november), join(elsewhere, november));
    symlinkSync(join(elsewhere, november), join(directory, november));
    const done = await forget(directory, { all: true });
    assert.match(JSON.stringify(done[1]), /is a link to .*elsewhere/);
    assert.equal(linesOf(elsewhere, november).length, before[november].length);
    assert.deepEqual(linesOf(directory, october), []);
  });

  it('is seen by a server that follows the file: what is behind it is still taken in', async () => {
    const directory = ledger();
    const seen: string[] = [];
    const follower = createFollower({ directory, log: keptLog(), add: (event) => seen.push(event.receiptId) });
    await follower.catchUp(november, true);
    await forget(directory, { path: '/p/sub' });
    await appendLines(directory, november, [call('e', '2026-11-09T00:00:00.000Z')]);
    seen.length = 0;
    await follower.catchUp(november, false);
    assert.ok(seen.includes('e') && !seen.includes('c'), seen.join());
    const { receipts } = await readHistory({ directory });
    assert.deepEqual(receipts.map(({ id }) => id).sort(), ['a', 'b', 'd', 'e']);
  });
});
