// From what Ollama says of a model to the numbers that predict its joules: parameters read per token, bits per weight, bytes of
// weights. Pure; where Ollama says nothing, a published average stands in, and where there is none, 0.

import type { ModelProfile } from './engine.ts';
import type { ShowAnswer, TagEntry, Tensor } from './ollama-wire.ts';

/**
 * Bits per weight of ggml's tensor types, scales included: block bytes × 8 ÷ block length (ggml's `type_traits` table, e.g.
 * Q4_K: 144 bytes for 256 weights).
 */
const tensorBits: Readonly<Record<string, number>> = {
  F64: 64,
  F32: 32,
  F16: 16,
  BF16: 16,
  Q8_0: 8.5,
  Q8_1: 9,
  Q5_0: 5.5,
  Q5_1: 6,
  Q4_0: 4.5,
  Q4_1: 5,
  Q2_K: 2.625,
  Q3_K: 3.4375,
  Q4_K: 4.5,
  Q5_K: 5.5,
  Q6_K: 6.5625,
  Q8_K: 9.125,
  IQ1_S: 1.5625,
  IQ1_M: 1.75,
  IQ2_XXS: 2.0625,
  IQ2_XS: 2.3125,
  IQ2_S: 2.5625,
  IQ3_XXS: 3.0625,
  IQ3_S: 3.4375,
  IQ4_NL: 4.5,
  IQ4_XS: 4.25,
  TQ1_0: 1.6875,
  TQ2_0: 2.0625,
  MXFP4: 4.25,
  NVFP4: 4.5,
};

/** Average bits per weight of whole files by quantisation name, as llama.cpp's quantize tool prints them for an 8B Llama. */
const fileBits: Readonly<Record<string, number>> = {
  Q2_K: 3.16,
  Q3_K_S: 3.64,
  Q3_K_M: 4.0,
  Q3_K_L: 4.3,
  Q4_0: 4.66,
  Q4_1: 5.12,
  Q4_K_S: 4.67,
  Q4_K_M: 4.89,
  Q5_0: 5.59,
  Q5_1: 6.06,
  Q5_K_S: 5.57,
  Q5_K_M: 5.7,
  Q6_K: 6.56,
};

/** A profile from one entry of /api/tags and the model's /api/show. */
export function toProfile(engineId: string, tag: TagEntry, show: ShowAnswer): ModelProfile {
  const architecture = typeof show.info['general.architecture'] === 'string' ? show.info['general.architecture'] : '';
  const language = show.tensors.filter((tensor) => !isVision(tensor));
  const parameters = sum(language, (tensor) => tensor.elements) || parametersSaid(tag, show);
  const quantization = show.details.quantization || tag.details.quantization;
  const weightBytes = Math.max(0, tag.sizeBytes - visionBytes(show)) || (parameters * bitsOfFile(quantization)) / 8;
  const capabilities = show.capabilities ?? tag.capabilities;
  const remoteHost = show.remoteHost ?? tag.remoteHost;
  const family = /^joule-tiny(?::|$)/.test(tag.name)
    ? 'joule-tiny'
    : architecture || show.details.family || tag.details.family;
  return {
    name: tag.name,
    engineId,
    digest: tag.digest,
    family,
    parameters,
    activeParameters: activeParameters(architecture, language, show) ?? sizeLabelActive(tag, show) ?? parameters,
    bitsPerWeight: parameters > 0 ? (weightBytes * 8) / parameters : bitsOfFile(quantization),
    weightBytes: Math.round(weightBytes),
    contextLength: numberOf(show.info[`${architecture}.context_length`]),
    canInfill: capabilities?.includes('insert') ?? false,
    canThink: capabilities?.includes('thinking') ?? false,
    canGenerate: capabilities?.includes('completion') ?? !/bert|embed/i.test(`${family} ${tag.name}`),
    ...(remoteHost === undefined ? {} : { remoteHost }),
  };
}

/** Stop strings of the Modelfile. A request's own `stop` replaces them at Ollama, so they have to be sent along. */
export function ownStops(show: ShowAnswer): readonly string[] {
  return show.parameters
    .split('\n')
    .map((line) => /^\s*stop\s+(.+?)\s*$/.exec(line)?.[1])
    .filter((value) => value !== undefined)
    .map((value) => {
      try {
        const parsed: unknown = JSON.parse(value);
        return typeof parsed === 'string' ? parsed : value;
      } catch {
        return value;
      }
    });
}

/** Parameters read per token: those of experts (`…_exps`) by the share of experts in use, everything else whole. */
function activeParameters(architecture: string, tensors: readonly Tensor[], show: ShowAnswer): number | undefined {
  if (tensors.length === 0) return undefined;
  const count = numberOf(show.info[`${architecture}.expert_count`]);
  const used = numberOf(show.info[`${architecture}.expert_used_count`]);
  const share = count > 0 && used > 0 ? Math.min(1, used / count) : 1;
  return Math.round(sum(tensors, (tensor) => tensor.elements * (tensor.name.includes('_exps') ? share : 1)));
}

/** `30B-A3B` in the size label or the name: 3 billion active. For servers that do not list tensors. */
function sizeLabelActive(tag: TagEntry, show: ShowAnswer): number | undefined {
  const label = `${String(show.info['general.size_label'] ?? '')} ${tag.name}`;
  const match = /\d[bB]?-[aA](\d+(?:\.\d+)?)[bB]\b/.exec(label);
  return match?.[1] === undefined ? undefined : Number(match[1]) * 1e9;
}

function parametersSaid(tag: TagEntry, show: ShowAnswer): number {
  const counted = numberOf(show.info['general.parameter_count']);
  if (counted > 0) return counted;
  const match = /^([\d.]+)\s*([KMBT])$/i.exec(show.details.parameterSize || tag.details.parameterSize);
  const scale = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 }[match?.[2]?.toUpperCase() ?? ''];
  return scale === undefined ? 0 : Number(match?.[1]) * scale;
}

/** Bytes of the vision tower: tensors in the same file, or a projector file, which is F16. */
function visionBytes(show: ShowAnswer): number {
  const inFile = sum(
    show.tensors.filter(isVision),
    (tensor) => (tensor.elements * (tensorBits[tensor.type] ?? 16)) / 8,
  );
  return inFile || numberOf(show.projectorInfo['general.parameter_count']) * 2;
}

function isVision(tensor: Tensor): boolean {
  return /^(v|mm)\./.test(tensor.name);
}

function bitsOfFile(quantization: string): number {
  const name = quantization.toUpperCase();
  return fileBits[name] ?? tensorBits[name] ?? 0;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
