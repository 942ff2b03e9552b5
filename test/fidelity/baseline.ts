// What the tests say without any model or server: right answers in their files must pass, buggy ones must fail.
//
//   npx tsx test/fidelity/baseline.ts --data DIR [--languages python,js,go,rust] [--parse]
//
// `--parse` only parses, as where a toolchain is missing.

import { parseArgs } from 'node:util';
import { dataSetFolder, readSources } from '../../server/exercises/data-set.ts';
import { type Language, languages } from '../../server/exercises/languages.ts';
import type { Source } from '../../server/exercises/source.ts';
import { seededRandom } from './random.ts';
import { runners } from './runners/index.ts';
import { parseCheck } from './runners/parse-check.ts';
import type { Program } from './runners/program.ts';
import { drawVariant, makeTask } from './task.ts';

const { values } = parseArgs({
  options: { data: { type: 'string' }, languages: { type: 'string' }, parse: { type: 'boolean' } },
});
const folder = dataSetFolder(values.data ?? process.env.JOULE_LS_DATA);
if (folder === undefined) {
  console.log('SKIPPED: the baseline, because neither --data nor JOULE_LS_DATA names a folder with the data set');
} else {
  for (const language of languages) {
    if (values.languages === undefined || values.languages.split(',').includes(language))
      await report(folder, language);
  }
}

async function report(data: string, language: Language): Promise<void> {
  const sources = readSources(data, language);
  if (sources === undefined) return console.log(`${language}: no rows`);
  const runner = values.parse ? parseCheck(language) : runners[language];
  const missing = await runner.missing();
  if (missing !== undefined) return console.log(`SKIPPED: ${language}, because ${missing}`);
  const started = process.hrtime.bigint();
  const results = await runner.run([
    ...sources.map((source) => program(source, 'right')),
    ...sources.map((source) => program(source, 'buggy')),
  ]);
  const steady = sources.filter((source) => source.testIsSteady);
  const wrong = steady.filter((source) => results.get(`${source.id} right`)?.ok !== true);
  const unnoticed = steady.filter((source) => results.get(`${source.id} buggy`)?.ok === true);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(
    `${language}: ${steady.length - wrong.length}/${steady.length} right answers pass, ` +
      `${steady.length - unnoticed.length}/${steady.length} buggy ones fail, ${seconds.toFixed(1)} s`,
  );
  for (const source of sources) {
    if (!source.testIsSteady) console.log(`  ${source.id} is unsteady: not counted`);
  }
  for (const source of wrong) {
    const result = results.get(`${source.id} right`);
    console.log(`  ${source.id} right answer fails: ${result?.ok === false ? result.why : 'no result'}`);
  }
  for (const source of unnoticed) console.log(`  ${source.id} bug is not noticed by its test`);
}

function program(source: Source, which: 'right' | 'buggy'): Program {
  const variant = drawVariant(source, seededRandom('baseline', source.id));
  const task = makeTask(source, 'fix', variant);
  const text = which === 'buggy' ? task.text : task.answer.wholeFile;
  return { key: `${source.id} ${which}`, text, test: source.test };
}
