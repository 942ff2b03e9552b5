// Writes GGUF files of any size that answer by a script: attention and feed-forward layers are zeros (which cost llama.cpp as much as
// other weights), and the output layer maps each token to its successor. A few KB of content; the zeros are a hole in the file.

import { open } from 'node:fs/promises';

export interface ChainShape {
  readonly layers: number;
  /** Width; at least as many as there are tokens, a multiple of 64. */
  readonly embedding: number;
  readonly feedForward: number;
  readonly contextLength: number;
}

export interface Chain {
  readonly shape: ChainShape;
  /** Texts that are one token each; bytes are tokens too. */
  readonly words: readonly string[];
  /** The word after each word; without one the answer ends. */
  successor(word: string): string | undefined;
}

const types = { u32: 4, f32: 6, bool: 7, text: 8, list: 9 };
const f32 = 0;
const q8 = 8;
const endMark = '<|end|>';

/** @returns parameters and bytes of the file. Needs as many bytes as the shape says only where the file system knows no holes. */
export async function writeChain(path: string, chain: Chain): Promise<{ parameters: number; bytes: number }> {
  const vocabulary = vocabularyOf(chain.words);
  const { shape } = chain;
  if (vocabulary.length > shape.embedding) throw new Error(`${vocabulary.length} tokens need a wider model`);
  const tensors = placed(tensorsOf(shape, vocabulary.length));
  const header = headerOf(shape, vocabulary, tensors);
  const end = tensors.at(-1);
  const bytes = header.length + (end === undefined ? 0 : end.offset + padded(bytesOf(end)));
  const file = await open(path, 'w');
  try {
    await file.truncate(bytes);
    await file.write(header, 0, header.length, 0);
    for (const tensor of tensors) {
      const content = contentOf(tensor, chain, vocabulary);
      if (content !== undefined) await file.write(content, 0, content.length, header.length + tensor.offset);
    }
  } finally {
    await file.close();
  }
  return { parameters: tensors.reduce((sum, { shape: [width, height = 1] }) => sum + width * height, 0), bytes };
}

interface Tensor {
  readonly name: string;
  readonly shape: readonly [number, number?];
  readonly type: typeof f32 | typeof q8;
}

interface PlacedTensor extends Tensor {
  readonly offset: number;
}

/** llama.cpp's names for the tensors of the llama architecture. */
function tensorsOf({ layers, embedding, feedForward }: ChainShape, vocabulary: number): Tensor[] {
  const square = [embedding, embedding] as const;
  const norm = (name: string): Tensor => ({ name, shape: [embedding], type: f32 });
  const weights = (name: string, shape: readonly [number, number]): Tensor => ({ name, shape, type: q8 });
  const blocks = Array.from({ length: layers }, (_, layer) => {
    const named = (name: string): string => `blk.${layer}.${name}.weight`;
    return [
      norm(named('attn_norm')),
      ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((name) => weights(named(name), square)),
      norm(named('ffn_norm')),
      weights(named('ffn_gate'), [embedding, feedForward]),
      weights(named('ffn_up'), [embedding, feedForward]),
      weights(named('ffn_down'), [feedForward, embedding]),
    ];
  });
  const table = [embedding, vocabulary] as const;
  return [
    weights('token_embd.weight', table),
    norm('output_norm.weight'),
    weights('output.weight', table),
    ...blocks.flat(),
  ];
}

function placed(tensors: readonly Tensor[]): PlacedTensor[] {
  let offset = 0;
  return tensors.map((tensor) => {
    const at = offset;
    offset += padded(bytesOf(tensor));
    return { ...tensor, offset: at };
  });
}

/** Q8_0: blocks of 32 weights in 34 bytes, a half-precision scale first. */
function bytesOf({ shape: [width, height = 1], type }: Tensor): number {
  return type === f32 ? width * height * 4 : (width / 32) * 34 * height;
}

const padded = (bytes: number): number => Math.ceil(bytes / 32) * 32;

function contentOf(tensor: Tensor, chain: Chain, vocabulary: readonly string[]): Buffer | undefined {
  if (tensor.type === f32) return Buffer.from(new Float32Array(tensor.shape[0]).fill(1).buffer);
  if (tensor.name === 'token_embd.weight') return oneHot(tensor, (row) => [row]);
  if (tensor.name !== 'output.weight') return undefined;
  const before = new Map<number, number[]>();
  for (const [at, word] of vocabulary.entries()) {
    const after = vocabulary.indexOf(chain.successor(word) ?? endMark);
    before.set(after, [...(before.get(after) ?? []), at]);
  }
  return oneHot(tensor, (row) => before.get(row) ?? []);
}

/** Rows of zeros but for ones at the given columns. */
function oneHot({ shape: [width, height = 1] }: Tensor, columnsOf: (row: number) => readonly number[]): Buffer {
  const content = Buffer.alloc((width / 32) * 34 * height);
  for (let row = 0; row < height; row++) {
    for (const column of columnsOf(row)) {
      const block = (row * (width / 32) + Math.floor(column / 32)) * 34;
      content.writeUInt16LE(0x2000, block); // 2^-7 as a half
      content.writeInt8(127, block + 2 + (column % 32));
    }
  }
  return content;
}

/** The bytes as GPT-2 writes them, the words as they are, and the end mark. */
function vocabularyOf(words: readonly string[]): string[] {
  const isPrintable = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : next++));
  return [...bytes, ...words, endMark];
}

function headerOf(shape: ChainShape, vocabulary: readonly string[], tensors: readonly PlacedTensor[]): Buffer {
  const { layers, embedding, feedForward, contextLength } = shape;
  const heads = embedding / 64;
  const tokenTypes = vocabulary.map((word, at) => (at < 256 ? 1 : word === endMark ? 3 : 4)); // normal, control, user-defined
  const values = [
    text('general.architecture', 'llama'),
    text('general.name', 'chain'),
    number('llama.vocab_size', vocabulary.length),
    number('llama.context_length', contextLength),
    number('llama.embedding_length', embedding),
    number('llama.block_count', layers),
    number('llama.feed_forward_length', feedForward),
    number('llama.attention.head_count', heads),
    number('llama.attention.head_count_kv', heads),
    number('llama.rope.dimension_count', 64),
    Buffer.concat([word('llama.attention.layer_norm_rms_epsilon'), u32(types.f32), float(1e-5)]),
    text('tokenizer.ggml.model', 'gpt2'),
    text('tokenizer.ggml.pre', 'qwen2'),
    list('tokenizer.ggml.tokens', types.text, vocabulary.map(word)),
    list('tokenizer.ggml.token_type', 5, tokenTypes.map(u32)),
    list('tokenizer.ggml.merges', types.text, []),
    number('tokenizer.ggml.eos_token_id', vocabulary.indexOf(endMark)),
    Buffer.concat([word('tokenizer.ggml.add_bos_token'), u32(types.bool), Buffer.of(0)]),
  ];
  const infos = tensors.map(({ name, shape: dimensions, type, offset }) =>
    Buffer.concat([
      word(name),
      u32(dimensions.length),
      ...dimensions.map((length) => u64(length ?? 1)),
      u32(type),
      u64(offset),
    ]),
  );
  const head = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(values.length), ...values, ...infos];
  const whole = Buffer.concat(head);
  return Buffer.concat([whole, Buffer.alloc(padded(whole.length) - whole.length)]);
}

const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value: number): Buffer => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
const float = (value: number): Buffer => Buffer.from(Float32Array.of(value).buffer);
const word = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
const number = (key: string, value: number): Buffer => Buffer.concat([word(key), u32(types.u32), u32(value)]);
const text = (key: string, value: string): Buffer => Buffer.concat([word(key), u32(types.text), word(value)]);
const list = (key: string, type: number, items: readonly Buffer[]): Buffer =>
  Buffer.concat([word(key), u32(types.list), u32(type), u64(items.length), ...items]);
