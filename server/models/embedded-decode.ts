// One answer of the embedded model: prompt to tokens, tokens to text, stop strings, counts and times.
// Runs in the engine's process; knows no IPC and no file.

import { type Clock, secondsBetween } from '../base/clock.ts';
import type { LoadedModel, Token } from './embedded-llama.ts';
import { canLookUp, tokensByLookup, type WrittenToken } from './embedded-lookup.ts';
import type { EndMessage, TextMessage } from './embedded-protocol.ts';
import { createStopScan } from './embedded-stop.ts';
import { EngineFailure, type GenerateRequest, type Prompt } from './engine.ts';

type Piece = Omit<TextMessage, 'kind' | 'id'>;
type Ending = Omit<EndMessage, 'kind' | 'id'>;

interface DecodeOptions {
  readonly loaded: LoadedModel;
  readonly request: GenerateRequest;
  readonly clock: Clock;
  readonly onText: (piece: Piece) => void;
  /** Looked at after each token. */
  readonly signal: AbortSignal;
}

/**
 * Generates until an end token, a stop string, the bound or the abort. Probabilities are reported for greedy decoding only:
 * llama.cpp gives them after the temperature, and what 0.1 has sharpened says nothing about the model.
 * Rejects with EngineFailure `prompt-too-long` or `unsupported`.
 */
export async function decode({ loaded, request, clock, onText, signal }: DecodeOptions): Promise<Ending> {
  const { sequence } = loaded;
  const prompt = promptTokens(loaded, request.prompt);
  const room = loaded.contextTokens - prompt.length;
  if (room < 1 || prompt.length === 0) {
    const why = `the prompt has ${prompt.length} tokens, the model takes at most ${loaded.contextTokens - 1}`;
    throw new EngineFailure('prompt-too-long', why);
  }
  const limit = Math.min(request.maxTokens, room);
  const probable = request.wantProbabilities && request.sampling.temperature === 0;
  const begin = clock.nowNanoseconds();
  await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
  const cached = sequence.nextTokenIndex;
  const stops = createStopScan(request.stop);
  const text = createDetokenizer(loaded, prompt);
  let first: bigint | undefined;
  let tokensOut = 0;
  let reason: Ending['reason'] = 'stop'; // the library ends the stream at an end token
  let unsent: { tokens: number; lowest: number } = { tokens: 0, lowest: 1 };
  const send = (shown: string): void => {
    if (shown === '') return;
    onText({ text: shown, tokens: unsent.tokens, ...(probable ? { lowestProbability: unsent.lowest } : {}) });
    unsent = { tokens: 0, lowest: 1 };
  };

  for await (const { token, confidence } of await writtenTokens({ loaded, request, prompt, cached, probable })) {
    first ??= clock.nowNanoseconds();
    if (signal.aborted) reason = 'aborted';
    if (signal.aborted) break;
    tokensOut++;
    unsent = { tokens: unsent.tokens + 1, lowest: Math.min(unsent.lowest, confidence ?? 1) };
    const { text: shown, stopped } = stops.push(text(token));
    send(shown);
    if (stopped) break;
    if (tokensOut >= limit) reason = 'length';
    if (tokensOut >= limit) break;
  }
  if (reason !== 'aborted') send(stops.rest());
  const end = clock.nowNanoseconds();
  return {
    reason,
    usage: {
      tokensIn: prompt.length,
      tokensCached: cached,
      tokensOut,
      prefillSeconds: secondsBetween(begin, first ?? end),
      decodeSeconds: secondsBetween(first ?? end, end),
      totalSeconds: secondsBetween(begin, end),
    },
  };
}

interface Writing {
  readonly loaded: LoadedModel;
  readonly request: GenerateRequest;
  readonly prompt: readonly Token[];
  readonly cached: number;
  readonly probable: boolean;
}

/** A grammar keeps a state that no guess can be taken back from, so lookup does without one. */
async function writtenTokens(writing: Writing): Promise<AsyncIterable<WrittenToken>> {
  const { loaded, request, prompt, cached, probable } = writing;
  const { sampling } = request;
  if (request.expectsRepetition && loaded.lookup && request.schema === undefined && canLookUp(loaded)) {
    return tokensByLookup({ loaded, prompt, cached, sampling, confidence: probable });
  }
  const options = await samplingOptions(loaded, request);
  return loaded.sequence.evaluateWithMetadata(prompt.slice(cached), { confidence: probable }, options);
}

function promptTokens({ chatTokens, model }: LoadedModel, prompt: Prompt): Token[] {
  const { bos, shouldPrependBosToken, infill } = model.tokens;
  const start = shouldPrependBosToken && bos !== null ? [bos] : [];
  if (prompt.kind === 'raw') return [...start, ...model.tokenize(prompt.text, true)];
  if (prompt.kind === 'chat') return chatTokens(prompt.messages);
  const { prefix, suffix, middle } = infill;
  if (prefix === null || suffix === null || middle === null) {
    throw new EngineFailure('unsupported', 'this model has no tokens for filling in the middle');
  }
  const before = model.tokenize(prompt.prefix, false);
  return [...start, prefix, ...before, suffix, ...model.tokenize(prompt.suffix, false), middle];
}

async function samplingOptions(loaded: LoadedModel, request: GenerateRequest): Promise<object> {
  const { temperature, topP, seed } = request.sampling;
  if (request.schema === undefined) return { temperature, topP, seed };
  const grammar = await loaded.llama.createGrammarForJsonSchema(request.schema);
  const state = new loaded.library.LlamaGrammarEvaluationState({ model: loaded.model, grammar });
  return { temperature, topP, seed, grammarEvaluationState: state };
}

/** Tokens to text, one by one: a character may take several tokens, and some tokenizers look at the ones before. */
function createDetokenizer({ model }: LoadedModel, prompt: readonly Token[]): (token: Token) => string {
  const before = prompt.slice(-8);
  let pending: Token[] = [];
  return (token) => {
    pending.push(token);
    const text = model.detokenize(pending, false, before);
    if (text.endsWith('\ufffd') && pending.length < 4) return ''; // UTF-8 takes at most four bytes, so four tokens
    before.push(...pending);
    before.splice(0, before.length - 8);
    pending = [];
    return text;
  };
}
