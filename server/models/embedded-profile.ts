// What the embedded engine says of a model file, from the file's header. Loads no weights.

import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import type { EmbeddedModel } from './embedded-models.ts';
import { EngineFailure, type ModelProfile } from './engine.ts';
import { GgufProblem, readGgufHeader } from './gguf-header.ts';

/** Of larger files only the beginning (header, vocabulary) and the size go into the digest: hashing gigabytes takes seconds. */
const digestedBytes = 64 * 1024 * 1024;

/** Rejects with EngineFailure when the file is not there or can't be used. */
export async function profileOf(model: EmbeddedModel): Promise<ModelProfile> {
  try {
    const header = await readGgufHeader(model.path);
    const { parameters, activeParameters, bitsPerWeight, weightBytes, contextLength, canInfill, architecture } = header;
    return {
      name: model.name,
      engineId: 'embedded',
      digest: await digestOf(model.path),
      family: model.family ?? architecture,
      parameters,
      activeParameters,
      bitsPerWeight,
      weightBytes,
      contextLength,
      canInfill,
      canThink: false,
      probabilitiesNeedGreedy: true,
      canGenerate: !/bert|embed|clip/i.test(architecture),
    };
  } catch (error) {
    const kind = error instanceof GgufProblem ? 'crashed' : 'missing-model';
    const why = error instanceof Error ? error.message : String(error);
    throw new EngineFailure(kind, `the model file ${model.path} can't be used: ${why}`, undefined, error);
  }
}

/** SHA-256, hex: of the whole content, or of its size and beginning. */
async function digestOf(path: string): Promise<string> {
  const { size } = await stat(path);
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(Math.min(size, digestedBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    const hash = createHash('sha256').update(buffer.subarray(0, bytesRead));
    if (size > digestedBytes) hash.update(`size ${size}`);
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}
