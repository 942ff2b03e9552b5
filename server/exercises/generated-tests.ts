// Scores tests that a model wrote: correctness (share that passes on the right solution), coverage (lines of it that they run),
// mutation (whether one that passes there fails on the data set's faulty solution). Python only; in the sandbox, or not at all.

import type { Execute, SandboxResult } from '../sandbox/port.ts';
import { fileOf } from './file.ts';
import { jobPath, scriptPath, type TestsJob, type TestsReport, testsScript } from './generated-tests-script.ts';
import type { Source } from './source.ts';

export type TestsScore =
  | {
      readonly status: 'scored';
      readonly tests: number;
      /** On the right solution. */
      readonly passed: number;
      /** Lines of code of the function, and those of them that the tests ran, also those that failed. */
      readonly lines: number;
      readonly coveredLines: number;
      /** Whether a test that passes on the right solution fails on the faulty one; undefined where there is no faulty one. */
      readonly catchesFault: boolean | undefined;
      /** What the first failure said. */
      readonly why: string | undefined;
    }
  | { readonly status: 'failed'; readonly why: string }
  | { readonly status: 'not run'; readonly why: string };

/** Default; a test of one small function takes milliseconds. */
const usualSecondsPerTest = 5;
/** All tests of a file together, on both solutions. */
const wallMilliseconds = 60_000;

/** @param module what the tests import. Rejects only with the signal's reason. */
export async function scoreTests(
  source: Source,
  {
    tests,
    module,
    secondsPerTest = usualSecondsPerTest,
  }: { readonly tests: string; readonly module: string; readonly secondsPerTest?: number },
  execute: Execute,
  signal: AbortSignal,
): Promise<TestsScore> {
  if (source.language !== 'python')
    return { status: 'not run', why: 'coverage and correctness of generated tests are known for Python only' };
  const job: TestsJob = {
    module,
    right: fileOf(source, { body: source.body }),
    faulty: source.buggyBody === source.body ? null : fileOf(source, { body: source.buggyBody }),
    tests,
    name: source.name,
    secondsPerTest,
  };
  const result = await execute(
    {
      command: ['python3', '-I', scriptPath],
      files: [
        { path: scriptPath, text: testsScript },
        { path: jobPath, text: JSON.stringify(job) },
      ],
      limits: { wallMilliseconds },
    },
    signal,
  );
  return scoreOf(result);
}

function scoreOf(result: SandboxResult): TestsScore {
  if (result.kind === 'unavailable') return { status: 'not run', why: result.why };
  if (result.kind !== 'ran') return { status: 'failed', why: `the tests did not end (${result.kind})` };
  const report = parse(result.output);
  if (report === undefined) return { status: 'failed', why: `no report: ${result.errorOutput.trim().slice(-200)}` };
  if (report.stage === 'solution') return { status: 'not run', why: `the right solution: ${report.error}` };
  if (report.stage === 'import') return { status: 'failed', why: `the tests can't be imported: ${report.error}` };
  const passed = report.tests.filter((test) => test.failure === undefined);
  const known = passed.filter((test) => test.catches !== undefined);
  return {
    status: 'scored',
    tests: report.tests.length,
    passed: passed.length,
    lines: report.lines.length,
    coveredLines: report.covered.length,
    catchesFault: passed.length > 0 && known.length === 0 ? undefined : known.some((test) => test.catches),
    why: report.tests.find((test) => test.failure !== undefined)?.failure,
  };
}

function parse(output: string): TestsReport | undefined {
  try {
    return JSON.parse(output) as TestsReport;
  } catch {
    return undefined;
  }
}
