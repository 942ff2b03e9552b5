// Downloads of missing models, started by a code action, with a progress bar of their own. One per model at a time.

import { oneLine } from '../base/escape.ts';
import { inBackground } from './guard.ts';
import type { Progress } from './progress.ts';
import type { Session } from './session.ts';

export interface Pulls {
  /** Answers at once; the download goes on. */
  start(model: string): { readonly pulling: string };
  close(): void;
}

/** Downloads start by `start` only and end by themselves, by the cancel button, or by `close`. */
export function createPulls(session: Session, progress: Progress): Pulls {
  const running = new Map<string, AbortController>();

  async function pull(model: string, abort: AbortController): Promise<void> {
    const name = oneLine(model, 100);
    const bar = progress.begin(
      `joule/pull/${model}`,
      () => `joule: pull ${name}`,
      () => abort.abort(),
    );
    try {
      const parts = await session.needParts();
      const why = await parts.pull(
        model,
        ({ status, completedBytes, totalBytes }) => bar.report(stepText(status, completedBytes, totalBytes)),
        abort.signal,
      );
      if (why === undefined) bar.end(`${name} is there`);
      else if (abort.signal.aborted) bar.end('cancelled');
      else {
        bar.end('failed');
        session.client.message('error', `joule: ${name} could not be pulled: ${why}`);
      }
    } catch (error) {
      bar.end('failed');
      throw error;
    } finally {
      running.delete(model);
    }
  }

  return {
    start(model) {
      if (!running.has(model)) {
        const abort = new AbortController();
        running.set(model, abort);
        inBackground(session.log, `pulling ${model}`, pull(model, abort));
      }
      return { pulling: model };
    },
    close() {
      for (const abort of running.values()) abort.abort();
    },
  };
}

function stepText(status: string, completedBytes: number, totalBytes: number): string {
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(2);
  const step = oneLine(status, 80);
  return totalBytes > 0 ? `${step} · ${gigabytes(completedBytes)} of ${gigabytes(totalBytes)} GB` : step;
}
