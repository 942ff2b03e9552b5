// Ollama's answers, from unknown JSON to types. Fields that are missing or of another type are left out, never invented.

import { countOf, recordOf, stringOf, stringsOf } from './json-fields.ts';

export interface TagEntry {
  readonly name: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly details: ModelDetails;
  readonly capabilities: readonly string[] | undefined;
  /** Set when Ollama only forwards to its cloud. */
  readonly remoteHost: string | undefined;
}

export interface ModelDetails {
  readonly family: string;
  /** `4.3B` */
  readonly parameterSize: string;
  /** `Q4_K_M` */
  readonly quantization: string;
}

export interface ShowAnswer {
  readonly info: Readonly<Record<string, unknown>>;
  readonly projectorInfo: Readonly<Record<string, unknown>>;
  readonly tensors: readonly Tensor[];
  readonly capabilities: readonly string[] | undefined;
  readonly details: ModelDetails;
  /** Lines of the Modelfile's parameters: `stop "<|im_end|>"`. */
  readonly parameters: string;
  readonly remoteHost: string | undefined;
}

export interface Tensor {
  readonly name: string;
  /** ggml type: `Q4_K`, `F16`. */
  readonly type: string;
  readonly elements: number;
}

/** One line of /api/chat or /api/generate. */
export interface StreamPart {
  readonly text: string;
  readonly thinking: string;
  readonly logprobs: readonly number[];
  readonly done: boolean;
  readonly doneReason: string;
  /** Nanoseconds and counts of the last line; Ollama leaves zeros out. */
  readonly totalDuration: number | undefined;
  readonly loadDuration: number | undefined;
  readonly promptEvalCount: number | undefined;
  readonly promptEvalCachedCount: number | undefined;
  readonly promptEvalDuration: number | undefined;
  readonly evalCount: number | undefined;
  readonly evalDuration: number | undefined;
}

export function parseVersion(value: unknown): string | undefined {
  return stringOf(recordOf(value).version) || undefined;
}

/** The models of /api/tags; `undefined` when the answer is not one. */
export function parseTags(value: unknown): readonly TagEntry[] | undefined {
  const { models } = recordOf(value);
  // Go writes an empty list as null.
  if (models === null) return [];
  if (!Array.isArray(models)) return undefined;
  return models.map(recordOf).flatMap((entry) => {
    const name = stringOf(entry.name) || stringOf(entry.model);
    if (name === '') return [];
    return [
      {
        name,
        digest: stringOf(entry.digest),
        sizeBytes: countOf(entry.size) ?? 0,
        details: parseDetails(entry.details),
        capabilities: stringsOf(entry.capabilities),
        remoteHost: stringOf(entry.remote_host) || undefined,
      },
    ];
  });
}

export function parseShow(value: unknown): ShowAnswer {
  const show = recordOf(value);
  return {
    info: recordOf(show.model_info),
    projectorInfo: recordOf(show.projector_info),
    tensors: Array.isArray(show.tensors) ? show.tensors.map(recordOf).map(parseTensor) : [],
    capabilities: stringsOf(show.capabilities),
    details: parseDetails(show.details),
    parameters: stringOf(show.parameters),
    remoteHost: stringOf(show.remote_host) || undefined,
  };
}

export function parseStreamPart(value: unknown): StreamPart {
  const part = recordOf(value);
  const message = recordOf(part.message);
  return {
    text: stringOf(part.response) || stringOf(message.content),
    thinking: stringOf(part.thinking) || stringOf(message.thinking),
    logprobs: Array.isArray(part.logprobs)
      ? part.logprobs.map((entry) => recordOf(entry).logprob).filter((entry) => typeof entry === 'number')
      : [],
    done: part.done === true,
    doneReason: stringOf(part.done_reason),
    totalDuration: countOf(part.total_duration),
    loadDuration: countOf(part.load_duration),
    promptEvalCount: countOf(part.prompt_eval_count),
    promptEvalCachedCount: countOf(part.prompt_eval_cached_count),
    promptEvalDuration: countOf(part.prompt_eval_duration),
    evalCount: countOf(part.eval_count),
    evalDuration: countOf(part.eval_duration),
  };
}

export function parsePullLine(value: unknown): { status: string; completedBytes: number; totalBytes: number } {
  const line = recordOf(value);
  return {
    status: stringOf(line.status),
    completedBytes: countOf(line.completed) ?? 0,
    totalBytes: countOf(line.total) ?? 0,
  };
}

function parseDetails(value: unknown): ModelDetails {
  const details = recordOf(value);
  return {
    family: stringOf(details.family),
    parameterSize: stringOf(details.parameter_size),
    quantization: stringOf(details.quantization_level),
  };
}

function parseTensor(tensor: Readonly<Record<string, unknown>>): Tensor {
  const shape = Array.isArray(tensor.shape) ? tensor.shape : [];
  const elements = shape.reduce<number>((product, size) => product * (countOf(size) ?? 0), shape.length > 0 ? 1 : 0);
  return { name: stringOf(tensor.name), type: stringOf(tensor.type), elements };
}
