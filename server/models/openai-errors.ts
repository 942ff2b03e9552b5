// Every way in which an OpenAI-compatible engine, a gateway before it, or the way there can fail, as one sentence a person can act
// on. Pure: knows texts, status codes and error codes, no socket.

import { EngineFailure } from './engine.ts';
import { brokenConnection, codeOf, errorText, isPage, oneLine, textAfterColon } from './error-bodies.ts';

/** What was going on, so that the sentence can name it. */
export interface OpenaiContext {
  readonly id: string;
  readonly baseUrl: string;
  readonly model?: string | undefined;
  /** Name of the variable that the key is from. */
  readonly keyName?: string | undefined;
}

/** A status other than 2xx, with its body as text. */
export function failureOfOpenaiStatus(status: number, body: string, context: OpenaiContext): EngineFailure {
  const { id, baseUrl } = context;
  const text = errorText(body);
  const said = textAfterColon(text);
  if (status >= 300 && status < 400) {
    return new EngineFailure(
      'refused',
      `engine ${id} at ${baseUrl} redirects elsewhere, which is not followed: code and key go only to the host that was named`,
      `write the final address into the entry of ${id}`,
    );
  }
  if (status === 401 || status === 403 || status === 407) {
    const mend =
      context.keyName === undefined ? `set "keyFromEnvironment" in the entry of ${id}` : `check ${context.keyName}`;
    return new EngineFailure('refused', `engine ${id} does not take the key (${status})`, mend);
  }
  const known = failureOfText(text, context);
  if (known !== undefined) return known;
  if (status === 404 && !isPage(body) && /model/i.test(text)) {
    return new EngineFailure(
      'missing-model',
      `engine ${id} has no model ${context.model ?? ''}${said}`,
      'joule-ls models',
    );
  }
  if (status === 404 || status === 405 || isPage(body)) return notOpenai(context, `${status}`);
  if (status === 429)
    return new EngineFailure('busy', `engine ${id} has too much to do (429)${said}`, 'try again in a moment');
  if (status === 503)
    return new EngineFailure('busy', `engine ${id} is not ready (503)${said}`, 'try again in a moment');
  if (status === 502 || status === 504) {
    return new EngineFailure(
      'unreachable',
      `the gateway at ${baseUrl} does not reach engine ${id} (${status})`,
      'start the engine behind it',
    );
  }
  return new EngineFailure('failed', `engine ${id} could not answer (${status})${said}`);
}

/** Texts of llama-server, vLLM and SGLang that mean more than their status. */
export function failureOfText(text: string, { id, model }: OpenaiContext): EngineFailure | undefined {
  const name = model ?? 'the model';
  if (
    /exceed_context_size|exceeds the available context|maximum context length|longer than the model's context/i.test(
      text,
    )
  ) {
    const [prompt, limit] = [
      /(?:\(|contains at least |messages )(\d+)(?: input)? tokens/.exec(text)?.[1],
      /(?:size \(|length is |length of )(\d+)/.exec(text)?.[1],
    ];
    const figures = prompt && limit ? ` (${prompt} tokens, ${limit} fit)` : '';
    return new EngineFailure(
      'prompt-too-long',
      `The question is too long for the context of ${name}${figures}`,
      'select less, or start the engine with a longer context',
    );
  }
  if (/out of memory|failed to allocate/i.test(text)) {
    return new EngineFailure(
      'out-of-memory',
      `engine ${id} has not enough memory for ${name}`,
      'a smaller model, or a shorter context',
    );
  }
  if (/not supported by this model|does not support/i.test(text)) {
    return new EngineFailure(
      'unsupported',
      `${name} at engine ${id} can't do that${textAfterColon(text)}`,
      'choose another model for this role in joule.roles',
    );
  }
  return undefined;
}

/** An `error` in the middle of a stream. */
export function failureOfOpenaiEvent(error: unknown, context: OpenaiContext): EngineFailure {
  const text = errorText(typeof error === 'string' ? error : JSON.stringify({ error }));
  return (
    failureOfText(text, context) ??
    new EngineFailure('failed', `engine ${context.id} stopped in the middle of the answer${textAfterColon(text)}`)
  );
}

/** Anything thrown on the way. `midway`: part of the answer had arrived. */
export function failureOfOpenaiThrown(error: unknown, context: OpenaiContext, midway: boolean): EngineFailure {
  if (error instanceof EngineFailure) return error;
  const { id, baseUrl } = context;
  const code = codeOf(error);
  const check = `check "url" in the entry of ${id}`;
  if (midway) return tornOpenai(context);
  if (code === 'ECONNREFUSED') {
    return new EngineFailure('unreachable', `engine ${id} does not answer at ${baseUrl}`, `start it, or ${check}`);
  }
  if (/^(ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT|E(HOST|NET)(UNREACH|DOWN))$/.test(code)) {
    return new EngineFailure(
      'unreachable',
      `engine ${id} at ${baseUrl} can't be reached (${code})`,
      `${check} and the network`,
    );
  }
  if (/^(CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_SSL|EPROTO)/.test(code)) {
    return new EngineFailure(
      'unreachable',
      `${baseUrl} does not speak HTTPS as expected (${code})`,
      `check the certificate, or ${check}`,
    );
  }
  if (code === 'HTTP_PARSER') return notOpenai(context, 'no HTTP');
  if (brokenConnection.test(code)) {
    return new EngineFailure('crashed', `engine ${id} closed the connection before it answered`, 'look into its log');
  }
  const said = error instanceof Error ? error.message : String(error);
  return new EngineFailure('failed', `Talking to engine ${id} at ${baseUrl} failed: ${oneLine(said)}`);
}

export function tornOpenai({ id }: OpenaiContext): EngineFailure {
  return new EngineFailure('torn', `engine ${id} stopped in the middle of the answer`, 'look into its log');
}

export function notOpenai({ id, baseUrl }: OpenaiContext, why: string): EngineFailure {
  return new EngineFailure(
    'malformed',
    `What answers at ${baseUrl} does not speak OpenAI's API (${why})`,
    `check "url" in the entry of ${id}`,
  );
}

/** A failure in which nothing of the key is left: some gateways repeat it in their errors. */
export function withoutKey(failure: EngineFailure, key: string | undefined): EngineFailure {
  if (key === undefined || !failure.message.includes(key)) return failure;
  return new EngineFailure(failure.kind, failure.message.replaceAll(key, '…'), failure.mend);
}
