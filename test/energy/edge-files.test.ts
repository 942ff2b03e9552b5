import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createEdgeFiles } from '../../server/energy/edge-files.ts';
import type { EdgeBoard, EdgeLine } from '../../server/energy/shared-edges.ts';
import { keptLog } from '../support/kept-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const second = 1_000_000_000n;
const times = { queueNanoseconds: 5n, loadNanoseconds: 7n };

describe('call edges shared between servers', () => {
  let clock: ManualClock;
  let log: ReturnType<typeof keptLog>;
  let directory: string;
  const children: ChildProcess[] = [];

  before(function () {
    if (process.platform !== 'linux') {
      console.log('SKIPPED: call edges shared between servers, because this is not Linux');
      this.skip();
    }
  });

  beforeEach(() => {
    clock = new ManualClock(7000n * second);
    log = keptLog();
    directory = join(makeTemporaryFolder('joule-edges-'), 'joule-ls');
  });

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function board(pid = process.pid): EdgeBoard {
    return createEdgeFiles({ directories: [directory], clock, log, pid });
  }

  /** A real process that another server's file can stand for. */
  function startProcess(): ChildProcess & { readonly pid: number } {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    children.push(child);
    const { pid } = child;
    assert.ok(pid !== undefined);
    return Object.assign(child, { pid });
  }

  async function end(child: ChildProcess): Promise<void> {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  function at(seconds: number): bigint {
    return BigInt(seconds) * second;
  }

  function publishAll(to: EdgeBoard, lines: readonly EdgeLine[]): void {
    for (const line of lines) to.publish(line);
  }

  it('keeps a file private to the user, and none before the first call', () => {
    const own = board();
    assert.deepEqual(own.look(), []);
    assert.deepEqual(existsSync(directory) ? readdirSync(directory) : [], []);
    own.publish({ edge: 'sent', call: 1, atNanoseconds: at(7000), pid: 77 });
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    const [name = ''] = readdirSync(directory);
    assert.match(name, new RegExp(`^calls-${process.pid}-\\d+\\.jsonl$`));
    assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600);
    assert.deepEqual(own.look(), [], 'its own calls are not foreign');
    own.close();
  });

  it('tells another server each edge as soon as it is written', () => {
    const there = board(startProcess().pid);
    const here = board();
    publishAll(there, [
      { edge: 'sent', call: 1, atNanoseconds: at(6990), pid: 77 },
      { edge: 'sent', call: 2, atNanoseconds: at(6995) },
    ]);
    assert.deepEqual(
      here.look().map(({ server: _, ...call }) => call),
      [
        { call: 1, pid: 77, sentNanoseconds: at(6990) },
        { call: 2, sentNanoseconds: at(6995) },
      ],
    );
    publishAll(there, [
      { edge: 'first-token', call: 1, atNanoseconds: at(6996) },
      { edge: 'done', call: 1, atNanoseconds: at(6999) },
      { edge: 'facts', call: 1, times, keepAliveSeconds: 300 },
    ]);
    const [first] = here.look();
    assert.deepEqual(
      [first?.firstTokenNanoseconds, first?.doneNanoseconds, first?.times, first?.keepAliveSeconds],
      [at(6996), at(6999), times, 300],
    );
    there.close();
    assert.equal(here.look().length, 2, 'a server that ended properly has not un-called its calls');
  });

  it('tells two meters of one process apart, each in a file of its own', () => {
    const [one, two] = [board(), board()];
    one.publish({ edge: 'sent', call: 1, atNanoseconds: at(6990) });
    assert.equal(two.look().length, 1, 'also before it has a file');
    two.publish({ edge: 'sent', call: 1, atNanoseconds: at(6995) });
    assert.deepEqual(
      [one, two].map((each) => each.look().map(({ sentNanoseconds }) => sentNanoseconds)),
      [[at(6995)], [at(6990)]],
    );
    assert.deepEqual([readdirSync(directory).length, log.lines.length], [2, 0]);
    one.close();
    two.close();
  });

  it('ends the open calls of a server that died, between when it was last seen and when it was missed', async () => {
    const child = startProcess();
    const there = board(child.pid);
    const here = board();
    there.publish({ edge: 'sent', call: 1, atNanoseconds: at(6999) });
    assert.equal(here.look()[0]?.doneNanoseconds, undefined);
    clock.advance(2000);
    await end(child);
    for (const later of [0, 60_000]) {
      clock.advance(later);
      const [call] = here.look();
      assert.deepEqual([call?.unsureFromNanoseconds, call?.doneNanoseconds], [at(7000), at(7002)]);
    }
    there.close();
  });

  it('knows a process number that is used again by its start, and what had ended before it looked', () => {
    const there = board(startProcess().pid);
    there.publish({ edge: 'sent', call: 1, atNanoseconds: at(6000) });
    const [name = ''] = readdirSync(directory);
    const text = readFileSync(join(directory, name), 'utf8');
    const reused = name.replace(/-\d+\.jsonl$/, '-1.jsonl');
    writeFileSync(join(directory, reused), text, { mode: 0o600 });
    const call = board()
      .look()
      .find((one) => one.server === reused);
    assert.deepEqual([call?.unsureFromNanoseconds, call?.doneNanoseconds], [at(6000), at(6000)]);
    there.close();
  });

  it('survives a torn line, and takes it up when it is whole', () => {
    const there = board(startProcess().pid);
    const here = board();
    there.publish({ edge: 'sent', call: 1, atNanoseconds: at(6999) });
    const [name = ''] = readdirSync(directory);
    appendFileSync(join(directory, name), '{"call":2,"edge":"se');
    assert.equal(here.look().length, 1);
    appendFileSync(join(directory, name), 'nt","at":"6999500000000"}\n');
    assert.equal(here.look().length, 2);
    assert.deepEqual(log.lines, []);
    there.close();
  });

  it('ignores, aloud once, whatever is not such a file', () => {
    const there = board(startProcess().pid);
    there.publish({ edge: 'sent', call: 1, atNanoseconds: at(6999) });
    const [good = ''] = readdirSync(directory);
    const whole = readFileSync(join(directory, good), 'utf8');
    const header = whole.split('\n')[0] ?? '';
    const put = (started: number, content: string): string => {
      const path = join(directory, `calls-${process.pid}-${started}.jsonl`);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    };
    put(1, 'garbage');
    put(2, `${header}\nrubbish\n${'x'.repeat(900)}\n`);
    put(3, `${header}\n${`{"call":1,"edge":"sent","at":"1"}\n`.repeat(20_000)}`);
    put(4, `${header}\n{"call":1,"edge":"sent","at":"9999999999999999"}\n`);
    put(
      5,
      `${header}\n${Array.from({ length: 3000 }, (_, i) => `{"call":${i + 1},"edge":"sent","at":"1"}`).join('\n')}\n`,
    );
    chmodSync(put(6, whole), 0o666);
    symlinkSync(join(directory, good), join(directory, `calls-${process.pid}-7.jsonl`));
    mkdirSync(join(directory, `calls-${process.pid}-8.jsonl`));
    assert.equal(spawnSync('mkfifo', [join(directory, `calls-${process.pid}-9.jsonl`)]).status, 0);
    let expected = 9;
    if (process.geteuid?.() === 0) {
      chownSync(put(10, whole), 65534, 65534);
      expected += 1;
    } else console.log('SKIPPED: a file of another user, because only root can make one');
    writeFileSync(join(directory, 'notes.txt'), 'not ours');
    const here = board();
    for (let look = 0; look < 3; look++)
      assert.deepEqual(
        here.look().map((call) => call.server),
        [good],
      );
    assert.equal(log.lines.filter((line) => line.level === 'warn').length, expected, JSON.stringify(log.lines));
    there.close();
  });

  it('removes what is left from another boot, and of the dead after an hour', async () => {
    const child = startProcess();
    const there = board(child.pid);
    there.publish({ edge: 'sent', call: 1, atNanoseconds: at(6999) });
    const [name = ''] = readdirSync(directory);
    const text = readFileSync(join(directory, name), 'utf8');
    writeFileSync(join(directory, 'calls-1-1.jsonl'), text.replace(/"boot":"[^"]*"/, '"boot":"before"'), {
      mode: 0o600,
    });
    const here = board();
    here.look();
    assert.deepEqual(readdirSync(directory), [name]);
    await end(child);
    clock.advance(3_500_000);
    here.look();
    assert.deepEqual(readdirSync(directory), [name]);
    clock.advance(200_000);
    here.look();
    assert.deepEqual(readdirSync(directory), []);
    there.close();
  });

  it('stays small however many calls there are, and keeps the open ones', () => {
    const there = board(startProcess().pid);
    there.publish({ edge: 'sent', call: 1, atNanoseconds: at(6000) });
    for (let call = 2; call < 5000; call++) {
      publishAll(there, [
        { edge: 'sent', call, atNanoseconds: at(6000) },
        { edge: 'done', call, atNanoseconds: at(6001) },
        { edge: 'facts', call, times, keepAliveSeconds: 0 },
      ]);
    }
    const [name = '', ...rest] = readdirSync(directory);
    assert.deepEqual(rest, []);
    assert.ok(statSync(join(directory, name)).size < 140 * 1024);
    const calls = board().look();
    assert.ok(calls.length >= 200 && calls.length < 1500, `${calls.length}`);
    assert.ok(calls.some((call) => call.call === 1 && call.doneNanoseconds === undefined));
    assert.ok(calls.some((call) => call.call === 4999));
    there.close();
  });

  it('says why it shares nothing where no folder is private, and takes the next that is', () => {
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o755);
    const off = board();
    off.publish({ edge: 'sent', call: 1, atNanoseconds: at(6999) });
    const state = off.status();
    assert.ok(!state.shared && /private to this user/.test(state.why) && /XDG_RUNTIME_DIR/.test(state.mend ?? ''));
    assert.deepEqual([off.look(), readdirSync(directory), log.lines.length], [[], [], 1]);
    const next = join(makeTemporaryFolder('joule-edges-'), 'joule-ls-0');
    const other = createEdgeFiles({ directories: [directory, next], clock, log, pid: process.pid });
    assert.deepEqual(other.status(), { shared: true, directory: next });
  });
});
