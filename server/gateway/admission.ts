// Who may talk to an engine now: as many calls as it has slots, the rest in order of arrival. Knows no engine and no call.

/** The queue is as full as it may get. */
export class QueueFull extends Error {}

/** One admitted call. */
export interface Ticket {
  leave(): void;
  /** Whether another call of ours was admitted at any time while this one was. */
  hadCompany(): boolean;
}

interface Waiter {
  readonly admit: (ticket: Ticket) => void;
  readonly onPosition: (position: number) => void;
}

/** More than anybody waits for; a runaway client must not fill the memory. */
const longestQueue = 100;

/** The slots of one engine. */
export class Admission {
  #slots = 1;
  #admittedEver = 0;
  readonly #serving = new Set<Ticket>();
  readonly #waiting: Waiter[] = [];

  /** What the engine says now; more slots admit at once, fewer let the present calls end. */
  setSlots(slots: number): void {
    this.#slots = Math.max(1, Math.floor(slots));
    this.#admitNext();
  }

  /**
   * Waits for a slot, first come first served.
   * @param onPosition told the place in the queue, 1 being next, on arrival and on each change; not called when there is no wait.
   * @throws QueueFull, or the signal's reason. Whoever is admitted has to leave.
   */
  async enter(onPosition: (position: number) => void, signal: AbortSignal): Promise<Ticket> {
    signal.throwIfAborted();
    if (this.#waiting.length === 0 && this.#serving.size < this.#slots) return this.#admit();
    if (this.#waiting.length >= longestQueue) throw new QueueFull();
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        this.#tellPositions();
        reject(signal.reason);
      };
      const waiter: Waiter = {
        onPosition,
        admit: (ticket) => {
          signal.removeEventListener('abort', onAbort);
          resolve(ticket);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiter);
      onPosition(this.#waiting.length);
    });
  }

  #admit(): Ticket {
    const before = ++this.#admittedEver;
    let company = this.#serving.size > 0;
    const ticket: Ticket = {
      leave: () => {
        company = ticket.hadCompany();
        if (this.#serving.delete(ticket)) this.#admitNext();
      },
      hadCompany: () => company || (this.#serving.has(ticket) && this.#admittedEver !== before),
    };
    this.#serving.add(ticket);
    return ticket;
  }

  #admitNext(): void {
    let admitted = false;
    while (this.#serving.size < this.#slots) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      next.admit(this.#admit());
      admitted = true;
    }
    if (admitted) this.#tellPositions();
  }

  #tellPositions(): void {
    this.#waiting.forEach((waiter, index) => {
      waiter.onPosition(index + 1);
    });
  }
}
