// `npx tsx test/models/contract-table.ts`: engines × behaviours of their contract, as a table in Markdown on stdout. Makes a Debian root for
// llama-server where there is none (JOULE_LS_EDITORS says where; build/editors otherwise). Exit code 1 when anything failed.

import { contract } from './contract.ts';
import { subjects } from './contract-engines.ts';

const columns: { readonly name: string; readonly cells: readonly string[] }[] = [];
const notes: string[] = [];

for (const { name, start } of subjects) {
  const running = await start(true);
  if (typeof running === 'string') {
    columns.push({ name, cells: contract.map(() => '–') });
    notes.push(`${name}: not here, ${running}`);
    continue;
  }
  const cells: string[] = [];
  for (const { id, run } of contract) {
    try {
      cells.push(await run(running.engine));
    } catch (error) {
      cells.push('**no**');
      notes.push(`${name}, ${id}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
  await running.close();
  columns.push({ name, cells });
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
console.log(row(['', ...columns.map(({ name }) => name)]));
console.log(row(['---', ...columns.map(() => '---')]));
for (const [index, { title }] of contract.entries()) {
  console.log(row([title, ...columns.map(({ cells }) => cells[index] ?? '')]));
}
for (const note of notes) console.log(`\n${note}`);
