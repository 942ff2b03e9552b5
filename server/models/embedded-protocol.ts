// What the server and the embedded engine's process say to each other over IPC. Plain JSON, both ends are ours.

import type { EngineFailureKind, EngineUsage, GenerateRequest } from './engine.ts';

export interface LoadOrder {
  readonly kind: 'load';
  /** node-llama-cpp's entry file in the install directory. */
  readonly libraryPath: string;
  readonly modelPath: string;
  readonly contextTokens: number;
  /** `one`: small models run 8–16 times slower on two threads (measured, reference/ollama.md C). */
  readonly threads: 'one' | 'physical-cores';
  /** Whether requests that expect repetition are served by prompt lookup. */
  readonly lookup: boolean;
}

export interface GenerateOrder {
  readonly kind: 'generate';
  readonly id: number;
  readonly request: GenerateRequest;
}

export interface AbortOrder {
  readonly kind: 'abort';
  readonly id: number;
}

export type ToChild = LoadOrder | GenerateOrder | AbortOrder;

export type FromChild =
  | { readonly kind: 'loaded'; readonly contextTokens: number; readonly threads: number }
  | { readonly kind: 'load-failed'; readonly failure: EngineFailureKind; readonly why: string }
  | TextMessage
  /** Once a second while an answer is on its way, whatever llama.cpp is at. */
  | { readonly kind: 'alive'; readonly id: number }
  | EndMessage
  | { readonly kind: 'failed'; readonly id: number; readonly failure: EngineFailureKind; readonly why: string };

export interface TextMessage {
  readonly kind: 'text';
  readonly id: number;
  readonly text: string;
  readonly tokens: number;
  readonly lowestProbability?: number;
}

export interface EndMessage {
  readonly kind: 'end';
  readonly id: number;
  readonly reason: 'stop' | 'length' | 'aborted';
  readonly usage: EngineUsage;
}
