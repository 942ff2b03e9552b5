// Starts bubblewrap once and waits until everything in it is dead: time, memory, output and abort. Knows no walls.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { firstFileDescriptor, statusDescriptor } from './arguments.ts';
import { memoryOfTree } from './memory.ts';
import type { SandboxFile, SandboxLimits, SandboxOutput, SandboxResult } from './port.ts';

export interface Launch {
  readonly bubblewrap: string;
  readonly arguments: readonly string[];
  readonly files: readonly SandboxFile[];
  readonly limits: SandboxLimits;
  readonly clock: Clock;
}

/** `why` in bubblewrap's words. */
export type Launched = Exclude<SandboxResult, { kind: 'unavailable' }> | { readonly kind: 'not started'; why: string };

/** How often memory is looked at, in milliseconds: a process fills some ten megabytes in that time. */
const memoryMilliseconds = 50;

/**
 * The kernel exempts root from limits on processes, and root's files are readable to root: a server that runs as root starts
 * the sandbox as the user that owns nothing. 65534 is Linux' default overflow id (`/proc/sys/kernel/overflowuid`).
 */
const nobody = 65_534;

/** Rejects with the signal's reason. Resolves or rejects only when no process is left that holds our pipes. */
export function launch({ bubblewrap, limits, clock, ...rest }: Launch, signal: AbortSignal): Promise<Launched> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(bubblewrap, rest.arguments, {
      cwd: '/',
      env: {},
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...rest.files.map(() => 'pipe' as const)],
      ...(process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}),
    });
    const over = new AbortController();
    let ended: 'by time' | 'by memory' | 'by abort' | undefined;
    const status = collect(child.stdio[statusDescriptor] as Readable, 4096);
    const end = (why: typeof ended): void => {
      if (ended !== undefined) return;
      ended = why;
      kill(child, status, clock, over.signal).catch(() => undefined);
    };
    const onAbort = (): void => end('by abort');
    signal.addEventListener('abort', onAbort, { once: true });
    clock.sleep(limits.wallMilliseconds, over.signal).then(
      () => end('by time'),
      () => undefined,
    );
    const output = collect(child.stdio[1] as Readable, limits.outputBytes);
    const errorOutput = collect(child.stdio[2] as Readable, limits.outputBytes);
    rest.files.forEach(({ text }, index) => {
      const pipe = child.stdio[firstFileDescriptor + index] as Writable;
      pipe.on('error', () => undefined); // bubblewrap died before it read the file; its end says why
      pipe.end(text);
    });
    const look = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(memoryMilliseconds, over.signal);
        if (child.pid !== undefined && memoryOfTree(child.pid) > limits.memoryBytes) end('by memory');
      }
    };
    look().catch(() => undefined);
    const done = (): void => {
      over.abort();
      signal.removeEventListener('abort', onAbort);
    };
    child.once('error', (error) => {
      done();
      resolve({ kind: 'not started', why: error.message });
    });
    child.once('close', () => {
      done();
      if (ended === 'by abort') return reject(signal.reason);
      const said: SandboxOutput = {
        output: output.text(),
        errorOutput: errorOutput.text(),
        droppedBytes: output.dropped() + errorOutput.dropped(),
      };
      const exitCode = numberIn(status.text(), 'exit-code');
      if (ended === 'by time') resolve({ kind: 'timed out', seconds: limits.wallMilliseconds / 1000, ...said });
      else if (ended === 'by memory') resolve({ kind: 'out of memory', memoryBytes: limits.memoryBytes, ...said });
      else if (exitCode !== undefined) resolve({ kind: 'ran', exitCode, ...said });
      else
        resolve({ kind: 'not started', why: said.errorOutput.trim().replace(/^bwrap: /, '') || 'it did not say why' });
    });
  });
}

/** Between two tries to kill, in milliseconds, and how many there are before bubblewrap itself is killed. */
const killMilliseconds = 5;
const killTries = 400;

/**
 * Kills the first process of the namespace, and so all in it; bubblewrap, which waits for it, ends by itself. Not the other way
 * round: for its first milliseconds the inner process would outlive bubblewrap, and run on.
 */
async function kill(child: ChildProcess, status: Collected, clock: Clock, over: AbortSignal): Promise<void> {
  for (let count = 0; ; count++) {
    const inner = numberIn(status.text(), 'child-pid');
    if (count > killTries) child.kill('SIGKILL');
    else if (inner !== undefined)
      try {
        process.kill(inner, 'SIGKILL');
      } catch {
        // dead already: bubblewrap is about to say so
      }
    await clock.sleep(killMilliseconds, over);
  }
}

/** bubblewrap writes `{ "child-pid": n, … }` before anything runs, and `{ "exit-code": n }` when the command was started and ended. */
function numberIn(status: string, name: string): number | undefined {
  const found = new RegExp(`"${name}":\\s*(\\d+)`).exec(status);
  return found === null ? undefined : Number(found[1]);
}

interface Collected {
  text(): string;
  dropped(): number;
}

/** Reads to the end, so that nobody waits for room in a pipe; keeps the first `limit` bytes. */
function collect(stream: Readable, limit: number): Collected {
  const chunks: Buffer[] = [];
  let kept = 0;
  let dropped = 0;
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, limit - kept);
    if (part.length > 0) chunks.push(part);
    kept += part.length;
    dropped += chunk.length - part.length;
  });
  return { text: () => Buffer.concat(chunks).toString('utf8'), dropped: () => dropped };
}
