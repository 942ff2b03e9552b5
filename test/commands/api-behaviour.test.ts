// What an answer to S1's task does when it runs: real FastAPI in the real sandbox, where both are there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { systemClock } from '../../server/base/clock.ts';
import { behaviourOf, checksOfApi } from '../../server/commands/experiments/api-behaviour.ts';
import type { Behaviour } from '../../server/report/experiments/planner-worker.ts';
import type { Execute, SandboxResult } from '../../server/sandbox/port.ts';
import { createSandbox } from '../../server/sandbox/sandbox.ts';

const whole = readFileSync(new URL('../fixtures/task-manager/whole.py', import.meta.url), 'utf8');
const never = new AbortController().signal;

describe('an API that a model wrote', function () {
  this.timeout(60_000);
  const sandbox = createSandbox({ clock: systemClock, hidden: [], readable: [] });
  let why: string | undefined;

  before(async () => {
    const first = await behaviourOf(whole, sandbox.execute, never);
    if (first.state === 'not run') why = first.why;
    if (why !== undefined) console.log(`SKIPPED: APIs in the sandbox, because ${why}`);
  });

  const run = (code: string): Promise<Behaviour> => behaviourOf(code, sandbox.execute, never);

  it('passes every check when it is right', async function () {
    if (why !== undefined) return this.skip();
    assert.deepEqual(await run(whole), { state: 'ran', passed: checksOfApi, of: checksOfApi, failures: [] });
  });

  it('fails the checks of what it does wrongly', async function () {
    if (why !== undefined) return this.skip();
    const careless = await run(whole.replace('exclude_unset=True', ''));
    assert.ok(careless.state === 'ran');
    assert.deepEqual(
      careless.failures.map((name) => name.replace(/:.*/, '')),
      ['changes only what was sent', 'keeps the change'],
    );
  });

  it('that does not load passes nothing', async function () {
    if (why !== undefined) return this.skip();
    const broken = await run('import fastapi\nraise SystemExit(0)\n');
    assert.ok(broken.state === 'ran' && broken.passed === 0, JSON.stringify(broken));
    const cheat = await run('import os\nprint(\'{"results": [["loads", true]]}\')\nos._exit(0)\n');
    assert.ok(cheat.state === 'ran' && cheat.passed <= 1, JSON.stringify(cheat));
  });

  const scripted =
    (result: SandboxResult): Execute =>
    async () =>
      result;
  const said = (output: string): SandboxResult => ({
    kind: 'ran',
    exitCode: 0,
    output,
    errorOutput: '',
    droppedBytes: 0,
  });

  it('is not run, with the reason, without a sandbox or without the libraries', async () => {
    const without = await behaviourOf(
      whole,
      scripted({ kind: 'unavailable', why: 'bubblewrap is not installed' }),
      never,
    );
    assert.deepEqual(without, { state: 'not run', why: 'bubblewrap is not installed' });
    const bare = await behaviourOf(whole, scripted(said('{"missing": ["fastapi"]}\n')), never);
    assert.deepEqual(bare, { state: 'not run', why: 'Python has no fastapi in the sandbox' });
  });

  it('that ends its checker, or says nonsense, passes nothing', async () => {
    for (const output of ['', 'null', '{"results": 1}', 'x'.repeat(1000)]) {
      const behaviour = await behaviourOf(whole, scripted(said(output)), never);
      assert.ok(behaviour.state === 'ran' && behaviour.passed === 0, output);
    }
  });
});
