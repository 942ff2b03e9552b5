// What part of a shared server's joules was one call's, by tokens. Pure arithmetic; knows no engine and no counter.

import type { CallEnergy, IdleBaseline, Joules } from '../joules.ts';

export interface TokenWindow {
  /** Tokens of this call: prompt tokens that were computed, and those it wrote. */
  readonly own: { readonly prompt: number; readonly generated: number };
  /** Tokens that the engine handled for everybody meanwhile. */
  readonly all: { readonly prompt: number; readonly generated: number };
  /** How many calls of ours it served on average meanwhile, this one included: the meter has split between those already. */
  readonly ourCalls: number;
  /** What others did meanwhile is not told well: the error then spans everything. */
  readonly isTorn: boolean;
}

export interface TokenShare {
  /** Of what the meter gave this call, between 0 and 1. */
  readonly fraction: number;
  /** Half-width. */
  readonly plusMinus: number;
}

/**
 * What a prompt token costs against a written one, because prompts are read many tokens at a time: a twentieth, within a factor of
 * four, as the prediction's own prior has it (ρ in prediction.ts).
 */
const promptWeight = { low: 1 / 80, likely: 1 / 20, high: 1 / 5 } as const;

/** @returns undefined when the engine counted fewer tokens than this call has: its counters are old, or another engine's. */
export function shareOfTokens({ own, all, ourCalls, isTorn }: TokenWindow): TokenShare | undefined {
  if (all.generated < own.generated || all.generated <= 0 || own.generated <= 0) return undefined;
  const at = (weight: number): number => {
    const mine = own.generated + weight * own.prompt;
    const everybody = all.generated + weight * Math.max(all.prompt, own.prompt);
    return Math.min(1, (ourCalls * mine) / everybody);
  };
  const fraction = at(promptWeight.likely);
  const spread = Math.max(Math.abs(at(promptWeight.low) - fraction), Math.abs(at(promptWeight.high) - fraction));
  return { fraction, plusMinus: isTorn ? Math.max(spread, fraction, 1 - fraction) : spread };
}

/** Every figure of a call on that share: estimated from now on, with the share's error on top of its own. */
export function applyShare(energy: CallEnergy, share: TokenShare): CallEnergy {
  const { load, prefill, decode, idle } = energy;
  const scaled = (figure: Joules): Joules => scale(figure, share);
  return {
    ...energy,
    gross: scaled(energy.gross),
    net: scaled(energy.net),
    ...(load === undefined ? {} : { load: scaled(load) }),
    ...(prefill === undefined ? {} : { prefill: scaled(prefill) }),
    ...(decode === undefined ? {} : { decode: scaled(decode) }),
    ...(idle === undefined ? {} : { idle: scaleIdle(idle, share) }),
    bySource: energy.bySource.map((source) => ({ ...source, joules: scaled(source.joules) })),
    flags: [
      ...energy.flags,
      `shared server: ${Math.round(share.fraction * 100)} % of its joules meanwhile are this call's, by tokens`,
    ],
  };
}

function scale(figure: Joules, { fraction, plusMinus }: TokenShare): Joules {
  if (figure.status === 'unknown') return figure;
  return {
    ...figure,
    status: 'estimated',
    joules: figure.joules * fraction,
    plusMinusJoules: figure.plusMinusJoules * fraction + figure.joules * plusMinus,
    scope: 'process',
  };
}

function scaleIdle(idle: IdleBaseline, { fraction, plusMinus }: TokenShare): IdleBaseline {
  return {
    ...idle,
    watts: idle.watts * fraction,
    plusMinusWatts: idle.plusMinusWatts * fraction + idle.watts * plusMinus,
  };
}
