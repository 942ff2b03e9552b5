// The embedded engine's process: loads one model, answers one request at a time over IPC, and ends with its parent.
// Started by embedded-process.ts; a crash of llama.cpp ends this process and nothing else.

import { systemClock } from '../base/clock.ts';
import { decode } from './embedded-decode.ts';
import { type LoadedModel, loadModel } from './embedded-llama.ts';
import type { FromChild, GenerateOrder, LoadOrder, ToChild } from './embedded-protocol.ts';
import { EngineFailure, type EngineFailureKind } from './engine.ts';

const pulseMilliseconds = 1000;

let loaded: LoadedModel | undefined;
let running: { readonly id: number; readonly abort: AbortController } | undefined;

process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {}); // a terminal's Ctrl-C reaches both; the parent decides
process.on('message', (order: ToChild) => {
  if (order.kind === 'load') void load(order);
  else if (order.kind === 'generate') void generate(order);
  else if (running?.id === order.id) running.abort.abort();
  // It had ended before the order came, and whoever sent it waits for an end.
  else tell({ kind: 'end', id: order.id, reason: 'aborted', usage: {} });
});

async function load(order: LoadOrder): Promise<void> {
  try {
    loaded = await loadModel(order);
    tell({ kind: 'loaded', contextTokens: loaded.contextTokens, threads: loaded.threads });
  } catch (error) {
    tell({ kind: 'load-failed', failure: failureKind(error), why: sentence(error) });
  }
}

async function generate({ id, request }: GenerateOrder): Promise<void> {
  const abort = new AbortController();
  running = { id, abort };
  const pulse = setInterval(() => tell({ kind: 'alive', id }), pulseMilliseconds);
  try {
    if (loaded === undefined) throw new EngineFailure('failed', 'no model is loaded');
    const onText = (piece: { text: string; tokens: number }): void => tell({ kind: 'text', id, ...piece });
    const ending = await decode({ loaded, request, clock: systemClock, onText, signal: abort.signal });
    tell({ kind: 'end', id, ...ending });
  } catch (error) {
    tell({ kind: 'failed', id, failure: failureKind(error), why: sentence(error) });
  } finally {
    clearInterval(pulse);
    if (running?.id === id) running = undefined;
  }
}

function tell(message: FromChild): void {
  if (process.connected) process.send?.(message);
}

function failureKind(error: unknown): EngineFailureKind {
  if (error instanceof EngineFailure) return error.kind;
  return /memory|\bV?RAM\b|bad_alloc/i.test(`${error}`) ? 'out-of-memory' : 'crashed';
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
