// The syntax port: a queue in front of one worker thread that is started when first needed and replaced when it dies or hangs.

import { Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { programPart } from '../base/program-files.ts';
import { maximumParsedLength, type ParseRequest, type Syntax, type SyntaxFacts } from './facts.ts';
import { languageOf } from './languages/index.ts';
import type { ParsedMessage, ParseMessage } from './worker-messages.ts';

export interface SyntaxOptions {
  readonly log: Log;
  readonly clock?: Clock;
  /** A parse that takes longer is given up and its worker replaced. The largest texts take about a third of this. */
  readonly deadlineMilliseconds?: number;
  /** Requests waiting behind the running one; more are answered with `undefined` at once. */
  readonly maximumQueued?: number;
  /** Stands in for the real thread in tests of hangs and deaths. */
  readonly part?: ReturnType<typeof programPart>;
}

/** A worker that has parsed a text longer than this is let go when idle: WebAssembly memory grows but never shrinks. */
const recycledLength = 500_000;

interface Waiting {
  readonly message: ParseMessage;
  settle(facts: SyntaxFacts | undefined): void;
}

/** Starts nothing until the first parse. The worker keeps the process alive only while it parses. */
export function createSyntax(options: SyntaxOptions): Syntax {
  const { log, clock = systemClock, deadlineMilliseconds = 30_000, maximumQueued = 64 } = options;
  const unwanted = new Int32Array(new SharedArrayBuffer(4));
  let queue: Waiting[] = [];
  let running: { readonly waiting: Waiting; readonly finished: AbortController } | undefined;
  let worker: Worker | undefined;
  let lastId = 0;
  let closed = false;

  function start(): Worker {
    const part = options.part ?? programPart('syntax/worker.ts');
    const started = new Worker(part.url, {
      execArgv: [...part.execArgv],
      workerData: unwanted.buffer,
      // stdout belongs to the protocol: what the worker prints goes nowhere. Reading it would keep the process alive.
      stdout: true,
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    started.unref();
    started.on('message', (message: ParsedMessage) => {
      if (started === worker) finish(message);
    });
    started.on('error', (error) => log.error({ error: String(error) }, 'The syntax worker failed'));
    started.on('exit', () => {
      if (started === worker) replace('The syntax worker ended; the next parse starts a new one');
    });
    return started;
  }

  function next(): void {
    if (running !== undefined || closed) return;
    const waiting = queue.shift();
    if (waiting === undefined) return;
    const finished = new AbortController();
    running = { waiting, finished };
    worker ??= start();
    worker.ref();
    worker.postMessage(waiting.message);
    clock.sleep(deadlineMilliseconds, finished.signal).then(
      () => replace('A parse took too long; the syntax worker is replaced'),
      () => undefined,
    );
  }

  function finish(message: ParsedMessage): void {
    if (running === undefined || running.waiting.message.id !== message.id) return;
    const { waiting, finished } = running;
    running = undefined;
    finished.abort();
    worker?.unref();
    if (message.failure !== undefined) {
      log.error({ failure: message.failure, languageId: waiting.message.languageId }, 'A text could not be parsed');
    }
    waiting.settle(message.facts === undefined ? undefined : (JSON.parse(message.facts) as SyntaxFacts));
    if (waiting.message.text.length > recycledLength && queue.length === 0) {
      const old = worker;
      worker = undefined;
      void old?.terminate();
    }
    next();
  }

  /** Gives up the running request and its worker, goes on with the next. */
  function replace(why: string): void {
    const old = worker;
    worker = undefined;
    void old?.terminate();
    if (running !== undefined) {
      const { waiting, finished } = running;
      running = undefined;
      log.warn({ languageId: waiting.message.languageId, length: waiting.message.text.length }, why);
      finished.abort();
      waiting.settle(undefined);
    }
    next();
  }

  function parse({ languageId, text }: ParseRequest, signal?: AbortSignal): Promise<SyntaxFacts | undefined> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (closed || languageOf(languageId) === undefined || text.length > maximumParsedLength) {
      return Promise.resolve(undefined);
    }
    if (queue.length >= maximumQueued) {
      log.warn({ queued: queue.length }, 'Too many texts wait for the parser; one is treated as plain text');
      return Promise.resolve(undefined);
    }
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        queue = queue.filter((waiting) => waiting.message.id !== id);
        if (running?.waiting.message.id === id) Atomics.store(unwanted, 0, id);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const settle = (facts: SyntaxFacts | undefined): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve(facts);
      };
      queue.push({ message: { id, languageId, text }, settle });
      next();
    });
  }

  return {
    supports: (languageId) => languageOf(languageId) !== undefined,
    parse,
    async close() {
      closed = true;
      const waiting = queue;
      queue = [];
      for (const each of waiting) each.settle(undefined);
      const old = worker;
      worker = undefined;
      running?.finished.abort();
      running?.waiting.settle(undefined);
      running = undefined;
      await old?.terminate();
    },
  };
}
