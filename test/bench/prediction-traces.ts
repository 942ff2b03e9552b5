// Records for the replay of predictions: measurements of others from test/fixtures/measurements, and simulated traces whose law is
// not the predictor's. Knows no predictor.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One request; `tokensOut` is what came, `expected` what could be known before. */
export interface TraceCall {
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly expectedLow: number;
  readonly expectedHigh: number;
  readonly joules: number;
}

export interface Trace {
  readonly source: string;
  /** Machine and model: one fit of the predictor. */
  readonly key: string;
  readonly activeGigabytes: number;
  readonly calls: readonly TraceCall[];
  /** Whether token counts were measured: without them only the prediction before running can be judged. */
  readonly tokensKnown: boolean;
}

const fixture = (name: string): string[][] =>
  readFileSync(fileURLToPath(new URL(`../fixtures/measurements/${name}`, import.meta.url)), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

/** Gigabytes that are read for a token; Ollama's default tags of these models are 4-bit (4.85 bits a weight in all). */
const gigabytesOf = (parameters: number, bits: number): number => (parameters * bits) / 8 / 1e9;

/** Each row is a mean of forty requests. */
export function gpuMeans(): Trace[] {
  const groups = new Map<string, { gigabytes: number; calls: TraceCall[] }>();
  for (const [machine, model, parameters, bits, , requests, tokensIn, out, joules] of fixture('ollama-gpu-means.csv')) {
    const key = `${machine} ${model}`;
    const group = groups.get(key) ?? { gigabytes: gigabytesOf(Number(parameters), Number(bits)), calls: [] };
    groups.set(key, group);
    const count = Number(requests);
    const tokensOut = Number(out) / count;
    group.calls.push({
      tokensIn: Number(tokensIn) / count,
      tokensOut,
      expectedLow: tokensOut,
      expectedHigh: tokensOut,
      joules: Number(joules) / count,
    });
  }
  return [...groups].map(([key, { gigabytes, calls }]) => ({
    source: 'Ollama on three GPUs (llm-energy-bench), means of 40',
    key,
    activeGigabytes: gigabytes,
    calls,
    tokensKnown: true,
  }));
}

/** Billions of parameters behind the names. */
const parametersOf: Readonly<Record<string, number>> = {
  'gemma:2b': 2.5e9,
  'gemma:7b': 8.5e9,
  'llama3.1:8b': 8e9,
  'mistral:7b': 7.2e9,
  'phi3:3.8b': 3.8e9,
  'qwen2:1.5b': 1.5e9,
  'qwen2:7b': 7.6e9,
};

/** Four tokens for three words of English; models write between a third and all of what they are asked for. */
export function onDeviceRequests(): Trace[] {
  const groups = new Map<string, TraceCall[]>();
  for (const [model = '', words, , joules] of fixture('on-device-requests.csv')) {
    const tokens = (Number(words) * 4) / 3;
    const calls = groups.get(model) ?? [];
    groups.set(model, calls);
    calls.push({
      tokensIn: 30,
      tokensOut: tokens,
      expectedLow: tokens / 3,
      expectedHigh: tokens,
      joules: Number(joules),
    });
  }
  return [...groups].map(([model, calls]) => ({
    source: 'Ollama on a Mac, one by one (cain-2025)',
    key: `Mac ${model}`,
    activeGigabytes: gigabytesOf(parametersOf[model] ?? 0, 4.85),
    calls: shuffled(calls, model),
    tokensKnown: false,
  }));
}

/** Simulated: decoding dearer with context, heavy tails, neighbours in the batch, and a machine that gets hot half-way. */
export function simulatedTraces(seeds: number): Trace[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const random = seeded(seed + 1);
    const gigabytes = 0.8 + 8 * random();
    const joulesPerToken = gigabytes * (0.25 + 0.6 * random());
    const perPrompt = joulesPerToken * (0.02 + 0.06 * random());
    const watts = 5 + 40 * random();
    const calls = Array.from({ length: 120 }, (_unused, index): TraceCall => {
      const tokensIn = Math.round(80 + 1500 * random() ** 2);
      const typical = 40 + 260 * random();
      const tokensOut = Math.max(4, Math.round(typical * Math.exp(0.45 * normal(random))));
      const hot = index < 60 ? 1 : 1.18;
      const context = 1 + 0.35 * ((tokensIn + tokensOut / 2) / 4096);
      const neighbour = random() < 0.08 ? 0.6 : 1;
      const outlier = random() < 0.03 ? 3 : 1;
      const seconds = tokensOut / 60 + 0.2;
      const clean = joulesPerToken * tokensOut * context * neighbour + perPrompt * tokensIn + watts * seconds * 0.3;
      return {
        tokensIn,
        tokensOut,
        expectedLow: typical * 0.5,
        expectedHigh: typical * 1.7,
        joules: clean * hot * outlier * Math.exp(0.06 * studentT(random)),
      };
    });
    return {
      source: 'simulated: context, heat, neighbours, heavy tails',
      key: `simulated ${seed}`,
      activeGigabytes: gigabytes,
      calls,
      tokensKnown: true,
    };
  });
}

/** Mulberry32: a small well-known generator, so that a run can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Three degrees of freedom. */
function studentT(random: () => number): number {
  const squares = Array.from({ length: 3 }, () => normal(random) ** 2).reduce((sum, one) => sum + one, 0);
  return normal(random) / Math.sqrt(squares / 3);
}

/** The file is in the order of the experiment's runs; people's requests are not sorted by length. */
function shuffled<T>(values: readonly T[], seedText: string): T[] {
  const random = seeded([...seedText].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
