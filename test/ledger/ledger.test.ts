// The ledger on a real disk: what is written, found again, survives, and what happens when it cannot be written.

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isKnown } from '../../server/energy/joules.ts';
import type { LedgerEvent } from '../../server/ledger/events.ts';
import { openLedger } from '../../server/ledger/ledger.ts';
import type { Ledger } from '../../server/ledger/port.ts';
import { regionOf } from '../../server/ledger/regions.ts';
import { type KeptLog, keptLog } from '../support/kept-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { callEvent, energyOf, measured, morning, outcomeEvent, sampleCall } from '../support/sample-events.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

const november = 'receipts-2026-11.jsonl';

describe('the ledger', () => {
  let directory = '';
  const opened: Ledger[] = [];

  function open(options: { log?: KeptLog; on?: boolean; at?: number; directory?: string } = {}): Ledger {
    const ledger = openLedger({
      directory: options.directory ?? directory,
      enabled: () => options.on ?? true,
      clock: new ManualClock(0n, options.at ?? morning),
      log: options.log ?? keptLog(),
    });
    opened.push(ledger);
    return ledger;
  }

  async function reopened(log = keptLog()): Promise<Ledger> {
    const ledger = open({ log });
    await ledger.ready();
    return ledger;
  }

  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), 'joule-ledger-')), 'joule-ls');
  });
  afterEach(async () => {
    for (const ledger of opened.splice(0)) await ledger.close();
    rmSync(join(directory, '..'), { recursive: true, force: true });
  });

  it('shows on request what another server has written since, and asks nothing of the disk before it was read', async () => {
    const [ours, theirs] = [await reopened(), await reopened()];
    const unread = open();
    theirs.append(callEvent({ receiptId: 'theirs' }));
    await theirs.flush();
    assert.equal(ours.receipt('theirs'), undefined);
    await Promise.all([ours.refresh(), unread.refresh()]);
    assert.equal(ours.receipt('theirs')?.calls.length, 1);
    assert.equal(unread.receipt('theirs'), undefined);
  });

  it('touches nothing before the first line, and writes whole lines for this user alone', async () => {
    const ledger = open();
    await ledger.ready();
    assert.equal(existsSync(directory), false);
    ledger.append(callEvent());
    ledger.append(outcomeEvent({ at: '2026-12-01T00:00:00.000Z' }));
    assert.equal(ledger.receipt('job-1')?.outcome, 'accepted', 'folded at once');
    await ledger.flush();
    assert.deepEqual(readdirSync(directory).sort(), [november, 'receipts-2026-12.jsonl']);
    assert.deepEqual(JSON.parse(readFileSync(join(directory, november), 'utf8')), callEvent());
    assert.ok(readFileSync(join(directory, november), 'utf8').endsWith('}\n'));
    assert.equal(statSync(directory).mode & 0o077, 0);
    assert.equal(statSync(join(directory, november)).mode & 0o077, 0);
  });

  it('remembers receipts and regions across a restart, from this month and the last', async () => {
    const text = 'def f():\n    return sum(values) / len(values)\n';
    const region = regionOf('/project/words.py', text, { start: 9, end: text.length });
    assert.ok(region);
    const first = open();
    first.append(callEvent({ at: '2026-10-05T08:00:00.000Z', receiptId: 'old' }));
    first.append(callEvent({ at: '2026-09-05T08:00:00.000Z', receiptId: 'older' }));
    first.append(callEvent());
    first.append(outcomeEvent({ regions: [region] }));
    await first.close();

    const second = await reopened();
    assert.deepEqual(second.receipt('job-1'), first.receipt('job-1'));
    assert.ok(second.receipt('old'));
    assert.equal(second.receipt('older'), undefined);
    const [match] = second.regionsIn('/project/words.py', `import os\r\n${text.replaceAll('\n', '\r\n')}`);
    assert.equal(match?.receipt.id, 'job-1');
    assert.equal(match?.range.start, 'import os\r\ndef f():\r\n'.length);
    assert.deepEqual(second.regionsIn('/project/other.py', text), []);
    assert.deepEqual(second.regionsIn('/project/words.py', text.replace('sum', 'max')), []);
    for (const outcome of ['dismissed', 'undone'] as const) {
      second.append(outcomeEvent({ outcome, at: new Date(morning + 60_000).toISOString() }));
      assert.deepEqual(second.regionsIn('/project/words.py', text), [], outcome);
    }
  });

  it('shows the newer of two receipts for the same lines', async () => {
    const text = 'a = 1\nb = 2\n';
    const region = regionOf('/project/words.py', text, { start: 0, end: text.length });
    assert.ok(region);
    const ledger = open();
    ledger.append(outcomeEvent({ receiptId: 'first', regions: [region] }));
    ledger.append(
      outcomeEvent({ receiptId: 'second', regions: [region], at: new Date(morning + 9_000).toISOString() }),
    );
    assert.deepEqual(
      ledger.regionsIn('/project/words.py', text).map((match) => match.receipt.id),
      ['second'],
    );
  });

  it('loses no line but the last to a cut at any byte of it, and goes on behind it', async () => {
    const whole = open();
    whole.append(callEvent());
    whole.append(callEvent({ receiptId: 'job-2', call: sampleCall({ id: 'call-2', model: 'größer 🌱' }) }));
    whole.append(outcomeEvent({ receiptId: 'job-3', why: 'weil 🌱 é', verdict: 'none' }));
    await whole.close();
    const bytes = readFileSync(join(directory, november));
    const lastLine = bytes.lastIndexOf(10, bytes.length - 2) + 1;
    for (let length = lastLine; length <= bytes.length; length++) {
      writeFileSync(join(directory, november), bytes);
      truncateSync(join(directory, november), length);
      const log = keptLog();
      const ledger = await reopened(log);
      const rest = length - lastLine;
      assert.ok(ledger.receipt('job-1') && ledger.receipt('job-2'), `cut after ${rest} bytes`);
      const complete = length >= bytes.length - 1;
      assert.equal(ledger.receipt('job-3') !== undefined, complete, `cut after ${rest} bytes`);
      const named = log.lines.filter((line) => line.level === 'warn' && /torn/.test(line.message));
      assert.equal(named.length, rest > 0 && !complete ? 1 : 0, `cut after ${rest} bytes`);

      ledger.append(callEvent({ receiptId: 'job-4', call: sampleCall({ id: 'call-4' }) }));
      await ledger.close();
      const after = await reopened();
      assert.ok(after.receipt('job-1') && after.receipt('job-2') && after.receipt('job-4'), `cut after ${rest} bytes`);
      await after.close();
    }
  });

  it('skips what it cannot read and leaves it on disk', async () => {
    const strange = [
      JSON.stringify({ schema: 2, kind: 'call', receiptId: 'future', novel: true }),
      JSON.stringify({ ...callEvent({ receiptId: 'kind' }), kind: 'summary' }),
      JSON.stringify({ ...callEvent({ receiptId: 'broken' }), call: { id: 'x' } }),
      JSON.stringify({ ...outcomeEvent({ receiptId: 'broken' }), regions: 'none' }),
      'null',
      '[]',
      '{"schema":1',
      '\u0000\u0000',
      '',
    ];
    const writer = open();
    writer.append(callEvent());
    await writer.close();
    const file = join(directory, november);
    writeFileSync(file, `${strange.join('\n')}\n${readFileSync(file, 'utf8')}`);
    const log = keptLog();
    const ledger = await reopened(log);
    ledger.append(outcomeEvent());
    await ledger.flush();
    assert.deepEqual(
      ledger.receiptsSince(0).map((receipt) => receipt.id),
      ['job-1'],
    );
    assert.deepEqual(
      log.lines.map((line) => [line.level, line.fields]),
      [
        ['warn', { file: november, lines: 6 }],
        ['info', { file: november, lines: 2 }],
      ],
    );
    assert.ok(readFileSync(file, 'utf8').startsWith(strange.join('\n')));
  });

  it('adds up this file and this day, and counts what nobody measured', () => {
    const unknown = { status: 'unknown', why: 'elsewhere' } as const;
    const ledger = open();
    const yesterday = morning - 26 * 3_600_000;
    ledger.append(callEvent());
    ledger.append(
      callEvent({ receiptId: 'b', path: '/project/b.py', call: sampleCall({ id: 'b', joules: energyOf(10, 5) }) }),
    );
    ledger.append(callEvent({ receiptId: 'c', at: new Date(yesterday).toISOString(), call: sampleCall({ id: 'c' }) }));
    const elsewhere = { gross: unknown, net: unknown, bySource: [], flags: [] };
    ledger.append(callEvent({ receiptId: 'd', call: sampleCall({ id: 'd', joules: elsewhere }) }));
    ledger.append(outcomeEvent({ receiptId: 'e', outcome: 'failed' })); // no model was called
    const totals = ledger.totals('/project/words.py');
    assert.deepEqual([totals.file, totals.unmeasuredCallsInFile], [measured(122, 2.44), 1]);
    assert.ok(isKnown(totals.today));
    assert.equal(totals.today.joules, 76);
    assert.deepEqual([totals.receiptsToday, totals.unmeasuredCallsToday], [3, 1]);
    assert.equal(ledger.totals('/nowhere').file.status, 'unknown');
    assert.deepEqual(
      ledger.receiptsSince(yesterday).map((receipt) => receipt.id),
      ['c', 'job-1', 'b', 'd', 'e'],
    );
  });

  it('writes nothing when it is off, and still knows this session', async () => {
    const ledger = open({ on: false });
    ledger.append(callEvent());
    await ledger.ready();
    await ledger.flush();
    assert.equal(existsSync(directory), false);
    assert.ok(ledger.receipt('job-1'));
  });

  it('says once that it cannot write, works on, and catches up when it can', async () => {
    const log = keptLog();
    const parent = join(directory, '..');
    const blocked = join(parent, 'file');
    writeFileSync(blocked, '');
    const ledger = open({ log, directory: join(blocked, 'joule-ls') });
    for (const id of ['a', 'b', 'c']) {
      ledger.append(callEvent({ receiptId: id, call: sampleCall({ id }) }));
      await ledger.flush();
    }
    assert.equal(log.lines.filter((line) => /cannot be written/.test(line.message)).length, 1);
    assert.ok(ledger.receipt('c'));
    rmSync(blocked);
    ledger.append(outcomeEvent({ receiptId: 'a' }));
    await ledger.flush();
    const written = readFileSync(join(blocked, 'joule-ls', november), 'utf8')
      .trim()
      .split('\n');
    assert.deepEqual(
      written.map((line) => (JSON.parse(line) as LedgerEvent).receiptId),
      ['a', 'b', 'c', 'a'],
    );
  });

  it('works on with a full disk, and loses nothing when there is room again', async function () {
    const disk = await mountSmallDisk(1);
    if (typeof disk === 'string') {
      console.log(`SKIPPED: a full disk, because ${disk}`);
      return this.skip();
    }
    try {
      const log = keptLog();
      const ledger = open({ log, directory: join(disk.path, 'joule-ls') });
      ledger.append(callEvent());
      await ledger.flush();
      writeFileSync(join(disk.path, 'other'), Buffer.alloc(1_100_000 - 40_000 - 60_000));
      for (let index = 0; index < 60; index++) {
        const id = `later-${index}`;
        ledger.append(callEvent({ receiptId: id, call: sampleCall({ id, engineVersion: 'x'.repeat(3_000) }) }));
        await ledger.flush();
      }
      assert.equal(log.lines.filter((line) => /cannot be written/.test(line.message)).length, 1);
      assert.match(JSON.stringify(log.lines[0]?.fields), /ENOSPC|bytes were written/);
      assert.ok(ledger.receipt('later-59'), 'known in this session');
      rmSync(join(disk.path, 'other'));
      ledger.append(outcomeEvent());
      await ledger.flush();
      const again = open({ directory: join(disk.path, 'joule-ls') });
      await again.ready();
      assert.equal(again.receiptsSince(0).length, 61);
      assert.equal(again.receipt('job-1')?.outcome, 'accepted');
      await Promise.all([ledger.close(), again.close()]);
      assert.deepEqual(
        log.lines.filter(({ message }) => /lost/.test(message)),
        [],
      );
    } finally {
      await disk.close();
    }
  });

  it('works on in a read-only directory, says so once, and catches up when it can be written', async function () {
    const disk = await mountSmallDisk(1);
    if (typeof disk === 'string') {
      console.log(`SKIPPED: a read-only directory, because ${disk}`);
      return this.skip();
    }
    const mode = (to: 'ro' | 'rw'): Buffer => execFileSync('mount', ['-o', `remount,${to}`, disk.path]);
    try {
      const log = keptLog();
      const ledger = open({ log, directory: join(disk.path, 'joule-ls') });
      ledger.append(callEvent());
      await ledger.flush();
      mode('ro');
      for (const id of ['a', 'b']) {
        ledger.append(callEvent({ receiptId: id, call: sampleCall({ id }) }));
        await ledger.flush();
        await ledger.refresh();
      }
      assert.deepEqual(
        log.lines.map(({ level, message }) => [level, message]),
        [['warn', 'receipts cannot be written and are kept in memory for now']],
      );
      assert.match(JSON.stringify(log.lines[0]?.fields), /EROFS/);
      const reader = open({ directory: join(disk.path, 'joule-ls') });
      await reader.ready();
      assert.ok(reader.receipt('job-1') && ledger.receipt('b'));
      mode('rw');
      await Promise.all([ledger.close(), reader.close()]);
      assert.equal(readFileSync(join(disk.path, 'joule-ls', november), 'utf8').split('\n').length, 4);
    } finally {
      await disk.close();
    }
  });

  it('works on where a month is a folder, a pipe or a link into nothing, and says once that it can neither read nor write it', async () => {
    mkdirSync(directory, { recursive: true });
    const places = [
      () => mkdirSync(join(directory, november)),
      () => execFileSync('mkfifo', [join(directory, november)]),
      () => symlinkSync('/nowhere/at/all', join(directory, november)),
    ];
    for (const put of places) {
      put();
      const log = keptLog();
      const ledger = await reopened(log);
      for (const id of ['a', 'b']) {
        ledger.append(callEvent({ receiptId: id, call: sampleCall({ id }) }));
        await ledger.flush();
        await ledger.refresh();
      }
      assert.equal(ledger.receiptsSince(0).length, 2);
      const said = log.lines.map(({ message }) => message);
      assert.equal(said.filter((one) => /cannot be written/.test(one)).length, 1, said.join('\n'));
      assert.ok(said.filter((one) => /cannot be read/.test(one)).length <= 1, said.join('\n'));
      rmSync(join(directory, november), { recursive: true });
      await ledger.close();
      assert.equal(readFileSync(join(directory, november), 'utf8').split('\n').length, 3, 'written when it can be');
      rmSync(join(directory, november));
    }
  });

  it('takes a line of 10 MB for none, and cuts its own', async () => {
    const ledger = open();
    const long = callEvent({ receiptId: 'long', call: sampleCall({ id: 'long', why: '🌱'.repeat(3_000_000) }) });
    ledger.append(long);
    await ledger.flush();
    const path = join(directory, november);
    const written = readFileSync(path, 'utf8');
    assert.ok(written.length < 100_000);
    writeFileSync(path, `${JSON.stringify(long)}\n${written}`);
    const log = keptLog();
    const again = await reopened(log);
    assert.equal(again.receipt('long')?.totals.tokensOut, 118, 'its joules and tokens are not lost');
    assert.deepEqual(
      log.lines.map(({ level, fields }) => [level, fields]),
      [['warn', { file: november, lines: 1 }]],
    );
  });

  it('follows a directory that is a link to elsewhere', async () => {
    const elsewhere = join(directory, '..', 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, directory);
    const ledger = open();
    ledger.append(callEvent());
    await ledger.close();
    assert.deepEqual(readdirSync(elsewhere), [november]);
    assert.ok((await reopened()).receipt('job-1'));
  });

  it('only looks, when it is opened for that', async () => {
    const writer = open();
    writer.append(callEvent());
    await writer.close();
    const reader = openLedger({
      directory,
      enabled: () => false,
      readOnly: true,
      clock: new ManualClock(0n, morning),
      log: keptLog(),
    });
    await reader.ready();
    assert.ok(reader.receipt('job-1'));
    reader.append(callEvent({ receiptId: 'not written' }));
    await reader.close();
    assert.equal(readFileSync(join(directory, november), 'utf8').split('\n').length, 2);
  });

  describe('with several processes', () => {
    const children: ChildProcess[] = [];
    const writer = fileURLToPath(new URL('../support/ledger-writer.ts', import.meta.url));

    function write(prefix: string, count: number): ChildProcess {
      const child = spawn(process.execPath, ['--import', 'tsx', writer, directory, prefix, String(count)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      return child;
    }
    afterEach(() => {
      for (const child of children.splice(0)) child.kill('SIGKILL');
    });

    it('loses no line of two that write at once', async () => {
      const here = open();
      const done = [write('left', 400), write('right', 400)].map((child) => once(child, 'exit'));
      for (let index = 0; index < 200; index++) {
        here.append(callEvent({ receiptId: `here-${index}`, call: sampleCall({ id: `here-${index}` }) }));
        await here.flush();
      }
      for (const [code] of await Promise.all(done)) assert.equal(code, 0);
      const log = keptLog();
      const ledger = await reopened(log);
      assert.equal(ledger.receiptsSince(0).length, 1_000);
      assert.deepEqual(log.lines, []);
      here.append(callEvent({ receiptId: 'last', call: sampleCall({ id: 'last' }) }));
      await here.flush();
      assert.equal(here.receiptsSince(0).length, 1_001, "the others' lines are taken in with the next line of our own");
    });

    it('loses nothing of others when one is killed', async () => {
      const victim = write('victim', 100_000);
      assert.ok(victim.stdout);
      await once(victim.stdout, 'data');
      const here = open();
      const exited = once(victim, 'exit');
      for (let index = 0; index < 60; index++) {
        here.append(callEvent({ receiptId: `here-${index}`, call: sampleCall({ id: `here-${index}` }) }));
        await here.flush();
        if (index === 30) victim.kill('SIGKILL');
        if (index === 40) await exited;
      }
      const ledger = await reopened();
      const ids = ledger.receiptsSince(0).map((receipt) => receipt.id);
      assert.equal(ids.filter((id) => id.startsWith('here-')).length, 60);
      const victims = ids.filter((id) => id.startsWith('victim-')).length;
      assert.ok(victims > 0 && victims < 100_000);
      for (let index = 0; index < victims - 1; index++) assert.ok(ledger.receipt(`victim-${index}`), `victim-${index}`);
    });
  });
});
