// How many threads pay: `npx tsx test/bench/embedded-threads.ts`. joule-tiny and models of other sizes (zeros for layers: the arithmetic
// is that of real ones) on one thread and on every core, by turns; tokens per second of reading and of writing. JSON on stdout.

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../server/base/clock.ts';
import { type EngineProcess, startEngineProcess } from '../../server/models/embedded-process.ts';
import { installedEngine } from '../../server/models/engine-directory.ts';
import { writeChain } from '../support/chain-gguf.ts';
import { copyingPrompt, copyingWords, successorInCopy } from '../support/copying-chain.ts';
import { never, request } from '../support/embedded.ts';
import { engineForTests, testEngineDirectory, tinyModelPath } from '../support/install-engine.ts';
import { summarise } from './statistics.ts';

const rounds = 3;
const why = await engineForTests();
const installed = installedEngine(testEngineDirectory);
if (why !== undefined || installed === undefined) throw new Error(why);
const { entryPath } = installed;

const folder = mkdtempSync(join(tmpdir(), 'joule-ls-threads-'));
try {
  const rows = [await measure('joule-tiny', tinyModelPath, '<|code|>Return the sum of nums.\ndef total(nums):<|out|>')];
  for (const layers of [4, 8]) {
    const path = join(folder, `${layers}.gguf`);
    const shape = { layers, embedding: 1024, feedForward: 4096, contextLength: 1024 };
    const { parameters } = await writeChain(path, { shape, words: copyingWords, successor: successorInCopy });
    rows.push(await measure(`${Math.round(parameters / 1e6)} M parameters`, path, copyingPrompt));
    rmSync(path);
  }
  console.log(JSON.stringify({ cores: availableParallelism(), rows }, null, 1));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(model: string, modelPath: string, prompt: string): Promise<object> {
  const start = (threads: 'one' | 'physical-cores'): Promise<EngineProcess> => {
    const order = {
      kind: 'load',
      libraryPath: entryPath,
      modelPath,
      contextTokens: 512,
      threads,
      lookup: false,
    } as const;
    return startEngineProcess({ order, clock: systemClock, onExit: () => {} }, never);
  };
  const results: object[] = [];
  for (const threads of ['one', 'physical-cores'] as const) {
    const engine = await start(threads);
    const speeds = { reading: [] as number[], writing: [] as number[] };
    for (let round = 0; round <= rounds; round++) {
      // The round's number comes first, so that nothing of the prompt is in the slot.
      const asked = request(`${round}${prompt}`, { maxTokens: 60, wantProbabilities: false });
      for await (const chunk of engine.answer(asked, never)) {
        if (chunk.kind !== 'done' || round === 0) continue;
        const { tokensIn = 0, tokensCached = 0, tokensOut = 0, prefillSeconds = 0, decodeSeconds = 0 } = chunk.usage;
        speeds.reading.push((tokensIn - tokensCached) / prefillSeconds);
        speeds.writing.push((tokensOut - 1) / decodeSeconds);
      }
    }
    results.push({
      threads: engine.threads,
      readingTokensPerSecond: Math.round(summarise(speeds.reading).median),
      writingTokensPerSecond: Math.round(summarise(speeds.writing).median),
    });
    await engine.close();
  }
  return { model, results };
}
