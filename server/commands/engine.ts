// `joule-ls engine install [--directory DIR] [--json]`: installs the embedded engine and lets it answer once.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { secondsBetween, systemClock } from '../base/clock.ts';
import { oneLine } from '../base/escape.ts';
import { silentLog } from '../base/log.ts';
import { createEmbeddedEngine } from '../models/embedded.ts';
import { jouleTinyModel } from '../models/embedded-models.ts';
import type { InstallResult } from '../models/engine-install.ts';
import { engineDirectoryFrom, installEmbedded } from './install-embedded.ts';

const usage = `usage: joule-ls engine install [--directory DIR] [--json]

Installs llama.cpp (node-llama-cpp and this platform's binary, about 83 MB, hash-checked, no scripts) into
$XDG_DATA_HOME/joule-ls/engine, or the directory that the owner's config.json names. Run it again to check and mend it.
`;

/** @returns the exit status: 0 installed and answering, 1 not, 2 wrong arguments. */
export async function runEngineCommand(args: readonly string[]): Promise<number> {
  const asked = parse(args);
  if (typeof asked === 'string') {
    process.stderr.write(asked);
    return 2;
  }
  if (asked.help) {
    process.stdout.write(usage);
    return 0;
  }
  const abort = new AbortController();
  const onInterrupt = (): void => abort.abort(new Error('interrupted'));
  process.once('SIGINT', onInterrupt);
  try {
    const configured = await engineDirectoryFrom(process.env);
    const directory = asked.directory === undefined ? configured : resolve(asked.directory);
    const installed = await installEmbedded(directory, abort.signal);
    if (installed === undefined) return 1;
    const trial = await tryEngine(directory, abort.signal);
    report(installed, { trial, json: asked.json, known: directory === configured });
    return 'why' in trial ? 1 : 0;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
}

interface Asked {
  readonly directory: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

function parse(args: readonly string[]): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { directory: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    const help = values.help ?? false;
    if (!help && (positionals.length !== 1 || positionals[0] !== 'install')) return usage;
    return { directory: values.directory, json: values.json ?? false, help };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${usage}`;
  }
}

type Trial = { readonly tokensOut: number; readonly seconds: number } | { readonly why: string };

/** One short real answer: files that are all there may still not run here. `seconds` includes start and load. */
async function tryEngine(directory: string, signal: AbortSignal): Promise<Trial> {
  const engine = createEmbeddedEngine({ directory, clock: systemClock, log: silentLog });
  const begin = systemClock.nowNanoseconds();
  try {
    let tokensOut = 0;
    const answer = engine.generate(
      {
        model: jouleTinyModel.name,
        prompt: { kind: 'raw', text: '<|code|>Return the sum of nums.\ndef total(nums):<|out|>' },
        maxTokens: 32,
        contextTokens: 512,
        sampling: { temperature: 0, topP: 1, seed: 0 },
        stop: [],
        think: false,
        wantProbabilities: false,
        keepAliveSeconds: 0,
      },
      signal,
    );
    for await (const chunk of answer) tokensOut += chunk.kind === 'text' ? chunk.tokens : 0;
    return { tokensOut, seconds: secondsBetween(begin, systemClock.nowNanoseconds()) };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  } finally {
    await engine.close();
  }
}

function report(
  { outcome, directory, marker }: InstallResult,
  { trial, json, known }: { readonly trial: Trial; readonly json: boolean; readonly known: boolean },
): void {
  const { version, binary, files, bytes } = marker;
  if (json) {
    process.stdout.write(`${JSON.stringify({ outcome, directory, version, binary, files, bytes, trial })}\n`);
    return;
  }
  const done = { installed: 'installed', repaired: 'installed anew', 'already-there': 'already there and whole' }[
    outcome
  ];
  const megabytes = Math.round(bytes / 1e6);
  process.stdout.write(
    `node-llama-cpp ${version} with ${binary} is ${done}: ${files} files, ${megabytes} MB in ${oneLine(directory, 400)}\n`,
  );
  if ('why' in trial) process.stderr.write(`joule-ls: it does not answer: ${oneLine(trial.why, 400)}\n`);
  else process.stdout.write(`It answers: ${trial.tokensOut} tokens, ${trial.seconds.toFixed(1)} s from cold.\n`);
  if (!known) {
    const setting = JSON.stringify({ engineDirectory: directory });
    process.stdout.write(`To use it from there, put ${setting} into the owner's config.json.\n`);
  }
}
