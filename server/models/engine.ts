// The port to inference engines: what the gateway may ask of one, and every shape an answer or a failure can take.
// Knows no editor, no role, no joule.

/** A model as an engine describes it. Sizes are 0 when the engine does not say. */
export interface ModelProfile {
  /** Engine-local name: `gemma3:4b`. */
  readonly name: string;
  readonly engineId: string;
  readonly digest: string;
  /** `gemma3`, `qwen2`, `llama`, `joule-tiny` … chooses the prompt family. */
  readonly family: string;
  readonly parameters: number;
  /** Parameters read per token: experts counted by those in use. */
  readonly activeParameters: number;
  readonly bitsPerWeight: number;
  readonly weightBytes: number;
  /** Trained context length in tokens. */
  readonly contextLength: number;
  readonly canInfill: boolean;
  readonly canThink: boolean;
  /** Chat and completion models can write code; embedders can't. */
  readonly canGenerate: boolean;
  /** Its engine gives token probabilities at temperature 0 only. */
  readonly probabilitiesNeedGreedy?: boolean;
  /** Set when the engine only forwards to another machine (Ollama's cloud models): no counter here sees its work. */
  readonly remoteHost?: string;
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What the model is shown. `raw` bypasses the engine's chat template. */
export type Prompt =
  | { readonly kind: 'chat'; readonly messages: readonly ChatMessage[] }
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'infill'; readonly prefix: string; readonly suffix: string };

/** JSON schema (draft 2020-12 subset that llama.cpp's grammars understand). */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Sampling {
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}

export interface GenerateRequest {
  readonly model: string;
  readonly prompt: Prompt;
  /** Always bounded, always ≥ 1: an engine's own default may be unlimited. */
  readonly maxTokens: number;
  /** One constant per model: a change makes the engine reload it. */
  readonly contextTokens: number;
  readonly sampling: Sampling;
  readonly stop: readonly string[];
  readonly schema?: JsonSchema;
  readonly think: boolean;
  /** Ask for per-token probabilities where the engine can give them. */
  readonly wantProbabilities: boolean;
  readonly keepAliveSeconds: number;
  /** Most of the answer will repeat the prompt: engines that can guess from it may. The answer is the same. */
  readonly expectsRepetition?: boolean;
}

/** Engine-reported counts and durations; `undefined` where it did not say. */
export interface EngineUsage {
  readonly tokensIn?: number;
  /** Of `tokensIn`, those answered from the prompt cache. */
  readonly tokensCached?: number;
  readonly tokensOut?: number;
  readonly totalSeconds?: number;
  /** Includes waiting for the scheduler to make room, per reference/ollama.md. */
  readonly loadSeconds?: number;
  readonly prefillSeconds?: number;
  readonly decodeSeconds?: number;
}

export type EngineChunk =
  | { readonly kind: 'text'; readonly text: string; readonly tokens: number; readonly lowestProbability?: number }
  | { readonly kind: 'thinking'; readonly text: string; readonly tokens: number }
  | { readonly kind: 'done'; readonly reason: 'stop' | 'length'; readonly usage: EngineUsage };

export type EngineFailureKind =
  | 'unreachable'
  | 'missing-model'
  | 'out-of-memory'
  | 'crashed'
  | 'busy'
  | 'prompt-too-long'
  | 'unsupported'
  | 'torn' // the stream ended without saying that it was done
  | 'refused' // host not allowed, not signed in
  | 'malformed'
  | 'failed';

/** An engine that could not answer: a sentence a person can act on. Thrown by `generate`, caught by the gateway only. */
export class EngineFailure extends Error {
  readonly kind: EngineFailureKind;
  /** The exact command that mends it, e.g. `ollama pull gemma3:4b`. */
  readonly mend: string | undefined;
  constructor(kind: EngineFailureKind, message: string, mend?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'EngineFailure';
    this.kind = kind;
    this.mend = mend;
  }
}

/** Where the engine's process runs. Loopback alone proves nothing: tunnels and containers end there too. */
export type Locality =
  | {
      readonly where: 'this-machine';
      readonly how: 'listener-process' | 'child-process' | 'declared';
      /** Of now, also when the state is not: an embedded engine starts again. */
      readonly pid?: number | undefined;
    }
  | {
      readonly where: 'elsewhere';
      readonly why: string;
      readonly mend?: string;
      /** The owner's meter on that machine, by name. */
      readonly remoteMeter?: string;
    }
  | { readonly where: 'unproven'; readonly why: string; readonly mend: string };

export interface EngineState {
  readonly version: string;
  /** Requests it serves side by side; 1 unless it says otherwise. */
  readonly slots: number;
  readonly models: readonly ModelProfile[];
  readonly locality: Locality;
  /** What it computes on, where that is known: only for estimates. */
  readonly device?: DeviceClass;
}

/** Classes of devices whose joules for the same work differ: `server/energy/token-estimate.ts` has their prices. */
export type DeviceClass = 'datacentre-gpu' | 'desktop-gpu' | 'laptop-gpu' | 'apple' | 'processor';

export interface PullProgress {
  readonly status: string;
  readonly completedBytes: number;
  readonly totalBytes: number;
}

/** One inference engine. */
export interface Engine {
  /** `ollama`, `embedded` */
  readonly id: string;
  /** Asks the engine what it is and has. Rejects with EngineFailure. */
  state(signal: AbortSignal): Promise<EngineState>;
  /** Streams one answer. Rejects with EngineFailure; an abort ends the generation at the engine and rejects with the signal's reason. */
  generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<EngineChunk>;
  /** Downloads a model, where the engine can. */
  pull?(model: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
