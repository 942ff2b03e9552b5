// The types around the only way to a model: one request in, one answer with its one ModelCall out, always.

import type { CallEnergy, Joules } from '../energy/joules.ts';
import type { EngineFailureKind, JsonSchema, Prompt, Sampling } from '../models/engine.ts';
import type { StopFilter, Sureness } from './stop-filters.ts';

export type Role = 'planner' | 'worker' | 'assembler' | 'repair' | 'judge' | 'large' | 'completion';

/** A model of an engine. */
export interface ModelRef {
  readonly engineId: string;
  readonly model: string;
}

export interface ModelRequest {
  readonly role: Role;
  readonly model: ModelRef;
  readonly prompt: Prompt;
  readonly maxTokens: number;
  readonly contextTokens: number;
  readonly sampling: Sampling;
  readonly schema?: JsonSchema;
  readonly stop?: readonly string[];
  readonly think?: boolean;
  /** Pure filters that end the generation at the engine as soon as the answer is complete. */
  readonly stopFilters?: readonly StopFilter[];
  readonly wantProbabilities?: boolean;
  /** Most of the answer will repeat the prompt, as in a fix. */
  readonly expectsRepetition?: boolean;
  /** Longest time from being sent to being complete; the gateway's own limit holds where this is unset. */
  readonly ceilingSeconds?: number;
  /** Told after each piece what has come so far, and whether the model thinks. Must be cheap and must not throw. */
  readonly onPiece?: (heard: { readonly text: string; readonly thinks: boolean }) => void;
  /** Called at most twice a second while tokens arrive, and once when the call is admitted. */
  readonly onProgress?: (progress: CallProgress) => void;
}

export interface CallProgress {
  readonly phase: 'queued' | 'loading' | 'decoding';
  readonly tokensOut: number;
  readonly joules: Joules;
  /** While queued: 1 is next. */
  readonly queuePosition?: number;
}

export type CallOutcome = 'completed' | 'stopped-early' | 'length' | 'cancelled' | 'failed';

/** The record of one model call. Kept even when the call failed: its joules were spent. */
export interface ModelCall {
  readonly id: string;
  readonly role: Role;
  readonly engine: string;
  readonly engineVersion: string;
  readonly model: string;
  readonly digest: string;
  readonly atWallMilliseconds: number;
  readonly tokens: { readonly in: number; readonly cached: number; readonly out: number };
  /** From the engine where it says so, else from our own clock; `source` tells which. */
  readonly seconds: {
    readonly total: number;
    readonly queue: number;
    readonly load: number;
    readonly prefill: number;
    readonly decode: number;
    readonly source: 'engine' | 'clock';
  };
  readonly joules: CallEnergy;
  readonly sampling: Sampling;
  readonly lowestTokenProbability?: number;
  readonly outcome: CallOutcome;
  /** For `stopped-early`: the filter that ended it. For `failed`: the sentence for a person. */
  readonly why?: string;
}

export interface ModelAnswer {
  readonly call: ModelCall;
  /** What arrived, also when the call failed half-way. Thinking is never in it. */
  readonly text: string;
  /** How sure the model was of each piece that came, also of what a filter cut off. Absent or empty where its engine says nothing. */
  readonly sureness?: Sureness;
  readonly failure?: { readonly kind: EngineFailureKind; readonly message: string; readonly mend?: string };
}

/** What pipeline and completion see of the gateway. */
export interface Gateway {
  /** Never rejects for anything an engine, a meter or a cancel can do: every call ends in a ModelAnswer. */
  call(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
}
