// One call of the completion model, from a site to a text that may be inserted there, or the reason why there is none. Knows no cache
// and no waiting editor.

import type { Clock } from '../base/clock.ts';
import type { Gateway, ModelAnswer, ModelRef } from '../gateway/model-call.ts';
import { repeatsItself } from '../gateway/stop-filters.ts';
import type { ModelProfile } from '../models/engine.ts';
import type { Syntax } from '../syntax/facts.ts';
import { beginCheck } from './check.ts';
import { stopsFor, tokensFor } from './gate.ts';
import type { Policy } from './policy/index.ts';
import { polish } from './polish/index.ts';
import type { CompletionPlace, CompletionSettings, Neighbour } from './port.ts';
import { type PromptParts, promptFor, promptPartsOf } from './prompt.ts';
import { replacedLength } from './replace-range.ts';
import type { Site } from './site.ts';

/** A model in the completion role. */
export interface Seat {
  readonly ref: ModelRef;
  readonly profile: ModelProfile;
}

export interface GenerationRequest {
  readonly place: CompletionPlace;
  readonly site: Site;
  readonly invoked: boolean;
  readonly neighbours: readonly Neighbour[];
  readonly model: Seat;
  readonly settings: CompletionSettings;
  readonly policy: Policy;
  /** After each piece. */
  readonly heard: (text: string) => void;
}

export interface Generation {
  /** Undefined when no model was asked. */
  readonly answer: ModelAnswer | undefined;
  /** What to insert; undefined when nothing may be shown. */
  readonly text: string | undefined;
  /** Why there is no text. */
  readonly why: string;
  /** It is the model, not the place: every other question would end the same way. */
  readonly unfitModel: boolean;
}

export interface Tools {
  readonly gateway: Gateway;
  /** One of their own: a parse of the whole document must not be waited for. */
  readonly syntax: Syntax;
  readonly clock: Clock;
  /** The raw prompt of a model whose engine does not write it. */
  readonly infillText: (model: string, parts: PromptParts) => string | undefined;
}

/** Nobody waits longer for the end of a line. */
const ceilingSeconds = 30;

/** Never rejects. */
export async function generate(
  { place, site, invoked, neighbours, model, settings, policy, heard }: GenerationRequest,
  tools: Tools,
  signal: AbortSignal,
): Promise<Generation> {
  const parts = promptPartsOf(site, place, neighbours, promptBudget(model.profile, settings));
  const prompt = promptFor(model.profile, parts, tools.infillText);
  if (prompt === undefined) return none(undefined, `${model.profile.name} can't fill in the middle of a text`, true);
  const check = beginCheck(place, tools, signal);
  let thinksAloud = false;
  // AbortSignal.any would be the short way; in Node 20 what it makes is never let go.
  const control = new AbortController();
  const follow = (): void => control.abort(signal.reason);
  signal.addEventListener('abort', follow, { once: true });
  if (signal.aborted) follow();
  const answer = await tools.gateway.call(
    {
      role: 'completion',
      model: model.ref,
      prompt,
      maxTokens: tokensFor(site, invoked),
      contextTokens: settings.contextTokens,
      sampling: { temperature: temperatureFor(model.profile, settings), topP: settings.topP, seed: settings.seed },
      stopFilters: stopsFor(site, policy),
      wantProbabilities: true,
      ceilingSeconds,
      onPiece: ({ text, thinks }) => {
        if (thinks || /^\s*<think/.test(text)) {
          thinksAloud = true;
          control.abort('it thinks');
        } else heard(text);
      },
    },
    control.signal,
  );
  signal.removeEventListener('abort', follow);
  if (thinksAloud) {
    return none(answer, `${model.profile.name} thinks before it answers and can't be told not to`, true);
  }
  if (signal.aborted) return none(answer, 'it was stopped', false);
  if (answer.failure !== undefined) return none(answer, answer.failure.message, false);
  const isCutOff = answer.call.outcome === 'length' || answer.call.why === repeatsItself;
  const polished = polish(answer.text, site, isCutOff);
  if ('dropped' in polished) return none(answer, polished.dropped, false);
  const text = await check.sound(polished.text, replacedLength(polished.text, site.lineAfter));
  if (signal.aborted) return none(answer, 'it was stopped', false);
  if (text === undefined) return none(answer, 'the code would not parse with it', false);
  return { answer, text, why: '', unfitModel: false };
}

/** Up to here an answer hardly differs from the greedy one (0.1 raises a chance of 60 against 40 % to 98 against 2). */
const nearlyGreedy = 0.2;

/** Where only greedy answers come with probabilities they are asked for: doubt can't stop what nobody can see. A higher temperature is somebody's wish. */
function temperatureFor({ probabilitiesNeedGreedy }: ModelProfile, { temperature }: CompletionSettings): number {
  return probabilitiesNeedGreedy === true && temperature <= nearlyGreedy ? 0 : temperature;
}

/** Share of a context that a prompt may have by `roughTokens`: small vocabularies take twice as many, and the answer needs room. */
const contextShare = 0.4;

function promptBudget({ contextLength }: ModelProfile, { promptTokens }: CompletionSettings): number {
  return contextLength > 0 ? Math.min(promptTokens, Math.floor(contextLength * contextShare)) : promptTokens;
}

function none(answer: ModelAnswer | undefined, why: string, unfitModel: boolean): Generation {
  return { answer, text: undefined, why, unfitModel };
}
