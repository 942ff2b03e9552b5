// `joule-ls report` as a process: what stands in the ledger, what does not count and why, pages that never write over anything unasked.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatherReport } from '../../server/commands/receipt-report.ts';
import { writePage } from '../../server/commands/write-page.ts';
import { appendLines, monthFile } from '../../server/ledger/files.ts';
import { outcomeOf } from '../../server/ledger/passed.ts';
import { callEvent, outcomeEvent, sampleCall } from '../support/sample-events.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(state: string, ...args: readonly string[]): Promise<Said> {
  const env = {
    ...process.env,
    XDG_STATE_HOME: state,
    JOULE_LS_CONFIG: join(state, 'none.json'),
    OLLAMA_HOST: 'http://127.0.0.1:9',
    COLUMNS: '90',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', main, 'report', ...args], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

describe('joule-ls report', function () {
  this.timeout(60_000);
  const state = makeTemporaryFolder('joule-ls-report-');
  const html = join(state, 'page.html');

  before(async () => {
    const at = new Date(Date.now() - 60_000).toISOString();
    const call = sampleCall({ atWallMilliseconds: Date.parse(at), model: '<b>bold</b>' });
    const path = '/home/somebody/secret-project/words.py';
    const unknown = {
      status: 'unknown',
      why: `no counter while ${path} was written`,
      mend: 'ls /home/somebody',
    } as const;
    const unmeasured = { ...call, id: 'other', joules: { gross: unknown, net: unknown, bySource: [], flags: [] } };
    const events = [
      callEvent({ at, path, call }),
      outcomeEvent({ at, path }),
      callEvent({ receiptId: 'job-2', at, path, call: unmeasured }),
    ];
    const directory = join(state, 'joule-ls');
    await appendLines(
      directory,
      monthFile(at),
      events.map((event) => JSON.stringify(event)),
    );
    // Of a version to come, and torn in the middle.
    appendFileSync(join(directory, monthFile(at)), `{"schema":99,"kind":"call"}\n{"schema":1,"kind":"ca`);
  });

  it('prints what was spent, and says which lines do not count', async () => {
    const { code, out, err } = await run(state);
    assert.equal(code, 0, err);
    assert.match(
      out,
      /^What the answers cost\n[\s\S]*\nAll of it +≥ 61 J ±\d+ % +2 answers, 1 call without a figure\n/,
    );
    assert.doesNotMatch(out, /[^\P{Cc}\n]/u);
    for (const line of out.split('\n')) assert.ok(line.length <= 90, line);
    assert.match(err, /not counted: 1 lines? of receipts-.*: is of a newer version/);
    assert.match(err, /not counted: 1 lines? of receipts-.*: ends in the middle/);
  });

  it('writes one page with hashes for paths, and never over a file that is there', async () => {
    const first = await run(state, '--html', html);
    assert.deepEqual([first.code, first.err.includes(html)], [0, true]);
    const page = readFileSync(html, 'utf8');
    assert.equal(statSync(html).mode & 0o777, 0o600);
    assert.doesNotMatch(page, /somebody|secret-project|words\.py/);
    assert.doesNotMatch(page, /<b>bold/);
    assert.match(page, /[0-9a-f]{12}\.py/);

    const again = await run(state, '--html', html);
    assert.deepEqual(
      [again.code, again.err],
      [1, `${html} is there already and stays as it is; --force writes over it\n`],
    );
    assert.equal(readFileSync(html, 'utf8'), page);

    const forced = await run(state, '--html', html, '--force', '--paths', '--json');
    assert.equal(forced.code, 0, forced.err);
    assert.match(readFileSync(html, 'utf8'), /\/home\/somebody\/secret-project\/words\.py/);
    const { certainty } = JSON.parse(forced.out) as { certainty: { calls: number } };
    assert.equal(certainty.calls, 2);
  });

  it('shows a sample that nobody can take for measured', async () => {
    const { code, out } = await run(makeTemporaryFolder('joule-ls-none-'), '--sample', '--json');
    assert.equal(code, 0);
    const sample = JSON.parse(out) as { label: string; certainty: Record<string, number> };
    assert.equal(sample.label, 'synthetic sample');
    assert.deepEqual([sample.certainty.measured, sample.certainty.estimated], [0, 0]);
  });

  it('says what is wrong with its arguments', async () => {
    const broken = makeTemporaryFolder('joule-ls-broken-');
    writeFileSync(join(broken, 'joule-ls'), 'a file, not a folder');
    const [since, folder, both, unreadable] = await Promise.all([
      run(state, '--since', 'tomorrow'),
      run(state, join(state, 'nothing-here')),
      run(state, '--sample', 'folder'),
      run(broken),
    ]);
    assert.equal(since.code, 2);
    assert.match(since.err, /^--since takes 12h, 7d, 4w, a date as 2026-11-01, or all; not “tomorrow”\n/);
    assert.equal(folder.code, 1);
    assert.match(folder.err, /nothing-here/);
    assert.equal(both.code, 2);
    assert.equal(unreadable.code, 1);
    assert.match(unreadable.err, /^the ledger cannot be read: .*ENOTDIR/m);
  });
});

describe('a report’s receipts', () => {
  it('pass and fail as those of the ledger do', async () => {
    const directory = makeTemporaryFolder('joule-ls-passed-');
    const now = Date.parse('2026-11-20T12:00:00Z');
    const region = { path: '/a.py', hash: 'a', length: 1, lineCount: 1, firstLine: 0, firstLineHash: 'b' };
    const lines = [
      outcomeEvent({ receiptId: 'not looked at', regions: [region] }),
      outcomeEvent({ receiptId: 'shown' }),
      outcomeEvent({ receiptId: 'run', regions: [region], executed: ['examples passed'] }),
      outcomeEvent({ receiptId: 'undone', outcome: 'undone', regions: [region] }),
    ].flatMap((event) => [event, callEvent({ receiptId: event.receiptId, call: sampleCall({ id: event.receiptId }) })]);
    await appendLines(
      directory,
      'receipts-2026-11.jsonl',
      lines.map((event) => JSON.stringify(event)),
    );
    const outcomes = async (paths: boolean): Promise<unknown> => {
      const settings = { country: undefined, roles: {}, strategy: 'auto' } as const;
      const range = { directory, nowWallMilliseconds: now, sinceWallMilliseconds: undefined };
      const { receipts } = await gatherReport({ ...range, settings, survey: undefined, paths });
      return Object.fromEntries(receipts.map((receipt) => [receipt.id, outcomeOf(receipt, now)]));
    };
    const expected = { 'not looked at': 'undecided', shown: 'passed', run: 'passed', undone: 'failed' };
    assert.deepEqual(await outcomes(true), expected);
    assert.deepEqual(await outcomes(false), expected);
  });
});

describe('a page’s file', () => {
  const folder = makeTemporaryFolder('joule-ls-write-');
  const path = (name: string): string => join(folder, name);

  it('is never written through a link, asked for or not', async () => {
    writeFileSync(path('precious'), 'mine');
    symlinkSync(path('precious'), path('link.html'));
    assert.match((await writePage(path('link.html'), 'page', false)) ?? '', /is there already/);
    assert.equal(await writePage(path('link.html'), 'page', true), undefined);
    assert.deepEqual(
      [readFileSync(path('precious'), 'utf8'), readFileSync(path('link.html'), 'utf8')],
      ['mine', 'page'],
    );
  });

  it('leaves nothing behind where it can’t be', async () => {
    assert.equal(
      await writePage(path('none/page.html'), 'page', false),
      `the folder of ${path('none/page.html')} is not there`,
    );
    mkdirSync(path('folder.html'));
    assert.match((await writePage(path('folder.html'), 'page', true)) ?? '', /folder\.html cannot be written/);
    assert.ok(!existsSync(`${path('folder.html')}.${process.pid}.new`));
  });
});
