// What a command in the sandbox can't do, with the real bubblewrap, and how everything that it may try ends as a value.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../server/base/clock.ts';
import type { Sandbox, SandboxLimits, SandboxResult } from '../../server/sandbox/port.ts';
import { createSandbox } from '../../server/sandbox/sandbox.ts';
import { sandboxOrSkip } from '../support/sandbox.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const never = new AbortController().signal;
const megabyte = 1024 * 1024;

describe('the sandbox', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  before(async function () {
    sandbox = await sandboxOrSkip(this);
  });

  /** A shell's script, as one argument of a fixed program. */
  const shell = (script: string, limits: Partial<SandboxLimits> = {}): Promise<SandboxResult> =>
    sandbox.execute({ command: ['sh', '-c', script], files: [], limits }, never);
  const python = (script: string, limits: Partial<SandboxLimits> = {}): Promise<SandboxResult> =>
    sandbox.execute(
      { command: ['python3', '-I', '/tmp/t.py'], files: [{ path: '/tmp/t.py', text: script }], limits },
      never,
    );

  async function outputOf(running: Promise<SandboxResult>): Promise<string> {
    const result = await running;
    assert.ok(result.kind === 'ran', JSON.stringify(result));
    return result.output + result.errorOutput;
  }

  it('gives back output and exit code, and gives the command its files', async () => {
    const result = await sandbox.execute(
      {
        command: ['sh', '-c', 'cat /tmp/in/a.txt "$1"; echo no >&2; exit 7', 'sh', '/tmp/b $(id).txt'],
        files: [
          { path: '/tmp/in/a.txt', text: 'grüße ' },
          { path: '/tmp/b $(id).txt', text: 'x'.repeat(300_000).slice(0, 5) },
        ],
      },
      never,
    );
    assert.deepEqual(result, {
      kind: 'ran',
      exitCode: 7,
      output: 'grüße xxxxx',
      errorOutput: 'no\n',
      droppedBytes: 0,
    });
  });

  it('puts no file outside of its own /tmp', async () => {
    for (const path of ['/etc/x', '/tmp/../etc/x', 'x', '/tmp/a\0b', '/tmp/./x']) {
      const result = await sandbox.execute({ command: ['true'], files: [{ path, text: '' }] }, never);
      assert.equal(result.kind, 'unavailable', path);
    }
  });

  it('reaches no listener of this machine, by address or by socket file', async () => {
    let reached = 0;
    const folder = makeTemporaryFolder('joule-socket-');
    const socket = join(folder, 's');
    const servers = [createServer(() => reached++), createServer(() => reached++)] as const;
    await Promise.all([
      new Promise<void>((resolve) => servers[0].listen(0, '127.0.0.1', resolve)),
      new Promise<void>((resolve) => servers[1].listen(socket, resolve)),
    ]);
    try {
      const address = servers[0].address();
      assert.ok(typeof address === 'object' && address !== null);
      const said = await outputOf(
        python(
          [
            'import socket',
            'def tried(make):',
            '    try: make()',
            '    except OSError as error: return type(error).__name__',
            '    return "reached"',
            `print(tried(lambda: socket.create_connection(("127.0.0.1", ${address.port}), 2)))`,
            `print(tried(lambda: socket.socket(socket.AF_UNIX).connect(${JSON.stringify(socket)})))`,
            'print(tried(lambda: socket.create_connection(("192.0.2.1", 80), 2)))',
          ].join('\n'),
        ),
      );
      assert.deepEqual(said.trim().split('\n'), ['ConnectionRefusedError', 'FileNotFoundError', 'OSError']);
      assert.equal(reached, 0);
    } finally {
      for (const server of servers) server.close();
    }
  });

  it('writes nowhere but below its own /tmp, and nothing of that stays', async () => {
    const outside = makeTemporaryFolder('joule-outside-');
    const said = await outputOf(
      shell(
        `for f in / /usr /usr/local /etc /opt /dev /proc /bin ${outside}; do if echo x 2>/dev/null >$f/joule-escape; then echo wrote $f; fi; done; echo in >/tmp/joule-escape && cat /tmp/joule-escape`,
      ),
    );
    assert.equal(said.replace(/^sh: .*\n/gm, ''), 'in\n');
    assert.ok(!existsSync('/tmp/joule-escape') && !existsSync('/usr/joule-escape'));
    assert.deepEqual(readdirSync(outside), []);
  });

  it('does not see homes, state, services or this repository', async () => {
    const seen = await outputOf(
      shell(`ls -A / /root /home ${homedir()} ${process.cwd()} /run /var /sys 2>/dev/null; ls /etc`),
    );
    const top = new Set(seen.split('\n'));
    for (const name of ['root', 'home', 'run', 'var', 'sys', 'shadow', 'ssl', 'package.json', '.bashrc'])
      assert.ok(!top.has(name), `${name} in ${seen}`);
    assert.ok(top.has('usr'));
  });

  it('empties a home that lies among the programs, and shows what the owner names', async function () {
    let home: string;
    try {
      home = mkdtempSync('/opt/joule-home-');
    } catch {
      console.log('      SKIPPED: a home among the programs, because /opt is not ours to write');
      return this.skip();
    }
    try {
      chmodSync(home, 0o755);
      mkdirSync(join(home, 'tools/bin'), { recursive: true });
      writeFileSync(join(home, 'secret'), 'x');
      writeFileSync(join(home, 'tools/bin/greet'), '#!/bin/sh\necho hello\n', { mode: 0o755 });
      const walled = createSandbox({
        clock: systemClock,
        hidden: [home, '/nowhere/at/all'],
        readable: [join(home, 'tools')],
      });
      const run = (script: string) => walled.execute({ command: ['sh', '-c', script], files: [] }, never);
      assert.equal(await outputOf(run(`ls -A ${home}; greet`)), 'tools\nhello\n');
      assert.equal(await outputOf(shell(`cat ${home}/secret`)), 'x');
      assert.match(await outputOf(run(`echo x >${home}/tools/new || echo refused`)), /refused/);
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  it('shows a folder that the owner names wherever it lies, and nothing beside it', async () => {
    const folder = makeTemporaryFolder('joule-readable-');
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a/x'), '1');
    writeFileSync(join(folder, 'secret'), '2');
    const walled = createSandbox({ clock: systemClock, hidden: [], readable: [join(folder, 'a'), '/nowhere/at/all'] });
    const script = `ls ${folder}; cat ${folder}/a/x /tmp/y; rm ${folder}/a/x || echo refused`;
    const files = [{ path: '/tmp/y', text: '3' }];
    const said = await outputOf(walled.execute({ command: ['sh', '-c', script], files }, never));
    assert.match(said, /^a\n13refused\n/);
  });

  it('hands on nothing of the environment, and no input', async () => {
    process.env.JOULE_SECRET = 'hidden';
    try {
      const said = await outputOf(shell('env; cat'));
      const names = said
        .trim()
        .split('\n')
        .map((line) => line.split('=')[0]);
      assert.deepEqual(names.sort(), ['HOME', 'LANG', 'PATH', 'PWD']);
      assert.match(said, /^HOME=\/tmp$/m);
    } finally {
      delete process.env.JOULE_SECRET;
    }
  });

  it('has no rights of root, whoever runs the server, and can make no namespace', async () => {
    const said = await outputOf(shell('grep ^Cap /proc/self/status; cat /etc/shadow; unshare -U true && echo nested'));
    assert.match(said, /CapEff:\s+0{16}/);
    assert.doesNotMatch(said, /nested/);
    assert.doesNotMatch(said, /^root:/m);
  });

  it('sees no process but its own', async () => {
    const pids = (await outputOf(shell('ls /proc'))).split('\n').filter((name) => /^\d+$/.test(name));
    assert.ok(pids.length <= 3, pids.join());
  });

  it('stops what never ends, with all that it started', async () => {
    const result = await shell(
      `(while :; do :; done) & setsid sh -c 'exec 1>&- 2>&-; while :; do : ${marker}; done' & while :; do :; done`,
      {
        wallMilliseconds: 500,
      },
    );
    assert.ok(result.kind === 'timed out' && result.seconds === 0.5, JSON.stringify(result));
    await untilGone();
  });

  it('leaves nothing behind when the command ends before its children', async () => {
    assert.equal(
      await outputOf(shell(`setsid sh -c 'while :; do : ${marker}; done' >/dev/null 2>&1 & echo done`)),
      'done\n',
    );
    await untilGone();
  });

  it('refuses a fork bomb its processes', async () => {
    const said = await python(
      'import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass\n',
      { wallMilliseconds: 1500 },
    );
    assert.equal(said.kind, 'timed out');
    const counted = await outputOf(
      python(
        'import os, time\nn = 0\ntry:\n    while n < 500:\n        if os.fork() == 0: time.sleep(20)\n        n += 1\nexcept OSError: pass\nprint(n)\n',
      ),
    );
    assert.ok(Number(counted) > 3 && Number(counted) < 64, counted);
  });

  it('ends what fills the memory: one process, or many together', async () => {
    const limits = { memoryBytes: 64 * megabyte };
    const fill = 'kept = []\nwhile True: kept.append(bytearray(b"x" * 1000000))\n';
    const one = await python(fill, limits);
    assert.ok(one.kind === 'out of memory' && one.memoryBytes === 64 * megabyte, JSON.stringify(one));
    const many = await python(
      'import os, time\nfor _ in range(9):\n    if os.fork() == 0: break\nkept = b"x" * 15000000 + os.urandom(1)\ntime.sleep(20)\n',
      limits,
    );
    assert.equal(many.kind, 'out of memory');
    const shared = await python(
      'import mmap, time\nm = mmap.mmap(-1, 100000000)\nm.write(b"x" * 100000000)\ntime.sleep(20)\n',
      limits,
    );
    assert.equal(shared.kind, 'out of memory');
  });

  it('refuses what is asked for at once and is far too much', async () => {
    const said = await outputOf(python('bytearray(10**11)\n'));
    assert.match(said, /MemoryError/);
  });

  it('bounds what files may hold', async () => {
    const said = await outputOf(
      shell(
        'head -c 30000000 /dev/zero >/tmp/a; wc -c </tmp/a; for i in 1 2 3 4 5 6 7 8 9; do head -c 15000000 /dev/zero >/tmp/b$i; done; cat /tmp/b* | wc -c',
      ),
    );
    const [one, all] = [...said.matchAll(/^\d+$/gm)].map(Number);
    assert.equal(one, 16 * megabyte);
    assert.ok((all ?? 0) < 64 * megabyte && (all ?? 0) > 30 * megabyte, said);
  });

  it('keeps the first of a gigantic output, says how much it dropped, and cuts an endless one off', async () => {
    const long = await shell('head -c 50000000 /dev/zero | tr "\\0" y; head -c 70000 /dev/zero >&2');
    assert.ok(long.kind === 'ran', long.kind);
    assert.equal(long.output, 'y'.repeat(65_536));
    assert.equal(long.droppedBytes, 50_000_000 - 65_536 + 70_000 - 65_536);
    const endless = await shell('yes', { wallMilliseconds: 300 });
    assert.ok(endless.kind === 'timed out' && endless.output.length === 65_536);
    assert.ok(endless.droppedBytes > 0);
  });

  it('is killed by an abort, and starts nothing after one', async () => {
    const abort = new AbortController();
    const command = ['sh', '-c', `while :; do : ${marker}; done`] as const;
    const running = sandbox.execute({ command, files: [] }, abort.signal);
    await until(() => processes().length > 0);
    abort.abort(new Error('enough'));
    await assert.rejects(running, /enough/);
    await untilGone();
    await assert.rejects(sandbox.execute({ command, files: [] }, abort.signal), /enough/);
    assert.deepEqual(processes(), []);
  });

  it('dies with the server, whatever kills that', async () => {
    const script = fileURLToPath(new URL('../support/sandboxed-loop.ts', import.meta.url));
    const word = `${marker}-server`;
    const server = spawn(process.execPath, ['--import', 'tsx', script, word], { stdio: 'ignore' });
    const inside = () => processes(`: ${word};`);
    await until(() => inside().length >= 3); // bubblewrap twice and the shell
    server.kill('SIGKILL');
    await until(() => inside().length === 0);
  });

  it('says which program it can not see, and runs nothing instead', async () => {
    const result = await sandbox.execute({ command: ['no-such-program', 'x'], files: [] }, never);
    assert.ok(result.kind === 'unavailable', JSON.stringify(result));
    assert.match(result.why, /no-such-program/);
    assert.match(result.mend ?? '', /sandbox\.readable/);
    assert.equal((await shell('exit 127')).kind, 'ran');
  });
});

describe('without a sandbox', () => {
  const attempt = (options: object): Promise<SandboxResult> =>
    createSandbox({ clock: systemClock, hidden: [], readable: [], ...options }).execute(
      { command: ['sh', '-c', 'echo ran'], files: [] },
      never,
    );

  it('runs nothing where bubblewrap is not installed, and says what mends it', async () => {
    const result = await attempt({ platform: 'linux', programs: ['/nowhere/bwrap'] });
    assert.deepEqual(result, {
      kind: 'unavailable',
      why: 'bubblewrap is not installed',
      mend: 'sudo apt-get install bubblewrap',
    });
  });

  it('runs nothing on other systems', async () => {
    for (const [platform, name] of [
      ['darwin', 'macOS'],
      ['win32', 'Windows'],
    ]) {
      const result = await attempt({ platform });
      assert.deepEqual(result, { kind: 'unavailable', why: `there is no sandbox on ${name} yet` });
    }
  });

  it('runs nothing where bubblewrap can not put up its walls, and tries that once', async function () {
    if (process.platform !== 'linux') {
      console.log('      SKIPPED: a bubblewrap that fails, because this is not Linux');
      return this.skip();
    }
    const folder = makeTemporaryFolder('joule-bwrap-');
    chmodSync(folder, 0o755); // where the server is root, the sandbox is not
    const log = join(folder, 'log');
    writeFileSync(log, '', { mode: 0o666 });
    chmodSync(log, 0o666);
    const broken = join(folder, 'bwrap');
    writeFileSync(
      broken,
      `#!/bin/sh\necho tried >>${log}\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n`,
      { mode: 0o755 },
    );
    const sandbox = createSandbox({ clock: systemClock, hidden: [], readable: [], programs: [broken] });
    for (let round = 0; round < 3; round++) {
      const result = await sandbox.execute({ command: ['sh', '-c', 'echo ran'], files: [] }, never);
      assert.ok(result.kind === 'unavailable', JSON.stringify(result));
      assert.match(result.why, /setting up uid map: Permission denied/);
      assert.ok(result.mend);
    }
    assert.ok(readFileSync(log, 'utf8') === 'tried\n');
  });
});

/** Stands in the command line of processes that must not outlive the sandbox. */
const marker = 'joule-sandbox-marker';

function processes(word = marker): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
      } catch {
        return false;
      }
    });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await systemClock.sleep(5);
}

const untilGone = (): Promise<void> => until(() => processes().length === 0);
