// `joule-ls ledger`, as a process on real files: what leaves it, what it says of damage, what it asks before it forgets.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { machineHere } from '../../server/commands/environment.ts';
import { notesOf } from '../../server/commands/ledger-verify.ts';
import { parseSince } from '../../server/commands/since.ts';
import { callTableHead, callTableRows } from '../../server/ledger/call-table.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import { verifyLedger } from '../../server/ledger/verify.ts';
import { callEvent, outcomeEvent, sampleCall } from '../support/sample-events.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const november = 'receipts-2026-11.jsonl';

function run(state: string, ...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, XDG_STATE_HOME: state, JOULE_LS_CONFIG: join(state, 'none.json') };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', tsx, main, 'ledger', ...args], { env, cwd: state }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

const secret = '/home/me/secret/words.py';
const first = callEvent({ receiptId: 'a', path: secret, call: sampleCall({ id: 'a' }) });
const done = outcomeEvent({ receiptId: 'a', path: secret });
const newer = { schema: 9, kind: 'dream', at: '2026-11-21T00:00:00.000Z', receiptId: 'n', novel: secret };
const whole = [JSON.stringify({ ...first, novel: { kept: true } }), JSON.stringify(done), JSON.stringify(newer)];

function stateWith(lines: readonly string[]): string {
  const state = makeTemporaryFolder('joule-ledger-command-');
  mkdirSync(join(state, 'joule-ls'));
  if (lines.length > 0) writeFileSync(join(state, 'joule-ls', november), `${lines.join('\n')}\n`);
  return state;
}

describe('joule-ls ledger', function () {
  this.timeout(60_000);

  it('exports what it has, paths hashed or not, and never over a file that is there', async () => {
    const state = stateWith([...whole, 'rubbish']);
    const [hidden, open, table] = await Promise.all([
      run(state, 'export'),
      run(state, 'export', '--paths', 'lines.jsonl'),
      run(state, 'export', '--format', 'csv', '--json', 'table.csv'),
    ]);
    assert.equal(hidden.code, 0, hidden.err);
    assert.doesNotMatch(hidden.out, /secret|words/);
    const [shown, outcome] = hidden.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.match(shown.path, /^[0-9a-f]{12}\.py$/);
    assert.equal(outcome.path, shown.path);
    assert.deepEqual({ ...shown, path: secret }, { ...first, novel: { kept: true } });
    assert.match(hidden.err, /not in it: .*line 3: is of a newer version[\s\S]*line 4: is not JSON/);

    assert.match(open.out, /^3 lines in lines\.jsonl\n$/);
    assert.equal(
      readFileSync(join(state, 'lines.jsonl'), 'utf8'),
      `${whole.join('\n')}\n`,
      'also what is not known here',
    );
    assert.equal(statSync(join(state, 'lines.jsonl')).mode & 0o077, 0);
    assert.deepEqual(JSON.parse(table.out).rows, 1);
    assert.ok(readFileSync(join(state, 'table.csv'), 'utf8').startsWith(callTableHead));

    symlinkSync(join(state, 'elsewhere'), join(state, 'link'));
    const refused = await Promise.all(['lines.jsonl', 'link', 'none/file'].map((file) => run(state, 'export', file)));
    const sentences = [
      /lines\.jsonl is there; say --force/,
      /link is there and is no file/,
      /none\/file can't be written/,
    ];
    for (const [index, { code, err }] of refused.entries()) {
      assert.equal(code, 1);
      assert.match(err, sentences[index] ?? /never/);
    }
    assert.ok(!existsSync(join(state, 'elsewhere')));
    const forced = await run(state, 'export', '--force', '--since', '2026-11-21', 'lines.jsonl');
    assert.match(forced.out, /^0 lines/);
    assert.deepEqual(
      readdirSync(state).filter((name) => name.endsWith('.part')),
      [],
    );
  });

  it('says what it will forget, asks for a yes, and forgets it', async () => {
    const state = stateWith(whole);
    const file = join(state, 'joule-ls', november);
    const asked = await run(state, 'forget', '--path', '/home/me/secret');
    assert.equal(asked.code, 1);
    assert.match(
      asked.out,
      /2 receipts, begun from 2026-11-20 to 2026-11-21\n {2}receipts-2026-11\.jsonl: all 3 lines\n/,
    );
    assert.match(asked.err, /nothing was removed; say --yes/);
    assert.equal(readFileSync(file, 'utf8'), `${whole.join('\n')}\n`);
    const before = await run(state, 'forget', '--before', '2026-11-21', '--yes', '--json');
    assert.deepEqual(JSON.parse(before.out).gone, [november]);
    assert.equal(readFileSync(file, 'utf8'), `${whole[2]}\n`);
    writeFileSync(join(state, 'joule-ls', 'not-asked-2026-11.jsonl'), '');
    const [all, none] = [await run(state, 'forget', '--all', '--yes'), await run(state, 'forget', '--all', '--yes')];
    assert.match(all.out, /removed from receipts-2026-11\.jsonl[\s\S]*joule-ls policy forget/);
    assert.deepEqual(readdirSync(join(state, 'joule-ls')), []);
    assert.deepEqual([none.code, /nothing in .* is to be forgotten/.test(none.out)], [0, true]);
  });

  it('says in one sentence what it does not take', async () => {
    const state = stateWith([]);
    const rows: readonly (readonly [string[], RegExp])[] = [
      [[], /takes a word/],
      [['forget'], /say one of --before, --path and --all/],
      [['export', '--since', 'soon'], /"soon" is no time: say 7d/],
    ];
    const said = await Promise.all(rows.map(([args]) => run(state, ...args)));
    for (const [index, { code, err }] of said.entries()) {
      assert.equal(code, 2);
      assert.match(err, rows[index]?.[1] ?? /never/);
    }
    assert.match((await run(state, 'verify')).out, /nothing was written yet/);
    assert.equal((await run(state, 'export')).out, '');
  });

  it('exits with 1 where something can’t be read, and says where, what that means and what to do', async () => {
    const state = stateWith([...whole, whole[0]?.slice(0, 99) ?? '', 'null']);
    const [text, json] = await Promise.all([run(state, 'verify'), run(state, 'verify', '--json')]);
    assert.deepEqual([text.code, json.code], [1, 1]);
    assert.match(text.out, /receipts-2026-11\.jsonl +0\.0 MB +5 +2 +1\n/);
    assert.match(
      text.out,
      /line 4: ends in the middle\n {2}A process or the machine died[\s\S]*line 5: is not an object\n {2}Something else/,
    );
    assert.equal(JSON.parse(json.out).isDamaged, true);
  });
});

describe('what verify finds', () => {
  const now = Date.parse('2026-11-22T00:00:00.000Z');

  it('is in order for what killed servers, newer ones and several writers leave', async () => {
    const state = stateWith([...whole, whole[0] ?? '', whole[1]?.slice(0, 50) ?? '']);
    const findings = await verifyLedger({ directory: join(state, 'joule-ls') }, now);
    const notes = notesOf(findings, undefined);
    assert.ok(!notes.some(({ isDamage }) => isDamage));
    assert.deepEqual(
      notes.map(({ what }) => what),
      [
        `${november}, line 3: is of a newer version`,
        `${november}, line 5: ends in the middle`,
        `${november}, line 4: stands there already`,
      ],
    );
  });

  it('names clocks that jumped, moved lines, other machines, links, and what a killed forget left', async () => {
    const at = (time: string, id: string): string =>
      JSON.stringify(callEvent({ receiptId: id, at: time, call: sampleCall({ id }) }));
    const there = { server: '1', node: '20', platform: 'linux-arm64', devices: ['board'], machine: 'abc' };
    const state = stateWith([
      at('2026-11-20T10:00:00.000Z', 'a'),
      at('2026-11-20T08:00:00.000Z', 'b'),
      at('2031-01-01T00:00:00.000Z', 'c'),
      JSON.stringify(outcomeEvent({ receiptId: 'd', environment: there })),
    ]);
    const directory = join(state, 'joule-ls');
    mkdirSync(join(directory, 'receipts-2026-10.jsonl'));
    writeFileSync(join(directory, `${november}.before-forget-9`), '');
    symlinkSync(directory, join(state, 'link'));
    const findings = await verifyLedger({ directory: join(state, 'link') }, now);
    assert.equal(findings.linkTo, directory);
    const notes = notesOf(findings, 'here');
    assert.deepEqual(
      notes.map(({ isDamage, what }) => [isDamage, what]),
      [
        [true, 'receipts-2026-10.jsonl: it is a folder, not a file'],
        [false, `${november}, lines 2, 4: is over an hour older than the line above`],
        [false, `${november}, line 3: is of the future`],
        [false, `${november}, line 3: is of another month than its file`],
        [false, `${november}.before-forget-9`],
        [false, '1 receipt of another machine (abc, linux-arm64, board)'],
      ],
    );
    assert.deepEqual(notesOf(findings, 'abc').length, notes.length - 1);
  });

  it('knows this machine by a hash of its id, where it has one', () => {
    const folder = makeTemporaryFolder('joule-machine-');
    const id = join(folder, 'machine-id');
    assert.deepEqual(machineHere([id]), {});
    writeFileSync(id, '\n');
    assert.deepEqual(machineHere([id]), {});
    writeFileSync(id, '0123456789abcdef0123456789abcdef\n');
    const { machine = '' } = machineHere([join(folder, 'none'), id]);
    assert.match(machine, /^[0-9a-f]{16}$/);
    assert.ok(!'0123456789abcdef0123456789abcdef'.includes(machine));
  });
});

describe('the table of calls', () => {
  it('has a row for each call, quotes what needs it, and gives no spreadsheet a formula', () => {
    const unknown = { status: 'unknown', why: 'no counters' } as const;
    const receipt = foldReceipt([
      callEvent({
        call: sampleCall({
          id: '1',
          model: '=cmd("x")',
          joules: { gross: unknown, net: unknown, bySource: [], flags: ['a', 'b'] },
        }),
      }),
      callEvent({ call: sampleCall({ id: '2', model: 'gemma3:4b', atWallMilliseconds: Number.MAX_VALUE }) }),
    ]);
    assert.ok(receipt);
    const names = callTableHead.trim().split(',');
    const rows = callTableRows(receipt).split('\r\n');
    assert.equal(rows.length, 3);
    assert.match(rows[0] ?? '', /,"'=cmd\(""x""\)",/);
    assert.match(rows[0] ?? '', /,,,unknown,,,unknown,,,,,,a; b$/);
    const cells = (rows[1] ?? '').split(',');
    assert.equal(cells.length, names.length);
    assert.deepEqual(
      ['grossJoules', 'grossStatus', 'tokensOut', 'callAt', 'coverage'].map((name) => cells[names.indexOf(name)]),
      ['61', 'measured', '118', '', 'gpu package'],
    );
    const empty = foldReceipt([outcomeEvent()]);
    assert.ok(empty);
    assert.equal(callTableRows(empty).split('\r\n').length, 2);
  });
});

describe('times on the command line', () => {
  it('are spans before now, or dates', () => {
    const now = Date.parse('2026-11-20T12:00:00.000Z');
    assert.equal(parseSince('7d', now), Date.parse('2026-11-13T12:00:00.000Z'));
    assert.equal(parseSince('12h', now), Date.parse('2026-11-20T00:00:00.000Z'));
    assert.equal(parseSince('4w', now), Date.parse('2026-10-23T12:00:00.000Z'));
    assert.equal(parseSince('2026-11-01', now), new Date(2026, 10, 1).getTime());
    assert.equal(parseSince('2026-11-01T05:00:00Z', now), Date.UTC(2026, 10, 1, 5));
    for (const wrong of ['', '7', 'd', '-3d', '2026-13-01', 'yesterday', '1e9d'])
      assert.match(String(parseSince(wrong, now)), /is no time/);
  });
});
