// The events of the fake OpenAI-compatible server, framed as llama-server b11669 (recorded) and vLLM (by its protocol) write them.

export type Flavour = 'llama-server' | 'vllm';

export interface Answer {
  readonly text: string;
  readonly thinking?: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly flavour: Flavour;
  /** The same prompt was here before. */
  readonly isCached: boolean;
  readonly model: string;
}

interface Cut {
  /** Words with the blanks before them; each is one token. */
  readonly tokens: readonly string[];
  readonly finish: 'stop' | 'length';
}

/** What is left of the text after stop strings and bound. */
function cutOf({ text, body }: Answer): Cut {
  const stops = Array.isArray(body.stop) ? body.stop.map(String) : [];
  const at = Math.min(...stops.map((stop) => text.indexOf(stop)).filter((index) => index !== -1), text.length);
  const tokens = text.slice(0, at).match(/\s*\S+|\s+$/g) ?? [];
  const bound = Number(body.max_tokens ?? body.n_predict);
  return tokens.length > bound ? { tokens: tokens.slice(0, bound), finish: 'length' } : { tokens, finish: 'stop' };
}

const logprob = -0.0512932943875506; // ln 0.95
const promptTokens = 24;

function lastFields({ flavour, isCached }: Answer, { tokens }: Cut): object {
  const counts = {
    completion_tokens: tokens.length,
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + tokens.length,
  };
  if (flavour === 'vllm') return { usage: { ...counts, prompt_tokens_details: null } };
  const cached = isCached ? promptTokens - 1 : 0;
  const timings = {
    cache_n: cached,
    prompt_n: promptTokens - cached,
    prompt_ms: 3.7,
    predicted_n: tokens.length,
    predicted_ms: 3.5,
  };
  return { usage: { ...counts, prompt_tokens_details: { cached_tokens: cached } }, timings };
}

export function chatEvents(answer: Answer): string[] {
  const { body, flavour, thinking } = answer;
  const cut = cutOf(answer);
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1795737949, model: answer.model };
  const event = (delta: object, finish: string | null, more: object = {}): string =>
    JSON.stringify({ ...head, choices: [{ index: 0, delta, ...more, finish_reason: finish }] });
  const probabilities = (token: string): object =>
    body.logprobs === true ? { logprobs: { content: [{ token, logprob, top_logprobs: [] }] } } : { logprobs: null };
  const thought = flavour === 'vllm' ? 'reasoning' : 'reasoning_content';
  return [
    event({ role: 'assistant', content: flavour === 'vllm' ? '' : null }, null),
    ...(thinking === undefined ? [] : [event({ [thought]: thinking }, null)]),
    ...cut.tokens.map((token) => event({ content: token }, null, probabilities(token))),
    event({}, cut.finish),
    JSON.stringify({ ...head, choices: [], ...lastFields(answer, cut) }),
    '[DONE]',
  ];
}

export function textEvents(answer: Answer): string[] {
  const { body, flavour } = answer;
  const cut = cutOf(answer);
  const head = { id: 'cmpl-1', object: 'text_completion', created: 1795737949, model: answer.model };
  const probabilities = (token: string): object | null => {
    if (body.logprobs === undefined) return null;
    if (flavour === 'vllm') return { tokens: [token], token_logprobs: [logprob], top_logprobs: [{}], text_offset: [0] };
    return { content: [{ token, logprob, top_logprobs: [] }] };
  };
  const pieces = cut.tokens.map((text) =>
    JSON.stringify({ ...head, choices: [{ text, index: 0, logprobs: probabilities(text), finish_reason: null }] }),
  );
  const last = { text: '', index: 0, logprobs: null, finish_reason: cut.finish };
  const fields = lastFields(answer, cut);
  // llama-server ends with text's last event; vLLM adds one for the counts.
  return flavour === 'vllm'
    ? [
        ...pieces,
        JSON.stringify({ ...head, choices: [last] }),
        JSON.stringify({ ...head, choices: [], ...fields }),
        '[DONE]',
      ]
    : [...pieces, JSON.stringify({ ...head, choices: [last], ...fields }), '[DONE]'];
}

/** llama-server's own endpoint: no choices, no [DONE]. */
export function infillEvents(answer: Answer): string[] {
  const cut = cutOf(answer);
  const pieces = cut.tokens.map((content) =>
    JSON.stringify({
      index: 0,
      content,
      tokens: [1],
      stop: false,
      completion_probabilities: [{ token: content, logprob }],
    }),
  );
  const type = cut.finish === 'length' ? 'limit' : 'eos';
  return [
    ...pieces,
    JSON.stringify({ index: 0, content: '', stop: true, stop_type: type, ...lastFields(answer, cut) }),
  ];
}

export function listOf(models: readonly string[], flavour: Flavour): object {
  const meta = { n_ctx: 4096, n_ctx_train: 32_768, n_params: 3_085_938_688, size: 1_929_903_264, ftype: 'Q4_K_M' };
  const entry = (id: string): object => {
    const common = { id, object: 'model', created: 1795737949 };
    if (flavour === 'vllm') return { ...common, owned_by: 'vllm', root: id, parent: null, max_model_len: 8192 };
    return { ...common, owned_by: 'llamacpp', meta };
  };
  return { object: 'list', data: models.map(entry) };
}

export function propsOf(): string {
  return JSON.stringify({ default_generation_settings: { n_ctx: 4096 }, total_slots: 2, build_info: 'b11669-Debian' });
}
