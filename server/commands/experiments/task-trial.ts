// One trial of `experiment tasks`: an exercise in its file, the action chosen as an editor would choose it, and what became of it
// judged in the sandbox. Knows the session and exercises; no folder and no arm.

import { checkDocumentation, insertedText } from '../../exercises/documentation.ts';
import { fileOf, placeOf, stubOf } from '../../exercises/file.ts';
import { scoreTests, type TestsScore } from '../../exercises/generated-tests.ts';
import { languageFacts } from '../../exercises/languages.ts';
import type { TestOutcome } from '../../exercises/program.ts';
import { runTests } from '../../exercises/run-tests.ts';
import type { Source } from '../../exercises/source.ts';
import type { Receipt } from '../../ledger/events.ts';
import { totalsOf } from '../../ledger/receipt.ts';
import type { ModelProfile } from '../../models/engine.ts';
import type { TaskCall, TaskKind, TaskResult } from '../../report/experiments/tasks/result.ts';
import type { Execute } from '../../sandbox/port.ts';
import type { Acted, ActionOrder, TrialSession } from './session.ts';

export interface TaskTrial {
  readonly kind: TaskKind;
  readonly source: Source;
  /** Base name of the file without its ending; a Python name, unique in the session. */
  readonly stem: string;
  readonly strategy: string | undefined;
  readonly model: string | undefined;
}

export interface TaskTools {
  readonly session: TrialSession;
  readonly execute: Execute;
  readonly models: readonly ModelProfile[];
}

type Judged = Pick<TaskResult, 'verdict' | 'tests' | 'documentation' | 'roundTrip'>;

const actionOf: Readonly<Record<TaskKind, string>> = {
  generate: 'implement',
  fix: 'fix',
  document: 'document',
  test: 'test',
};

/** Rejects only with the signal's reason, or by a bug. */
export async function runTaskTrial(trial: TaskTrial, tools: TaskTools, signal: AbortSignal): Promise<TaskResult> {
  const { kind, source } = trial;
  const text = givenFile(trial);
  const message = kind === 'fix' ? await complaint(source, tools.execute, signal) : undefined;
  const order = orderOf(trial, { actionId: actionOf[kind], text, stem: trial.stem });
  const acted = await tools.session.act({ ...order, ...(message === undefined ? {} : { message }) }, signal);
  const answer = answerOf(trial, acted);
  const judged: Judged =
    answer === ''
      ? { verdict: { status: 'failed', why: refusalOf(acted) } }
      : await judge(trial, { given: text, answer }, tools, signal);
  const totals = totalsOf(acted.receipt?.calls ?? []);
  return {
    kind,
    exercise: source.id,
    language: source.language,
    outcome: acted.receipt?.outcome ?? 'not offered',
    gross: totals.gross,
    tokensOut: totals.tokensOut,
    seconds: totals.seconds,
    calls: callsOf(acted.receipt, tools.models),
    ...judged,
    answer,
    said: acted.said,
  };
}

function orderOf(
  { source, strategy, model }: TaskTrial,
  { actionId, text, stem }: { readonly actionId: string; readonly text: string; readonly stem: string },
): ActionOrder {
  const { languageId, extension } = languageFacts[source.language];
  return {
    actionId,
    fileName: `${stem}.${extension}`,
    languageId,
    text,
    position: placeOf(source, text),
    ...(strategy === undefined ? {} : { strategy }),
    ...(model === undefined ? {} : { model }),
  };
}

function givenFile({ kind, source }: TaskTrial): string {
  switch (kind) {
    case 'generate':
      // The data set's helpers behind the function are a part of its solution.
      return fileOf(source, { body: stubOf(source), definitionsAfter: '' });
    case 'fix':
      return fileOf(source, { body: source.buggyBody });
    case 'document':
      return fileOf(source, { body: source.body, documentation: '' });
    case 'test':
      return fileOf(source, { body: source.body });
  }
}

/** What the data set's test says of the faulty solution; where nothing can be run, what the data set says of it. */
async function complaint(source: Source, execute: Execute, signal: AbortSignal): Promise<string> {
  const program = { text: fileOf(source, { body: source.buggyBody }), test: source.test };
  const outcome = await runTests(source.language, program, execute, signal);
  return outcome.status === 'failed' ? `test failed: ${outcome.why}` : source.symptom;
}

/** The file that the answer is in, '' when there is none. */
function answerOf({ kind, stem }: TaskTrial, { receipt, text, others }: Acted): string {
  if (receipt?.outcome !== 'accepted') return '';
  if (kind !== 'test') return text;
  return Object.entries(others).find(([name]) => name.includes(stem))?.[1] ?? '';
}

function refusalOf({ receipt, said }: Acted): string {
  const why = said.at(-1) ?? receipt?.why ?? '';
  return `not written${receipt === undefined ? '' : ` (${receipt.outcome})`}${why === '' ? '' : `: ${why.slice(0, 300)}`}`;
}

async function judge(
  trial: TaskTrial,
  { given, answer }: { readonly given: string; readonly answer: string },
  tools: TaskTools,
  signal: AbortSignal,
): Promise<Judged> {
  const { kind, source, stem } = trial;
  const { language, test } = source;
  switch (kind) {
    case 'generate':
    case 'fix':
      return { verdict: await runTests(language, { text: answer, test }, tools.execute, signal) };
    case 'document':
      return judgeDocumentation(trial, { given, answer }, tools, signal);
    case 'test': {
      const tests = await scoreTests(source, { tests: answer, module: stem }, tools.execute, signal);
      return { verdict: verdictOf(tests), tests };
    }
  }
}

function verdictOf(tests: TestsScore): TestOutcome {
  if (tests.status !== 'scored') return tests;
  if (tests.tests > 0 && tests.passed === tests.tests) return { status: 'passed' };
  return {
    status: 'failed',
    why: `${tests.passed} of ${tests.tests} are right${tests.why === undefined ? '' : `: ${tests.why}`}`,
  };
}

/** The documentation is right when code that is written from it, and from the signature, passes the tests. */
async function judgeDocumentation(
  trial: TaskTrial,
  { given, answer }: { readonly given: string; readonly answer: string },
  { session, execute }: TaskTools,
  signal: AbortSignal,
): Promise<Judged> {
  const { source } = trial;
  const documentation = checkDocumentation(source, insertedText(given, answer));
  const at = answer.lastIndexOf(source.body);
  if (at === -1) return { verdict: { status: 'failed', why: 'the code was changed' }, documentation };
  const text = answer.slice(0, at) + stubOf(source) + answer.slice(at + source.body.length);
  const again = await session.act(orderOf(trial, { actionId: 'implement', text, stem: `${trial.stem}_again` }), signal);
  const roundTrip = totalsOf(again.receipt?.calls ?? []).gross;
  const verdict: TestOutcome =
    again.receipt?.outcome === 'accepted'
      ? await runTests(source.language, { text: again.text, test: source.test }, execute, signal)
      : { status: 'failed', why: `code from the documentation: ${refusalOf(again)}` };
  return { verdict, documentation, roundTrip };
}

function callsOf(receipt: Receipt | undefined, models: readonly ModelProfile[]): TaskCall[] {
  return (receipt?.calls ?? []).map(({ role, engine, model, tokens, joules }) => {
    const profile = models.find((one) => one.name === model && one.engineId === engine);
    return {
      role,
      model,
      tokensIn: tokens.in,
      tokensOut: tokens.out,
      gross: joules.gross,
      ...(profile === undefined || profile.activeParameters <= 0
        ? {}
        : { activeParameters: profile.activeParameters, bitsPerWeight: profile.bitsPerWeight }),
    };
  });
}
