// Streams one scripted reply of the fake Ollama as /api/chat or /api/generate would: chunks, last chunk, or a death in between.

import type { ServerResponse } from 'node:http';
import { setTimeout as pace } from 'node:timers/promises';
import type { RecordedRequest, RequestEnd } from './fake-ollama.ts';
import type { Reply } from './fake-ollama-reply.ts';
import { piecesOf, sendError } from './fake-ollama-reply.ts';
import type { FakeSlot } from './fake-ollama-slots.ts';
import { commonPrefix } from './fake-ollama-slots.ts';

export interface StreamJob {
  readonly response: ServerResponse;
  readonly record: RecordedRequest;
  readonly reply: Reply;
  readonly canThink: boolean;
  readonly contextTokens: number;
  readonly slot: FakeSlot;
  readonly closed: AbortSignal;
  readonly sent: () => void;
}

/** Streams a reply into the response and says how it ended. */
export async function streamReply(job: StreamJob): Promise<RequestEnd> {
  const { response, record, reply, slot, closed } = job;
  const cached = reply.tokens?.cached ?? cachedTokens(slot.lastPrompt, record.text);
  slot.lastPrompt = record.text;
  if (reply.beforeHeaders !== undefined) await orClosed(reply.beforeHeaders, closed);
  if (closed.aborted) return 'closed-by-client';
  if (reply.error !== undefined) {
    sendError(response, reply.error);
    return 'error';
  }
  const prefilledAt = performance.now();
  const wantsThinking = job.canThink && record.think !== false;
  const thinking = wantsThinking && reply.thinking !== undefined ? piecesOf(reply.thinking) : [];
  const { pieces, reason } = cut(job);
  if (record.body.stream === false) {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(
      JSON.stringify({
        ...chunk(record, { text: pieces.join(''), thinking: thinking.join('') }),
        ...last(job, { reason, tokensOut: pieces.length + thinking.length, cached, prefilledAt }),
      }),
    );
    return 'done';
  }
  const open = (): void => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  };
  const send = async (value: object): Promise<void> => {
    open();
    await orClosed(
      new Promise<void>((resolve) => response.write(`${JSON.stringify(value)}\n`, () => resolve())),
      closed,
    );
  };
  for (const piece of thinking) {
    if (closed.aborted) return 'closed-by-client';
    await send(chunk(record, { text: '', thinking: piece }));
  }
  let index = 0;
  for (const piece of pieces) {
    if (reply.dies !== undefined && index >= reply.dies.afterPieces) break;
    const stall = reply.beforePiece?.(index);
    if (stall !== undefined) await orClosed(stall, closed);
    if (reply.millisecondsPerPiece !== undefined) {
      await pace(reply.millisecondsPerPiece, undefined, { signal: closed }).catch(() => undefined);
    }
    if (closed.aborted) return 'closed-by-client';
    await send(chunk(record, { text: piece, logprob: record.logprobs ? logprobOf(reply, piece, index) : undefined }));
    job.sent();
    index++;
    if (reply.loop && index % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  if (closed.aborted) return 'closed-by-client';
  open();
  if (reply.dies !== undefined) return die(response, reply.dies);
  await send({
    ...chunk(record, { text: '' }),
    ...last(job, { reason, tokensOut: index + thinking.length, cached, prefilledAt }),
  });
  response.end();
  return 'done';
}

function cut(job: StreamJob): {
  pieces: readonly string[];
  reason: string;
} {
  const { record, reply } = job;
  const asked = record.options.num_predict;
  // A zero is dropped by the real server's JSON encoding and means "no limit" further down.
  const limit = typeof asked === 'number' && asked > 0 ? asked : 10 * job.contextTokens;
  const text = reply.json !== undefined ? JSON.stringify(reply.json) : (reply.text ?? '');
  let pieces = [...(reply.pieces ?? piecesOf(text))];
  if (reply.loop && pieces.length > 0) {
    const lap = pieces;
    pieces = Array.from({ length: limit + 1 }, (_, index) => lap[index % lap.length] ?? '');
  }
  const stops = Array.isArray(record.options.stop) ? (record.options.stop as string[]) : [];
  const whole = pieces.join('');
  const at = Math.min(...stops.map((stop) => whole.indexOf(stop)).filter((position) => position >= 0));
  if (Number.isFinite(at)) {
    let length = 0;
    const kept: string[] = [];
    for (const piece of pieces) {
      if (length + piece.length > at) {
        if (at > length) kept.push(piece.slice(0, at - length));
        break;
      }
      kept.push(piece);
      length += piece.length;
    }
    pieces = kept;
  }
  if (pieces.length > limit) return { pieces: pieces.slice(0, limit), reason: 'length' };
  return { pieces, reason: 'stop' };
}

interface ChunkParts {
  readonly text: string;
  readonly thinking?: string | undefined;
  readonly logprob?: number | undefined;
}

function chunk(record: RecordedRequest, parts: ChunkParts): object {
  const logprobs =
    parts.logprob === undefined
      ? {}
      : { logprobs: [{ token: parts.text, logprob: parts.logprob, bytes: [...Buffer.from(parts.text)] }] };
  const thinking = parts.thinking === undefined || parts.thinking === '' ? {} : { thinking: parts.thinking };
  const head = { model: record.model, created_at: new Date().toISOString() };
  if (record.endpoint === 'chat') {
    return { ...head, message: { role: 'assistant', content: parts.text, ...thinking }, done: false, ...logprobs };
  }
  return { ...head, response: parts.text, ...thinking, done: false, ...logprobs };
}

interface LastParts {
  readonly reason: string;
  readonly tokensOut: number;
  readonly cached: number;
  readonly prefilledAt: number;
}

function last(job: StreamJob, parts: LastParts): object {
  const { reply, record, slot } = job;
  if (reply.withoutUsage) return { done: true, done_reason: parts.reason };
  const seconds = reply.seconds ?? {};
  const load = nanoseconds(seconds.load ?? 0.000_1);
  const prefill = nanoseconds(seconds.prefill ?? (parts.prefilledAt - slot.servedAt) / 1000);
  const decode = nanoseconds(seconds.decode ?? (performance.now() - parts.prefilledAt) / 1000);
  const queue = nanoseconds(seconds.queue ?? (slot.servedAt - slot.queuedAt) / 1000);
  const figures = {
    total_duration: load + prefill + decode + queue,
    load_duration: load,
    prompt_eval_count: reply.tokens?.in ?? Math.ceil(record.text.length / 4),
    prompt_eval_cached_count: parts.cached,
    prompt_eval_duration: prefill,
    eval_count: parts.tokensOut,
    eval_duration: decode,
  };
  // Go leaves zeros out (`omitempty`).
  const present = Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== 0));
  const context = record.endpoint === 'generate' && !record.raw ? { context: [1, 2, 3] } : {};
  return { done: true, done_reason: parts.reason, ...present, ...context };
}

async function die(response: ServerResponse, death: NonNullable<Reply['dies']>): Promise<RequestEnd> {
  const write = (text: string): Promise<void> => new Promise((resolve) => response.write(text, () => resolve()));
  if (death.how === 'error-line') {
    await write(
      `${JSON.stringify({ error: death.message ?? 'an error was encountered while running the model: unexpected EOF' })}\n`,
    );
  }
  if (death.how === 'garbage') await write(`${death.message ?? '<html>502</html>'}\n`);
  if (death.how === 'half-line') await write('{"model":"x","created_at":"2026-');
  if (death.how === 'reset' || death.how === 'half-line') response.destroy();
  else response.end();
  return 'died';
}

function logprobOf(reply: Reply, piece: string, index: number): number {
  const probability = typeof reply.probability === 'function' ? reply.probability(piece, index) : reply.probability;
  return Math.log(probability ?? 0.99);
}

/** llama-server reuses a slot's prompt when more than a tenth of the new one is common. */
function cachedTokens(before: string, prompt: string): number {
  const common = commonPrefix(before, prompt);
  return common > prompt.length / 10
    ? Math.min(Math.floor(common / 4), Math.max(0, Math.ceil(prompt.length / 4) - 1))
    : 0;
}

function nanoseconds(seconds: number): number {
  return Math.max(0, Math.round(seconds * 1e9));
}

async function orClosed(wait: Promise<unknown>, closed: AbortSignal): Promise<void> {
  if (closed.aborted) return;
  await new Promise<void>((resolve, reject) => {
    const leave = (): void => resolve();
    closed.addEventListener('abort', leave, { once: true });
    wait.then(leave, reject).finally(() => closed.removeEventListener('abort', leave));
  });
}
