// The tokenizer in Python: nothing is lost, and it cuts texts as llama.cpp does.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedEngine } from '../../server/models/engine-directory.ts';
import { needEngine, testEngineDirectory, tinyModelPath } from '../support/install-engine.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { pythonOrSkip, runPython } from './python.ts';

const encoded = `
import json
from generate import training_examples
from tokenizer import Tokenizer
tokenizer = Tokenizer()
texts = ["".join(example) for example in training_examples(200, 12)]
texts += ["  tabs\\tand \\r\\n\\n lines ", "1234 it's I'LL", 'x = {"é": "ß→"}']
numbers = [tokenizer.encode(text) for text in texts]
assert [tokenizer.decode(each) for each in numbers] == texts
print(json.dumps([[text, each] for text, each in zip(texts, numbers) if text.isascii()]))`;

/** In a process of its own, as the server does with the library. Prints the number of texts cut differently. */
const llama = `
const [library, model] = process.argv.slice(2);
const { getLlama } = await import(library);
const { readFileSync } = await import('node:fs');
const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, progressLogs: false });
const loaded = await llama.loadModel({ modelPath: model });
const rows = JSON.parse(readFileSync(0, 'utf8'));
console.log(rows.filter(([text, numbers]) => String(loaded.tokenize(text, true)) !== String(numbers)).length);
process.exit(0);`;

describe('the tokenizer of joule-tiny', function () {
  this.timeout(60_000);
  let rows = '';
  before(function () {
    rows = runPython(pythonOrSkip(this), encoded);
  });

  it('gives back what it was given', () => {
    assert.ok(rows.length > 0);
  });

  describe('beside llama.cpp', () => {
    before(needEngine);

    it('cuts every text alike', () => {
      const engine = installedEngine(testEngineDirectory);
      assert.ok(engine !== undefined);
      const program = join(makeTemporaryFolder('joule-tiny-'), 'tokenize.mjs');
      writeFileSync(program, llama);
      const env = { ...process.env, NODE_OPTIONS: '' }; // mocha's loaders are not for this process
      const args = [program, engine.entryPath, tinyModelPath];
      const { stdout, stderr } = spawnSync(process.execPath, args, { input: rows, encoding: 'utf8', env });
      assert.equal(stdout.trim(), '0', stderr);
    });
  });
});
