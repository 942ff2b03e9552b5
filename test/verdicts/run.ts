// `npx tsx test/verdicts/run.ts --data DIR [--limit N] [--seed S] [--examples N] [--run] [--json FILE]`: right solutions of HumanEvalPack and wrong answers
// made of them, through the product's judge. Aims: at least 99 % of structural faults caught or mended, at most 1 % of right ones refused.
// `--run` asks the same of Python's right and faulty solutions with the setting `examples` on: docstring examples, run in the real sandbox.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import { wilsonInterval } from '../../server/energy/wilson.ts';
import { dataSetFolder, readSources } from '../../server/exercises/data-set.ts';
import { languages } from '../../server/exercises/languages.ts';
import { createSandbox } from '../../server/sandbox/sandbox.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import { settings } from '../support/pipeline-bench.ts';
import { type ClassRow, verdictRows } from './verdicts.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    limit: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    examples: { type: 'string', default: '0' },
    run: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const folder = dataSetFolder(values.data ?? process.env.JOULE_LS_DATA);
if (folder === undefined) {
  process.stderr.write('verdicts: --data DIR has to name the folder with humanevalpack/*.jsonl\n');
  process.exit(2);
}
const syntax = createSyntax({ log: silentLog });
const rows: ClassRow[] = [];
for (const language of languages) {
  const all = readSources(folder, language) ?? [];
  const every = Math.max(1, Math.floor(all.length / Number(values.limit)));
  const sources = all.filter((_, index) => index % every === 0).slice(0, Number(values.limit));
  let done = 0;
  const onTask = (): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r${language} ${++done}/${sources.length} `);
  };
  rows.push(...(await verdictRows(sources, { syntax }, { seed: values.seed, onTask })));
}
const ran = values.run ? await withExamplesRun() : undefined;
await syntax.close();

/** Right solutions and the data set's faulty ones once more, with their examples run. */
async function withExamplesRun(): Promise<readonly ClassRow[] | string> {
  const sandbox = createSandbox({ clock: systemClock, hidden: [], readable: [] });
  const problem = await sandbox.problem();
  if (problem !== undefined) return `not run: ${problem.why}`;
  const sources = readSources(folder ?? '', 'python') ?? [];
  const judging = { syntax, execute: sandbox.execute, settings: { ...settings, examples: true } };
  return verdictRows(sources.slice(0, Number(values.limit)), judging, { seed: values.seed, only: ['buggy'] });
}

const ids = [...new Set(rows.map((row) => row.id))];
const cell = (row: ClassRow | undefined): string => {
  if (row === undefined || row.answers === 0) return '–';
  const good = row.kind === 'right' ? row.answers - row.caught : row.caught + row.mended;
  return `${good}/${row.answers}${row.kind !== 'right' && row.mended > 0 ? ` (${row.mended} mended)` : ''}`;
};
const share = (chosen: readonly ClassRow[], hit: (row: ClassRow) => number): string => {
  const hits = chosen.reduce((sum, row) => sum + hit(row), 0);
  const of = chosen.reduce((sum, row) => sum + row.answers, 0);
  const { low, high } = wilsonInterval(hits, of);
  return `${hits}/${of} = ${((100 * hits) / Math.max(1, of)).toFixed(2)} % (95 %: ${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)})`;
};
const structural = rows.filter((row) => row.kind === 'structural');
const lines = [
  `| class | ${languages.join(' | ')} |`,
  `|---|${languages.map(() => '---|').join('')}`,
  ...ids.map((id) => {
    const first = rows.find((row) => row.id === id);
    const title =
      { right: 'accepted: ', structural: '', behaviour: '*behaviour only*: ' }[first?.kind ?? 'right'] +
      (first?.shows ?? '');
    return `| ${title} | ${languages.map((language) => cell(rows.find((row) => row.id === id && row.language === language))).join(' | ')} |`;
  }),
  '',
  `structural faults caught or mended: ${share(structural, (row) => row.caught + row.mended)}`,
  `right solutions refused: ${share(
    rows.filter((row) => row.kind === 'right'),
    (row) => row.caught,
  )}`,
];
if (typeof ran === 'string') lines.push('', ran);
else if (ran !== undefined) {
  const [right, buggy] = ran;
  lines.push('', 'with Python examples run in the sandbox:');
  if (right !== undefined) lines.push(`right solutions accepted: ${right.answers - right.caught}/${right.answers}`);
  if (buggy !== undefined) lines.push(`faulty solutions caught: ${buggy.caught + buggy.mended}/${buggy.answers}`);
}
process.stdout.write(`${lines.join('\n')}\n`);
for (const row of rows)
  for (const example of row.examples.slice(0, Number(values.examples)))
    process.stdout.write(`\n--- ${row.id} ${row.language} ${example}\n`);
if (values.json !== undefined)
  writeFileSync(
    values.json,
    `${JSON.stringify({ seed: values.seed, ran: typeof ran === 'string' ? ran : ran?.map(({ examples: _, ...row }) => row), rows: rows.map(({ examples, ...row }) => ({ ...row, examples: examples.map((one) => one.slice(0, 60)) })) }, undefined, 2)}\n`,
  );
