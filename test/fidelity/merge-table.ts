// `npx tsx test/fidelity/merge-table.ts --data DIR [--files N] [--seed S] [--json FILE] [--failures N]`: plans of several parts over files of
// several functions, made of HumanEvalPack; see merge.ts. Aim: text that nobody asked to change identical in 100 % of cases.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { silentLog } from '../../server/base/log.ts';
import { dataSetFolder, readSources } from '../../server/exercises/data-set.ts';
import { languages } from '../../server/exercises/languages.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import { mergeCase, runMerge } from './merge.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    files: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    failures: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
const folder = dataSetFolder(values.data ?? process.env.JOULE_LS_DATA);
if (folder === undefined) {
  process.stderr.write('merge-table: --data DIR has to name the folder with humanevalpack/*.jsonl\n');
  process.exit(2);
}
const syntax = createSyntax({ log: silentLog });
const failures: string[] = [];
const rows = [];
for (const language of languages) {
  const sources = readSources(folder, language) ?? [];
  const row = { language, files: 0, parts: 0, untouchedIdentical: 0, rightBodies: 0, joinedWithoutModel: 0 };
  for (let index = 0; index < Number(values.files); index++) {
    const one = mergeCase(sources, index, values.seed);
    if (one === undefined) continue;
    const outcome = await runMerge(one, syntax);
    row.files++;
    row.parts += outcome.parts;
    row.rightBodies += outcome.rightBodies;
    if (outcome.untouchedKept) row.untouchedIdentical++;
    if (outcome.joinedWithoutModel) row.joinedWithoutModel++;
    if (outcome.failure !== undefined) failures.push(`${one.id}: ${outcome.failure}`);
  }
  rows.push(row);
}
await syntax.close();
process.stdout.write(
  [
    '| language | files | parts | untouched text identical | bodies right | joined without a model |',
    '|---|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${row.language} | ${row.files} | ${row.parts} | ${row.untouchedIdentical}/${row.files} | ${row.rightBodies}/${row.parts} | ${row.joinedWithoutModel}/${row.files} |`,
    ),
    ...failures.slice(0, Number(values.failures)),
    '',
  ].join('\n'),
);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ seed: values.seed, rows, failures }, undefined, 2)}\n`);
