// Wire conformance of our server and of the floor, as counts of passed checks.

import { type ConformanceResult, conformanceChecks, runConformance } from './conformance.ts';
import { startLspProcess } from './lsp-process.ts';
import type { Benchmark } from './row.ts';

/** A check that waits for what never comes fails after this. */
const patienceSeconds = 10;

export const wireConformance: Benchmark = {
  name: 'conformance',
  what: 'fifteen checks of the wire and the life of a session',
  async run({ server, floor, say }) {
    say('our server');
    const ours = await runConformance(() => startLspProcess(server, { patienceSeconds }));
    say('the floor');
    const theirs = await runConformance(() => startLspProcess(floor, { patienceSeconds }));
    const total = conformanceChecks.length;
    return [
      {
        name: 'wire conformance',
        aim: `${total} of ${total}`,
        got: `${passed(ours)} of ${total} (floor ${passed(theirs)})`,
        met: passed(ours) === total,
        figures: {
          passed: passed(ours),
          floorPassed: passed(theirs),
          failures: failuresOf(ours),
          floorFailures: failuresOf(theirs),
        },
      },
    ];
  },
};

function passed(results: readonly ConformanceResult[]): number {
  return results.filter(({ failure }) => failure === undefined).length;
}

function failuresOf(results: readonly ConformanceResult[]): readonly string[] {
  return results.flatMap(({ name, failure }) => (failure === undefined ? [] : [`${name}: ${failure}`]));
}
