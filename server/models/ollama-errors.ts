// Every way in which Ollama, a proxy before it, or the way there can fail, as one sentence a person can act on.
// Pure: knows texts, status codes and error codes, no socket.

import type { EngineFailureKind } from './engine.ts';
import { EngineFailure } from './engine.ts';

/** What was going on, so that the sentence can name it. */
export interface ErrorContext {
  readonly baseUrl: string;
  readonly isLoopback: boolean;
  readonly model?: string | undefined;
}

interface Known {
  readonly pattern: RegExp;
  readonly kind: EngineFailureKind;
  readonly message: (text: string, context: ErrorContext) => string;
  readonly mend?: (context: ErrorContext, text: string) => string;
}

const nameOf = (context: ErrorContext): string => context.model ?? 'the model';

/** Texts of Ollama (server/routes.go, server/sched.go, llm/llama_server.go) and of the llama-server behind it. First match counts. */
const knownTexts: readonly Known[] = [
  {
    pattern: /pull model manifest|manifest.*(does not exist|not found)/i,
    kind: 'missing-model',
    message: (_text, context) => `Ollama's registry has no model ${nameOf(context)}`,
    mend: () => 'look the name up at https://ollama.com/library',
  },
  {
    pattern: /model ['"]?[^\s'"]+['"]? not found|try pulling it first/i,
    kind: 'missing-model',
    message: (_text, context) => `Ollama does not have ${nameOf(context)}`,
    mend: (context) => `ollama pull ${context.model ?? '<model>'}`,
  },
  {
    pattern: /invalid model name/i,
    kind: 'missing-model',
    message: (_text, context) => `"${nameOf(context)}" is not a model name`,
    mend: () => 'ollama list',
  },
  {
    pattern:
      /exceed_context_size|exceeds the available context|longer than the context|input length exceeds|exceeds maximum context/i,
    kind: 'prompt-too-long',
    message: (text, context) => {
      const [prompt, limit] = [/\((\d+) tokens\)/.exec(text)?.[1], /size \((\d+) tokens\)/.exec(text)?.[1]];
      const figures = prompt && limit ? ` (${prompt} tokens, ${limit} fit)` : '';
      return `The question is too long for the context of ${nameOf(context)}${figures}`;
    },
    mend: () => 'raise joule.contextTokens, or select less',
  },
  {
    pattern: /does not support (\w+)/i,
    kind: 'unsupported',
    message: (text, context) =>
      `${nameOf(context)} does not support ${/does not support (\w+)/i.exec(text)?.[1] ?? 'what was asked'}`,
    mend: () => 'choose another model for this role in joule.roles',
  },
  {
    pattern:
      /requires a newer version|update (ollama|to the latest)|unknown model architecture|unsupported (model )?architecture/i,
    kind: 'unsupported',
    message: (_text, context) => `This version of Ollama is too old for ${nameOf(context)}`,
    mend: () => 'update Ollama: https://ollama.com/download',
  },
  {
    pattern:
      /out of memory|requires more (system|gpu|video)? ?memory|insufficient (v?ram|memory)|(unable|failed) to allocate|not enough (v?ram|memory)|alloc.{0,40}failed/i,
    kind: 'out-of-memory',
    message: (text, context) => `There is not enough memory for ${nameOf(context)}${memoryFigures(text)}`,
    mend: () =>
      'ollama ps (then `ollama stop <model>` for one not needed), a smaller model, or a smaller joule.contextTokens',
  },
  {
    pattern: /token repeat limit/i,
    kind: 'failed',
    message: (_text, context) => `${nameOf(context)} repeated itself until Ollama stopped it`,
  },
  {
    pattern:
      /llama-server [a-z ]*error|dial tcp 127\.0\.0\.1|unexpectedly stopped|process has terminated|process no longer running|encountered while running the model|timed out waiting for llama|unexpected server status/i,
    kind: 'crashed',
    message: (text, context) => `Ollama's runner for ${nameOf(context)} died: ${text}`,
    mend: logCommand,
  },
  {
    pattern: /server busy|maximum pending requests|too many requests|rate limit|usage limit/i,
    kind: 'busy',
    message: () => 'Ollama has more requests waiting than it takes',
    mend: () => 'try again in a moment, or start Ollama with a larger OLLAMA_MAX_QUEUE',
  },
  {
    pattern: /unauthorized|unauthorised|sign ?in|invalid.*(token|key)/i,
    kind: 'refused',
    message: (_text, context) => `Ollama at ${context.baseUrl} wants to know who asks`,
    mend: () => 'set OLLAMA_API_KEY, or run `ollama signin` for a cloud model',
  },
  {
    pattern: /cloud is disabled|cloud.*(disabled|off)/i,
    kind: 'refused',
    message: (_text, context) => `${nameOf(context)} runs in Ollama's cloud, which is switched off`,
    mend: () => 'choose a local model for this role in joule.roles',
  },
  {
    pattern: /no space left on device|disk (is )?full/i,
    kind: 'failed',
    message: () => 'The disk of the Ollama server is full',
    mend: () => 'ollama list (then `ollama rm <model>` for one not needed)',
  },
  {
    pattern: /no such host|dial tcp|connection refused|i\/o timeout|network is unreachable|TLS handshake/i,
    kind: 'unreachable',
    message: (text) => `Ollama can't reach what it needs: ${text}`,
    mend: () => "check the Ollama server's own network connection",
  },
  {
    pattern: /request cancell?ed|context cancell?ed/i,
    kind: 'failed',
    message: () => 'Ollama stopped the answer before it was complete',
    mend: () => 'try again',
  },
];

/** An HTTP status other than 2xx, with its body as text. */
export function failureOfStatus(status: number, body: string, context: ErrorContext): EngineFailure {
  const text = errorText(body);
  const found = failureOfKnownText(text, context);
  if (found !== undefined) return found;
  if (status >= 300 && status < 400) {
    return new EngineFailure(
      'refused',
      `${context.baseUrl} redirects elsewhere, which is not followed: code goes only to the host that was named`,
      'name the final address in OLLAMA_HOST',
    );
  }
  if (status === 401 || status === 403 || status === 407) {
    return new EngineFailure('refused', `${context.baseUrl} refused the request (${status})`, 'set OLLAMA_API_KEY');
  }
  if (status === 404 || status === 405 || isPage(body)) {
    return new EngineFailure(
      status === 502 || status === 504 ? 'unreachable' : 'malformed',
      `What answers at ${context.baseUrl} is not Ollama (${status})`,
      'check host, port and path in OLLAMA_HOST',
    );
  }
  if (status === 429 || status === 503) {
    return new EngineFailure(
      'busy',
      `${context.baseUrl} is busy (${status})${textAfterColon(text)}`,
      'try again in a moment',
    );
  }
  if (status === 502 || status === 504) {
    return new EngineFailure(
      'unreachable',
      `A proxy at ${context.baseUrl} can't reach Ollama (${status})`,
      startCommand(context),
    );
  }
  return new EngineFailure('failed', `Ollama could not answer (${status})${textAfterColon(text)}`);
}

/** An `{"error": …}` line in the middle of a stream. */
export function failureOfLine(error: unknown, context: ErrorContext): EngineFailure {
  const text = errorText(typeof error === 'string' ? error : JSON.stringify(error));
  return (
    failureOfKnownText(text, context) ??
    new EngineFailure('failed', `Ollama stopped in the middle of the answer${textAfterColon(text)}`)
  );
}

/** Anything thrown on the way: refused connections, broken TLS, cut sockets, answers that are no HTTP. */
export function failureOfThrown(error: unknown, context: ErrorContext, midway: boolean): EngineFailure {
  if (error instanceof EngineFailure) return error;
  const code = codeOf(error);
  const where = context.baseUrl;
  if (code === 'ECONNREFUSED') {
    return new EngineFailure('unreachable', `Ollama does not answer at ${where}`, startCommand(context), error);
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new EngineFailure('unreachable', `The host in ${where} can't be found`, 'check OLLAMA_HOST', error);
  }
  if (/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN)$/.test(code)) {
    return new EngineFailure(
      'unreachable',
      `${where} can't be reached (${code})`,
      'check OLLAMA_HOST and the network',
      error,
    );
  }
  if (/^(CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_SSL|EPROTO)/.test(code)) {
    return new EngineFailure(
      'unreachable',
      `${where} does not speak HTTPS as expected (${code})`,
      'check the certificate, or use http:// in OLLAMA_HOST',
      error,
    );
  }
  if (code === 'HTTP_PARSER' && !midway) {
    return new EngineFailure(
      'malformed',
      `What answers at ${where} does not speak HTTP`,
      'check the port in OLLAMA_HOST',
      error,
    );
  }
  if (
    /^(HTTP_PARSER|UND_ERR_SOCKET|ECONNRESET|EPIPE|UND_ERR_BODY_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/.test(
      code,
    )
  ) {
    return midway
      ? new EngineFailure(
          'torn',
          'The connection to Ollama broke in the middle of the answer',
          startCommand(context),
          error,
        )
      : new EngineFailure(
          'crashed',
          `Ollama at ${where} closed the connection before it answered`,
          logCommand(context),
          error,
        );
  }
  const said = error instanceof Error ? error.message : String(error);
  return new EngineFailure(
    midway ? 'torn' : 'failed',
    `Talking to Ollama at ${where} failed: ${oneLine(said)}`,
    undefined,
    error,
  );
}

/**
 * The text inside an error body: the `error` of a JSON document, and again when that is itself a JSON document, as llama-server's
 * errors are when Ollama passes them on. Anything else as it is, on one line.
 */
export function errorText(body: string): string {
  let text = body;
  for (let depth = 0; depth < 4; depth++) {
    const inner = innerError(text);
    if (inner === undefined) break;
    text = inner;
  }
  return oneLine(text);
}

function innerError(text: string): string | undefined {
  const start = text.indexOf('{');
  if (start === -1) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.slice(start, text.lastIndexOf('}') + 1));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const error = 'error' in value ? value.error : value;
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null) return undefined;
  const type = 'type' in error && typeof error.type === 'string' ? `${error.type}: ` : '';
  return 'message' in error && typeof error.message === 'string' ? type + error.message : undefined;
}

function failureOfKnownText(text: string, context: ErrorContext): EngineFailure | undefined {
  const known = knownTexts.find((entry) => entry.pattern.test(text));
  return known && new EngineFailure(known.kind, known.message(text, context), known.mend?.(context, text));
}

function memoryFigures(text: string): string {
  const figures = /memory \(([\d.]+ \w+)\) than is available \(([\d.]+ \w+)\)/i.exec(text);
  return figures === null ? '' : ` (${figures[1]} needed, ${figures[2]} free)`;
}

function startCommand(context: ErrorContext): string {
  return context.isLoopback ? 'ollama serve' : 'start Ollama on that machine, or correct OLLAMA_HOST';
}

function logCommand(context: ErrorContext): string {
  return context.isLoopback ? 'journalctl -u ollama -e' : 'look at the log of Ollama on that machine';
}

function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
    if (at.name === 'HTTPParserError') return 'HTTP_PARSER'; // undici's parser leaves the code out
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return '';
}

function isPage(body: string): boolean {
  return /^\s*<(!doctype|html)/i.test(body);
}

function textAfterColon(text: string): string {
  return text === '' || isPage(text) ? '' : `: ${text}`;
}

/** Engines' texts end up in messages: one line, no control characters, short. */
function oneLine(text: string): string {
  const flat = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return flat.length > 300 ? `${flat.slice(0, 299)}…` : flat;
}
