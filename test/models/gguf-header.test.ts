// What the header of a GGUF file says: sizes, experts in use, and whether the file is whole. Files are made here, byte by byte.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { GgufProblem, readGgufHeader } from '../../server/models/gguf-header.ts';

const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value: number): Buffer => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
const number = (key: string, value: number): Buffer => Buffer.concat([text(key), u32(4), u32(value)]);
const word = (key: string, value: string): Buffer => Buffer.concat([text(key), u32(8), text(value)]);
const words = (key: string, values: readonly string[]): Buffer =>
  Buffer.concat([text(key), u32(9), u32(8), u64(values.length), ...values.map(text)]);
const tensor = (name: string, shape: readonly number[], type: number, offset: number): Buffer =>
  Buffer.concat([text(name), u32(shape.length), ...shape.map(u64), u32(type), u64(offset)]);

function file(values: readonly Buffer[], tensors: readonly Buffer[], dataBytes: number): Buffer {
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(values.length),
    ...values,
    ...tensors,
  ]);
  return Buffer.concat([head, Buffer.alloc((32 - (head.length % 32)) % 32), Buffer.alloc(dataBytes)]);
}

/** Two experts in use of eight; Q4_K for the experts, F16 for the rest. */
const mixture = file(
  [
    word('general.architecture', 'moe'),
    word('general.name', 'eight experts'),
    words('tokenizer.ggml.tokens', ['a', 'b', 'ü']),
    number('moe.context_length', 4096),
    number('moe.expert_count', 8),
    number('moe.expert_used_count', 2),
    number('tokenizer.ggml.fim_pre_token_id', 7),
  ],
  [tensor('blk.0.ffn_up_exps.weight', [256, 8, 8], 12, 0), tensor('blk.0.attn_q.weight', [256, 4], 1, 64 * 144)],
  64 * 144 + 2048,
);

describe('GGUF header', () => {
  let path: string;
  before(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'joule-ls-header-')), 'model.gguf');
  });
  after(() => rm(join(path, '..'), { recursive: true, force: true }));

  it('gives sizes, and of experts only those in use as active', async () => {
    await writeFile(path, mixture);
    const header = await readGgufHeader(path);
    assert.equal(header.parameters, 256 * 64 + 1024);
    assert.equal(header.activeParameters, (256 * 64) / 4 + 1024);
    assert.equal(header.weightBytes, 64 * 144 + 2048);
    assert.ok(Math.abs(header.bitsPerWeight - (header.weightBytes * 8) / header.parameters) < 1e-9);
    assert.deepEqual(
      [header.architecture, header.name, header.contextLength, header.canInfill],
      ['moe', 'eight experts', 4096, true],
    );
  });

  it('calls every shorter file a problem', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: mixture.length - 1 }), async (length) => {
        await writeFile(path, mixture.subarray(0, length));
        await assert.rejects(readGgufHeader(path), GgufProblem);
      }),
      { numRuns: 40 },
    );
  });

  it('never does worse than name a problem, whatever byte is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(mixture.length - 1), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
        const damaged = Buffer.from(mixture);
        damaged[at] = byte;
        await writeFile(path, damaged);
        await readGgufHeader(path).catch((error) => assert.ok(error instanceof GgufProblem, String(error)));
      }),
      { numRuns: 100 },
    );
  });
});
