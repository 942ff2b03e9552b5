// Puts one question to one model through the gateway, and tells the listeners. The only place where the pipeline makes a
// ModelRequest.

import { roughTokens } from '../base/text.ts';
import type { ModelAnswer, Role } from '../gateway/model-call.ts';
import type { StopFilter } from '../gateway/stop-filters.ts';
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
  readonly listen: (event: PipelineEvent) => void;
  readonly signal: AbortSignal;
}

/** @returns the expert for a role, or for the worker's seat when nobody holds it. */
export function expertFor(roles: RoleAssignment, role: Role): Expert {
  const seat = roles[role] ?? roles.worker;
  return { role, seat, family: familyOf(seat.profile) };
}

export async function ask(run: Run, request: Ask): Promise<Answer> {
  const { dependencies, listen, signal } = run;
  const { settings } = dependencies;
  const { expert, question } = request;
  listen({
    kind: 'stage',
    stage: request.stage,
    index: request.index,
    count: request.count,
    model: expert.seat.ref.model,
  });
  const contextTokens = Math.min(settings.contextTokens, expert.seat.profile.contextLength || settings.contextTokens);
  const answer = await dependencies.gateway.call(
    {
      role: expert.role,
      model: expert.seat.ref,
      prompt: question.prompt,
      maxTokens: outputBound(question, settings.outputTokens, contextTokens),
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
      onProgress: ({ tokensOut, joules }) => listen({ kind: 'progress', tokensOut, joules }),
      ...(question.schema === undefined ? {} : { schema: question.schema }),
    },
    signal,
  );
  listen({ kind: 'call', call: answer.call });
  return { text: question.prefill + answer.text, answer, cutOff: answer.call.outcome === 'length' };
}

/** Never more than fits behind the prompt; never less than 16, so that the engine says "too long" rather than nothing. */
function outputBound(question: Question, outputTokens: number, contextTokens: number): number {
  const { prompt } = question;
  const text =
    prompt.kind === 'chat'
      ? prompt.messages.map((message) => message.content).join('')
      : prompt.kind === 'raw'
        ? prompt.text
        : prompt.prefix + prompt.suffix;
  const room = contextTokens - roughTokens(text);
  return Math.max(16, Math.min(question.maxTokens ?? outputTokens, room));
}
