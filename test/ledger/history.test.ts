// Receipts of the past, from real files: which months are looked into, what is left out and why, and never more in memory than is open.

import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { LedgerEvent, Receipt } from '../../server/ledger/events.ts';
import { longestLine } from '../../server/ledger/file-lines.ts';
import { appendLines, monthFile } from '../../server/ledger/files.ts';
import { createIdTable, hashText } from '../../server/ledger/id-table.ts';
import { migrate } from '../../server/ledger/migrate.ts';
import { eachReceipt, readHistory } from '../../server/ledger/read-history.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import { callEvent, outcomeEvent, sampleCall } from '../support/sample-events.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const november = 'receipts-2026-11.jsonl';

async function write(directory: string, events: readonly LedgerEvent[]): Promise<void> {
  for (const event of events) await appendLines(directory, monthFile(event.at), [JSON.stringify(event)]);
}

async function oneByOne(range: Parameters<typeof eachReceipt>[0]): Promise<{ receipts: Receipt[]; rest: object }> {
  const receipts: Receipt[] = [];
  const rest = await eachReceipt(range, (receipt) => receipts.push(receipt));
  return { receipts: receipts.sort((a, b) => (a.at < b.at ? -1 : 1)), rest };
}

const at = (day: string): string => `2026-${day}T10:00:00.000Z`;
const wall = (day: string): number => Date.parse(`2026-${day}T00:00:00.000Z`);

describe('history', () => {
  it('has whole receipts of a range, with what became of them in the next month', async () => {
    const directory = makeTemporaryFolder('joule-history-');
    await write(directory, [
      callEvent({ receiptId: 'july', at: at('07-30'), call: sampleCall({ id: 'july' }) }),
      callEvent({ receiptId: 'september', at: at('09-30'), call: sampleCall({ id: 'september' }) }),
      outcomeEvent({ receiptId: 'september', at: at('10-02'), outcome: 'dismissed' }),
      callEvent({ receiptId: 'october', at: at('10-31'), call: sampleCall({ id: 'october' }) }),
      outcomeEvent({ receiptId: 'october', at: at('11-05'), outcome: 'undone' }),
      callEvent({ receiptId: 'december', at: at('12-01'), call: sampleCall({ id: 'december' }) }),
    ]);
    const ids = async (since?: string, until?: string): Promise<string[]> => {
      const range = {
        directory,
        sinceWallMilliseconds: since === undefined ? undefined : wall(since),
        untilWallMilliseconds: until === undefined ? undefined : wall(until),
      };
      const { receipts, files, skipped } = await readHistory(range);
      const single = await oneByOne(range);
      assert.deepEqual(single.receipts, receipts);
      assert.deepEqual(single.rest, { files, skipped });
      return receipts.map(({ id, outcome, calls }) => `${id} ${outcome} ${calls.length}`);
    };
    assert.deepEqual(await ids('10-01', '11-01'), ['october undone 1']);
    assert.deepEqual(await ids('09-01', '10-01'), ['september dismissed 1']);
    assert.deepEqual(await ids('10-01'), ['october undone 1', 'december open 1']);
    assert.equal((await ids()).length, 4);
    assert.deepEqual((await readHistory({ directory: join(directory, 'none') })).receipts, []);
  });

  it('names what it leaves out: torn, unreadable, newer and too long lines, and files that are none', async () => {
    const directory = makeTemporaryFolder('joule-history-');
    const whole = JSON.stringify(callEvent({ receiptId: 'whole' }));
    const lines = [
      whole,
      whole.slice(0, 300),
      'null',
      JSON.stringify({ ...callEvent(), schema: 2 }),
      JSON.stringify(callEvent({ call: sampleCall({ id: 'long', engineVersion: 'x'.repeat(10_000_000) }) })),
      '',
      '\u0000\u0000',
      JSON.stringify(callEvent({ receiptId: 'behind', call: sampleCall({ id: 'behind' }) })),
    ];
    writeFileSync(join(directory, november), `${lines.join('\n')}\n${whole.slice(0, -1)}`);
    mkdirSync(join(directory, 'receipts-2026-10.jsonl'));
    const { receipts, skipped, files } = await readHistory({ directory });
    assert.deepEqual(receipts.map(({ id }) => id).sort(), ['behind', 'whole']);
    assert.deepEqual(files, ['receipts-2026-10.jsonl', november]);
    const [folder, ...rest] = skipped;
    assert.deepEqual([folder?.file, folder?.why, folder?.lines], ['receipts-2026-10.jsonl', 'file', 0]);
    assert.match(folder?.what ?? '', /folder/);
    const length = Buffer.byteLength(lines[4] ?? '');
    assert.deepEqual(rest, [
      { file: november, why: 'torn', what: 'ends in the middle', lines: 2, firstLine: 2 },
      { file: november, why: 'unreadable', what: 'is not an object', lines: 1, firstLine: 3 },
      { file: november, why: 'newer', what: 'is of a newer version', lines: 1, firstLine: 4 },
      { file: november, why: 'too long', what: `has ${length} bytes, more than any receipt`, lines: 1, firstLine: 5 },
      { file: november, why: 'unreadable', what: 'is not JSON', lines: 1, firstLine: 7 },
    ]);
    assert.deepEqual((await oneByOne({ directory })).rest, { skipped, files });
  });

  it('takes a last line that only lacks its break, and a line as long as may be', async () => {
    const directory = makeTemporaryFolder('joule-history-');
    const longest = (length: number): string => {
      const line = (version: string): string =>
        JSON.stringify(
          callEvent({ receiptId: `l${length}`, call: sampleCall({ id: `l${length}`, engineVersion: version }) }),
        );
      return line('x'.repeat(length - line('').length));
    };
    writeFileSync(
      join(directory, november),
      [longest(longestLine), longest(longestLine + 1), longest(2_000)].join('\n'),
    );
    const { receipts, skipped } = await readHistory({ directory });
    assert.deepEqual(receipts.map(({ id }) => id).sort(), [`l${longestLine}`, 'l2000'].sort());
    assert.equal(skipped.length, 1);
  });

  it('is the same one by one as all at once, whatever the order and however often a line was written', async () => {
    const event = fc
      .tuple(fc.constantFrom('a', 'b', 'ü', 'd"e'), fc.integer({ min: 0, max: 4 }), fc.boolean())
      .map(([receiptId, hour, isCall]): LedgerEvent => {
        const time = `2026-11-0${hour + 1}T00:00:00.000Z`;
        return isCall
          ? callEvent({ receiptId, at: time, call: sampleCall({ id: `${receiptId}${hour}` }) })
          : outcomeEvent({ receiptId, at: time, outcome: hour % 2 === 0 ? 'accepted' : 'undone' });
      });
    const parent = makeTemporaryFolder('joule-history-');
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), fc.boolean(), async (events, respaced) => {
        const directory = join(parent, String(runs++));
        mkdirSync(directory);
        const text = events.map((one) =>
          respaced ? JSON.stringify(one).replace(':1,', ': 1 ,') : JSON.stringify(one),
        );
        appendFileSync(join(directory, november), text.map((line) => `${line}\n`).join(''));
        const ids = [...new Set(events.map(({ receiptId }) => receiptId))].sort();
        const folded = ids.map((id) => foldReceipt(events.filter(({ receiptId }) => receiptId === id)));
        const byId = (receipts: readonly Receipt[]): Receipt[] => [...receipts].sort((a, b) => (a.id < b.id ? -1 : 1));
        assert.deepEqual(byId((await readHistory({ directory })).receipts), folded);
        assert.deepEqual(byId((await oneByOne({ directory })).receipts), folded);
      }),
      { numRuns: 50 },
    );
  });

  it('tells how far it is, and stops when asked', async () => {
    const directory = makeTemporaryFolder('joule-history-');
    await write(directory, [callEvent()]);
    const seen: number[] = [];
    await eachReceipt({ directory, onProgress: (read, total) => seen.push(read / total) }, () => {});
    assert.equal(seen.at(-1), 1);
    assert.ok(seen.length >= 2);
    await assert.rejects(readHistory({ directory, signal: AbortSignal.abort() }), /abort/i);
  });

  it('numbers ids as a Map would', () => {
    const table = createIdTable();
    const map = new Map<string, number>();
    for (let index = 0; index < 20_000; index++) {
      const id = `id-${(index * 7919) % 5_000}`;
      if (!map.has(id)) map.set(id, map.size);
      assert.equal(table.numberOf(hashText(id)), map.get(id));
    }
    assert.equal(table.size(), map.size);
  });

  it('brings old lines up one version at a time, and knows when no way leads there', () => {
    const table = {
      1: (line: Readonly<Record<string, unknown>>) => ({ ...line, joules: Number(line.wattSeconds) }),
      2: ({ joules, ...line }: Readonly<Record<string, unknown>>) => ({ ...line, microjoules: Number(joules) * 1e6 }),
    };
    assert.deepEqual(migrate({ schema: 1, wattSeconds: 3, novel: 'kept' }, table, 3), {
      schema: 3,
      wattSeconds: 3,
      novel: 'kept',
      microjoules: 3e6,
    });
    assert.deepEqual(migrate({ schema: 3 }, table, 3), { schema: 3 });
    for (const schema of [0, -1, 1.5, 'one', undefined, 4]) assert.equal(migrate({ schema }, table, 3), undefined);
  });
});
