// The frame of experiments on real folders: order, resting, what is left after a kill, folders of something else.

import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Experiment, type Machine, repeated, type Trial } from '../../../server/report/experiments/experiment.ts';
import { drawOrder } from '../../../server/report/experiments/order.ts';
import { openExperiment, outlineOf, type RunEnd, runExperiment } from '../../../server/report/experiments/runner.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const machine: Machine = {
  server: '0',
  node: '20',
  platform: 'test',
  devices: [],
  engines: [],
  models: [],
  standIn: 'a test',
};
const arms = [
  { id: 'one', title: 'one' },
  { id: 'two', title: 'two' },
];

interface Probe {
  readonly experiment: Experiment<number>;
  readonly ran: string[];
  /** Before which trial the engine goes. */
  vanishAt: string | undefined;
}

function probe(options: unknown = { n: 3 }): Probe {
  const ran: string[] = [];
  const self: Probe = {
    ran,
    vanishAt: undefined,
    experiment: {
      name: 'probe',
      version: 1,
      title: 'A probe',
      options,
      arms,
      trials: repeated(arms, 3),
      prepare: async () => undefined,
      async run({ id }) {
        if (id === self.vanishAt) return { kind: 'stopped', why: 'the engine is gone' };
        ran.push(id);
        return { kind: 'done', result: ran.length };
      },
      parse: (value) => (typeof value === 'number' ? value : undefined),
      estimate: () => ({
        seconds: 2,
        joules: { status: 'estimated', joules: 10, plusMinusJoules: 5, scope: 'machine', coverage: [] },
      }),
      report: (records) => ({
        page: { title: 'A probe', facts: [], sections: [] },
        summary: records.map(({ trial }) => trial.id),
        text: `${records.length} records`,
      }),
    },
  };
  return self;
}

const common = { seed: 7, machine, now: () => '2026-11-27T12:00:00.000Z' };

async function run(self: Probe, path: string, signal = new AbortController().signal): Promise<RunEnd> {
  const folder = await openExperiment(self.experiment, { ...common, path });
  assert.ok(typeof folder !== 'string', String(folder));
  const rest = async () => ({ seconds: 0, state: 'not-wanted' }) as const;
  return runExperiment(self.experiment, folder, { now: common.now, rest, onProgress: () => {}, signal });
}

describe('an experiment', () => {
  const newFolder = (): string => makeTemporaryFolder('joule-experiment-');

  it('runs every trial once, in the order of its seed, and leaves page, summary and lines', async () => {
    const [path, self] = [join(newFolder(), 'results'), probe()];
    assert.equal((await run(self, path)).kind, 'finished');
    assert.deepEqual(
      self.ran,
      drawOrder(self.experiment.trials, 7).map(({ id }) => id),
    );
    const lines = (await readFile(join(path, 'trials.jsonl'), 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, 6);
    assert.match(await readFile(join(path, 'page.html'), 'utf8'), /A probe/);
    assert.deepEqual(JSON.parse(await readFile(join(path, 'summary.json'), 'utf8')), self.ran);
  });

  it('goes on after the engine vanished, and the whole is the same set of trials', async () => {
    const [path, first] = [join(newFolder(), 'results'), probe()];
    first.vanishAt = drawOrder(first.experiment.trials, 7)[2]?.id;
    assert.deepEqual(await run(first, path), { kind: 'stopped', why: 'the engine is gone', done: 2, count: 6 });
    const second = probe();
    assert.equal((await run(second, path)).kind, 'finished');
    const whole = drawOrder(first.experiment.trials, 7).map(({ id }) => id);
    assert.deepEqual([...first.ran, ...second.ran], whole);
  });

  it('skips a torn last line by name and runs its trial again', async () => {
    const [path, first] = [join(newFolder(), 'results'), probe()];
    const order = drawOrder(first.experiment.trials, 7).map(({ id }) => id);
    first.vanishAt = order[2];
    await run(first, path);
    const file = join(path, 'trials.jsonl');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, -15));
    const second = probe();
    const folder = await openExperiment(second.experiment, { ...common, path });
    assert.ok(typeof folder !== 'string');
    assert.match(folder.problems.join(), /line 2 of trials\.jsonl is torn/);
    assert.equal((await run(second, path)).kind, 'finished');
    assert.deepEqual(second.ran, order.slice(1));
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    const whole = lines.flatMap((line) => {
      try {
        return [(JSON.parse(line) as { trial: Trial }).trial.id];
      } catch {
        return [];
      }
    });
    assert.deepEqual(whole, order);
  });

  it('that is interrupted in a trial records nothing of it', async () => {
    const [path, self] = [join(newFolder(), 'results'), probe()];
    const stop = new AbortController();
    const { run: runTrial } = self.experiment;
    const interrupted: Probe = {
      ...self,
      experiment: {
        ...self.experiment,
        async run(trial, signal) {
          const outcome = await runTrial(trial, signal);
          if (self.ran.length === 3) stop.abort(new Error('interrupted'));
          return outcome;
        },
      },
    };
    const end = await run(interrupted, path, stop.signal);
    assert.deepEqual(end, { kind: 'stopped', why: 'it was interrupted', done: 2, count: 6 });
  });

  it('is not mixed with another one, with other options, or with somebody’s files', async () => {
    const path = join(newFolder(), 'results');
    await run(probe(), path);
    const other = await openExperiment(probe({ n: 4 }).experiment, { ...common, path });
    assert.match(String(other), /its options or models are others/);
    const renamed = { ...probe().experiment, name: 'other' };
    assert.match(String(await openExperiment(renamed, { ...common, path })), /it is "probe"/);
    const foreign = newFolder();
    await mkdir(join(foreign, 'mine'));
    assert.match(String(await openExperiment(probe().experiment, { ...common, path: foreign })), /holds other things/);
    const broken = newFolder();
    await appendFile(join(broken, 'experiment.json'), '{"kind": 1}');
    assert.match(String(await openExperiment(probe().experiment, { ...common, path: broken })), /not an experiment's/);
  });

  it('takes options whose keys come in another order for the same', async () => {
    const path = join(newFolder(), 'results');
    await run(probe({ n: 3, models: { a: '1', b: '2' } }), path);
    const again = await openExperiment(probe({ models: { b: '2', a: '1' }, n: 3 }).experiment, { ...common, path });
    assert.ok(typeof again !== 'string', String(again));
  });

  it('says what is left and what that takes', () => {
    const { experiment } = probe();
    const outline = outlineOf(experiment, new Set(['one#1']));
    assert.deepEqual([outline.count, outline.left, outline.seconds], [6, 5, 10]);
    assert.equal(outline.joules.status === 'estimated' && outline.joules.joules, 50);
  });
});

describe('the order of trials', () => {
  it('is a permutation in blocks of repeats, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 6 }), (seed, n) => {
        const trials = repeated([...arms, { id: 'three', title: '' }], n);
        const drawn = drawOrder(trials, seed);
        assert.deepEqual([...drawn.map(({ id }) => id)].sort(), trials.map(({ id }) => id).sort());
        assert.deepEqual(
          drawn.map(({ repeat }) => repeat),
          trials.map(({ repeat }) => repeat).sort((a, b) => a - b),
        );
        assert.deepEqual(drawOrder(trials, seed), drawn);
      }),
      { numRuns: 50 },
    );
  });

  it('puts each arm first about as often as any other', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 3000; seed++) {
      const first = drawOrder(repeated([...arms, { id: 'three', title: '' }], 1), seed)[0]?.arm ?? '';
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 120, `${[...counts]}`);
  });
});
