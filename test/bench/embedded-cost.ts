// What the way to the embedded engine costs: `npx tsx test/bench/embedded-cost.ts`. From `gateway.call` (queue, meter, process) to the
// first token of a warm engine, beside llama.cpp called directly in a process of its own, by turns; and this process's memory with the
// engine and without. JSON on stdout, times in milliseconds. Exit code 1 when the difference is above 50 ms.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import { openMeters } from '../../server/commands/open-meters.ts';
import { placesFrom } from '../../server/commands/places.ts';
import { createGateway } from '../../server/gateway/gateway.ts';
import type { StopDecision } from '../../server/gateway/stop-filters.ts';
import { createEmbeddedEngine } from '../../server/models/embedded.ts';
import { installedEngine } from '../../server/models/engine-directory.ts';
import { ownerSettingsSchema } from '../../server/settings.ts';
import { never, pidOf, tiny } from '../support/embedded.ts';
import { engineForTests, testEngineDirectory, tinyModelPath } from '../support/install-engine.ts';
import { summarise } from './statistics.ts';

const rounds = 60;
const mostMilliseconds = 50;
const why = await engineForTests();
const installed = installedEngine(testEngineDirectory);
if (why !== undefined || installed === undefined) throw new Error(why);

const now = (): number => Number(process.hrtime.bigint()) / 1e6;
const prompts = Array.from({ length: rounds + 1 }, (_, at) => {
  const goal = `Return the sum of the squares of the numbers in nums greater than ${at * 7 + 11}.`;
  return `<|code|>def f${at}(nums):\n    """${goal}"""<|out|>`;
});

const [clock, log, owner] = [systemClock, silentLog, ownerSettingsSchema.parse({})];
const env = { ...process.env, XDG_RUNTIME_DIR: mkdtempSync(join(tmpdir(), 'joule-ls-cost-')) };
const meter = openMeters({ env, owner, places: placesFrom(env), clock, log });
const engine = createEmbeddedEngine({ directory: testEngineDirectory, clock, log, models: [tiny] });
const gateway = createGateway({ engines: new Map([['embedded', engine]]), meter, clock, log, keepAliveSeconds: 300 });
const before = residentMegabytes(process.pid);

const program = fileURLToPath(new URL('./direct-llama.ts', import.meta.url));
const direct = fork(program, [installed.entryPath, tinyModelPath], { execArgv: ['--import', 'tsx'] });
await once(direct, 'message');
const times = { direct: [] as number[], gateway: [] as number[] };
for (const [round, prompt] of prompts.entries()) {
  const [ours, theirs] = [await throughGateway(prompt), await directly(prompt)];
  if (round === 0) continue; // loads
  times.gateway.push(ours);
  times.direct.push(theirs);
}
const engineMegabytes = residentMegabytes(await pidOf(engine));
const after = residentMegabytes(process.pid);
direct.disconnect();
await engine.close();
await meter.close();
rmSync(env.XDG_RUNTIME_DIR, { recursive: true });
const over = times.gateway.map((one, at) => one - (times.direct[at] ?? 0));
const { median, p99 } = summarise(over);
console.log(
  JSON.stringify({
    rounds,
    directMilliseconds: round1(summarise(times.direct).median),
    gatewayMilliseconds: round1(summarise(times.gateway).median),
    overMilliseconds: { median: round1(median), p99: round1(p99), most: mostMilliseconds },
    megabytes: { serverBefore: before, serverAfter: after, engine: engineMegabytes },
  }),
);
process.exitCode = median <= mostMilliseconds ? 0 : 1;

/** The filter sees the first piece of text as soon as the gateway does, and ends the answer there. */
async function throughGateway(text: string): Promise<number> {
  const begin = now();
  let first: number | undefined;
  const decide = (): StopDecision => {
    first ??= now();
    return { keep: 0, why: 'one token is enough' };
  };
  const { failure } = await gateway.call(
    {
      role: 'worker',
      model: { engineId: 'embedded', model: 'joule-tiny' },
      prompt: { kind: 'raw', text },
      maxTokens: 8,
      contextTokens: 512,
      sampling: { temperature: 0, topP: 1, seed: 1 },
      stopFilters: [{ name: 'first token', decide }],
    },
    never,
  );
  if (first === undefined) throw new Error(failure?.message ?? 'no token came');
  return first - begin;
}

async function directly(prompt: string): Promise<number> {
  const begin = now();
  direct.send({ prompt });
  await once(direct, 'message');
  return now() - begin;
}

/** On Linux; elsewhere 0. */
function residentMegabytes(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
