// Every way in which Ollama, a proxy before it, or the way there can fail, as one sentence a person can act on.
// Pure: knows texts, status codes and error codes, no socket.

import { EngineFailure } from './engine.ts';
import { type ErrorContext, failureOfKnownText, logCommand } from './ollama-error-texts.ts';

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
  if (status === 502 || status === 504) {
    return new EngineFailure(
      'unreachable',
      `A proxy at ${context.baseUrl} can't reach Ollama (${status})`,
      startCommand(context),
    );
  }
  if (status === 404 || status === 405 || isPage(body)) {
    return new EngineFailure(
      'malformed',
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
  if (brokenConnection.test(code)) {
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

/** Codes of Node and undici for a connection that was there and is not any more. */
const brokenConnection =
  /^(HTTP_PARSER|ECONNRESET|EPIPE|UND_ERR_(SOCKET|ABORTED|BODY_TIMEOUT|HEADERS_TIMEOUT|RES_CONTENT_LENGTH_MISMATCH))$/;

function startCommand(context: ErrorContext): string {
  return context.isLoopback ? 'ollama serve' : 'start Ollama on that machine, or correct OLLAMA_HOST';
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
