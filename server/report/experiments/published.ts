// SEEDS S1's ways of working, as published: plain questions to models, no context, no check, no repair. Each call is one of the
// gateway's, handed in as a function. Knows no engine and no joule.

import type { ModelAnswer, ModelCall, ModelRef, ModelRequest, Role } from '../../gateway/model-call.ts';
import {
  fromOutlinePrompt,
  instructionsIn,
  instructionsPrompt,
  outlinePrompt,
  outlineTokens,
  partIn,
  partPrompt,
  reassemblyPrompt,
} from './task-manager.ts';

export type PublishedWay = 'single' | 'outline' | 'split';

export interface Question {
  readonly role: Role;
  readonly model: ModelRef;
  readonly text: string;
  readonly maxTokens: number;
  readonly stopFilters: NonNullable<ModelRequest['stopFilters']>;
}

/** One question through the gateway, with the experiment's sampling. */
export type Put = (question: Question) => Promise<ModelAnswer>;

export interface PublishedModels {
  /** Writes alone in `single`. */
  readonly writer: ModelRef;
  readonly planner: ModelRef;
  readonly worker: ModelRef;
}

export interface PublishedAnswer {
  /** Each one's joules count, also of what failed. */
  readonly calls: readonly ModelCall[];
  /** The last answer; of what failed, what had come. */
  readonly text: string;
  readonly failure: ModelAnswer['failure'];
}

/** An answer of S1's lengths fits four times. */
const answerTokens = 8192;

/** Asks one after the other, and stops at the first failure. */
export async function answerAsPublished(
  way: PublishedWay,
  request: string,
  { writer, planner, worker }: PublishedModels,
  put: Put,
  stopFilters: Question['stopFilters'] = [],
): Promise<PublishedAnswer> {
  const calls: ModelCall[] = [];
  const say = async (role: Role, model: ModelRef, text: string, maxTokens = answerTokens): Promise<ModelAnswer> => {
    const answer = await put({ role, model, text, maxTokens, stopFilters });
    calls.push(answer.call);
    return answer;
  };
  const ended = ({ text, failure }: ModelAnswer): PublishedAnswer => ({ calls, text, failure });
  switch (way) {
    case 'single':
      return ended(await say('large', writer, request));
    case 'outline': {
      const outline = await say('planner', planner, outlinePrompt(request), outlineTokens);
      if (outline.failure !== undefined) return ended(outline);
      return ended(await say('worker', worker, fromOutlinePrompt(request, outline.text.trim())));
    }
    case 'split': {
      const plan = await say('planner', planner, instructionsPrompt(request), 1024);
      if (plan.failure !== undefined) return ended(plan);
      const parts: string[] = [];
      for (const instruction of instructionsIn(plan.text)) {
        const part = await say('worker', worker, partPrompt(instruction));
        if (part.failure !== undefined) return ended(part);
        parts.push(partIn(part.text));
      }
      return ended(await say('assembler', worker, reassemblyPrompt(request, parts)));
    }
  }
}
