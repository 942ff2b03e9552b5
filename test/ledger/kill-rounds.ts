// Three processes append to one ledger and are killed, at any moment and in the middle of a line; in every other round a fourth one takes
// lines out of it meanwhile and is killed too. Then everything that was acknowledged is looked for.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { secondsBetween, systemClock } from '../../server/base/clock.ts';
import { readHistory } from '../../server/ledger/read-history.ts';
import { finishReplacing } from '../../server/ledger/replace-file.ts';
import { seeded } from '../bench/statistics.ts';

export interface KillTally {
  /** Of writers, from outside, at a random moment. */
  killsAtMoments: number;
  /** Of writers, by themselves, behind a random byte of a line. */
  killsAtBytes: number;
  killsOfForget: number;
  forgotten: number;
  rounds: number;
  acknowledged: number;
  /** Acknowledged and not there afterwards. */
  lost: string[];
  /** Lines that were cut short on purpose and are neither whole nor named as skipped, in rounds where nothing is taken out. */
  unnamed: number;
  torn: number;
  unreadable: number;
}

export interface KillOptions {
  readonly kills: number;
  readonly killsPerRound: number;
  readonly seed: number;
  readonly onKill?: (kills: number) => void;
}

const writers = 3;

export async function killRounds(options: KillOptions): Promise<KillTally> {
  const folder = mkdtempSync(join(tmpdir(), 'joule-kills-'));
  const tally: KillTally = {
    killsAtMoments: 0,
    killsAtBytes: 0,
    killsOfForget: 0,
    forgotten: 0,
    rounds: 0,
    acknowledged: 0,
    lost: [],
    unnamed: 0,
    torn: 0,
    unreadable: 0,
  };
  try {
    const program = await bundled(folder);
    const random = seeded(options.seed);
    while (killsOf(tally) < options.kills) {
      const directory = join(folder, `round-${tally.rounds}`);
      mkdirSync(directory);
      await round({ ...options, directory, program, random, tally, isForgetting: tally.rounds % 2 === 1 });
      rmSync(directory, { recursive: true });
      tally.rounds++;
    }
    return tally;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function killsOf({ killsAtMoments, killsAtBytes }: KillTally): number {
  return killsAtMoments + killsAtBytes;
}

/** Both processes as plain JavaScript: started by the thousand, they must start fast. */
async function bundled(folder: string): Promise<(name: string) => string> {
  const names = ['kill-writer', 'kill-forgetter'];
  await build({
    entryPoints: names.map((name) => fileURLToPath(new URL(`../support/${name}.ts`, import.meta.url))),
    bundle: true,
    platform: 'node',
    format: 'esm',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
  });
  return (name) => join(folder, `${name}.mjs`);
}

interface Round extends KillOptions {
  readonly directory: string;
  readonly program: (name: string) => string;
  readonly random: () => number;
  readonly tally: KillTally;
  readonly isForgetting: boolean;
}

async function round(now: Round): Promise<void> {
  const { directory, tally, random, isForgetting } = now;
  const acknowledged: string[] = [];
  const end = Math.min(now.kills, killsOf(tally) + now.killsPerRound);
  let lives = 0;
  let cut = 0;
  /** Kills that are under way count, so that no round has more of them than it should. */
  let started = killsOf(tally);

  async function liveAndDie(): Promise<void> {
    const prefix = `w${tally.rounds}-${lives++}`;
    const death = random() < 0.5 ? 1 + Math.floor(random() * 6) : 0;
    const seed = String(Math.floor(random() * 2 ** 31));
    const child = start([now.program('kill-writer'), directory, prefix, seed, String(death)]);
    const wanted = Math.floor(random() * 8);
    let last = -1;
    await died(child, (word, first = 0, second = 0) => {
      if (word === 'a') last = first;
      if (word === 'd') cut += Number(first < second - 1);
      if (death === 0 && last >= wanted) killSoon(child, random());
    });
    for (let index = 0; index <= last; index++)
      if (index % 4 !== 3 || !isForgetting) acknowledged.push(`${prefix}-${index}`);
    tally[death === 0 ? 'killsAtMoments' : 'killsAtBytes']++;
    now.onKill?.(killsOf(tally));
  }

  let isOver = false;
  async function forgetAndDie(): Promise<void> {
    while (!isOver) {
      const wanted = Math.floor(random() * 4);
      const child = start([now.program('kill-forgetter'), directory]);
      let times = 0;
      await died(child, () => {
        if (++times > wanted) killSoon(child, random(), random() < 0.5 ? directory : undefined);
      });
      tally.forgotten += times;
      tally.killsOfForget++;
    }
  }

  const forgetter = isForgetting ? forgetAndDie() : undefined;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (started < end) {
        started++;
        await liveAndDie();
      }
    }),
  );
  isOver = true;
  await forgetter;

  await finishReplacing(directory);
  const { receipts, skipped } = await readHistory({ directory });
  const there = new Set(receipts.map(({ id }) => id));
  const of = (why: string): number => skipped.reduce((sum, one) => sum + (one.why === why ? one.lines : 0), 0);
  const [torn, all] = [of('torn'), skipped.reduce((sum, { lines }) => sum + lines, 0)];
  tally.acknowledged += acknowledged.length;
  tally.lost.push(...acknowledged.filter((id) => !there.has(id)));
  tally.torn += torn;
  tally.unreadable += all - torn;
  if (!isForgetting) tally.unnamed += Math.max(0, cut - all - joined(directory));
}

/** Lines that were cut short in the same instant stand on one line, which is named once: so many more there are. */
function joined(directory: string): number {
  const lines = readFileSync(join(directory, 'receipts-2026-11.jsonl'), 'utf8').split('\n');
  return lines.reduce((sum, line) => sum + Math.max(0, line.split('{"schema":1').length - 2), 0);
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Reads `word number number` lines until the process is dead; one that ends in another way is a fault of the test. */
async function died(child: ChildProcess, heard: (word: string, ...numbers: number[]) => void): Promise<void> {
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [word = '', ...numbers] = line.split(' ');
      heard(word, ...numbers.map(Number));
    }
  });
  const [code, signal] = await once(child, 'close');
  if (signal !== 'SIGKILL') throw new Error(`a process ended with ${code ?? signal}`);
}

/** At any moment of the next 2 ms; or, told a directory, while a file there is being replaced. Meanwhile this process does nothing else. */
function killSoon(child: ChildProcess, share: number, directory?: string): void {
  if (child.killed) return;
  const start = systemClock.nowNanoseconds();
  const passed = (seconds: number): boolean => secondsBetween(start, systemClock.nowNanoseconds()) >= seconds;
  if (directory === undefined) while (!passed(share * 0.002));
  else while (!passed(0.05) && !readdirSync(directory).some((name) => name.includes('.before-forget-')));
  child.kill('SIGKILL');
}
