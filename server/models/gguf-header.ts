// Reads what a GGUF file says of its model: sizes, context, special tokens, and whether the file is whole.
// Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 2 and 3, little endian. Loads no weights.

import { open } from 'node:fs/promises';

export interface GgufHeader {
  /** `llama`, `qwen2` … */
  readonly architecture: string;
  readonly name: string;
  readonly parameters: number;
  /** Parameters read per token: of the experts, only those in use. */
  readonly activeParameters: number;
  /** Bytes of all tensors in their stored types. */
  readonly weightBytes: number;
  readonly bitsPerWeight: number;
  /** Trained context length in tokens; 0 when the file does not say. */
  readonly contextLength: number;
  /** The tokenizer names fill-in-the-middle tokens. */
  readonly canInfill: boolean;
}

/** The file is not a whole GGUF file; `message` says what is wrong with it. */
export class GgufProblem extends Error {
  override readonly name = 'GgufProblem';
}

/** Headers are a few MB at most (the vocabulary); a file that claims more is not read to its end. */
const largestHeader = 64 * 1024 * 1024;

/** Rejects with GgufProblem for a file that is not GGUF or is cut short, with the system's error when it can't be read. */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    for (let wanted = 1024 * 1024; ; wanted *= 4) {
      const buffer = Buffer.alloc(Math.min(wanted, size, largestHeader));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      const whole = bytesRead >= size;
      const header = parseHeader(buffer.subarray(0, bytesRead), size);
      if (header !== 'cut') return header;
      if (whole) throw new GgufProblem('the file ends inside its header');
      if (bytesRead >= largestHeader) throw new GgufProblem('its header is larger than any real one');
    }
  } finally {
    await file.close();
  }
}

interface Tensor {
  readonly name: string;
  readonly elements: number;
  readonly bytes: number;
  readonly offset: number;
}

function parseHeader(buffer: Buffer, fileSize: number): GgufHeader | 'cut' {
  const cursor = { buffer, at: 0 };
  try {
    if (buffer.length < 4 || buffer.toString('latin1', 0, 4) !== 'GGUF') {
      throw new GgufProblem('it does not begin with GGUF');
    }
    cursor.at = 4;
    const version = readNumber(cursor, 4);
    if (version < 2 || version > 3) throw new GgufProblem(`GGUF version ${version} is not known`);
    const tensorCount = readCount(cursor);
    const valueCount = readCount(cursor);
    const values = new Map<string, unknown>();
    for (let index = 0; index < valueCount; index++) {
      const key = readText(cursor);
      values.set(key, readValue(cursor, readNumber(cursor, 4)));
    }
    const tensors: Tensor[] = [];
    for (let index = 0; index < tensorCount; index++) tensors.push(readTensor(cursor));
    demandWhole(tensors, cursor.at, numberOf(values.get('general.alignment')) || 32, fileSize);
    return summary(values, tensors);
  } catch (error) {
    if (error instanceof RangeError) return 'cut'; // what Buffer throws past its end
    throw error;
  }
}

function summary(values: ReadonlyMap<string, unknown>, tensors: readonly Tensor[]): GgufHeader {
  const architecture = textOf(values.get('general.architecture'));
  const used = numberOf(values.get(`${architecture}.expert_used_count`));
  const experts = numberOf(values.get(`${architecture}.expert_count`));
  const share = used > 0 && experts > 0 ? used / experts : 1;
  let parameters = 0;
  let active = 0;
  let weightBytes = 0;
  for (const { name, elements, bytes } of tensors) {
    parameters += elements;
    active += name.includes('_exps') ? elements * share : elements;
    weightBytes += bytes;
  }
  return {
    architecture,
    name: textOf(values.get('general.name')),
    parameters,
    activeParameters: Math.round(active),
    weightBytes,
    bitsPerWeight: parameters === 0 ? 0 : (weightBytes * 8) / parameters,
    contextLength: numberOf(values.get(`${architecture}.context_length`)),
    canInfill: ['fim_pre_token_id', 'prefix_token_id'].some((key) => values.has(`tokenizer.ggml.${key}`)),
  };
}

function demandWhole(tensors: readonly Tensor[], headerEnd: number, alignment: number, fileSize: number): void {
  if (tensors.length === 0) throw new GgufProblem('it holds no weights');
  const dataStart = Math.ceil(headerEnd / alignment) * alignment;
  const dataEnd = tensors.reduce((end, tensor) => Math.max(end, tensor.offset + tensor.bytes), 0);
  if (dataStart + dataEnd <= fileSize) return;
  throw new GgufProblem(`it is cut short: ${fileSize} of at least ${dataStart + dataEnd} bytes are there`);
}

interface Cursor {
  readonly buffer: Buffer;
  at: number;
}

function readNumber(cursor: Cursor, bytes: 1 | 2 | 4): number {
  const value = cursor.buffer.readUIntLE(cursor.at, bytes);
  cursor.at += bytes;
  return value;
}

/** A 64-bit count or size. One that no file could hold means that these bytes are not a header. */
function readCount(cursor: Cursor): number {
  const value = cursor.buffer.readBigUInt64LE(cursor.at);
  cursor.at += 8;
  if (value > 2n ** 48n) throw new GgufProblem('a size in its header is impossible');
  return Number(value);
}

function readText(cursor: Cursor): string {
  const length = readCount(cursor);
  if (length > largestHeader) throw new GgufProblem('a text in its header is impossibly long');
  if (cursor.at + length > cursor.buffer.length) throw new RangeError('cut');
  const text = cursor.buffer.toString('utf8', cursor.at, cursor.at + length);
  cursor.at += length;
  return text;
}

/** Bytes of the fixed-size value types, by their number in the specification. */
const fixedSizes: Readonly<Record<number, 1 | 2 | 4 | 8>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/** Texts and unsigned integers as they are; everything else is stepped over: nothing here needs it. */
function readValue(cursor: Cursor, type: number): unknown {
  if (type === 8) return readText(cursor);
  if (type === 9) {
    const inner = readNumber(cursor, 4);
    const count = readCount(cursor);
    const size = fixedSizes[inner];
    if (size !== undefined) cursor.at += size * count;
    else for (let index = 0; index < count; index++) readValue(cursor, inner);
    if (cursor.at > cursor.buffer.length) throw new RangeError('cut');
    return undefined;
  }
  const size = fixedSizes[type];
  if (size === undefined) throw new GgufProblem(`value type ${type} in its header is not known`);
  if (type === 4) return readNumber(cursor, 4);
  if (type === 10) return readCount(cursor);
  cursor.at += size;
  return undefined;
}

function readTensor(cursor: Cursor): Tensor {
  const name = readText(cursor);
  const dimensions = readNumber(cursor, 4);
  if (dimensions > 4) throw new GgufProblem('a tensor has more than four dimensions');
  let elements = 1;
  for (let index = 0; index < dimensions; index++) elements *= readCount(cursor);
  const type = readNumber(cursor, 4);
  const offset = readCount(cursor);
  const block = blocks[type];
  if (block === undefined) throw new GgufProblem(`tensor type ${type} is not known`);
  return { name, elements, bytes: Math.ceil(elements / block[0]) * block[1], offset };
}

/** Elements and bytes per block of each ggml tensor type (ggml.h and ggml-common.h of llama.cpp). */
const blocks: Readonly<Record<number, readonly [elements: number, bytes: number]>> = {
  0: [1, 4], // F32
  1: [1, 2], // F16
  2: [32, 18], // Q4_0
  3: [32, 20], // Q4_1
  6: [32, 22], // Q5_0
  7: [32, 24], // Q5_1
  8: [32, 34], // Q8_0
  9: [32, 36], // Q8_1
  10: [256, 84], // Q2_K
  11: [256, 110], // Q3_K
  12: [256, 144], // Q4_K
  13: [256, 176], // Q5_K
  14: [256, 210], // Q6_K
  15: [256, 292], // Q8_K
  16: [256, 66], // IQ2_XXS
  17: [256, 74], // IQ2_XS
  18: [256, 98], // IQ3_XXS
  19: [256, 50], // IQ1_S
  20: [32, 18], // IQ4_NL
  21: [256, 110], // IQ3_S
  22: [256, 82], // IQ2_S
  23: [256, 136], // IQ4_XS
  24: [1, 1], // I8
  25: [1, 2], // I16
  26: [1, 4], // I32
  27: [1, 8], // I64
  28: [1, 8], // F64
  29: [256, 56], // IQ1_M
  30: [1, 2], // BF16
  34: [256, 54], // TQ1_0
  35: [256, 66], // TQ2_0
  39: [32, 17], // MXFP4
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
