// From lines of Ollama's stream to the port's chunks.

import type { EngineChunk, EngineUsage } from './engine.ts';
import type { StreamPart } from './ollama-wire.ts';

/** The chunks of one line: thinking, text, end; any of them may be missing. */
export function* toChunks(part: StreamPart): Generator<EngineChunk> {
  const tokens = Math.max(1, part.logprobs.length);
  if (part.thinking !== '') yield { kind: 'thinking', text: part.thinking, tokens };
  if (part.text !== '') {
    // Where llama-server says a probability of exactly 1, Ollama hands it on as a "logprob" of 1.
    const lowest = part.logprobs.length === 0 ? undefined : Math.exp(Math.min(0, ...part.logprobs));
    yield { kind: 'text', text: part.text, tokens, ...(lowest === undefined ? {} : { lowestProbability: lowest }) };
  }
  if (part.done) yield { kind: 'done', reason: part.doneReason === 'length' ? 'length' : 'stop', usage: toUsage(part) };
}

function toUsage(part: StreamPart): EngineUsage {
  const said = {
    tokensIn: part.promptEvalCount,
    tokensCached: part.promptEvalCachedCount,
    tokensOut: part.evalCount,
    totalSeconds: toSeconds(part.totalDuration),
    loadSeconds: toSeconds(part.loadDuration),
    prefillSeconds: toSeconds(part.promptEvalDuration),
    decodeSeconds: toSeconds(part.evalDuration),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

function toSeconds(nanoseconds: number | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : nanoseconds / 1e9;
}
