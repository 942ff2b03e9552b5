// The way from token numbers to a model file: weights survive it, and a few steps of training end in such a file.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { tinyModelPath } from '../support/install-engine.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { pythonOrSkip, runPython } from './python.ts';
import { recipe } from './rows.ts';

const again = `
import sys
from pathlib import Path
import numpy as np
from tokenizer import Tokenizer
from training import gguf
from training.llama_file import read_model, write_model
shipped, folder = Path(sys.argv[1]), Path(sys.argv[2])
weights, shape = read_model(shipped)
write_model(folder / "q8.gguf", weights, shape, Tokenizer(), gguf.Q8_0)
write_model(folder / "f16.gguf", weights, shape, Tokenizer(), gguf.F16)
exact, sizes = read_model(folder / "q8.gguf")
assert sizes == shape and exact.keys() == weights.keys()
assert all(np.array_equal(exact[name], weights[name]) for name in weights)
half, _ = read_model(folder / "f16.gguf")
assert all(np.allclose(half[name], weights[name], rtol=1e-3, atol=1e-6) for name in weights)
old, new = gguf.read(shipped)[0], gguf.read(folder / "q8.gguf")[0]
assert {key for key in old if old[key] != new.get(key)} <= {"general.name"}
print("equal")`;

describe("joule-tiny's file", () => {
  it('is read and written back equal', function () {
    this.timeout(60_000);
    const python = pythonOrSkip(this, 'numpy');
    assert.equal(runPython(python, again, tinyModelPath, makeTemporaryFolder('joule-tiny-')).trim(), 'equal');
  });
});

describe("joule-tiny's training", () => {
  it('goes on from a model for ten steps, and what it learned becomes a file', function () {
    this.timeout(180_000);
    const python = pythonOrSkip(this, 'numpy', 'torch');
    const folder = makeTemporaryFolder('joule-tiny-');
    const step = (name: string, ...args: string[]): string =>
      execFileSync(python, [join(recipe, name), ...args], { encoding: 'utf8', cwd: folder });
    step('generate.py', 'train', '12', '3', 'corpus.jsonl');
    step('encode.py', 'encoded.npz', 'corpus.jsonl');
    const options = ['--steps', '10', '--threads', '1', '--learning-rate', '0.001', '--from', tinyModelPath];
    assert.match(step('train.py', 'encoded.npz', 'model.pt', ...options), /loss [01]\.\d+, saved/);
    step('export.py', 'model.pt', 'model.gguf');
    assert.equal(statSync(join(folder, 'model.gguf')).size, statSync(tinyModelPath).size);
  });
});
