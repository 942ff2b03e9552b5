// What the texts of Ollama and of its llama-server mean, as one table: kind, sentence, and what mends it. First match counts.

import { EngineFailure, type EngineFailureKind } from './engine.ts';

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

/** Texts of Ollama (server/routes.go, server/sched.go, llm/llama_server.go) and of its llama-server. First match counts. */
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
    pattern: anyOf(
      /exceed_context_size/,
      /exceeds the available context/,
      /longer than the context/,
      /input length exceeds/,
      /exceeds maximum context/,
    ),
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
    pattern: anyOf(
      /requires a newer version/,
      /update (ollama|to the latest)/,
      /unknown model architecture/,
      /unsupported (model )?architecture/,
    ),
    kind: 'unsupported',
    message: (_text, context) => `This version of Ollama is too old for ${nameOf(context)}`,
    mend: () => 'update Ollama: https://ollama.com/download',
  },
  {
    pattern: anyOf(
      /out of memory/,
      /requires more (system|gpu|video)? ?memory/,
      /insufficient (v?ram|memory)/,
      /(unable|failed) to allocate/,
      /not enough (v?ram|memory)/,
      /alloc.{0,40}failed/,
    ),
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
    pattern: anyOf(
      /llama-server [a-z ]*error/,
      /dial tcp 127\.0\.0\.1/,
      /unexpectedly stopped/,
      /process has terminated/,
      /process no longer running/,
      /encountered while running the model/,
      /timed out waiting for llama/,
      /unexpected server status/,
    ),
    kind: 'crashed',
    message: (text, context) => `Ollama's runner for ${nameOf(context)} died: ${text}`,
    mend: logCommand,
  },
  {
    pattern: /server busy|maximum pending requests/i,
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

/** The failure that a known text means; `undefined` for an unknown one. */
export function failureOfKnownText(text: string, context: ErrorContext): EngineFailure | undefined {
  const known = knownTexts.find((entry) => entry.pattern.test(text));
  return known && new EngineFailure(known.kind, known.message(text, context), known.mend?.(context, text));
}

/** Where Ollama says why it died. */
export function logCommand(context: ErrorContext): string {
  return context.isLoopback ? 'journalctl -u ollama -e' : 'look at the log of Ollama on that machine';
}

function memoryFigures(text: string): string {
  const figures = /memory \(([\d.]+ \w+)\) than is available \(([\d.]+ \w+)\)/i.exec(text);
  return figures === null ? '' : ` (${figures[1]} needed, ${figures[2]} free)`;
}

/** Texts of different places that mean the same. */
function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'), 'i');
}
