// `joule-ls experiment planner-worker` as a person types it: the real program, a fake Ollama over HTTP, a powercap tree and a stub of NVML's
// library that follow a known power trace. Every figure of the sixteen is held against the trace.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isKnown } from '../../server/energy/joules.ts';
import { statisticsOf } from '../../server/energy/run-statistics.ts';
import { totalsOf } from '../../server/ledger/receipt.ts';
import type { TrialRecord } from '../../server/report/experiments/experiment.ts';
import {
  parseWayResult,
  type WayResult,
  type WaySummary,
  ways,
} from '../../server/report/experiments/planner-worker.ts';
import { metricsOfS1 } from '../../server/report/experiments/published-figures.ts';
import { createWorld, type World } from '../support/editor-client.ts';
import { errorReplies, type FakeRequest } from '../support/fake-ollama.ts';
import { cleanUpServers, runProgram } from '../support/spawn-server.ts';
import { makeStubNvml, type StubNvml } from '../support/stub-nvml.ts';

const models = [
  { name: 'gemma3:27b', parameters: 27e9 },
  { name: 'gemma3:12b', parameters: 12e9 },
  { name: 'gemma3:4b', parameters: 4e9 },
];
const words = ['from', ' fastapi', ' import', ' FastAPI', '\n', 'app', ' =', ' FastAPI()', '\n', 'x', ' =', ' 1'];

interface Drawn {
  readonly model: string;
  readonly packageMicrojoules: number;
  readonly gpuMicrojoules: number;
  readonly tokens: number;
}

describe('joule-ls experiment planner-worker', function () {
  this.timeout(120_000);
  let world: World;
  let stub: StubNvml | undefined;
  let drawn: Drawn[];
  let totals: { cpu: number; gpu: number };
  let vanishAfter = Number.POSITIVE_INFINITY;
  let millisecondsPerPiece = 1;
  let beforeCall: () => void = () => undefined;

  /** What a call draws: by its model's size, and a little more each time, so that spreads are not zero. */
  function draw(model: string, index: number): Drawn {
    const size = Number(/(\d+)b/.exec(model)?.[1] ?? 1);
    const more = 1 + (index % 7) / 20;
    const [packageMicrojoules, gpuMicrojoules] = [Math.round(size * 100_000 * more), Math.round(size * 400) * 1000];
    return { model, packageMicrojoules, gpuMicrojoules, tokens: words.length };
  }

  function reply(request: FakeRequest): object {
    if (drawn.length >= vanishAfter) return { error: errorReplies.runnerDied() };
    beforeCall();
    const call = draw(request.model, drawn.length);
    drawn.push(call);
    return {
      pieces: request.format === undefined ? words : [JSON.stringify({ mode: 'direct', subtasks: [] })],
      beforePiece: (index: number) => {
        if (index > 0) return undefined;
        totals.cpu += call.packageMicrojoules;
        totals.gpu += call.gpuMicrojoules;
        world.machine.set('intel-rapl:0', BigInt(totals.cpu));
        stub?.script({ 'energy.0': totals.gpu / 1000, 'name.0': 'Stub GPU', 'driver.0': '580.00' });
        return undefined;
      },
      millisecondsPerPiece,
    };
  }

  beforeEach(async function () {
    stub = makeStubNvml();
    if (stub === undefined) return this.skip();
    drawn = [];
    vanishAfter = Number.POSITIVE_INFINITY;
    millisecondsPerPiece = 1;
    beforeCall = () => undefined;
    totals = { cpu: 1_000_000, gpu: 5_000_000 };
    world = await createWorld({ models, reply: reply as never });
    stub.script({ 'energy.0': totals.gpu / 1000, 'name.0': 'Stub GPU' });
  });
  afterEach(async () => {
    await world?.close();
    await cleanUpServers();
  });

  const folder = (): string => join(world.project, 'results');
  const experiment = (more: readonly string[] = [], signal?: AbortSignal) =>
    runProgram(
      [
        'experiment',
        'planner-worker',
        '--out',
        folder(),
        '--rest',
        '0',
        '--seed',
        '11',
        '--stand-in',
        'a fake engine on a scripted trace',
      ]
        .concat('--models', 'large=gemma3:27b,mid=gemma3:12b,small=gemma3:4b')
        .concat(more),
      {
        env: { ...world.env, JOULE_LS_NVML: stub?.library, JOULE_STUB_NVML: process.env.JOULE_STUB_NVML },
        cwd: world.project,
        ...(signal === undefined ? {} : { signal }),
      },
    );
  const records = (): TrialRecord<WayResult>[] =>
    readFileSync(join(folder(), 'trials.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TrialRecord<WayResult>);

  it('gives the sixteen metrics of the power trace within their stated errors', async () => {
    // A call takes twice what the card's counter needs to refresh, and more.
    millisecondsPerPiece = 21;
    const { code, stdout, stderr } = await experiment(['--n', '2', '--yes', '--json']);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /14 runs, how long is not known yet, about/);
    const all = records();
    assert.equal(all.length, 14);
    // The first three calls are the warm-up's.
    let next = models.length;
    const truth = new Map<string, { joules: number; cpu: number; gpu: number; tokens: number; small: number }>();
    for (const { trial, result } of all) {
      assert.ok(parseWayResult(result), trial.id);
      const calls = drawn.slice(next, next + result.calls.length);
      next += result.calls.length;
      assert.deepEqual(
        result.calls.map((call) => call.model),
        calls.map((call) => call.model),
        trial.id,
      );
      const sum = (of: (call: Drawn) => number): number => calls.reduce((total, call) => total + of(call), 0);
      const [cpu, gpu] = [sum((call) => call.packageMicrojoules) / 1e6, sum((call) => call.gpuMicrojoules) / 1e6];
      const tokens = result.calls.reduce((total, call) => total + call.tokens.out, 0);
      const small = result.calls.reduce((total, call) => total + (call.model === 'gemma3:4b' ? call.tokens.out : 0), 0);
      truth.set(trial.id, { joules: cpu + gpu, cpu, gpu, tokens, small });
      const { gross } = totalsOf(result.calls);
      assert.ok(isKnown(gross), JSON.stringify(gross));
      assert.equal(gross.status, 'measured');
      const off = Math.abs(gross.joules - cpu - gpu);
      assert.ok(
        off <= gross.plusMinusJoules + 1e-6,
        `${trial.id}: ${gross.joules} ± ${gross.plusMinusJoules}, truth ${cpu + gpu}`,
      );
    }
    assert.equal(next, drawn.length);
    const summary = JSON.parse(stdout) as { ways: WaySummary[] };
    assert.deepEqual(
      summary.ways.map(({ way }) => way),
      ways.map(({ id }) => id),
    );
    for (const { way, published, meanRubric, behaviour } of summary.ways) {
      assert.ok(!('status' in published), JSON.stringify(published));
      const own = all.filter(({ trial }) => trial.arm === way);
      const expected = statisticsOf(
        own.map(({ trial, result }) => {
          const { joules, cpu, gpu, tokens, small } = truth.get(trial.id) ?? assert.fail();
          return {
            joules,
            packageJoules: cpu,
            gpuJoules: gpu,
            seconds: result.seconds,
            tokensOut: tokens,
            workerTokensOut: small,
          };
        }),
      );
      assert.ok(!('status' in expected));
      // A mean is off by no more than the largest error of a run; so are median, extremes and, twice over, spreads.
      const error = Math.max(...own.map(({ result }) => errorOf(result)));
      for (const metric of metricsOfS1) {
        const [got, true_] = [metric.of(published), metric.of(expected)];
        const scale =
          metric.unit === 'joules' ? 1 : (metric.number === 16 ? 1 + (true_ ?? 0) : (true_ ?? 0)) / expected.meanJoules;
        const within = 2 * error * Math.abs(scale) + 1e-9;
        assert.ok(
          got !== undefined && true_ !== undefined && Math.abs(got - true_) <= within,
          `${way} ${metric.title}: ${got}, truth ${true_} ± ${within}`,
        );
      }
      assert.deepEqual([meanRubric, behaviour.slice(0, 7)], ['not run', 'not run']);
    }
    const again = await runProgram(['report', folder()], { env: world.env, cwd: world.project });
    assert.deepEqual([again.code, again.stderr], [0, '']);
    assert.match(again.stdout, /S1’s scope: package and GPU[\s\S]*1\. energy, mean +\d/);
    const page = readFileSync(join(folder(), 'page.html'), 'utf8');
    assert.match(page, /simulated/);
    assert.match(page, /a fake engine on a scripted trace/);
    assert.match(page, /8\.50 kJ/);
  });

  it('says what it will take and begins only when told', async () => {
    const dry = await experiment(['--dry-run']);
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stderr, /35 runs/);
    const unasked = await experiment();
    assert.equal(unasked.code, 1);
    assert.match(unasked.stderr, /say --yes to begin/);
    assert.equal(drawn.length, 0);
  });

  it('goes on where an engine that vanished stopped it', async () => {
    vanishAfter = 14;
    const first = await experiment(['--n', '1', '--yes']);
    assert.equal(first.code, 1, first.stdout);
    assert.match(first.stderr, /stopped after \d of 7: .*\n.*goes on from here/);
    const before = records().map(({ trial }) => trial.id);
    assert.ok(before.length > 0 && before.length < 7);
    vanishAfter = Number.POSITIVE_INFINITY;
    const second = await experiment(['--n', '1', '--yes']);
    assert.equal(second.code, 0, second.stderr);
    const after = records().map(({ trial }) => trial.id);
    assert.deepEqual(after.slice(0, before.length), before);
    assert.deepEqual([...after].sort(), ways.map(({ id }) => `${id}#1`).sort());
    const other = await experiment(['--n', '2', '--yes']);
    assert.match(other.stderr, /is of another experiment/);
  });

  it('goes on after kill -9 in the middle of a run with the same set of runs, in the same order', async () => {
    const kill = new AbortController();
    beforeCall = () => {
      if (existsSync(join(folder(), 'trials.jsonl')) && records().length >= 2) kill.abort();
    };
    const first = await experiment(['--n', '1', '--yes'], kill.signal);
    assert.equal(first.code, -1, first.stderr);
    const before = records();
    assert.equal(before.length, 2);
    beforeCall = () => undefined;
    const second = await experiment(['--n', '1', '--yes']);
    assert.equal(second.code, 0, second.stderr);
    const after = records();
    assert.deepEqual(after.slice(0, 2), before);
    assert.deepEqual(
      after.map(({ position }) => position),
      [1, 2, 3, 4, 5, 6, 7],
    );
    assert.deepEqual(after.map(({ trial }) => trial.id).sort(), ways.map(({ id }) => `${id}#1`).sort());
  });

  it('names what is missing, and writes nothing into a folder of somebody else', async () => {
    const missing = await runProgram(['experiment', 'planner-worker', '--models', 'large=gemma3:99b'], {
      env: world.env,
      cwd: world.project,
    });
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /gemma3:99b is not there/);
    assert.equal((await runProgram(['experiment', 'nothing'], { env: world.env })).code, 2);
    writeFileSync(join(world.project, 'mine'), 'mine');
    const foreign = await runProgram(
      [
        'experiment',
        'planner-worker',
        '--out',
        world.project,
        '--yes',
        '--models',
        'large=gemma3:27b,mid=gemma3:12b,small=gemma3:4b',
      ],
      { env: world.env, cwd: world.project },
    );
    assert.match(foreign.stderr, /holds other things/);
    assert.ok(!existsSync(join(world.project, 'experiment.json')));
  });

  function errorOf(result: WayResult): number {
    const { gross } = totalsOf(result.calls);
    return isKnown(gross) ? gross.plusMinusJoules : Number.NaN;
  }
});
