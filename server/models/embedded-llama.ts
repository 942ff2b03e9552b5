// The part of node-llama-cpp that is used, as types: the library is installed later, by the user, and is no dependency.
// Loads the library and one model; knows nothing of IPC.

import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import type { LoadOrder } from './embedded-protocol.ts';
import type { ChatMessage } from './engine.ts';

export type Token = number & { readonly token: unique symbol };

export interface LlamaSequence {
  /** Tokens that the context holds, so also those that need no evaluation again. */
  readonly nextTokenIndex: number;
  /** A state that can't be wound back token by token. */
  readonly needsCheckpoints: boolean;
  adaptStateToTokens(tokens: readonly Token[], allowShift: boolean): Promise<void>;
  evaluateWithMetadata(
    tokens: readonly Token[],
    metadata: { readonly confidence: boolean },
    options: object,
  ): AsyncIterable<{ readonly token: Token; readonly confidence?: number }>;
  /** Evaluates all tokens at once; those given as a pair are answered with the token that would follow. */
  controlledEvaluate(
    tokens: readonly (Token | readonly [Token, object])[],
  ): Promise<
    readonly ({ readonly next: { readonly token?: Token | null; readonly confidence?: number } } | undefined)[]
  >;
  /** `end` is exclusive. */
  eraseContextTokenRanges(ranges: readonly { readonly start: number; readonly end: number }[]): Promise<void>;
}

export interface LlamaModel {
  readonly tokenizer: unknown;
  readonly tokens: {
    readonly bos: Token | null;
    readonly shouldPrependBosToken: boolean;
    readonly infill: { readonly prefix: Token | null; readonly suffix: Token | null; readonly middle: Token | null };
  };
  isEogToken(token: Token): boolean;
  tokenize(text: string, specialTokens: boolean): Token[];
  detokenize(tokens: readonly Token[], specialTokens: boolean, lastTokens: readonly Token[]): string;
  createContext(options: object): Promise<{ readonly contextSize: number; getSequence(): LlamaSequence }>;
}

interface Llama {
  /** Cores that are useful for arithmetic: physical ones. */
  readonly cpuMathCores: number;
  maxThreads: number;
  loadModel(options: object): Promise<LlamaModel>;
  createGrammarForJsonSchema(schema: object): Promise<object>;
}

interface LlamaLibrary {
  getLlama(options: object): Promise<Llama>;
  resolveChatWrapper(model: LlamaModel): {
    generateContextState(options: object): { readonly contextText: { readonly values: readonly unknown[] } };
  };
  readonly LlamaGrammarEvaluationState: new (options: object) => object;
  readonly InputLookupTokenPredictor: new (
    options: object,
  ) => {
    reset(state: { readonly stateTokens: readonly Token[] }): void;
    updateInputTokens(tokens: readonly Token[]): void;
    predictTokens(): readonly Token[];
    pushTokens(tokens: readonly Token[]): void;
    dispose(): void;
  };
  /** One token by its role (`BOS`); the other parts of a rendered chat template are text. */
  readonly SpecialToken: new (
    role: string,
  ) => { tokenize(tokenizer: unknown): Token[] };
}

export interface LoadedModel {
  readonly library: LlamaLibrary;
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly sequence: LlamaSequence;
  /** The model's own chat template, up to where its answer begins. */
  readonly chatTokens: (messages: readonly ChatMessage[]) => Token[];
  readonly contextTokens: number;
  readonly threads: number;
  readonly lookup: boolean;
}

/** Loads library, model and one context. Never builds, never downloads. Rejects with the library's own errors. */
export async function loadModel(order: LoadOrder): Promise<LoadedModel> {
  const library = (await import(pathToFileURL(order.libraryPath).href)) as LlamaLibrary;
  const llama = await library.getLlama({
    gpu: process.platform === 'darwin' && process.arch === 'arm64' ? 'metal' : false, // the only build there is
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: 'error',
    maxThreads: 1,
  });
  const threads = order.threads === 'one' ? 1 : Math.max(1, Math.min(llama.cpuMathCores, availableParallelism()));
  llama.maxThreads = threads;
  const layers = order.threads === 'one' ? { gpuLayers: 0 } : {};
  const model = await llama.loadModel({ modelPath: order.modelPath, ...layers });
  const context = await model.createContext({ contextSize: order.contextTokens, sequences: 1, threads });
  return {
    library,
    llama,
    model,
    sequence: context.getSequence(),
    chatTokens: chatTemplateOf(library, model),
    contextTokens: context.contextSize,
    threads,
    lookup: order.lookup,
  };
}

function chatTemplateOf(library: LlamaLibrary, model: LlamaModel): LoadedModel['chatTokens'] {
  let wrapper: ReturnType<LlamaLibrary['resolveChatWrapper']> | undefined;
  return (messages) => {
    wrapper ??= library.resolveChatWrapper(model); // half a second, once
    const chatHistory = messages.map(({ role, content }) =>
      role === 'assistant' ? { type: 'model', response: [content] } : { type: role, text: content },
    );
    if (messages.at(-1)?.role !== 'assistant') chatHistory.push({ type: 'model', response: [''] });
    const parts = wrapper.generateContextState({ chatHistory }).contextText.values;
    return tokenizeParts(library, model, parts);
  };
}

/** As llama-server does it: the rendered text as a whole, so that special tokens pieced together by a template are found. */
function tokenizeParts({ SpecialToken }: LlamaLibrary, model: LlamaModel, parts: readonly unknown[]): Token[] {
  const tokens: Token[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') tokens.push(...model.tokenize(text, true));
    text = '';
  };
  for (const part of parts) {
    if (part instanceof SpecialToken) {
      flush();
      tokens.push(...part.tokenize(model.tokenizer));
    } else text += String(part);
  }
  flush();
  return tokens;
}
