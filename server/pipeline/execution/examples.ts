// The check "examples": what stands as `>>>` in the documentation of the target, run in the sandbox on the file with the edit.
// A failure counts only where the file without the edit shows that the edit is to blame. Never a pass without having been run.

import type { Execute, SandboxFile, SandboxResult } from '../../sandbox/port.ts';
import type { Check, Task } from '../task.ts';
import { definitionsAfter, definitionsBefore, reachable, withExamples } from './documented.ts';
import {
  type ExamplesJob,
  type ExamplesReport,
  examplesScript,
  type FailedExample,
  jobPath,
  scriptPath,
} from './examples-script.ts';
import type { Edited } from './execution.ts';

const name = 'examples';

/** @returns no check where there are no examples. */
export async function exampleChecks(edited: Edited, execute: Execute, signal: AbortSignal): Promise<readonly Check[]> {
  const { task, after, regions } = edited;
  const before = task.facts === undefined ? undefined : { text: task.text, facts: task.facts };
  const found = [
    ...withExamples(after, definitionsAfter(task, after.facts, regions)).map((symbol) => ({ symbol, in: after })),
    ...(before === undefined || ownDocumentation(task)
      ? []
      : withExamples(before, definitionsBefore(task)).map((symbol) => ({ symbol, in: before }))),
  ];
  if (found.length === 0) return [];
  if (task.languageId !== 'python') return [notExecuted('examples are run for Python only')];
  const inReach = found.filter(({ symbol, in: { facts } }) => reachable(facts, symbol));
  if (inReach.length === 0) return [notExecuted('examples inside of a function can’t be called from outside')];
  const job = {
    documents: [...new Set(inReach.map((each) => each.in.text))],
    targets: inReach.map(({ symbol }) => [...symbol.container, symbol.name]),
  };
  const run = (text: string): Promise<Outcome> => runExamples(edited, { ...job, text }, execute, signal);
  const outcome = await run(after.text);
  if ('not' in outcome) return [notExecuted(outcome.not)];
  if ('report' in outcome && outcome.report.stage === 'documentation')
    return [notExecuted(`the examples can't be read: ${outcome.report.error}`)];
  if ('report' in outcome && outcome.report.stage === 'examples' && outcome.report.failed.length === 0)
    return [allPassed(outcome.report.passed)];
  return [blamed(task, await run(task.text), outcome)];
}

/** Who asks for a rewrite may ask for other behaviour: then the documentation that comes with it counts, and the old no more. */
function ownDocumentation({ actionId }: Task): boolean {
  return actionId === 'rewrite';
}

type Outcome =
  | { readonly report: ExamplesReport }
  /** It was started and did not come to an end that says anything. */
  | { readonly broke: string }
  | { readonly not: string };

async function runExamples(
  { fileName }: Edited,
  job: Pick<ExamplesJob, 'documents' | 'targets'> & { readonly text: string },
  execute: Execute,
  signal: AbortSignal,
): Promise<Outcome> {
  const { text, ...rest } = job;
  const file = `/tmp/work/${fileName}`;
  const stem = fileName.replace(/\.pyi?$/, '');
  const whole: ExamplesJob = { file, name: /^[A-Za-z_]\w*$/.test(stem) ? stem : 'joule_target', ...rest };
  const files: readonly SandboxFile[] = [
    { path: file, text },
    { path: scriptPath, text: examplesScript },
    { path: jobPath, text: JSON.stringify(whole) },
  ];
  return outcomeOf(await execute({ command: ['python3', '-I', '-B', scriptPath], files }, signal));
}

function outcomeOf(result: SandboxResult): Outcome {
  if (result.kind === 'unavailable') return { not: mended(result) };
  if (result.kind === 'timed out') return { broke: `they did not end within ${result.seconds} s` };
  if (result.kind === 'out of memory')
    return { broke: `they took more than ${Math.round(result.memoryBytes / 1024 / 1024)} MiB of memory` };
  const report = reportIn(result.output);
  return report === undefined ? { broke: 'the process ended before they had run' } : { report };
}

function reportIn(output: string): ExamplesReport | undefined {
  try {
    const value: unknown = JSON.parse(output);
    return isReport(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The code that was run may have written it: nothing but its shape is trusted. */
function isReport(value: unknown): value is ExamplesReport {
  if (typeof value !== 'object' || value === null) return false;
  const { stage, passed, failed, error } = value as Readonly<Record<string, unknown>>;
  if (stage !== 'examples') return (stage === 'import' || stage === 'documentation') && typeof error === 'string';
  return Number.isSafeInteger(passed) && Number(passed) >= 0 && Array.isArray(failed) && failed.every(isFailedExample);
}

function isFailedExample(value: unknown): value is FailedExample {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return ['id', 'source', 'want', 'got', 'exception'].every((key) => typeof fields[key] === 'string');
}

function allPassed(passed: number): Check {
  if (passed === 0) return notExecuted('all examples are marked to be skipped');
  return { name, status: 'passed', evidence: `${passed} of ${passed} examples` };
}

type Started = Exclude<Outcome, { not: string }>;

/** What did not pass with the edit, held against the same without it. */
function blamed(task: Task, before: Outcome, after: Started): Check {
  const unusable = whyUnusable(before);
  if (unusable !== undefined) return notExecuted(`the file can't be run here without the edit either: ${unusable}`);
  if ('broke' in after) return failed(`the examples in the documentation were run, but ${after.broke}`);
  if (after.report.stage !== 'examples') {
    const { error } = after.report;
    const lacking = after.report.stage === 'import' && after.report.surroundings;
    return lacking
      ? notExecuted(`not in the sandbox: ${error}`)
      : failed(`the file can't be imported any more: ${error}`);
  }
  const earlier =
    'report' in before && before.report.stage === 'examples' ? before.report.failed : ([] as readonly FailedExample[]);
  const guilty = after.report.failed.filter((example) => !excused(task, example, earlier));
  const total = after.report.passed + after.report.failed.length;
  const [first] = guilty;
  if (first !== undefined) return failed(evidenceOf(first, guilty.length, total));
  const [example] = after.report.failed;
  const why = example === undefined ? '' : `: ${example.exception === '' ? example.source : example.got}`;
  return notExecuted(
    `${after.report.failed.length} of ${total} examples fail for reasons that are not the edit's${why}`,
  );
}

function whyUnusable(before: Outcome): string | undefined {
  if ('not' in before) return before.not;
  if ('broke' in before) return before.broke;
  return before.report.stage === 'examples' ? undefined : before.report.error;
}

/** What an empty body can't be the reason of: the example itself uses what is not there. */
const notTheStub = /^(?:NameError|SyntaxError|IndentationError)$/;

function excused(task: Task, example: FailedExample, earlier: readonly FailedExample[]): boolean {
  if (example.surroundings) return true;
  const same = earlier.some(({ id, got }) => id === example.id && got === example.got);
  const stub = task.target.kind === 'symbol' ? task.target.symbol.isStub : task.actionId === 'implement';
  return same && (!stub || notTheStub.test(example.exception));
}

function evidenceOf({ source, want, got, exception }: FailedExample, count: number, total: number): string {
  const call = source.split('\n').join(' ');
  const wanted = want === '' ? 'nothing' : want;
  const given = exception === '' ? `gives ${got === '' ? 'nothing' : got}` : `raises ${got}`;
  return `${count} of ${total} examples in the documentation fail: ${call} should give ${wanted} but ${given}`;
}

function failed(evidence: string): Check {
  return { name, status: 'failed', evidence };
}

function notExecuted(evidence: string): Check {
  return { name, status: 'not-executed', evidence };
}

/** @returns the reason with what mends it, for people. */
export function mended({ why, mend }: { readonly why: string; readonly mend?: string }): string {
  return mend === undefined ? why : `${why} (${mend})`;
}
