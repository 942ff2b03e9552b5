// `joule-ls meter` as a person types it: real commands, a fixture counter, real signals; and its page of counters over real HTTP.

import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '../../server/base/clock.ts';
import { createRemoteMeter } from '../../server/energy/remote/remote-meter.ts';
import type { SpanReading } from '../../server/energy/span.ts';
import { makeMachine, type PowercapTree } from '../support/powercap-tree.ts';
import { cleanEnvironment, cleanUpServers, serverCommand } from '../support/spawn-server.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('joule-ls meter', function () {
  this.timeout(60_000);
  let machine: PowercapTree;
  let folder: string;
  beforeEach(() => {
    machine = makeMachine({ zones: [{ folder: 'intel-rapl:0', name: 'package-0', microjoules: 1_000_000n }] });
    folder = makeTemporaryFolder('joule-meter-');
  });
  after(cleanUpServers);

  function start(args: readonly string[], roots = machine.roots): ChildProcessWithoutNullStreams {
    const { command, args: all } = serverCommand(['meter', ...args]);
    return spawn(command, all, {
      env: {
        ...cleanEnvironment(),
        JOULE_LS_SYS_ROOT: roots.sys,
        JOULE_LS_MSR_ROOT: roots.msr,
        JOULE_LS_NVML: join(folder, 'none.so'),
      },
    });
  }

  async function outcome(child: ChildProcessWithoutNullStreams, input = ''): Promise<Outcome> {
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (data) => {
      said.stdout += String(data);
    });
    child.stderr.on('data', (data) => {
      said.stderr += String(data);
    });
    child.stdin.end(input);
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal, ...said };
  }

  const meter = (args: readonly string[], input?: string): Promise<Outcome> => outcome(start(args), input);
  const counter = (): string => join(machine.path('intel-rapl:0'), 'energy_uj');

  it('tells the joules that flowed meanwhile on stderr, and leaves stdout, stdin and exit code to the command', async () => {
    const script = `read line; echo "got $line"; echo 1500000 > ${counter()}; exit 7`;
    const { code, stdout, stderr } = await meter(['--', 'sh', '-c', script], 'a line\n');
    assert.deepEqual([code, stdout], [7, 'got a line\n']);
    assert.match(stderr, /^joule-ls: sh -c read line.* · [\d.]+ s · exit 7\n/);
    assert.match(
      stderr,
      / {2}CPU: 500 mJ ±\d+ % \(.*\)\n {2}total: 500 mJ ±\d+ %, .* W on average, idle power and everything else/,
    );
  });

  it('writes JSON, with everything, to a file of its own', async () => {
    const file = join(folder, 'out.json');
    const script = `echo 1250000 > ${counter()}; echo to stderr >&2`;
    const { code, stderr } = await meter(['--json', '--output', file, '--', 'sh', '-c', script]);
    assert.deepEqual([code, stderr], [0, 'to stderr\n']);
    const report = JSON.parse(readFileSync(file, 'utf8')) as SpanReading & { command: string[]; exitCode: number };
    assert.deepEqual([report.exitCode, report.command], [0, ['sh', '-c', script]]);
    assert.ok(report.total.status === 'measured' && report.total.joules === 0.25);
    assert.equal(report.sources[0]?.sourceId, 'rapl:package-0');
    assert.ok(report.total.plusMinusJoules > 0);
  });

  it('shows a growing account with --every', async () => {
    const go = join(folder, 'go');
    const child = start(['--csv', '--every', '20', '--', 'sh', '-c', `while [ ! -e ${go} ]; do sleep 0.01; done`]);
    const lines: string[] = [];
    let microjoules = 1_000_000n;
    createInterface(child.stderr).on('line', (line) => {
      lines.push(line);
      microjoules += 10_000n;
      machine.set('intel-rapl:0', microjoules);
      if (lines.length > 8) writeFileSync(go, '');
    });
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0);
    assert.equal(lines[0], 'seconds,source,domain,status,joules,plus_minus_joules,why');
    const totals = lines.filter((line) => line.includes(',total,,')).map((line) => line.split(','));
    const joules = totals.filter((cells) => cells[3] === 'measured').map((cells) => Number(cells[4]));
    assert.ok(joules.length >= 3, lines.join('\n'));
    assert.deepEqual(
      joules,
      [...joules].sort((a, b) => a - b),
    );
    assert.ok(lines.every((line) => line.split(',').length === 7));
  });

  it('ends as the command ended, by exit code or by signal', async () => {
    assert.equal((await meter(['--', 'sh', '-c', 'exit 200'])).code, 200);
    for (const signal of ['TERM', 'KILL', 'HUP'] as const) {
      const died = await meter(['--', 'sh', '-c', `kill -${signal} $$`]);
      assert.deepEqual([died.code, died.signal], [null, `SIG${signal}`]);
      assert.match(died.stderr, new RegExp(`· SIG${signal}\\n`));
    }
    const crashed = await meter(['--', 'sh', '-c', 'kill -SEGV $$']);
    assert.deepEqual([crashed.code, crashed.signal], [128 + 11, null]);
  });

  it('passes signals on, and lets the command say what they mean', async () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const script = `trap 'echo caught; exit 3' ${signal.slice(3)}; echo ready; while :; do sleep 0.01; done`;
      const child = start(['--', 'sh', '-c', script]);
      child.stdout.once('data', () => child.kill(signal));
      const { code, stdout } = await outcome(child);
      assert.deepEqual([code, stdout], [3, 'ready\ncaught\n'], signal);
    }
  });

  it('says what can not be run, as a shell does', async () => {
    const script = join(folder, 'plain');
    writeFileSync(script, 'text');
    chmodSync(script, 0o644);
    const answers = await Promise.all([
      meter(['--', 'no-such-command-anywhere']),
      meter(['--', script]),
      meter(['--', folder]),
    ]);
    assert.deepEqual(
      answers.map((one) => one.code),
      [127, 126, 126],
    );
    assert.match(answers[0].stderr, /command not found/);
    assert.match(answers[1].stderr, /permission denied/);
  });

  it('says what is wrong with a command line', async () => {
    for (const [args, why] of [
      [[], /goes behind --/],
      [['--'], /goes behind --/],
      [['sleep', '1'], /positional|Unexpected/],
      [['--every', '0', '--', 'true'], /--every takes milliseconds/],
      [['--json', '--csv', '--', 'true'], /not both/],
      [['--wrong', '--', 'true'], /--wrong/],
      [['serve', '--port', 'x'], /not a port/],
      [['serve', '--port', '1', '--socket', '/s'], /not both/],
    ] as const) {
      const { code, stderr, stdout } = await meter(args);
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert.match(stderr, why);
    }
    assert.equal((await meter(['--output', join(folder, 'no/such/file'), '--', 'true'])).code, 2);
  });

  it('without any counter estimates from CPU time, and says so', async function () {
    if (process.platform !== 'linux') {
      console.log('SKIPPED: joules from CPU time, because this is not Linux');
      this.skip();
    }
    const bare = makeMachine();
    const script = 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done';
    const { code, stderr } = await outcome(start(['--json', '--', 'sh', '-c', script], bare.roots));
    assert.equal(code, 0);
    const { total, flags } = JSON.parse(stderr) as SpanReading;
    assert.ok(total.status === 'estimated' && total.joules > 0 && total.plusMinusJoules > 0.7 * total.joules, stderr);
    assert.match(flags.join('\n'), /estimated: CPU time of the command at 8 W/);
  });

  describe('serve', () => {
    let child: ChildProcessWithoutNullStreams | undefined;
    afterEach(async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, 'exit');
    });

    async function serve(...args: string[]): Promise<string> {
      child = start(['serve', ...args]);
      const [line] = (await once(createInterface(child.stderr), 'line')) as [string];
      return /counters of this machine at (.*)$/.exec(line)?.[1] ?? assert.fail(line);
    }

    async function ask(
      url: string,
      how: { method?: string; headers?: Record<string, string>; socketPath?: string } = {},
    ): Promise<{ status: number | undefined; text: string; type: string | undefined }> {
      return new Promise((resolve, reject) => {
        request(url, how, (response) => {
          let text = '';
          response.on('data', (data) => {
            text += String(data);
          });
          response.on('end', () =>
            resolve({ status: response.statusCode, text, type: response.headers['content-type'] }),
          );
        })
          .on('error', reject)
          .end();
      });
    }

    it('shows whole joules to this machine, at most one look a second', async () => {
      const url = await serve('--port', '0');
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
      const first = await ask(url);
      assert.match(first.text, /^# TYPE joule_ls_energy_joules_total counter$/m);
      assert.match(first.text, /^joule_ls_energy_joules_total\{source="rapl:package-0",domain="package"\} 0$/m);
      assert.match(first.text, /^joule_ls_energy_joules_created\{source="rapl:package-0",domain="package"\} \d+/m);
      assert.match(first.type ?? '', /text\/plain; version=0\.0\.4/);
      machine.set('intel-rapl:0', 1_999_999n);
      const second = await ask(url);
      assert.match(
        second.text,
        /domain="package"\} 0$/m,
        'what it said less than a second ago, or 0.99 J rounded down',
      );
    });

    it('is read by our own meter, and what it can not tell begins anew', async () => {
      const url = await serve('--port', '0');
      await ask(url);
      const meterThere = createRemoteMeter({ kind: 'prometheus', url }, systemClock);
      const { sources, missing } = await meterThere.open(() => systemClock.nowNanoseconds());
      assert.deepEqual([sources.map((one) => one.domain), missing], [['package'], []]);
      const [source] = sources;
      assert.ok(source);
      assert.equal(source.resolution.updateSeconds, 1);
      const read = async (): Promise<{ microjoules: bigint; epoch: number }> => {
        const reading = await source.read();
        assert.ok('microjoules' in reading);
        return { microjoules: reading.microjoules, epoch: reading.epoch ?? 0 };
      };
      const until = async (isThere: (now: { microjoules: bigint; epoch: number }) => boolean): Promise<void> => {
        while (!isThere(await read())) await new Promise((resolve) => setImmediate(resolve));
      };
      await read();
      machine.set('intel-rapl:0', 4_200_000n);
      await until(({ microjoules, epoch }) => microjoules === 3_000_000n && epoch === 0);
      // More than the zone could have drawn: nobody knows what flowed.
      machine.set('intel-rapl:0', 200_000_000_000n);
      await until(({ epoch }) => epoch >= 1);
    });

    it('answers GET /metrics by a name of this machine, and nothing else', async () => {
      const url = await serve('--port', '0');
      assert.equal((await ask(url, { method: 'POST' })).status, 405);
      assert.equal((await ask(url.replace('/metrics', '/'))).status, 404);
      assert.equal((await ask(url, { headers: { Host: 'evil.example' } })).status, 403);
      assert.equal((await ask(url, { headers: { Host: 'localhost:1234' } })).status, 200, 'through a tunnel');
    });

    it('serves on a Unix socket for its owner, over what a dead server left behind', async () => {
      const socketPath = join(folder, 'meter.sock');
      assert.equal(await serve('--socket', socketPath), `unix:${socketPath}`);
      assert.equal(statSync(socketPath).mode & 0o777, 0o600);
      assert.equal((await ask('http://localhost/metrics', { socketPath })).status, 200);
      const second = await meter(['serve', '--socket', socketPath]);
      assert.deepEqual([second.code, /the place is taken/.test(second.stderr)], [1, true]);
      child?.kill('SIGKILL');
      if (child) await once(child, 'exit');
      assert.ok(existsSync(socketPath));
      await serve('--socket', socketPath);
      assert.equal((await ask('http://localhost/metrics', { socketPath })).status, 200);
    });

    it('ends with 0 when told to', async () => {
      await serve('--port', '0');
      child?.kill('SIGTERM');
      assert.deepEqual(child && (await once(child, 'exit')), [0, null]);
    });
  });
});
