// What a job takes beyond its engine: from `joule.run` to `workspace/applyEdit`, less a bare fetch of the very same requests.

import { startEngineProcess } from './engine-process.ts';
import { type Benchmark, figure, inMilliseconds } from './row.ts';
import { summarise } from './statistics.ts';
import { createBenchWorld } from './world.ts';

const millisecondsAim = 20;
const warmUps = 5;

const stub = `import math


def helper(value: float) -> float:
    """Halves."""
    return value / 2


def mean_of_roots(values: list[float]) -> float:
    """The mean of the square roots of all values, 0 for none."""
    pass


class Account:
    def __init__(self, balance: float) -> None:
        self.balance = balance
`;
const answer = `def mean_of_roots(values: list[float]) -> float:
    """The mean of the square roots of all values, 0 for none."""
    if not values:
        return 0.0
    total = 0.0
    for value in values:
        total += math.sqrt(value)
    return total / len(values)
`;
const stubLine = stub.split('\n').findIndex((line) => line.includes('def mean_of_roots'));

export const addedTime: Benchmark = {
  name: 'added',
  what: "a job's time beyond its engine's",
  async run({ server, runs = 60, say }) {
    const engine = await startEngineProcess({ text: answer });
    const world = createBenchWorld({ ollamaUrl: engine.url });
    const uri = world.uri('a.py');
    let editArrived = 0;
    try {
      const { client, close } = await world.open(server, {
        behaviour: {
          beforeApply: () => {
            editArrived = performance.now();
          },
        },
      });
      const place = { line: stubLine, character: 6 };
      client.openDocument(uri, 'python', stub);
      const [jobs, fetches]: [number[], number[]] = [[], []];
      let requests = 0;
      for (let run = -warmUps; run < runs; run++) {
        await client.ready(uri);
        const actions = await client.codeActions(uri, { start: place, end: place });
        const action = actions.find(({ title }) => title.startsWith('joule: Implement'));
        editArrived = 0;
        const start = performance.now();
        const { jobId } = await client.runAction(action);
        const { end } = await client.waitForJobEnd(jobId);
        if (editArrived === 0) throw new Error(`run ${run} brought no edit: ${end?.message}`);
        if (run === 0) say(`one job ends in: ${end?.message}`);
        const job = editArrived - start;
        client.undo(uri);

        const heard = await engine.heard();
        const own = heard.slice(requests);
        let bare = 0;
        for (const { path, body } of own) bare += await fetchOnce(`${engine.url}${path}`, body);
        requests = heard.length + own.length;
        if (run < 0) continue;
        jobs.push(job);
        fetches.push(bare);
        if (run % 20 === 0) say(`job ${run + 1} of ${runs}`);
      }
      await close();
      const added = summarise(jobs.map((job, index) => job - (fetches[index] ?? Number.NaN)));
      return [
        {
          name: 'added to the engine’s own time, joule.run to applyEdit',
          aim: `≤ ${millisecondsAim} ms median`,
          got: `${inMilliseconds(added)}, p99 ${figure(added.p99)} (job ${figure(summarise(jobs).median)}, bare fetch ${figure(summarise(fetches).median)})`,
          met: added.median <= millisecondsAim,
          figures: {
            addedMilliseconds: added,
            jobMilliseconds: summarise(jobs),
            bareFetchMilliseconds: summarise(fetches),
            ratio: summarise(jobs).median / summarise(fetches).median,
          },
        },
      ];
    } finally {
      engine.stop();
      world.remove();
    }
  },
};

/** Milliseconds until the last byte of a streamed answer. */
async function fetchOnce(url: string, body: object): Promise<number> {
  const start = performance.now();
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  for await (const _chunk of response.body ?? []) {
    // Only the arrival counts.
  }
  return performance.now() - start;
}
