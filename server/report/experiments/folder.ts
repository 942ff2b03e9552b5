// The folder of an experiment: `experiment.json` says what it is, `trials.jsonl` has a line per finished trial. Resumed by opening it again.
// Knows files and lines; not what a result holds.

import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Experiment, Machine, TrialRecord } from './experiment.ts';

/** `experiment.json`. */
export interface FolderHead {
  readonly kind: 'joule-ls experiment';
  readonly name: string;
  readonly version: number;
  readonly options: unknown;
  readonly seed: number;
  /** Ids of the trials in the order that was drawn. */
  readonly order: readonly string[];
  /** ISO 8601 UTC. */
  readonly started: string;
  readonly machine: Machine;
}

export interface ExperimentFolder<Result> {
  readonly path: string;
  readonly head: FolderHead;
  /** In the order that they were run. */
  readonly records: readonly TrialRecord<Result>[];
  /** Sentences about lines that could not be used; their trials are run again. */
  readonly problems: readonly string[];
  /** Resolves when the line is on the disk. Rejects with the system's error. */
  append(record: TrialRecord<Result>): Promise<void>;
  /** Whole files beside the lines: `summary.json`, `page.html`. Replaced in one step. */
  write(name: string, text: string): Promise<void>;
}

const headFile = 'experiment.json';
const linesFile = 'trials.jsonl';
/** A line holds a receipt or two; what is longer is none of ours. */
const longestLine = 4_000_000;

/**
 * Makes the folder, or goes on with the one that is there.
 * @returns a sentence when the folder holds something else, or another experiment.
 */
export async function openFolder<Result>(
  path: string,
  experiment: Experiment<Result>,
  fresh: Pick<FolderHead, 'seed' | 'order' | 'started' | 'machine'>,
): Promise<ExperimentFolder<Result> | string> {
  await mkdir(path, { recursive: true });
  const present = await readFile(join(path, headFile), 'utf8').catch(() => undefined);
  if (present === undefined) {
    const others = await readdir(path);
    if (others.length > 0) return `${path} holds other things; name a folder that is empty or not there`;
    const { name, version, options } = experiment;
    const head: FolderHead = { kind: 'joule-ls experiment', name, version, options, ...fresh };
    await replace(path, headFile, `${JSON.stringify(head, undefined, 2)}\n`);
    return folderOf(path, head, { records: [], problems: [] });
  }
  const head = headFrom(present);
  if (head === undefined) return `${join(path, headFile)} is not an experiment's; name another folder`;
  const other = differenceOf(head, experiment);
  if (other !== undefined) return `${path} is of another experiment (${other}); name another folder`;
  return folderOf(path, head, await readRecords(path, experiment.parse));
}

/** What a folder holds, whatever experiment it is of. @returns a sentence when it is none. */
export async function readHead(path: string): Promise<FolderHead | string> {
  const text = await readFile(join(path, headFile), 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== 'string') return `${join(path, headFile)} cannot be read (${text.code ?? text.message})`;
  return headFrom(text) ?? `${join(path, headFile)} is not an experiment's`;
}

/** The records of a folder. Lines that are torn, too long or not of this kind are left out and named. */
export async function readRecords<Result>(
  path: string,
  parse: Experiment<Result>['parse'],
): Promise<{ readonly records: TrialRecord<Result>[]; readonly problems: string[] }> {
  const text = await readFile(join(path, linesFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const records = new Map<string, TrialRecord<Result>>();
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const record = recordFrom(line, parse);
    if (record === undefined)
      problems.push(`line ${index + 1} of ${linesFile} is torn or not ours; its trial is run again`);
    else records.set(record.trial.id, record);
  }
  return { records: [...records.values()], problems };
}

function folderOf<Result>(
  path: string,
  head: FolderHead,
  { records, problems }: { records: readonly TrialRecord<Result>[]; problems: readonly string[] },
): ExperimentFolder<Result> {
  return {
    path,
    head,
    records,
    problems,
    append: (record) => appendLine(join(path, linesFile), JSON.stringify(record)),
    write: (name, text) => replace(path, name, text),
  };
}

/** A line break goes first where the file does not end in one, so that a torn line costs no other. */
async function appendLine(file: string, line: string): Promise<void> {
  const handle = await open(file, constants.O_CREAT | constants.O_APPEND | constants.O_RDWR, 0o644);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const lead = size > 0 && last[0] !== 0x0a ? '\n' : '';
    await handle.appendFile(`${lead}${line}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function replace(path: string, name: string, text: string): Promise<void> {
  const temporary = join(path, `.${name}.new`);
  await writeFile(temporary, text);
  await rename(temporary, join(path, name));
}

function headFrom(text: string): FolderHead | undefined {
  try {
    const value = JSON.parse(text) as Partial<FolderHead> | null;
    const known =
      value?.kind === 'joule-ls experiment' &&
      typeof value.name === 'string' &&
      typeof value.version === 'number' &&
      typeof value.seed === 'number' &&
      Array.isArray(value.order) &&
      typeof value.machine === 'object';
    return known ? (value as FolderHead) : undefined;
  } catch {
    return undefined;
  }
}

function differenceOf(
  head: FolderHead,
  { name, version, options }: Experiment<never> | Experiment<unknown>,
): string | undefined {
  if (head.name !== name) return `it is ${JSON.stringify(head.name)}`;
  if (head.version !== version) return `its results are of version ${head.version}, ours of ${version}`;
  return canonical(head.options) === canonical(options) ? undefined : 'its options or models are others';
}

/** The same text for the same JSON, whatever the order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function recordFrom<Result>(line: string, parse: Experiment<Result>['parse']): TrialRecord<Result> | undefined {
  if (line.length > longestLine) return undefined;
  try {
    const value = JSON.parse(line) as Partial<TrialRecord<unknown>> | null;
    const { trial, position, at, rest } = value ?? {};
    if (typeof trial?.id !== 'string' || typeof position !== 'number' || typeof at !== 'string' || rest === undefined)
      return undefined;
    const result = parse(value?.result);
    return result === undefined ? undefined : { trial, position, at, rest, result };
  } catch {
    return undefined;
  }
}
