// The embedded engine's process: a death is a failure and not the end, an idle one ends, none outlives its server.

import assert from 'node:assert/strict';
import { execFileSync, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../../server/base/log.ts';
import { programPart } from '../../server/base/program-files.ts';
import { createEmbeddedEngine } from '../../server/models/embedded.ts';
import type { FromChild, ToChild } from '../../server/models/embedded-protocol.ts';
import type { Engine } from '../../server/models/engine.ts';
import { installedEngine } from '../../server/models/engine-directory.ts';
import { body, collect, endless, failure, isAlive, never, pidOf, request, stub, tiny } from '../support/embedded.ts';
import { needEngine, testEngineDirectory } from '../support/install-engine.ts';
import { ManualClock } from '../support/manual-clock.ts';

const asked = request(`<|code|>${stub}<|out|>`);

function engineWith(clock: ManualClock, log = silentLog): Engine {
  return createEmbeddedEngine({ directory: testEngineDirectory, clock, log, models: [tiny] });
}

describe('process of the embedded engine', function () {
  this.timeout(60_000);
  before(needEngine);

  it('becomes a failure when killed mid-answer, starts again, and waits longer after each death in a row', async () => {
    const clock = new ManualClock();
    const deaths = new EventTarget();
    const log = { ...silentLog, warn: () => void deaths.dispatchEvent(new Event('death')) };
    const engine = engineWith(clock, log);
    const killMidAnswer = async (): Promise<void> => {
      const death = once(deaths, 'death');
      try {
        for await (const chunk of engine.generate(request(endless, { maxTokens: 480, stop: [] }), never)) {
          if (chunk.kind === 'text') process.kill(await pidOf(engine), 'SIGKILL');
        }
      } finally {
        await death;
      }
    };
    const startsAfter = async (milliseconds: number): Promise<void> => {
      await clock.advanceAndSettle(milliseconds - 1);
      await assert.rejects(pidOf(engine), /has a process/, `not before ${milliseconds} ms`);
      await clock.advanceAndSettle(1);
    };
    await assert.rejects(killMidAnswer(), failure('crashed', /memory/));
    const second = assert.rejects(killMidAnswer(), failure('crashed', /killed/));
    await startsAfter(250);
    await second;
    const third = collect(engine, asked);
    await startsAfter(500);
    assert.ok((await third).text.endsWith(body));
    await engine.close();
  });

  it('is named by a state that was asked for before it began, so that its counters are read and not those of a dead one', async () => {
    const deaths = new EventTarget();
    const log = { ...silentLog, warn: () => void deaths.dispatchEvent(new Event('death')) };
    const clock = new ManualClock();
    const engine = engineWith(clock, log);
    const { locality } = await engine.state(never);
    assert.ok(locality.where === 'this-machine');
    assert.equal(locality.pid, undefined);
    await collect(engine, asked);
    const first = locality.pid ?? assert.fail('it has a process now');
    const death = once(deaths, 'death');
    process.kill(first, 'SIGKILL');
    await death;
    assert.equal(locality.pid, undefined);
    const again = collect(engine, asked);
    await clock.advanceAndSettle(250);
    await again;
    assert.ok(locality.pid !== undefined && locality.pid !== first);
    await engine.close();
  });

  it('answers a stop that comes when it had ended already, so that nobody waits for it and it is not killed', async () => {
    const part = programPart('models/embedded-child.ts');
    const child = fork(part.url, [], {
      execArgv: [...part.execArgv, '--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const heard = async (kind: FromChild['kind']): Promise<FromChild> => {
      for await (const [message] of on(child, 'message') as AsyncIterable<[FromChild]>)
        if (message.kind === kind) return message;
      return assert.fail(`no ${kind}`);
    };
    const say = (order: ToChild): void => void child.send(order);
    const { entryPath } = installedEngine(testEngineDirectory) ?? assert.fail('it is installed');
    const loaded = heard('loaded');
    say({
      kind: 'load',
      libraryPath: entryPath,
      modelPath: tiny.path,
      contextTokens: 512,
      threads: 'one',
      lookup: false,
    });
    await loaded;
    const end = heard('end');
    say({ kind: 'generate', id: 7, request: { ...asked, maxTokens: 2 } });
    await end;
    const again = heard('end');
    say({ kind: 'abort', id: 7 });
    assert.deepEqual(await again, { kind: 'end', id: 7, reason: 'aborted', usage: {} });
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('becomes a failure when it hangs, and starts again', async () => {
    const clock = new ManualClock();
    const engine = engineWith(clock);
    let hungPid = 0;
    /** Pieces sent before the stop are still on their way, and each of them counts as life. */
    const turn = (): void => {
      clock.advance(5_000);
      if (isAlive(hungPid)) setImmediate(turn);
    };
    const hang = async (): Promise<void> => {
      for await (const chunk of engine.generate(request(endless, { maxTokens: 480, stop: [] }), never)) {
        if (chunk.kind !== 'text' || hungPid !== 0) continue;
        hungPid = await pidOf(engine);
        process.kill(hungPid, 'SIGSTOP');
        turn();
      }
    };
    await assert.rejects(hang(), failure('crashed', /said nothing for 20 s/));
    assert.ok(!isAlive(hungPid), 'no zombie');
    const again = collect(engine, asked);
    await clock.advanceAndSettle(250);
    assert.ok((await again).text.endsWith(body));
    await engine.close();
  });

  it('becomes a failure when its memory runs out while it runs, and starts again', async function () {
    if (process.platform !== 'linux') {
      console.log('SKIPPED: memory that runs out because only Linux has prlimit');
      this.skip();
    }
    const clock = new ManualClock();
    const engine = engineWith(clock);
    await collect(engine, asked);
    const pid = await pidOf(engine);
    execFileSync('prlimit', ['--pid', String(pid), '--as=1048576']);
    const large = request('x'.repeat(20_000_000));
    await assert.rejects(collect(engine, large), failure('crashed', /crashed|ended|killed/));
    assert.ok(!isAlive(pid), 'it got no more memory and went on all the same');
    const again = collect(engine, asked);
    await clock.advanceAndSettle(250);
    assert.ok((await again).text.endsWith(body));
    await engine.close();
  });

  it('ends when idle for longer than it is kept alive, and when the engine is closed', async () => {
    const clock = new ManualClock();
    const engine = engineWith(clock);
    await collect(engine, { ...asked, keepAliveSeconds: 60 });
    const first = await pidOf(engine);
    await clock.advanceAndSettle(59_000);
    assert.ok(isAlive(first));
    await clock.advanceAndSettle(1_000);
    await assert.rejects(pidOf(engine), /has a process/);
    await collect(engine, asked);
    const second = await pidOf(engine);
    assert.notEqual(second, first);
    assert.ok(!isAlive(first), 'no zombie');
    await engine.close();
    assert.ok(!isAlive(second), 'no zombie');
    await assert.rejects(collect(engine, asked), failure('failed', /closed/));
  });

  it('stops when the start is aborted', async () => {
    const engine = engineWith(new ManualClock());
    const abort = new AbortController();
    const reason = new Error('not needed any more');
    const answer = collect(engine, asked, abort.signal);
    setImmediate(() => abort.abort(reason));
    await assert.rejects(answer, (error) => error === reason);
    await engine.close();
  });

  it('dies with its server, even when that is killed mid-answer', async () => {
    const program = fileURLToPath(new URL('../support/embedded-server.ts', import.meta.url));
    const server = fork(program, [testEngineDirectory], { execArgv: ['--import', 'tsx'] });
    const [pid] = (await once(server, 'message')) as [number];
    assert.ok(isAlive(pid));
    server.kill('SIGKILL');
    await once(server, 'exit');
    while (isAlive(pid)) await pause(5); // nothing tells of the end of a process that is not a child; the timeout bounds it
  });
});
