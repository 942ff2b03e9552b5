// Runs one command between two readings of all counters. The command keeps its terminal: stdin, stdout and stderr are its own, its
// exit code and signals are passed on, and what is said here goes to stderr or a file.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { defaultRoots } from '../../native-bindings/roots.ts';
import { systemClock } from '../base/clock.ts';
import { createSpan, type Span } from '../energy/span.ts';
import { createLog, logOptionsFrom } from './log.ts';
import { headOf, type MeterFormat, showReading } from './meter-output.ts';

export interface MeteredCommand {
  readonly command: string;
  readonly commandArguments: readonly string[];
  readonly format: MeterFormat;
  readonly everyMilliseconds: number | undefined;
  /** File for our own words; undefined for stderr. */
  readonly output: string | undefined;
}

type Ending =
  | { readonly code: number }
  | { readonly signal: NodeJS.Signals }
  | { readonly failed: string; readonly code: number };

/** Sent to us alone by whoever wants the command to end. */
const forwarded: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR2'];
/** Sent by a terminal to the command as well. */
const fromTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
/** Of a crash: repeating them would leave a second core file, of a program that did not crash. */
const crashes: readonly NodeJS.Signals[] = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGSYS'];

/** @returns the command's exit code. A command that a signal ended ends this process by the same signal. */
export async function meterCommand(job: MeteredCommand): Promise<number> {
  const sink = openSink(job.output);
  if (sink === undefined) return 2;
  const span = createSpan({
    roots: defaultRoots(process.env),
    clock: systemClock,
    log: createLog(logOptionsFrom(process.env)),
    pid: process.pid,
  });
  let end: Ending;
  try {
    await span.start();
    end = await runBetween(span, job, sink.say);
  } finally {
    await span.close();
    sink.close();
  }
  return 'signal' in end ? dieLike(end.signal) : end.code;
}

async function runBetween(span: Span, job: MeteredCommand, say: (text: string) => void): Promise<Ending> {
  const { command, commandArguments, format } = job;
  const passing = passSignals();
  const child = spawn(command, [...commandArguments], { stdio: 'inherit' });
  passing.to(child);
  const over = new AbortController();
  say(headOf(format));
  const watching = watch(span, job, { say, over: over.signal });
  const end = await endOf(child);
  const reading = await span.read();
  over.abort();
  await watching;
  if ('failed' in end) say(`joule-ls: ${command}: ${end.failed}\n`);
  else {
    const exitCode = 'code' in end ? end.code : undefined;
    const signal = 'signal' in end ? end.signal : undefined;
    say(showReading(format, reading, { command: [command, ...commandArguments], exitCode, signal }));
  }
  passing.stop();
  return end;
}

/** Looks for whoever wants to see, and so that no counter wraps unseen. */
async function watch(
  span: Span,
  { format, everyMilliseconds }: MeteredCommand,
  { say, over }: { readonly say: (text: string) => void; readonly over: AbortSignal },
): Promise<void> {
  const gap = Math.min(everyMilliseconds ?? span.longestGapMilliseconds, span.longestGapMilliseconds);
  let shownSeconds = 0;
  while (!over.aborted) {
    await systemClock.sleep(gap, over).catch(() => undefined);
    if (over.aborted) return;
    const reading = await span.read();
    if (over.aborted || everyMilliseconds === undefined) continue;
    if ((reading.seconds - shownSeconds) * 1000 < everyMilliseconds - gap / 2) continue;
    shownSeconds = reading.seconds;
    say(showReading(format, reading, undefined));
  }
}

/** As a shell has it: 127 for what is not there, 126 for what can't be run. */
function endOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ failed: 'command not found', code: 127 });
      else resolve({ failed: error.code === 'EACCES' ? 'permission denied' : error.message, code: 126 });
    });
    child.once('exit', (code, signal) => {
      resolve(signal === null ? { code: code ?? 0 } : { signal });
    });
  });
}

interface Passing {
  to(child: ChildProcess): void;
  stop(): void;
}

/**
 * A terminal's Ctrl-C reaches the command by itself; we wait for what it makes of it. Without a terminal it is passed on, and so is
 * whatever came before the command was there.
 */
function passSignals(): Passing {
  const isTerminal = process.stdin.isTTY === true;
  const early: NodeJS.Signals[] = [];
  let child: ChildProcess | undefined;
  const handlers = [...forwarded, ...fromTerminal].map((signal) => {
    const handler = (): void => {
      if (child === undefined) early.push(signal);
      else if (!fromTerminal.includes(signal) || !isTerminal) child.kill(signal);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  return {
    to(started) {
      child = started;
      for (const signal of early) started.kill(signal);
    },
    stop() {
      for (const { signal, handler } of handlers) process.off(signal, handler);
    },
  };
}

/** So that a shell sees what it would have seen without us; 128 + its number where that does not end us. */
function dieLike(signal: NodeJS.Signals): number {
  if (!crashes.includes(signal)) process.kill(process.pid, signal);
  return 128 + constants.signals[signal];
}

interface Sink {
  say(text: string): void;
  close(): void;
}

/** Undefined, and said on stderr, when the file can't be written. */
function openSink(path: string | undefined): Sink | undefined {
  if (path === undefined) return { say: (text) => void process.stderr.write(text), close: () => undefined };
  try {
    const file = openSync(path, 'w');
    return { say: (text) => void writeSync(file, text), close: () => closeSync(file) };
  } catch (error) {
    process.stderr.write(`joule-ls: ${path} can not be written: ${(error as NodeJS.ErrnoException).code}\n`);
    return undefined;
  }
}
