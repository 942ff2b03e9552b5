// What is common to the errors of all engines that answer over HTTP: the text inside a body, the code of a failed connection, and
// making either fit for a message. Knows no engine.

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
export const brokenConnection =
  /^(HTTP_PARSER|ECONNRESET|EPIPE|UND_ERR_(SOCKET|ABORTED|BODY_TIMEOUT|HEADERS_TIMEOUT|RES_CONTENT_LENGTH_MISMATCH))$/;

/** The code of Node or undici for why a connection failed; '' when there is none. */
export function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
    if (at.name === 'HTTPParserError') return 'HTTP_PARSER'; // undici's parser leaves the code out
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return '';
}

/** Whether a body is a web page: a proxy's or a router's, not an engine's. */
export function isPage(body: string): boolean {
  return /^\s*<(!doctype|html)/i.test(body);
}

/** The text as the end of a sentence; '' for none and for web pages. */
export function textAfterColon(text: string): string {
  return text === '' || isPage(text) ? '' : `: ${text}`;
}

/** Engines' texts end up in messages: one line, no control characters, short. */
export function oneLine(text: string): string {
  const flat = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return flat.length > 300 ? `${flat.slice(0, 299)}…` : flat;
}
