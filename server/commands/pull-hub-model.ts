// `joule-ls models pull hf:…`: says how large a model of the Hugging Face hub is, asks, brings it, and says what it is. Asks no host
// that was not named by asking for this.

import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { systemClock } from '../base/clock.ts';
import { oneLine } from '../base/escape.ts';
import { modelDirectoryOf, pulledModels } from '../models/embedded-models.ts';
import { profileOf } from '../models/embedded-profile.ts';
import { EngineFailure } from '../models/engine.ts';
import { installedEngine } from '../models/engine-directory.ts';
import { findOnHub } from '../models/hub.ts';
import { bytesHere, download } from '../models/hub-download.ts';
import { HubFailure, hubFrom } from '../models/hub-http.ts';
import { type HubName, parseHubName } from '../models/hub-name.ts';
import { engineDirectoryFrom } from './install-embedded.ts';
import { barOf, createProgressLine } from './progress-line.ts';

export interface HubPull {
  readonly name: string;
  /** Do not ask. */
  readonly yes: boolean;
  readonly env: NodeJS.ProcessEnv;
}

export const isHubName = (name: string): boolean => name.startsWith('hf:');

/** @returns the exit status: 0 the model is there, 1 it is not, 2 for a name that is none. */
export async function pullHubModel({ name, yes, env }: HubPull, signal: AbortSignal): Promise<number> {
  const parsed = parseHubName(name);
  if (parsed === undefined) {
    process.stderr.write('a model of the hub is hf:USER/REPO, hf:USER/REPO:QUANT or hf:USER/REPO/FILE.gguf\n');
    return 2;
  }
  try {
    return await pull(parsed, { yes, env }, signal);
  } catch (error) {
    if (signal.aborted) process.stderr.write('\ncancelled; what has arrived is kept for the next time\n');
    else if (error instanceof HubFailure)
      process.stderr.write(`${oneLine(error.message, 600)}\nWhat helps: ${error.mend}\n`);
    else if (error instanceof EngineFailure) process.stderr.write(`${oneLine(error.message, 600)}\n`);
    else throw error;
    return 1;
  }
}

async function pull(name: HubName, { yes, env }: Omit<HubPull, 'name'>, signal: AbortSignal): Promise<number> {
  const hub = hubFrom(env);
  if (typeof hub === 'string') throw new HubFailure('refused', hub, 'unset it, or name a mirror: https://HOST');
  const engineDirectory = await engineDirectoryFrom(env);
  const directory = modelDirectoryOf(engineDirectory);
  const file = await findOnHub(hub, name, signal);
  const order = { hub, repository: name.repository, file, directory, clock: systemClock };
  const here = await bytesHere(order);
  const known = here > 0 ? `, ${size(here)} of it here already` : '';
  const from = oneLine(`${hub.endpoint.host}: ${name.repository}, ${file.path}`, 300);
  process.stderr.write(
    `${from}: ${size(file.bytes)}${known}; ${await freeIn(directory)} free in ${oneLine(directory, 200)}\n`,
  );
  if (!yes && !(await agreed(signal))) {
    process.stderr.write('nothing was downloaded (--yes downloads without asking)\n');
    return 1;
  }
  const bar = createBar(process.stderr, file.bytes);
  const path = await download({ ...order, onBytes: bar.show }, signal).finally(bar.end);
  const model = (await pulledModels(directory)).find((one) => one.path === path);
  if (model === undefined)
    throw new HubFailure('malformed', `${path} is no GGUF file`, 'name a file that ends in .gguf');
  const { parameters, bitsPerWeight, contextLength, family } = await profileOf(model);
  const facts = `${family}, ${(parameters / 1e9).toFixed(2)} B parameters, ${bitsPerWeight.toFixed(1)} bits per weight, context ${contextLength}`;
  process.stdout.write(`${oneLine(model.name, 200)} is there: ${oneLine(facts, 200)}\n`);
  process.stdout.write(
    `To have it work: ${JSON.stringify({ roles: { worker: `embedded/${model.name}` } })} in the settings\n`,
  );
  if (installedEngine(engineDirectory) === undefined)
    process.stdout.write('The engine is not there yet: joule-ls engine install\n');
  return 0;
}

async function agreed(signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await reader.question('Download it? [y/N] ', { signal })).trim());
  } finally {
    reader.close();
  }
}

async function freeIn(directory: string): Promise<string> {
  for (let at = directory; ; at = dirname(at)) {
    if (await stat(at).catch(() => undefined)) {
      const { bavail, bsize } = await statfs(at);
      return size(bavail * bsize);
    }
  }
}

/** Elsewhere than on a terminal a line at each tenth. */
function createBar(stream: NodeJS.WriteStream, total: number): { show: (bytes: number) => void; end: () => void } {
  const line = createProgressLine(stream);
  return {
    show(bytes) {
      const steps = stream.isTTY ? 1000 : 10;
      const share = Math.floor((steps * bytes) / total) / steps;
      line.show(`${barOf(share)} ${(share * 100).toFixed(stream.isTTY ? 1 : 0)} % of ${size(total)}`);
    },
    end: line.end,
  };
}

function size(bytes: number): string {
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 0)} GB`;
}
