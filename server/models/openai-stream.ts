// From the body of one streamed answer to the port's chunks. Insists on an end that says it is one.

import type { EngineChunk, EngineUsage } from './engine.ts';
import { failureOfOpenaiEvent, notOpenai, type OpenaiContext, tornOpenai } from './openai-errors.ts';
import { type OpenaiPart, parseOpenaiPart } from './openai-wire.ts';
import { NotEvents, readEvents } from './sse.ts';

/**
 * The chunks of an answer, `done` last and once: counts come in the event that ends the text or in one of their own after it.
 * @throws EngineFailure `torn`, `malformed`, or what an `error` in the stream means.
 */
export async function* toOpenaiChunks(
  body: AsyncIterable<Uint8Array>,
  context: OpenaiContext,
): AsyncGenerator<EngineChunk> {
  let reason: OpenaiPart['finish'];
  let usage: EngineUsage = {};
  for await (const part of partsOf(body, context)) {
    yield* piecesOf(part);
    reason = part.finish ?? reason;
    usage = { ...usage, ...part.usage };
  }
  if (reason === undefined) throw tornOpenai(context);
  yield { kind: 'done', reason, usage };
}

async function* partsOf(body: AsyncIterable<Uint8Array>, context: OpenaiContext): AsyncGenerator<OpenaiPart> {
  let isFirst = true;
  try {
    for await (const data of readEvents(body)) {
      if (data === '[DONE]') return;
      let value: unknown;
      try {
        value = JSON.parse(data);
      } catch {
        throw notOpenai(context, 'an event that is no JSON');
      }
      const part = parseOpenaiPart(value);
      if (part.error !== undefined && part.error !== null) throw failureOfOpenaiEvent(part.error, context);
      isFirst = false;
      yield part;
    }
  } catch (error) {
    if (error instanceof NotEvents) throw notOpenai(context, isFirst ? 'no events' : 'a line that is no event');
    throw error;
  }
}

type Piece = Exclude<EngineChunk, { kind: 'done' }>;

function* piecesOf(part: OpenaiPart): Generator<Piece> {
  const tokens = Math.max(1, part.logprobs.length);
  if (part.thinking !== '') yield { kind: 'thinking', text: part.thinking, tokens };
  if (part.text === '') return;
  const lowest = part.logprobs.length === 0 ? undefined : Math.exp(Math.min(0, ...part.logprobs));
  yield { kind: 'text', text: part.text, tokens, ...(lowest === undefined ? {} : { lowestProbability: lowest }) };
}
