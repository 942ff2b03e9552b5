// What a scripted answer of the fake Ollama can be: text, thinking, stalls, errors of every shape, deaths in the middle.

import type { ServerResponse } from 'node:http';

/** One answer. A script may also return a plain string for `{ text }`. */
export interface Reply {
  readonly text?: string;
  /** Answered as JSON text: for requests with a schema. */
  readonly json?: unknown;
  /** Exact stream pieces instead of `text`; each is one chunk and one token. */
  readonly pieces?: readonly string[];
  /** Repeats the pieces until `num_predict` or until the client hangs up: a looping model. */
  readonly loop?: boolean;
  /** Sent before the text where the model can think and the request did not say `think: false`. */
  readonly thinking?: string;
  /** Probability of each piece, sent as logprob when asked for. Default 0.99. */
  readonly probability?: number | ((piece: string, index: number) => number);
  /** Overrides of what is counted (text length ÷ 4, common prefix with the slot's last prompt). */
  readonly tokens?: { readonly in?: number; readonly cached?: number };
  /** Overrides of what is measured, as reported in the last chunk. `queue` only lengthens the total. */
  readonly seconds?: {
    readonly queue?: number;
    readonly load?: number;
    readonly prefill?: number;
    readonly decode?: number;
  };
  /** The last chunk without counts and durations, as a zero is left out on the wire. */
  readonly withoutUsage?: boolean;
  /** Awaited in the slot before anything is sent, headers included: loading, prefill. */
  readonly beforeHeaders?: Promise<unknown>;
  /** Awaited before piece `index` is sent. */
  readonly beforePiece?: (index: number) => Promise<unknown> | undefined;
  /** Real pace, for benches and demonstrations; tests use the promises above. */
  readonly millisecondsPerPiece?: number;
  /** Instead of an answer, before the first byte. See `errorReplies`. */
  readonly error?: ErrorReply;
  /** Ends the stream after so many pieces other than by `done: true`. */
  readonly dies?: Death;
}

export interface ErrorReply {
  readonly status: number;
  /** A string is sent as it is, anything else as JSON. */
  readonly body: unknown;
  readonly contentType?: string;
}

export interface Death {
  readonly afterPieces: number;
  /**
   * `torn`: the body ends cleanly without `done`. `reset`: the connection is cut. `error-line`: a line `{"error": message}`.
   * `garbage`: a line that is not JSON, then the clean end. `half-line`: half a JSON line, then the connection is cut.
   */
  readonly how: 'torn' | 'reset' | 'error-line' | 'garbage' | 'half-line';
  readonly message?: string;
}

/** Errors as Ollama words them (reference: the server's routes and its llama-server wrapper). */
export const errorReplies = {
  missingModel: (name: string): ErrorReply => ({ status: 404, body: { error: `model '${name}' not found` } }),
  outOfMemory: (): ErrorReply => ({
    status: 500,
    body: { error: 'llama-server process has terminated: cudaMalloc failed: out of memory' },
  }),
  needsMoreMemory: (): ErrorReply => ({
    status: 500,
    body: { error: 'model requires more system memory (20.5 GiB) than is available (7.9 GiB)' },
  }),
  runnerDied: (): ErrorReply => ({
    status: 500,
    body: {
      error:
        'model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check ollama server logs for details',
    },
  }),
  busy: (): ErrorReply => ({
    status: 503,
    body: { error: 'server busy, please try again.  maximum pending requests exceeded' },
  }),
  /** llama-server's JSON document inside Ollama's error string. */
  contextExceeded: (prompt: number, context: number): ErrorReply => ({
    status: 400,
    body: {
      error: JSON.stringify({
        error: {
          code: 400,
          message: `request (${prompt} tokens) exceeds the available context size (${context} tokens), try increasing it`,
          type: 'exceed_context_size_error',
          n_prompt_tokens: prompt,
          n_ctx: context,
        },
      }),
    },
  }),
  promptTooLong: (): ErrorReply => ({
    status: 400,
    body: {
      error:
        'the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context length in settings, or use a model with a longer context length',
    },
  }),
  noThinking: (name: string): ErrorReply => ({ status: 400, body: { error: `"${name}" does not support thinking` } }),
  noInsert: (name: string): ErrorReply => ({
    status: 400,
    body: { error: `registry.ollama.ai/library/${name} does not support insert` },
  }),
  noGenerate: (name: string): ErrorReply => ({ status: 400, body: { error: `"${name}" does not support generate` } }),
  cloudOff: (): ErrorReply => ({ status: 403, body: { error: 'ollama cloud is disabled' } }),
  unauthorized: (): ErrorReply => ({ status: 401, body: 'Unauthorized\n', contentType: 'text/plain' }),
  canceled: (): ErrorReply => ({ status: 499, body: { error: 'request canceled' } }),
  /** A reverse proxy's page instead of Ollama. */
  proxyPage: (): ErrorReply => ({
    status: 502,
    body: '<html><body><h1>502 Bad Gateway</h1></body></html>',
    contentType: 'text/html',
  }),
  /** Says JSON, is none. */
  brokenJson: (): ErrorReply => ({ status: 500, body: '{"error": "half', contentType: 'application/json' }),
  empty: (): ErrorReply => ({ status: 500, body: '', contentType: 'text/plain' }),
} as const;

/** A promise that a test opens by hand. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** Stream pieces of at most four UTF-16 units that never split a surrogate pair: about one token each. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const character of text) {
    if (piece.length + character.length > 4) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  if (piece !== '') pieces.push(piece);
  return pieces;
}

/** Sends an error reply before the first byte of an answer. */
export function sendError(response: ServerResponse, error: ErrorReply): void {
  const text = typeof error.body === 'string' ? error.body : JSON.stringify(error.body);
  response
    .writeHead(error.status, { 'content-type': error.contentType ?? 'application/json; charset=utf-8' })
    .end(text);
}
