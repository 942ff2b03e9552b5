// From what was heard, timed and metered to the one record of a call. Pure.

import { roughTokens } from '../base/text.ts';
import type { CallEnergy } from '../energy/joules.ts';
import type { CallFacts, CounterView } from '../energy/port.ts';
import type { EngineState, EngineUsage, Locality, ModelProfile, Prompt } from '../models/engine.ts';
import type { ModelCall } from './model-call.ts';

/** Moments of one call on our own clock, in seconds since it was asked for. */
export interface Moments {
  readonly sent: number;
  readonly firstPiece: number | undefined;
  readonly ended: number;
}

/** Seconds of a call, with the engine's own wait apart from ours. */
export interface Timing {
  readonly seconds: ModelCall['seconds'];
  /** Of `seconds.queue`, what the engine let the request wait. Absent when it did not say. */
  readonly engineQueue?: number;
}

/**
 * The engine's durations where it gave them and they can be true, else our own clock's. Waiting inside Ollama is what its total has
 * more than its parts (reference: energy.md section 6), as its total begins before the request gets a slot.
 */
export function toTiming(usage: EngineUsage | undefined, moments: Moments): Timing {
  const window = moments.ended - moments.sent;
  const load = usage?.loadSeconds ?? 0;
  const said = usage?.totalSeconds ?? window;
  if (usage?.decodeSeconds === undefined || !isPlausible(said, window)) {
    const firstPiece = moments.firstPiece ?? moments.ended;
    const prefill = firstPiece - moments.sent;
    const decode = moments.ended - firstPiece;
    const seconds = { total: moments.ended, queue: moments.sent, load: 0, prefill, decode, source: 'clock' } as const;
    return { seconds };
  }
  const prefill = usage.prefillSeconds ?? 0;
  const decode = usage.decodeSeconds;
  const engineQueue = Math.max(0, said - load - prefill - decode);
  const queue = moments.sent + engineQueue;
  return {
    seconds: { total: queue + load + prefill + decode, queue, load, prefill, decode, source: 'engine' },
    engineQueue,
  };
}

/** An engine may have rounded or been scripted; one that claims minutes more than passed is not believed. */
function isPlausible(saidSeconds: number, windowSeconds: number): boolean {
  return Number.isFinite(saidSeconds) && saidSeconds <= windowSeconds * 2 + 60;
}

export interface TokenCounts {
  readonly in: number;
  readonly cached: number;
  readonly out: number;
}

/** The engine's counts; where it was stopped before it could tell, the prompt's rough length and what was heard. */
export function toTokens(usage: EngineUsage | undefined, prompt: Prompt, heardTokens: number): TokenCounts {
  return {
    in: usage?.tokensIn ?? roughTokens(promptText(prompt)),
    cached: Math.min(usage?.tokensCached ?? 0, usage?.tokensIn ?? 0),
    out: usage?.tokensOut ?? heardTokens,
  };
}

export function toFacts(
  timing: Timing,
  tokens: TokenCounts,
  {
    profile,
    keepAliveSeconds,
    device,
  }: {
    readonly profile: ModelProfile | undefined;
    readonly keepAliveSeconds: number;
    readonly device: EngineState['device'];
  },
): CallFacts {
  return {
    ...(timing.engineQueue === undefined
      ? {}
      : { engine: { queueSeconds: timing.engineQueue, loadSeconds: timing.seconds.load } }),
    tokensIn: tokens.in,
    tokensCached: tokens.cached,
    tokensOut: tokens.out,
    ...(device === undefined ? {} : { device }),
    keepAliveSeconds,
    activeGigabytes: ((profile?.activeParameters ?? 0) * (profile?.bitsPerWeight ?? 0)) / 8e9,
  };
}

/** Whose counters see the work of this model. */
export function toView(locality: Locality, profile: ModelProfile | undefined, ownPid: number): CounterView {
  if (profile?.remoteHost !== undefined) return { seen: false, why: `${profile.name} runs at ${profile.remoteHost}` };
  switch (locality.where) {
    case 'elsewhere': {
      const { why, mend, remoteMeter } = locality;
      if (remoteMeter !== undefined) return { seen: true, remoteMeter };
      return mend === undefined ? { seen: false, why } : { seen: false, why, mend };
    }
    case 'unproven':
      return { seen: false, why: locality.why, mend: locality.mend };
    case 'this-machine': {
      // A child that starts with this very request is one of our descendants; until it has a number, ours stands for it.
      const pid = locality.pid ?? (locality.how === 'child-process' ? ownPid : undefined);
      return { seen: true, ...(pid === undefined ? {} : { pid }) };
    }
  }
}

/** Of a call that no engine ever saw: nothing was spent, on any counter, and that is known. */
export const neverSent: CallEnergy = {
  gross: nothing(),
  net: nothing(),
  bySource: [],
  flags: ['never sent to the engine'],
};

function nothing(): CallEnergy['gross'] {
  return {
    status: 'measured',
    joules: 0,
    plusMinusJoules: 0,
    scope: 'device',
    coverage: ['package', 'dram', 'gpu', 'soc'],
  };
}

function promptText(prompt: Prompt): string {
  switch (prompt.kind) {
    case 'chat':
      return prompt.messages.map((message) => message.content).join('\n');
    case 'raw':
      return prompt.text;
    case 'infill':
      return prompt.prefix + prompt.suffix;
  }
}
