// Scores a joule-tiny model file: `npx tsx test/joule-tiny/score.ts --model FILE --count N --json FILE`. Markdown on stdout.
// Answers come from the embedded engine; they are run in the sandbox only, and without bubblewrap nothing is scored.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '../../server/base/clock.ts';
import { createSandbox } from '../../server/sandbox/sandbox.ts';
import { engineForTests, tinyModelPath } from '../support/install-engine.ts';
import { type Answered, createAnswerer } from './answers.ts';
import { judge } from './judge.ts';
import { foreignRows, freeRows, madeRows } from './rows.ts';
import { markdown, notJudged, tableOf } from './table.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: tinyModelPath },
    count: { type: 'string', default: '100' },
    seed: { type: 'string', default: '999' },
    json: { type: 'string' },
    answers: { type: 'string' }, // where to keep every answer with its verdict, as JSON lines
  },
});

const sandbox = createSandbox({ clock: systemClock, hidden: [], readable: [] });
const problem = await sandbox.problem();
if (problem !== undefined)
  throw new Error(`nothing can be scored: ${problem.why} (${problem.mend ?? 'no mend known'})`);
const why = await engineForTests();
if (why !== undefined) throw new Error(`nothing can be scored: ${why}`);

const rows = [...madeRows(Number(values.count), Number(values.seed)), ...freeRows(), ...foreignRows()];
const answerer = createAnswerer(values.model);
const answers: Answered[] = [];
try {
  for (const row of rows) {
    const answered = await answerer.answer(row);
    answers.push(answered);
    if (row.job === 'plan' && !row.answer?.startsWith('{"mode":"direct"'))
      answers.push(await answerer.module(answered));
    if (answers.length % 100 === 0) console.error(`${answers.length} answers`);
  }
} finally {
  await answerer.close();
}

const judgeable = answers.filter(({ row }) => row.job !== 'foreign');
const verdicts = await judge(sandbox, judgeable);
const foreign = answers.filter(({ row }) => row.job === 'foreign');
const judged = [
  ...judgeable.map((answered, index) => ({ ...answered, verdict: verdicts[index] ?? notJudged })),
  ...foreign.map((answered) => ({ ...answered, verdict: notJudged })),
];
const table = tableOf(judged);
console.log(markdown(table));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(table, undefined, 1)}\n`);
if (values.answers !== undefined) {
  const lines = judged.map(({ row, out, lowestProbability, verdict }) => {
    return JSON.stringify({ set: row.set, prompt: row.prompt, out, lowestProbability, verdict });
  });
  writeFileSync(values.answers, `${lines.join('\n')}\n`);
}
