// Every way in which Ollama, a proxy before it, or the way there can fail, as one sentence a person can act on.
// Pure: knows texts, status codes and error codes, no socket.

import { EngineFailure } from './engine.ts';
import { brokenConnection, codeOf, errorText, isPage, oneLine, textAfterColon } from './error-bodies.ts';
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

function startCommand(context: ErrorContext): string {
  return context.isLoopback ? 'ollama serve' : 'start Ollama on that machine, or correct OLLAMA_HOST';
}
