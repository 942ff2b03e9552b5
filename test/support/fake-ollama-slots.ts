// The slots of the fake Ollama: first come first served, each remembers the last prompt it served (its prompt cache).

export interface FakeSlot {
  /** Prompt served last, for the cached-token count of the next one. */
  lastPrompt: string;
  readonly queuedAt: number;
  readonly servedAt: number;
}

interface Slot {
  busy: boolean;
  lastPrompt: string;
  queuedAt: number;
  servedAt: number;
}

export class FakeSlots {
  readonly #slots: Slot[];
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#slots = Array.from({ length: count }, () => ({ busy: false, lastPrompt: '', queuedAt: 0, servedAt: 0 }));
  }

  /** Waits for a free slot, the one with the longest common prefix first; `undefined` when the client hung up meanwhile. */
  async take(prompt: string, closed: AbortSignal): Promise<FakeSlot | undefined> {
    const queuedAt = performance.now();
    while (!closed.aborted) {
      const free = this.#slots.filter((slot) => !slot.busy);
      const best = free.sort((a, b) => commonPrefix(b.lastPrompt, prompt) - commonPrefix(a.lastPrompt, prompt))[0];
      if (best !== undefined) {
        best.busy = true;
        best.queuedAt = queuedAt;
        best.servedAt = performance.now();
        return best;
      }
      await this.#turn(closed);
    }
    return undefined;
  }

  release(slot: FakeSlot): void {
    (slot as Slot).busy = false;
    this.#waiting.shift()?.();
  }

  #turn(closed: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        closed.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        const place = this.#waiting.indexOf(go);
        if (place >= 0) this.#waiting.splice(place, 1);
        resolve();
      };
      this.#waiting.push(go);
      closed.addEventListener('abort', leave, { once: true });
    });
  }
}

export function commonPrefix(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[length] === b[length]) length++;
  return length;
}
