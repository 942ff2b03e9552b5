// One answer by the completion model, and by the larger one where the policy says that the first was not sure enough, the dial allows it
// and the budget has room. The later answer stands where it has any text. Knows no cache and no waiting editor.

import type { ModelRef } from '../gateway/model-call.ts';
import { leastSure } from '../gateway/stop-filters.ts';
import type { Refused } from '../pipeline/budget.ts';
import { type Generation, type GenerationRequest, generate, type Seat, type Tools } from './generate.ts';
import { decideNextSize } from './policy/index.ts';

/** Who completes: the model that is asked first, and the one for what it is not sure of. */
export interface Seats extends Seat {
  readonly larger?: Seat | undefined;
}

export interface SizesRequest extends Omit<GenerationRequest, 'model'> {
  readonly seats: Seats;
  /** Joules that this call will probably take; undefined while nobody knows. */
  readonly predicted: (model: ModelRef) => number | undefined;
  /** Why so many joules may not be spent. */
  readonly refusal: (predictedJoules: number | undefined) => Refused | undefined;
  /** After each call, the first one included. */
  readonly called: (model: Seat, generation: Generation) => void;
}

export interface Sized {
  /** The one that stands. */
  readonly generation: Generation;
  /** How sure the first model was of its answer at its least; undefined where nobody says. */
  readonly leastSure: number | undefined;
  /** What became of a larger model's answer; undefined where none was asked. */
  readonly larger: 'another text' | 'the same text' | 'no text' | undefined;
  /** For the receipt: one sentence where a larger model was asked, or would have been. */
  readonly decision: string | undefined;
}

/** Never rejects. */
export async function generateBySize(request: SizesRequest, tools: Tools, signal: AbortSignal): Promise<Sized> {
  const { seats, policy, called, predicted } = request;
  const { larger } = seats;
  const small = await generate({ ...request, model: seats }, tools, signal);
  called(seats, small);
  const sure = small.answer?.sureness && leastSure(small.answer.sureness, policy.stop.unsure);
  const alone: Sized = { generation: small, leastSure: sure, larger: undefined, decision: undefined };
  if (larger === undefined || signal.aborted || small.unfitModel || small.answer?.failure !== undefined) return alone;
  const [first, next] = [predicted(seats.ref), predicted(larger.ref)];
  const evidence = {
    leastSure: sure,
    hasText: small.text !== undefined,
    costRatio: first !== undefined && next !== undefined && first > 0 ? next / first : undefined,
  };
  if (decideNextSize(evidence, policy) === 'stop here') return alone;
  const doubt = doubtOf(seats, small, sure);
  const refused = request.refusal(next);
  if (refused !== undefined) return { ...alone, decision: `${doubt}, but ${refused.why}` };
  // What the first one said is no longer what comes: the user's typing is held against the new answer.
  request.heard('');
  const large = await generate({ ...request, model: larger }, tools, signal);
  called(larger, large);
  if (large.answer === undefined) return alone;
  if (large.text === undefined) {
    const rest = small.text === undefined ? '' : '; the first answer stands';
    const decision = `${doubt}: ${larger.ref.model} was asked and had nothing either${rest}`;
    return { ...alone, generation: signal.aborted ? large : small, larger: 'no text', decision };
  }
  const isSame = large.text === small.text;
  const verdict = isSame ? 'says the same' : 'its answer stands, the first one is superseded';
  return {
    generation: large,
    leastSure: sure,
    larger: isSame ? 'the same text' : 'another text',
    decision: `${doubt}: ${larger.ref.model} was asked, and ${verdict}`,
  };
}

function doubtOf(seats: Seats, small: Generation, sure: number | undefined): string {
  if (small.text === undefined) return `${seats.ref.model} had nothing to show`;
  return `${seats.ref.model} was not sure enough${sure === undefined ? '' : ` (p = ${Math.exp(sure).toPrecision(2)} at its least)`}`;
}
