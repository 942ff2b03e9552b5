// `npx tsx test/bench/answer-form.ts --data DIR [--json FILE]`: what a fix takes in tokens, as the whole function and as search-and-replace
// blocks, on the faulty functions of HumanEvalPack grown to many lengths; where the two cross; and what the pipeline chooses.
// Blocks hold two lines around each change, or as many as make them unique; each is applied by the product and must give the right text. Tokens by `roughTokens` (four UTF-8 bytes each), not by a model's tokenizer.

import { writeFileSync } from 'node:fs';
import { structuredPatch } from 'diff';
import { roughTokens } from '../../server/base/text.ts';
import { type DataSetRow, dataSetFolder, readRows } from '../../server/exercises/data-set.ts';
import { readBlocks } from '../../server/pipeline/answer/blocks.ts';
import { chooseForm } from '../../server/pipeline/form.ts';
import type { Task } from '../../server/pipeline/task.ts';

const lengths = [4, 6, 8, 10, 15, 20, 25, 30, 40, 60, 100, 200, 400] as const;
const languages = ['python', 'js', 'go', 'rust'] as const;

interface Edit {
  readonly before: string;
  readonly after: string;
}

/** The function with `lines` lines: its own at the end, behind lines of the data set's other functions. */
function grown(row: DataSetRow, others: readonly DataSetRow[], start: number, lines: number): Edit | undefined {
  const head = row.prompt.trimEnd().split('\n').at(-1) ?? '';
  const own = Math.max(row.buggy_solution.split('\n').length, row.canonical_solution.split('\n').length);
  const filler: string[] = [];
  for (let index = start; filler.length < lines - own - 1; index++) {
    filler.push(...(others[index % others.length]?.canonical_solution.trimEnd().split('\n') ?? []));
  }
  const kept = filler.slice(0, Math.max(0, lines - own - 1)).join('\n');
  const whole = (body: string): string => [head, kept, body.trimEnd()].filter((part) => part !== '').join('\n');
  const edit = { before: whole(row.buggy_solution), after: whole(row.canonical_solution) };
  return edit.before === edit.after ? undefined : edit;
}

/** The edit as blocks that fit, with as little around them as makes them unique. */
function blocksFor({ before, after }: Edit, least: number): string | undefined {
  for (const context of [0, 1, 2, 4, 8, 16].filter((lines) => lines >= least)) {
    const { hunks } = structuredPatch('a', 'b', before, after, '', '', { context });
    const text = hunks
      .map(({ lines }) => {
        const side = (mark: '-' | '+'): string =>
          lines
            .filter((line) => line[0] === ' ' || line[0] === mark)
            .map((line) => `${line.slice(1)}\n`)
            .join('');
        return `<<<<<<< SEARCH\n${side('-')}=======\n${side('+')}>>>>>>> REPLACE\n`;
      })
      .join('\n');
    const reading = readBlocks(text, before);
    if (reading !== undefined && 'text' in reading && reading.text === after) return text;
  }
  return undefined;
}

/** Lines of `before` that change, counted from 0, in runs; a pure insertion counts as the line that it stands before. */
function changedLines({ before, after }: Edit): number[] {
  const { hunks } = structuredPatch('a', 'b', before, after, '', '', { context: 0 });
  return hunks.flatMap(({ oldStart, oldLines }) =>
    Array.from({ length: Math.max(1, oldLines) }, (_, index) => Math.max(0, oldStart - 1 + index)),
  );
}

function taskFor({ before }: Edit, lines: readonly number[], languageId: string): Task {
  const starts = [0, ...[...before.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const findings = lines.map((line) => ({
    message: 'wrong',
    range: { start: starts[line] ?? 0, end: (starts[line] ?? 0) + 1 },
  }));
  return {
    actionId: 'fix',
    languageId,
    fileName: 'a',
    text: before,
    facts: undefined,
    target: { kind: 'lines', range: { start: 0, end: before.length } },
    instruction: '',
    findings,
  };
}

interface Row {
  readonly lines: number;
  readonly edits: number;
  readonly unblockable: number;
  readonly wholeTokens: number;
  /** With two lines around each change where there are so many. */
  readonly blocksTokens: number;
  /** With as little around as makes them unique. */
  readonly shortestBlocksTokens: number;
  readonly blocksChosenPercent: number;
  /** Tokens of all edits in the form that was chosen, over those of the shorter one each time. */
  readonly chosenOverBest: number;
  readonly chosenOverWhole: number;
}

function rowFor(edits: readonly (Edit & { languageId: string })[], lines: number): Row {
  const wholes: number[] = [];
  const blocks: number[] = [];
  const shortest: number[] = [];
  let unblockable = 0;
  let chosen = 0;
  let chosenTokens = 0;
  let bestTokens = 0;
  for (const edit of edits) {
    const text = blocksFor(edit, 0);
    const wide = blocksFor(edit, 2);
    const whole = roughTokens(edit.after);
    if (text === undefined || wide === undefined) {
      unblockable++;
      continue;
    }
    const short = roughTokens(wide);
    wholes.push(whole);
    blocks.push(short);
    shortest.push(roughTokens(text));
    const form = chooseForm(taskFor(edit, changedLines(edit), edit.languageId), edit.before)?.form;
    if (form === 'blocks') chosen++;
    chosenTokens += form === 'blocks' ? short : whole;
    bestTokens += Math.min(short, whole);
  }
  return {
    lines,
    edits: wholes.length,
    unblockable,
    wholeTokens: median(wholes),
    blocksTokens: median(blocks),
    shortestBlocksTokens: median(shortest),
    blocksChosenPercent: Math.round((100 * chosen) / Math.max(1, wholes.length)),
    chosenOverBest: round(chosenTokens / bestTokens),
    chosenOverWhole: round(chosenTokens / wholes.reduce((sum, one) => sum + one, 0)),
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function round(value: number): number {
  return Number(value.toFixed(3));
}

const argumentOf = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
};
const folder = dataSetFolder(argumentOf('--data') ?? process.env.JOULE_LS_DATA);
if (folder === undefined) {
  process.stderr.write('answer-form: --data DIR has to name the folder with humanevalpack/*.jsonl\n');
  process.exit(2);
}
const rows = languages.flatMap((language) => (readRows(folder, language) ?? []).map((row) => ({ row, language })));
const changed = rows
  .flatMap(({ row }) => grown(row, [], 0, 0) ?? [])
  .map((edit) => changedLines(edit).length)
  .sort((a, b) => a - b);
const table = lengths.map((lines) => {
  const edits = rows.flatMap(({ row, language }, index) => {
    const others = rows.filter((other) => other.language === language && other.row !== row).map((other) => other.row);
    const edit = grown(row, others, index, lines);
    return edit === undefined ? [] : [{ ...edit, languageId: language }];
  });
  return rowFor(edits, lines);
});
const crossing = table.find((row) => row.blocksTokens < row.wholeTokens);
const result = {
  dataSet: 'HumanEvalPack, faulty against right functions, grown with lines of others',
  tokens: 'roughTokens: UTF-8 bytes / 4',
  changedLines: {
    median: median(changed),
    p90: changed[Math.floor(changed.length * 0.9)] ?? 0,
    functions: changed.length,
  },
  crossing: crossing && { lines: crossing.lines, wholeTokens: crossing.wholeTokens },
  table,
};
process.stdout.write(
  [
    `changed lines of a fault: median ${result.changedLines.median}, 90 % at most ${result.changedLines.p90} (${changed.length} functions)`,
    '| lines | edits | not as blocks | whole, tokens | blocks with 2 lines around | shortest blocks | blocks chosen | chosen ÷ shorter | chosen ÷ whole |',
    '|---|---|---|---|---|---|---|---|---|',
    ...table.map(
      (row) =>
        `| ${row.lines} | ${row.edits} | ${row.unblockable} | ${row.wholeTokens} | ${row.blocksTokens} | ${row.shortestBlocksTokens} | ${row.blocksChosenPercent} % | ${row.chosenOverBest} | ${row.chosenOverWhole} |`,
    ),
    crossing === undefined
      ? 'blocks are never shorter here'
      : `blocks are shorter from ${crossing.lines} lines (${crossing.wholeTokens} tokens) on`,
    '',
  ].join('\n'),
);
const file = argumentOf('--json');
if (file !== undefined) writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
