// What prompt-lookup decoding brings: `npx tsx test/bench/embedded-lookup.ts`. Fixes with and without, by turns; tokens per second
// of writing, and whether the texts are the same. joule-tiny, and a larger model that copies a function of 240 tokens but for
// three places (its layers are zeros: the arithmetic is that of a real one). JSON on stdout.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { EmbeddedModel } from '../../server/models/embedded-models.ts';
import { writeChain } from '../support/chain-gguf.ts';
import { copyingPrompt, copyingWords, successorInCopy } from '../support/copying-chain.ts';
import { collect, engineWith, request, tiny } from '../support/embedded.ts';
import { engineForTests } from '../support/install-engine.ts';
import { summarise } from './statistics.ts';

const { values } = parseArgs({ options: { layers: { type: 'string', default: '8' }, rounds: { type: 'string' } } });
const rounds = Number(values.rounds ?? 5);
const why = await engineForTests();
if (why !== undefined) throw new Error(why);

const faulty = [
  [
    'def total(nums: list[int]) -> int:\n    """Return the sum of nums."""\n    return sum(numz)',
    "name 'numz' is not defined",
  ],
  [
    'def count_even(nums: list[int]) -> int:\n    """Count even numbers."""\n    return sum(1 for x in nums if y % 2 == 0)',
    "name 'y' is not defined",
  ],
  [
    'def largest(nums: list[int]) -> int:\n    """Return the largest number."""\n    if not nums:\n        raise ValueError("empty")\n    return maxx(nums)',
    "name 'maxx' is not defined",
  ],
  [
    'def longest(words: list[str]) -> str:\n    """Return the longest word."""\n    return max(word, key=len)',
    "name 'word' is not defined",
  ],
] as const;
const fixes = faulty.map(([code, error]) => {
  const signature = code.slice(0, code.indexOf('\n') + 1);
  return `<|fix|>${code}\n# error: ${error}<|out|>${signature}`;
});

const folder = mkdtempSync(join(tmpdir(), 'joule-ls-lookup-'));
try {
  const path = join(folder, 'copying.gguf');
  const shape = { layers: Number(values.layers), embedding: 1024, feedForward: 4096, contextLength: 2048 };
  const { parameters } = await writeChain(path, { shape, words: copyingWords, successor: successorInCopy });
  const copying: EmbeddedModel = { name: 'copying', family: 'llama', path };
  const rows = [await compare(tiny, fixes), { ...(await compare(copying, [copyingPrompt])), parameters }];
  console.log(JSON.stringify(rows, null, 1));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare(model: EmbeddedModel, prompts: readonly string[]): Promise<object> {
  const engine = engineWith([model], { lookup: 'always' });
  const speeds: Record<'with' | 'without', number[]> = { with: [], without: [] };
  let same = 0;
  let tokens = 0;
  try {
    await collect(engine, asked(model, prompts[0] ?? '', false));
    for (let round = 0; round < rounds; round++) {
      for (const prompt of prompts) {
        const plain = await collect(engine, asked(model, prompt, false));
        const looked = await collect(engine, asked(model, prompt, true));
        speeds.without.push(tokensPerSecond(plain.done.usage));
        speeds.with.push(tokensPerSecond(looked.done.usage));
        same += plain.text === looked.text ? 1 : 0;
        tokens += plain.done.usage.tokensOut ?? 0;
      }
    }
  } finally {
    await engine.close();
  }
  const pairs = speeds.without.length;
  const ratios = speeds.with.map((speed, at) => speed / (speeds.without[at] ?? speed));
  return {
    model: model.name,
    answers: pairs,
    meanTokens: Math.round(tokens / pairs),
    sameText: `${same} of ${pairs}`,
    tokensPerSecondWithout: Math.round(summarise(speeds.without).median),
    tokensPerSecondWith: Math.round(summarise(speeds.with).median),
    timesAsFast: Number(summarise(ratios).median.toFixed(2)),
  };
}

function asked(model: EmbeddedModel, text: string, expectsRepetition: boolean) {
  return request(text, { model: model.name, maxTokens: 256, contextTokens: 1024, expectsRepetition });
}

function tokensPerSecond({ tokensOut = 0, decodeSeconds = 0 }: { tokensOut?: number; decodeSeconds?: number }): number {
  return (tokensOut - 1) / decodeSeconds;
}
