// The fake Ollama in a process of its own, so that neither the editor's side nor the server's pays for what it does.
// `startEngineProcess` is the parent's end; run by itself, this file is the child.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createFakeOllama } from '../support/fake-ollama.ts';

/** What it answers to everything. */
export interface EngineScript {
  readonly text: string;
  /** Unset: at once. */
  readonly millisecondsPerPiece?: number;
  readonly model?: string;
  /** Default: `completion`. */
  readonly capabilities?: readonly string[];
  /** Requests served side by side; default 1. */
  readonly slots?: number;
}

/** A generation request as it was received. */
export interface HeardRequest {
  readonly path: string;
  readonly body: object;
}

export interface EngineProcess {
  readonly url: string;
  /** All generation requests so far. */
  heard(): Promise<readonly HeardRequest[]>;
  /** Resolves when generation request number `index` (from 0) has so many pieces on the wire. */
  sent(index: number, pieces: number): Promise<void>;
  stop(): void;
}

type Question =
  | { readonly kind: 'start'; readonly script: EngineScript }
  | { readonly kind: 'heard' }
  | { readonly kind: 'sent'; readonly index: number; readonly pieces: number };

export async function startEngineProcess(script: EngineScript): Promise<EngineProcess> {
  const child = fork(fileURLToPath(import.meta.url), ['--engine']);
  const waiting = new Map<number, (answer: unknown) => void>();
  let lastId = 0;
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  const ask = (question: Question): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, resolve);
      child.send({ id, question }, (error) => error !== null && reject(error));
    });
  const url = (await ask({ kind: 'start', script })) as string;
  return {
    url,
    heard: async () => (await ask({ kind: 'heard' })) as readonly HeardRequest[],
    sent: async (index, pieces) => {
      await ask({ kind: 'sent', index, pieces });
    },
    stop: () => child.disconnect(),
  };
}

function serveAsChild(): void {
  let fake: ReturnType<typeof createFakeOllama> | undefined;
  async function answerTo(question: Question): Promise<unknown> {
    if (question.kind === 'start') {
      const { model = 'qwen2.5-coder:3b', slots = 1, capabilities, ...reply } = question.script;
      const only = { name: model, ...(capabilities === undefined ? {} : { capabilities }) };
      fake = createFakeOllama({ models: [only], slots, reply: () => reply });
      return (await fake).url;
    }
    const engine = await fake;
    if (engine === undefined) throw new Error('the engine was not started');
    if (question.kind === 'heard') {
      return engine.requests.map(({ endpoint, body }): HeardRequest => ({ path: `/api/${endpoint}`, body }));
    }
    await (await engine.request(question.index)).sent(question.pieces);
    return null;
  }
  process.on('message', ({ id, question }: { id: number; question: Question }) => {
    void answerTo(question).then((answer) => process.send?.({ id, answer }));
  });
  process.on('disconnect', () => process.exit(0));
}

if (process.argv.includes('--engine') && process.send !== undefined) serveAsChild();
