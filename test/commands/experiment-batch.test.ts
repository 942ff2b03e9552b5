// `experiment batch` on an engine with slots and a counter that follows a known power: joules per request fall as the power says.

import assert from 'node:assert/strict';
import { batchKind } from '../../server/commands/experiments/batch.ts';
import { isKnown } from '../../server/energy/joules.ts';
import type { BatchFigures, BatchRanking } from '../../server/report/experiments/batch/figures.ts';
import type { BatchResult } from '../../server/report/experiments/batch/result.ts';
import { createWorld, type World } from '../support/editor-client.ts';
import { type ExperimentRun, resultFolder, runKind } from '../support/experiment-bench.ts';

const watts = 80;

interface Span {
  readonly from: number;
  to: number;
}

/** Time in which at least one of the spans was open; milliseconds in, seconds out. */
function secondsCovered(spans: readonly Span[]): number {
  let [covered, end] = [0, 0];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    covered += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return covered / 1000;
}

describe('joule-ls experiment batch', function () {
  this.timeout(60_000);
  let world: World;
  let env: NodeJS.ProcessEnv;
  let ticking: NodeJS.Timeout;
  /** When the engine worked, request by request. */
  const served: Span[] = [];
  before(async () => {
    world = await createWorld({
      slots: 4,
      models: [{ name: 'qwen2.5-coder:3b' }],
      reply: ({ text }, index) => {
        const span = { from: performance.now(), to: Number.NaN };
        served.push(span);
        void world.ollama.requests[index]?.ended.then(() => {
          span.to = performance.now();
        });
        const signature = /def (?!.*def )\w+\([^)]*\)/s.exec(text)?.[0] ?? 'def add(a, b)';
        return { text: `${signature}:\n    return ${/\((\w+)/.exec(signature)?.[1]}\n`, millisecondsPerPiece: 20 };
      },
    });
    env = { ...world.env, OLLAMA_NUM_PARALLEL: '4' };
    const begin = performance.now();
    // The counter's own clock: so many microjoules for each millisecond, as a processor with constant power.
    ticking = setInterval(() => {
      world.machine.set('intel-rapl:0', BigInt(1_000_000 + Math.round((performance.now() - begin) * watts * 1000)));
    }, 1);
  });
  after(async () => {
    clearInterval(ticking);
    await world.close();
  });

  async function run(name: string, more: object): Promise<ExperimentRun<BatchResult>> {
    const result = await runKind(batchKind, env, { folder: resultFolder(world.project, name), ...more });
    assert.ok(typeof result !== 'string', String(result));
    assert.equal(result.end.kind, 'finished', JSON.stringify(result.end));
    return result;
  }

  it('finds joules per request, latency and throughput by number of requests at once', async () => {
    const result = await run('slots', { n: 1, lists: { parallel: ['1', '2', '4', '8'] }, weights: 'energy=1' });
    const { figures, best, reference, countsQuality } = result.report.summary as BatchRanking;
    assert.deepEqual(
      figures.map(({ parallel, requests }) => [parallel, requests]),
      [
        [1, 8],
        [2, 8],
        [4, 8],
      ],
    );
    // What flowed while any request was served is what they got together: power × time, within the errors that they state.
    assert.equal(served.length, 1 + 3 * 8, 'a warm-up, and three rounds');
    for (const [index, { result: round }] of result.records.entries()) {
      const known = round.requests.map(({ gross }) => gross).filter(isKnown);
      assert.equal(known.length, 8, JSON.stringify(round.requests));
      const sum = known.reduce((total, figure) => total + figure.joules, 0);
      const error = known.reduce((total, figure) => total + figure.plusMinusJoules, 0);
      const truth = watts * secondsCovered(served.slice(1 + 8 * index, 9 + 8 * index));
      assert.ok(Math.abs(sum - truth) <= error, `${sum} ±${error} J, in truth ${truth}, at ${round.parallel} at once`);
      assert.ok(error < truth, `an error of ${error} J says nothing of ${truth}`);
    }
    const [one, , four] = figures as readonly [BatchFigures, BatchFigures, BatchFigures];
    assert.ok((four.joulesPerRequest ?? 1) < (one.joulesPerRequest ?? 0), 'several at once share the power');
    assert.ok(four.requestsPerSecond > one.requestsPerSecond);
    assert.equal(best[0]?.parallel, 4);
    assert.equal(reference?.id, 'worker-x1');
    assert.equal(figures[0]?.overall, 1);
    assert.equal(countsQuality, false);
    assert.match(result.report.text, /8 at once with qwen2\.5-coder:3b was not run: ollama serves 4 at once/);
    assert.match(result.report.text, /Best under the weights \(latency 0, energy 1; quality was not run\): 4 at once/);
    assert.match(result.report.text, /not run/);
  });

  it('lets never more run at once than the arm says', async () => {
    let [running, most] = [0, 0];
    world.ollama.setReply(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return 'pass';
    });
    await run('two', { n: 1, lists: { parallel: ['2'] } });
    assert.ok(most <= 2, `${most} at once`);
  });

  it('refuses what it does not know, in a sentence', async () => {
    const refused = (more: object): Promise<unknown> =>
      runKind(batchKind, env, { folder: resultFolder(world.project, 'none'), ...more });
    assert.match(String(await refused({ lists: { parallel: ['many'] } })), /--parallel takes whole numbers/);
    assert.match(String(await refused({ lists: { parallel: ['16'] } })), /ollama serves 4 at once/);
    assert.match(String(await refused({ weights: 'beauty=1' })), /--weights takes/);
  });
});
