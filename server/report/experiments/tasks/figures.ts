// Figures of `experiment tasks`: per task and arm pass rate, energy and time; what nothing else beats; the regression. Pure.

import { isKnown } from '../../../energy/joules.ts';
import { fitRegression, type RegressionFit, type RegressionRow } from '../../../energy/regression.ts';
import { type ShareInterval, wilsonInterval } from '../../../energy/wilson.ts';
import { paretoFront } from '../../pareto.ts';
import { type Sum, sumOf } from '../../sums.ts';
import type { Arm, TrialRecord } from '../experiment.ts';
import { type TaskKind, type TaskResult, taskKinds } from './result.ts';

export type TaskRecord = TrialRecord<TaskResult>;

/** A share of so many, or why there is none. */
export type Quality =
  | { readonly status: 'known'; readonly hits: number; readonly of: number; readonly interval: ShareInterval }
  | { readonly status: 'not run'; readonly why: string };

export interface TaskFigures {
  readonly kind: TaskKind;
  readonly arm: Arm;
  readonly trials: number;
  /** Trials whose answer was not written, because the product's own checks refused it or nothing came. */
  readonly refused: number;
  /** Of those, the ones that were refused before any model was asked: no joules are theirs. */
  readonly unasked: number;
  /** pass@1; for `test`, files of tests that are all right. */
  readonly passed: Quality;
  /** All trials of the suite in which a model was asked, together. */
  readonly suite: Sum;
  readonly joulesPerAnswer: number | undefined;
  /** All joules over those that passed; undefined when none did or joules or passing are unknown. */
  readonly joulesPerPassed: number | undefined;
  readonly tokensPerJoule: number | undefined;
  readonly secondsPerAnswer: number;
  /** For `test`: share of generated tests that pass on the right solution, of its lines that they run, of faults that they catch. */
  readonly tests?: { readonly correctness: number; readonly coverage: number; readonly caught: Quality };
  /** For `document`: share of parameters that are named, of texts that say what comes back. */
  readonly documentation?: { readonly named: number | undefined; readonly saysReturn: number };
}

/** In the order of tasks and arms; pairs without a trial are left out. @param withheld why no quality is shown at all. */
export function figuresOf(
  records: readonly TaskRecord[],
  arms: readonly Arm[],
  withheld?: string,
): readonly TaskFigures[] {
  return taskKinds.flatMap((kind) =>
    arms.flatMap((arm) => {
      const own = records.filter(({ trial, result }) => trial.arm === arm.id && result.kind === kind);
      const results = own.map(({ result }) => result);
      return results.length === 0 ? [] : [figuresOfArm(kind, arm, results, withheld)];
    }),
  );
}

function figuresOfArm(
  kind: TaskKind,
  arm: Arm,
  results: readonly TaskResult[],
  withheld: string | undefined,
): TaskFigures {
  const passed = passedOf(results, withheld);
  const asked = results.filter(({ calls }) => calls.length > 0);
  const suite = sumOf(asked.map(({ gross }) => gross));
  const known = asked.filter(({ gross }) => isKnown(gross));
  const joules = isKnown(suite.joules) ? suite.joules.joules : undefined;
  const tokens = known.reduce((sum, { tokensOut }) => sum + tokensOut, 0);
  const complete = suite.unknown === 0 && joules !== undefined;
  const everyOneDecided = passed.status === 'known' && passed.of === results.length;
  const documentation = results.flatMap((result) => result.documentation ?? []);
  return {
    kind,
    arm,
    trials: results.length,
    refused: results.filter(({ outcome }) => outcome !== 'accepted').length,
    unasked: results.length - asked.length,
    passed,
    suite,
    // Where figures are missing, of those that have one.
    joulesPerAnswer: joules === undefined ? undefined : joules / (complete ? results.length : suite.known),
    joulesPerPassed: complete && everyOneDecided && passed.hits > 0 ? joules / passed.hits : undefined,
    tokensPerJoule: joules === undefined || joules === 0 ? undefined : tokens / joules,
    secondsPerAnswer: results.reduce((sum, { seconds }) => sum + seconds, 0) / results.length,
    ...(kind === 'test' ? testsOf(results, withheld) : {}),
    ...(documentation.length === 0 ? {} : { documentation: documentationOf(documentation) }),
  };
}

/**
 * Where nothing of a language could be run, a refusal there says nothing either: counted as a failure beside nothing that could have
 * passed, it would make a rate of 0.
 */
function passedOf(results: readonly TaskResult[], withheld: string | undefined): Quality {
  if (withheld !== undefined) return { status: 'not run', why: withheld };
  const executed = new Set(
    results.filter(({ outcome, verdict }) => outcome === 'accepted' && verdict.status !== 'not run').map(languageOf),
  );
  const notRun = results.filter(({ verdict }) => verdict.status === 'not run');
  const blocked = new Set(notRun.map(languageOf).filter((language) => !executed.has(language)));
  const decided = results.filter((result) => result.verdict.status !== 'not run' && !blocked.has(languageOf(result)));
  const [first] = notRun;
  if (decided.length === 0)
    return { status: 'not run', why: first?.verdict.status === 'not run' ? first.verdict.why : 'no trial' };
  const hits = decided.filter(({ verdict }) => verdict.status === 'passed').length;
  return shareOf(hits, decided.length);
}

function languageOf({ language }: TaskResult): string {
  return language;
}

function shareOf(hits: number, of: number): Quality {
  return { status: 'known', hits, of, interval: wilsonInterval(hits, of) };
}

/** A file of tests that can't even be imported has no right test and covers nothing. */
function testsOf(results: readonly TaskResult[], withheld: string | undefined): Pick<TaskFigures, 'tests'> {
  const scores = results
    .filter(({ verdict }) => verdict.status !== 'not run')
    .map(({ tests }) => (tests?.status === 'scored' ? tests : undefined));
  if (withheld !== undefined || scores.length === 0) return {};
  const mean = (shares: readonly number[]): number => shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const withFault = scores.filter((score) => score === undefined || score.catchesFault !== undefined);
  return {
    tests: {
      correctness: mean(scores.map((score) => (score === undefined ? 0 : score.passed / Math.max(1, score.tests)))),
      coverage: mean(scores.map((score) => (score === undefined ? 0 : score.coveredLines / Math.max(1, score.lines)))),
      caught: shareOf(withFault.filter((score) => score?.catchesFault === true).length, withFault.length),
    },
  };
}

function documentationOf(
  checks: readonly NonNullable<TaskResult['documentation']>[],
): NonNullable<TaskFigures['documentation']> {
  const parameters = checks.reduce((sum, check) => sum + check.parameters, 0);
  return {
    named: parameters === 0 ? undefined : checks.reduce((sum, check) => sum + check.named, 0) / parameters,
    saysReturn: checks.filter((check) => check.saysReturn).length / checks.length,
  };
}

/** Arms of one task that nothing else beats in joules per answer and pass rate: indexes into `figures`, least joules first. */
export function frontOf(figures: readonly TaskFigures[]): number[] {
  const comparable = [...figures.entries()].filter(
    ([, { passed, joulesPerAnswer }]) => passed.status === 'known' && joulesPerAnswer !== undefined,
  );
  const front = paretoFront(
    comparable.map(([, { passed, joulesPerAnswer }]) => ({
      cost: joulesPerAnswer ?? Number.NaN,
      worth: passed.status === 'known' ? passed.hits / passed.of : Number.NaN,
    })),
  );
  return front.map((index) => comparable[index]?.[0] ?? -1);
}

/** S2's form on the calls of one task's trials: every call whose joules and model are known. */
export function regressionOf(records: readonly TaskRecord[], kind: TaskKind): RegressionFit | { readonly why: string } {
  const rows = records
    .filter(({ result }) => result.kind === kind)
    .flatMap(({ result }) => result.calls)
    .flatMap(({ gross, activeParameters, bitsPerWeight, tokensIn, tokensOut }): RegressionRow[] =>
      isKnown(gross) && activeParameters !== undefined && bitsPerWeight !== undefined
        ? [{ joules: gross.joules, activeParameters, bitsPerWeight, tokensIn, tokensOut }]
        : [],
    );
  const fit = fitRegression(rows);
  return fit.status === 'fitted' ? fit : { why: fit.why };
}
