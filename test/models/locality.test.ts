// Whether the counters of this machine see an engine: on proc trees laid out by hand, and on a real listener.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locality } from '../../server/models/engine.ts';
import { findLocality } from '../../server/models/locality.ts';

interface FixtureProcess {
  readonly pid: number;
  readonly comm: string;
  readonly userId?: number;
  /** Inodes of sockets it holds; undefined: its files can't be looked at. */
  readonly sockets?: readonly number[];
  readonly exe?: string;
}

interface FixtureSocket {
  /** As the kernel prints it: `0100007F:2CAA`. */
  readonly local: string;
  readonly inode: number;
  readonly userId?: number;
  readonly state?: string;
}

/** 11434 */
const port = '2CAA';
const loopback6 = '00000000000000000000000001000000';
const any6 = '0'.repeat(32);

describe('locality', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'joule-proc-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function layOut(processes: readonly FixtureProcess[], sockets: readonly FixtureSocket[]): void {
    mkdirSync(join(root, 'net'));
    const row = (socket: FixtureSocket, index: number): string =>
      `   ${index}: ${socket.local} 00000000:0000 ${socket.state ?? '0A'} 00000000:00000000 00:00000000 00000000  ${socket.userId ?? 1000}        0 ${socket.inode} 1 0000000000000000 100 0 0 10 0`;
    const table = (wanted: (socket: FixtureSocket) => boolean): string =>
      `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n${sockets.filter(wanted).map(row).join('\n')}\n`;
    writeFileSync(
      join(root, 'net', 'tcp'),
      table((socket) => socket.local.length < 20),
    );
    writeFileSync(
      join(root, 'net', 'tcp6'),
      table((socket) => socket.local.length >= 20),
    );
    for (const process of processes) {
      const folder = join(root, String(process.pid));
      mkdirSync(folder);
      writeFileSync(join(folder, 'comm'), `${process.comm}\n`);
      const userId = process.userId ?? 1000;
      writeFileSync(
        join(folder, 'status'),
        `Name:\t${process.comm}\nUid:\t${userId}\t${userId}\t${userId}\t${userId}\n`,
      );
      if (process.exe !== undefined) symlinkSync(process.exe, join(folder, 'exe'));
      if (process.sockets === undefined) continue;
      mkdirSync(join(folder, 'fd'));
      symlinkSync('/dev/null', join(folder, 'fd', '0'));
      process.sockets.forEach((inode, index) => {
        symlinkSync(`socket:[${inode}]`, join(folder, 'fd', String(index + 3)));
      });
    }
  }

  const ask = (more: Partial<Parameters<typeof findLocality>[0]> = {}): Promise<Locality> =>
    findLocality({ hostname: '127.0.0.1', port: 11434, isLoopback: true, procRoot: root, ...more });

  it('is proven by a listening process that is an engine', async () => {
    layOut(
      [
        { pid: 5, comm: 'bash', sockets: [1] },
        { pid: 77, comm: 'ollama', sockets: [9, 42], exe: '/usr/local/bin/ollama' },
      ],
      [{ local: `0100007F:${port}`, inode: 42 }],
    );
    assert.deepEqual(await ask(), { where: 'this-machine', how: 'listener-process', pid: 77 });
  });

  it('is proven on every address that a client may reach, and on no other', async () => {
    const sockets = (local: string): FixtureSocket[] => [{ local, inode: 42 }];
    const cases: [string, string, boolean][] = [
      ['127.0.0.1', `00000000:${port}`, true],
      ['127.0.0.1', `${any6}:${port}`, true],
      ['127.0.0.1', `0000000000000000FFFF00000100007F:${port}`, true],
      ['127.0.0.1', `0200007F:${port}`, false],
      ['127.0.0.1', `${loopback6}:${port}`, false],
      ['::1', `${loopback6}:${port}`, true],
      ['::1', `${any6}:${port}`, true],
      ['::1', `0100007F:${port}`, false],
      ['localhost', `${loopback6}:${port}`, true],
      ['localhost', `0100007F:${port}`, true],
      ['::ffff:7f00:1', `0100007F:${port}`, true],
      ['127.0.0.1', '0100007F:2CAB', false],
    ];
    for (const [hostname, local, proven] of cases) {
      layOut([{ pid: 77, comm: 'ollama', sockets: [42] }], sockets(local));
      assert.equal((await ask({ hostname })).where, proven ? 'this-machine' : 'unproven', `${hostname} ${local}`);
      rmSync(root, { recursive: true });
      mkdirSync(root);
    }
  });

  it('is not proven by a tunnel, and names it', async () => {
    layOut([{ pid: 9, comm: 'ssh', sockets: [42], exe: '/usr/bin/ssh' }], [{ local: `0100007F:${port}`, inode: 42 }]);
    const locality = await ask();
    assert.equal(locality.where, 'unproven');
    assert.match(locality.where === 'unproven' ? locality.why : '', /ssh \(process 9\)/);
    assert.match(locality.where === 'unproven' ? locality.mend : '', /"meter": "local"/);
  });

  it('trusts the executable more than the name a process gives itself', async () => {
    layOut(
      [{ pid: 9, comm: 'ollama', sockets: [42], exe: '/usr/bin/socat' }],
      [{ local: `0100007F:${port}`, inode: 42 }],
    );
    assert.equal((await ask()).where, 'unproven');
  });

  it('still knows an engine whose binary was replaced by an update', async () => {
    layOut(
      [{ pid: 9, comm: 'ollama', sockets: [42], exe: '/usr/bin/ollama (deleted)' }],
      [{ local: `0100007F:${port}`, inode: 42 }],
    );
    assert.equal((await ask()).where, 'this-machine');
  });

  it('wants every listener on the port to be an engine', async () => {
    layOut(
      [
        { pid: 9, comm: 'ollama', sockets: [42] },
        { pid: 10, comm: 'ssh', sockets: [43] },
      ],
      [
        { local: `0100007F:${port}`, inode: 42 },
        { local: `${any6}:${port}`, inode: 43 },
      ],
    );
    assert.match(JSON.stringify(await ask()), /unproven.*ssh/);
  });

  it('ignores connections that merely use the port', async () => {
    layOut([{ pid: 9, comm: 'ollama', sockets: [42] }], [{ local: `0100007F:${port}`, inode: 42, state: '01' }]);
    assert.match(JSON.stringify(await ask()), /no process of this machine listens/);
  });

  describe('when the listener belongs to another user', () => {
    const sockets = [{ local: `0100007F:${port}`, inode: 42, userId: 998 }];

    it('is proven when that user runs nothing but the engine, as the usual installation does', async () => {
      layOut(
        [
          { pid: 1, comm: 'systemd', userId: 0 },
          { pid: 500, comm: 'ollama', userId: 998 },
          { pid: 501, comm: 'llama-server', userId: 998 },
        ],
        sockets,
      );
      assert.deepEqual(await ask(), { where: 'this-machine', how: 'listener-process', pid: 500 });
    });

    it('is not when that user runs other things too, or nothing that can be seen', async () => {
      layOut(
        [
          { pid: 500, comm: 'ollama', userId: 998 },
          { pid: 502, comm: 'sshd', userId: 998 },
        ],
        sockets,
      );
      assert.match(JSON.stringify(await ask()), /unproven.*another user \(id 998\), who runs other things/);
      rmSync(join(root, '500'), { recursive: true });
      assert.match(JSON.stringify(await ask()), /unproven.*another user \(id 998\)/);
    });
  });

  it("follows the owner's word before anything else", async () => {
    assert.deepEqual(await ask({ declared: 'local' }), { where: 'this-machine', how: 'declared' });
    assert.equal((await ask({ declared: 'remote' })).where, 'elsewhere');
    assert.equal((await ask({ declared: 'none' })).where, 'elsewhere');
    const remote = await ask({ declared: 'remote', remoteMeter: 'zeusd at there:4938' });
    assert.ok(remote.where === 'elsewhere' && remote.remoteMeter === 'zeusd at there:4938');
    const unmetered = await ask({ declared: 'remote' });
    assert.ok(unmetered.where === 'elsewhere' && unmetered.remoteMeter === undefined);
    assert.match(`${unmetered.why} ${unmetered.mend}`, /no remoteMeter is set.*"remoteMeter": \{/);
    const undeclared = await ask({ isLoopback: false, hostname: '10.0.0.2', remoteMeter: 'zeusd at there:4938' });
    assert.ok(undeclared.where === 'elsewhere' && undeclared.remoteMeter === undefined, 'only the owner says whose');
    assert.equal((await ask({ declared: 'local', isLoopback: false, hostname: '10.0.0.2' })).where, 'this-machine');
  });

  it('is elsewhere for another host, and unproven where there is no /proc', async () => {
    assert.equal((await ask({ isLoopback: false, hostname: '10.0.0.2' })).where, 'elsewhere');
    assert.match(JSON.stringify(await ask({ procRoot: join(root, 'absent') })), /unproven.*only Linux/);
  });

  describe('on this machine', () => {
    before(function () {
      if (process.platform === 'linux') return;
      console.log('SKIPPED: locality of a real listener, because only Linux has /proc');
      this.skip();
    });

    it('a listener that is no engine proves nothing', async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port: realPort } = server.address() as AddressInfo;
      const locality = await ask({ port: realPort, procRoot: undefined });
      server.close();
      assert.match(JSON.stringify(locality), new RegExp(`unproven.*process ${process.pid}`));
    });

    it('a process whose executable is named ollama proves it', async () => {
      const executable = join(root, 'ollama');
      copyFileSync(process.execPath, executable);
      const script =
        "const s=require('node:net').createServer().listen(0,'127.0.0.1',()=>console.log(s.address().port))";
      const child = spawn(executable, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        const [line] = await once(child.stdout, 'data');
        const locality = await ask({ port: Number(String(line)), procRoot: undefined });
        assert.deepEqual(locality, { where: 'this-machine', how: 'listener-process', pid: child.pid });
      } finally {
        child.kill();
      }
    });
  });
});
