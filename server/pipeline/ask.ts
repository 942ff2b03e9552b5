// Puts one question to one model through the gateway, and tells the listeners. The only place where the pipeline makes a
// ModelRequest.

import { roughTokens } from '../base/text.ts';
import type { ModelAnswer, Role } from '../gateway/model-call.ts';
import type { StopFilter } from '../gateway/stop-filters.ts';
import { type Allowance, type Refused, tokensWithin } from './budget.ts';
import type { PipelineDependencies } from './port.ts';
import type { PromptFamily, Question } from './prompts/family.ts';
import { familyOf } from './prompts/index.ts';
import type { PipelineEvent, RoleAssignment, Stage } from './task.ts';

/** A model in a role with the prompts that suit it. */
export interface Expert {
  readonly role: Role;
  readonly seat: RoleAssignment['worker'];
  readonly family: PromptFamily;
}

export interface Ask {
  readonly expert: Expert;
  readonly question: Question;
  readonly stage: Stage;
  /** Which of how many, for progress. */
  readonly index: number;
  readonly count: number;
  readonly stopFilters: readonly StopFilter[];
  /** Added to the job's seed, so that a repair does not repeat the same draw. */
  readonly attempt: number;
}

export interface Answer {
  /** Prefill and generated text together. */
  readonly text: string;
  readonly answer: ModelAnswer;
  readonly cutOff: boolean;
}

/** Everything one run of the pipeline shares. */
export interface Run {
  readonly dependencies: PipelineDependencies;
  readonly allowance: Allowance;
  /** Tokens that one answer is expected to write. */
  readonly expectedOut: { readonly outLow: number; readonly outHigh: number };
  /** The task's code comes back with few changes: a fix, a rewrite. */
  readonly answerRepeatsCode: boolean;
  readonly listen: (event: PipelineEvent) => void;
  readonly signal: AbortSignal;
}

/** @returns the expert for a role, or for the worker's seat when nobody holds it. */
export function expertFor(roles: RoleAssignment, role: Role): Expert {
  const seat = roles[role] ?? roles.worker;
  return { role, seat, family: familyOf(seat.profile) };
}

/** Tokens of a plan or outline (SEEDS S1 caps outlines at 250), and of a judge's verdict. */
const shortAnswers: Partial<Record<Role, { readonly outLow: number; readonly outHigh: number }>> = {
  planner: { outLow: 60, outHigh: 250 },
  judge: { outLow: 20, outHigh: 120 },
};

/** What the question will probably take, in joules; undefined while the size of the model is not known. */
export function priceOf(
  { dependencies, expectedOut }: Run,
  { role, seat }: Expert,
  question: Question,
): number | undefined {
  const out = shortAnswers[role] ?? expectedOut;
  return dependencies.price?.(seat.ref, { in: roughTokens(textOf(question)), ...out });
}

/** Why the budget forbids the question, if it does. @param what begins the sentence: `a repair`. */
export function refusedByBudget(
  run: Run,
  { expert, question }: Pick<Ask, 'expert' | 'question'>,
  what: string,
): Refused | undefined {
  return run.allowance.refusal(priceOf(run, expert, question), what);
}

export async function ask(run: Run, request: Ask): Promise<Answer> {
  const { dependencies, listen, signal } = run;
  const { settings, price } = dependencies;
  const { expert, question } = request;
  const model = expert.seat.ref;
  listen({ kind: 'stage', stage: request.stage, index: request.index, count: request.count, model: model.model });
  const contextTokens = Math.min(settings.contextTokens, expert.seat.profile.contextLength || settings.contextTokens);
  const tokensIn = roughTokens(textOf(question));
  const most = outputBound(question, settings.outputTokens, contextTokens - tokensIn);
  const answer = await dependencies.gateway.call(
    {
      role: expert.role,
      model,
      prompt: question.prompt,
      maxTokens: tokensWithin(run.allowance.leftJoules(), { price, model, tokensIn, most }),
      contextTokens,
      sampling: {
        temperature: question.temperature ?? settings.temperature,
        topP: settings.topP,
        seed: (settings.seed + request.attempt) % 2_147_483_648,
      },
      stop: question.stop,
      think: settings.think.includes(expert.role),
      stopFilters: request.stopFilters,
      wantProbabilities: expert.family.lowestTokenProbability !== undefined,
      expectsRepetition: repeatsItsPrompt(run, expert.role),
      onProgress: ({ tokensOut, joules }) => listen({ kind: 'progress', tokensOut, joules }),
      ...(question.schema === undefined ? {} : { schema: question.schema }),
    },
    signal,
  );
  const { call } = answer;
  run.allowance.note(call, price?.(model, { in: call.tokens.in, outLow: call.tokens.out, outHigh: call.tokens.out }));
  listen({ kind: 'call', call });
  return { text: question.prefill + answer.text, answer, cutOff: call.outcome === 'length' };
}

/** A repair repeats the answer that failed, and those who write code repeat it where the task does; plans and verdicts are new. */
function repeatsItsPrompt({ answerRepeatsCode }: Run, role: Role): boolean {
  return role === 'repair' || (answerRepeatsCode && role !== 'planner' && role !== 'judge');
}

/** Never more than fits behind the prompt; never less than 16, so that the engine says "too long" rather than nothing. */
function outputBound(question: Question, outputTokens: number, room: number): number {
  return Math.max(16, Math.min(question.maxTokens ?? outputTokens, room));
}

function textOf({ prompt }: Question): string {
  if (prompt.kind === 'chat') return prompt.messages.map((message) => message.content).join('');
  return prompt.kind === 'raw' ? prompt.text : prompt.prefix + prompt.suffix;
}
