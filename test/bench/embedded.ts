// How fast the embedded engine is here: `npx tsx test/bench/embedded.ts`. JSON on stdout; times in milliseconds.
// `coldMilliseconds` is the built program's (`npm run build` first): start, load, one answer of a few tokens.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { collect, endless, engineWith, never, pidOf, request, tiny } from '../support/embedded.ts';
import { engineForTests, testEngineDirectory } from '../support/install-engine.ts';

const rounds = 40;
const why = await engineForTests();
if (why !== undefined) throw new Error(why);
const engine = engineWith([tiny]);
const now = (): number => Number(process.hrtime.bigint()) / 1e6;
await collect(engine, request('<|code|>Return the sum of nums.\ndef total(nums):<|out|>'));

const firstToken: number[] = [];
const stop: number[] = [];
let tokens = 0;
let decodeSeconds = 0;
let promptTokens = 0;
let prefillSeconds = 0;
for (let round = 0; round < rounds; round++) {
  const goal = `Return the sum of the squares of the numbers in nums greater than ${round * 7 + 11}. Raise ValueError if nums is empty.`;
  const begin = now();
  let seen = false;
  for await (const chunk of engine.generate(request(`<|code|>def f${round}(nums):\n    """${goal}"""<|out|>`), never)) {
    if (!seen) firstToken.push(now() - begin);
    seen = true;
    if (chunk.kind !== 'done') continue;
    tokens += chunk.usage.tokensOut ?? 0;
    decodeSeconds += chunk.usage.decodeSeconds ?? 0;
    promptTokens += (chunk.usage.tokensIn ?? 0) - (chunk.usage.tokensCached ?? 0);
    prefillSeconds += chunk.usage.prefillSeconds ?? 0;
  }
  stop.push(await timeToStop());
}
const pid = await pidOf(engine);
const rss =
  process.platform === 'linux' ? /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] : undefined;
await engine.close();
console.log(
  JSON.stringify({
    cores: availableParallelism(),
    rounds,
    decodeTokensPerSecond: Math.round(tokens / decodeSeconds),
    prefillTokensPerSecond: Math.round(promptTokens / prefillSeconds),
    firstTokenMilliseconds: { p50: quantile(firstToken, 0.5), p90: quantile(firstToken, 0.9) },
    abortMilliseconds: { p50: quantile(stop, 0.5), worst: quantile(stop, 1) },
    coldMilliseconds: await coldStart(),
    peakMegabytes: rss === undefined ? undefined : Math.round(Number(rss) / 1024),
  }),
);

/** From the abort to the rejection, which comes when the engine has said that it stopped. */
async function timeToStop(): Promise<number> {
  const abort = new AbortController();
  let abortedAt = 0;
  try {
    for await (const chunk of engine.generate(request(endless, { maxTokens: 400, stop: [] }), abort.signal)) {
      if (chunk.kind !== 'text' || abortedAt !== 0) continue;
      abortedAt = now();
      abort.abort();
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  }
  return now() - abortedAt;
}

async function coldStart(): Promise<number> {
  const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  const args = [program, 'engine', 'install', '--json', '--directory', testEngineDirectory];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Math.round((JSON.parse(stdout) as { trial: { seconds: number } }).trial.seconds * 1000);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1));
}
