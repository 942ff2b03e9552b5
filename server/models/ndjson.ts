// A guard over a stream of JSON lines: passes whole, well-formed objects on, turns everything else into a failure, and insists on
// an end that says it is one. Knows lines, not models.

import type { EngineFailure } from './engine.ts';

export interface NdjsonRules {
  /** A line, or a whole document, longer than this is an engine gone wrong. */
  readonly longestLine: number;
  readonly longestDocument: number;
  malformed(text: string): EngineFailure;
  /** The stream ended without a last line. */
  torn(): EngineFailure;
  /** `{"error": …}` in the middle. */
  failed(error: unknown): EngineFailure;
}

/** The part of a ReadableStreamDefaultReader that reading a body to its end needs. */
export interface LineReader {
  read(): Promise<{ done: false; value: Uint8Array } | { done: true; value: undefined }>;
  releaseLock(): void;
}

/**
 * Lets JSON object lines through, up to and including the one with `"done": true` or `"status": "success"`. What came before a
 * failure is delivered before the failure is.
 */
export function guardNdjson(source: AsyncIterable<Uint8Array>, rules: NdjsonRules): LineReader {
  const chunks = source[Symbol.asyncIterator]();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  let failure: EngineFailure | undefined;
  let ended = false;

  async function read(): ReturnType<LineReader['read']> {
    for (;;) {
      if (failure !== undefined) throw failure;
      if (ended) return { done: true, value: undefined };
      const { done, value } = await chunks.next();
      const text = rest + (done ? `${decoder.decode()}\n` : decoder.decode(value, { stream: true }));
      const checked = checkLines(text, rules);
      ({ rest, ended, failure } = checked);
      if (done && !ended) failure ??= rules.torn();
      if (ended) void letGo(chunks);
      if (checked.good !== '') return { done: false, value: encoder.encode(checked.good) };
    }
  }

  return { read, releaseLock: () => undefined };
}

interface Checked {
  /** Complete good lines, each with its line break. */
  readonly good: string;
  /** The incomplete line at the end. */
  readonly rest: string;
  readonly ended: boolean;
  readonly failure: EngineFailure | undefined;
}

function checkLines(text: string, rules: NdjsonRules): Checked {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  let good = '';
  for (const line of lines) {
    if (line.trim() === '') continue;
    const kind = kindOf(line, rules);
    if (typeof kind !== 'string') return { good, rest: '', ended: false, failure: kind };
    good += `${line}\n`;
    if (kind === 'last') return { good, rest: '', ended: true, failure: undefined };
  }
  const failure = rest.length > rules.longestLine ? rules.malformed('a line without end') : undefined;
  return { good, rest, ended: false, failure };
}

function kindOf(line: string, rules: NdjsonRules): 'more' | 'last' | EngineFailure {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Half an object at the end of a stream is a cut stream; anything else is not Ollama.
    return line.startsWith('{') && !line.trimEnd().endsWith('}') ? rules.torn() : rules.malformed(line);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return rules.malformed(line);
  if ('error' in value) return rules.failed(value.error);
  const last = ('done' in value && value.done === true) || ('status' in value && value.status === 'success');
  return last ? 'last' : 'more';
}

/** Lets a well-behaved server finish its body, and hangs up on one that goes on. Never rejects. */
async function letGo(chunks: AsyncIterator<Uint8Array>): Promise<void> {
  const next = await chunks.next().catch(() => undefined);
  if (next?.done === false) await chunks.return?.().catch(() => undefined);
}
