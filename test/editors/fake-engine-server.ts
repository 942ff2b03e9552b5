// The engine of one behaviour: a fake Ollama over real HTTP on a loopback port, and counters that tick. Both are simulated.
// Knows no editor.

import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createFakeOllama, type FakeOllama, type ReplyScript } from '../support/fake-ollama.ts';
import { cpuinfo } from '../support/powercap-tree.ts';
import { sampleReply } from './sample.ts';

export interface EditorEngine {
  readonly ollama: FakeOllama;
  /** From now on answers stop before piece `pieces` (default: before the first byte) until the returned function is called. */
  hold(pieces?: number): () => void;
  /** From now on answers never end by themselves; they end when the client hangs up. */
  loop(): void;
  /** From now on answers as it did at first. */
  answer(): void;
  /** As `ollama serve` stopped. */
  stop(): Promise<void>;
  /** Generation requests that nobody has ended yet. */
  unfinished(): Promise<number>;
}

/** Watts of the simulated processor package: more than a laptop's would not be believed. */
const simulatedWatts = 20;

/** An answer that takes as long as a counter needs to move. */
const paced: ReplyScript = async (request, index) => {
  const reply = await sampleReply(request, index);
  return { ...(typeof reply === 'string' ? { text: reply } : reply), millisecondsPerPiece: 20 };
};

/** Starts both. `folder` gets the counters' files; `environment` is what leads the server to them. */
export async function startEditorEngine(
  folder: string,
): Promise<{ engine: EditorEngine; environment: Record<string, string>; close(): Promise<void> }> {
  const ollama = await createFakeOllama({ models: [{ name: 'qwen2.5-coder:3b' }], reply: paced });
  const counters = startCounters(folder);
  const ended = new Set<number>();
  const engine: EditorEngine = {
    ollama,
    hold(pieces) {
      let open = (): void => {};
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      ollama.setReply(async (request, index) => {
        const reply = await sampleReply(request, index);
        const text = typeof reply === 'string' ? reply : (reply.text ?? '');
        return pieces === undefined
          ? { text, beforeHeaders: opened, millisecondsPerPiece: 20 }
          : { text, millisecondsPerPiece: 20, beforePiece: (piece) => (piece >= pieces ? opened : undefined) };
      });
      return () => open();
    },
    loop: () => ollama.setReply(() => ({ pieces: ['    ', 'x', ' = 1\n'], loop: true, millisecondsPerPiece: 20 })),
    answer: () => ollama.setReply(paced),
    stop: () => ollama.close(),
    async unfinished() {
      for (const request of ollama.requests) request.ended.then(() => ended.add(request.index)).catch(() => {});
      await new Promise((resolve) => setImmediate(resolve));
      return ollama.requests.length - ended.size;
    },
  };
  return {
    engine,
    environment: { OLLAMA_HOST: ollama.url, ...counters.environment },
    close: async () => {
      counters.stop();
      await ollama.close().catch(() => {});
    },
  };
}

function startCounters(folder: string): { environment: Record<string, string>; stop(): void } {
  const sys = join(folder, 'sys');
  const proc = join(folder, 'proc');
  const zone = join(sys, 'class/powercap/intel-rapl:0');
  mkdirSync(zone, { recursive: true });
  mkdirSync(proc, { recursive: true });
  writeFileSync(join(proc, 'cpuinfo'), cpuinfo());
  writeFileSync(join(zone, 'name'), 'package-0\n');
  writeFileSync(join(zone, 'max_energy_range_uj'), '262143328850\n');
  // In place and always of ten digits: the server keeps the file open, as it does with the kernel's.
  const file = openSync(join(zone, 'energy_uj'), 'w');
  const began = performance.now();
  const tick = (): void => {
    const microjoules = 1_000_000_000 + Math.round((performance.now() - began) * simulatedWatts * 1000);
    writeSync(file, `${microjoules}\n`, 0);
  };
  tick();
  const timer = setInterval(tick, 20);
  return {
    environment: {
      JOULE_LS_SYS_ROOT: sys,
      JOULE_LS_PROC_ROOT: proc,
      JOULE_LS_MSR_ROOT: join(folder, 'no-msr'),
      JOULE_LS_NVML: join(folder, 'no-such-library.so'),
    },
    stop() {
      clearInterval(timer);
      closeSync(file);
    },
  };
}
