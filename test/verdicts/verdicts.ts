// Judges right and wrong answers with the product's own judge, in a project that has a manifest, and counts what became of each.

import { applyEdits } from '../../server/base/text.ts';
import { fileOf, stubOf } from '../../server/exercises/file.ts';
import { type Language, languageFacts } from '../../server/exercises/languages.ts';
import type { Source } from '../../server/exercises/source.ts';
import { judge } from '../../server/pipeline/judge.ts';
import type { PipelineDependencies, PipelineSettings } from '../../server/pipeline/port.ts';
import { general } from '../../server/pipeline/prompts/general.ts';
import type { Surroundings } from '../../server/pipeline/surroundings.ts';
import type { Task } from '../../server/pipeline/task.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { squeeze } from '../fidelity/answer.ts';
import { seededRandom } from '../fidelity/random.ts';
import { settings } from '../support/pipeline-bench.ts';
import { type Answer, faults, wholeAnswer } from './faults.ts';

/**
 * `caught`: refused. `mended`: what was wrong did not get into the file, and the function is the right one. `missed`: it would have been
 * shown as done.
 */
export type Fate = 'caught' | 'mended' | 'missed';

export interface ClassRow {
  readonly id: string;
  readonly shows: string;
  readonly kind: 'structural' | 'behaviour' | 'right';
  readonly language: Language;
  answers: number;
  caught: number;
  mended: number;
  missed: number;
  readonly examples: string[];
}

/** A project that depends on what the data set's solutions need, and on nothing else. */
const emptyProject: Readonly<Record<Language, Surroundings>> = {
  python: { modules: [], folders: { '.': ['sample.py'] }, manifest: { file: 'pyproject.toml', modules: ['sample'] } },
  js: {
    modules: [],
    folders: { '.': ['sample.js'] },
    manifest: { file: 'package.json', modules: ['sample', 'js-md5'] },
  },
  go: {
    modules: ['sample'],
    folders: { '.': ['sample.go'] },
    manifest: { file: 'go.mod', modules: [] },
    packageNames: [],
  },
  rust: {
    modules: [],
    folders: { '.': ['sample.rs'] },
    manifest: { file: 'Cargo.toml', modules: ['sample', 'rand', 'regex', 'md5'] },
  },
};

/** What the judge has; with `execute` and the setting `examples` it runs Python's examples in the sandbox. */
export type Judging = Pick<PipelineDependencies, 'syntax' | 'execute'> & { readonly settings?: PipelineSettings };

interface Placed {
  readonly source: Source;
  readonly task: Task;
  /** The file with the right body. */
  readonly right: string;
}

/** The function as a stub in its file, as an editor would have it. */
async function place(source: Source, syntax: Syntax): Promise<Placed> {
  const facts = languageFacts[source.language];
  const write = (body: string): string => fileOf(source, { body, definitionsAfter: '' });
  const text = write(stubOf(source));
  const parsed = await syntax.parse({ languageId: facts.languageId, text });
  const symbol = parsed?.symbols.find((one) => one.name === source.name && one.isStub);
  if (parsed === undefined || symbol === undefined) throw new Error(`${source.id}: no stub`);
  return {
    source,
    right: write(source.body),
    task: {
      actionId: 'implement',
      languageId: facts.languageId,
      fileName: `sample.${facts.extension}`,
      text,
      facts: parsed,
      target: { kind: 'symbol', symbol },
      instruction: source.prose,
      findings: [],
      surroundings: emptyProject[source.language],
    },
  };
}

async function fateOf(
  { task, right, source }: Placed,
  { text, cutOff = false }: Answer,
  mark: string | undefined,
  judging: Judging,
): Promise<{ fate: Fate; why: string }> {
  const question = { task, text, bound: general.lowestTokenProbability, promised: [] } as const;
  const { draft, verdict } = await judge(
    { ...question, lowestTokenProbability: undefined, cutOff },
    { settings, ...judging },
    new AbortController().signal,
  );
  const why = verdict.checks
    .filter((check) => check.status === 'failed')
    .map((check) => check.evidence ?? check.name)
    .join('; ');
  if (draft === undefined || !verdict.ok) return { fate: 'caught', why };
  const neutral = (code: string): string => squeeze(code).replace(/"/g, "'");
  const edited = applyEdits(task.text, draft.edits);
  const withoutMark = mark !== undefined && !edited.includes(mark) && neutral(edited).includes(neutral(source.body));
  return { fate: neutral(edited) === neutral(right) || withoutMark ? 'mended' : 'missed', why: edited };
}

/** One row per class and language: first the right answers (a refusal is a false alarm), then the faults. */
export async function verdictRows(
  sources: readonly Source[],
  judging: Judging,
  options: { readonly seed: string; readonly only?: readonly string[]; readonly onTask?: () => void },
): Promise<readonly ClassRow[]> {
  const rows = new Map<string, ClassRow>();
  const rowOf = (language: Language, id: string, shows: string, kind: ClassRow['kind']): ClassRow => {
    const key = `${id} ${language}`;
    const row = rows.get(key) ?? {
      id,
      shows,
      kind,
      language,
      answers: 0,
      caught: 0,
      mended: 0,
      missed: 0,
      examples: [],
    };
    rows.set(key, row);
    return row;
  };
  for (const [index, source] of sources.entries()) {
    const placed = await place(source, judging.syntax);
    const random = seededRandom(options.seed, source.id);
    const others = sources.filter((one) => one.language === source.language && one !== source);
    const other = others[(index * 7 + random.integer(others.length)) % others.length] ?? source;
    const count = async (row: ClassRow, answer: Answer, mark?: string): Promise<void> => {
      const { fate, why } = await fateOf(placed, answer, mark, judging);
      row.answers++;
      row[fate]++;
      const isWrong = row.kind === 'right' ? fate === 'caught' : fate === 'missed';
      if (isWrong && row.examples.length < 20) row.examples.push(`${source.id}: ${why}`);
    };
    await count(rowOf(source.language, 'right', 'the right solution', 'right'), { text: wholeAnswer(source) });
    for (const fault of faults.filter(({ id }) => options.only?.includes(id) ?? true)) {
      const row = rowOf(source.language, fault.id, fault.shows, fault.kind);
      for (const answer of fault.make(source, other, random)) await count(row, answer, fault.mark?.(source.language));
    }
    options.onTask?.();
  }
  return [...rows.values()];
}
