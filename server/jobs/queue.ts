// Who runs and who waits: as many at once as there are slots, the rest in the order of their coming. Knows nothing of what runs.

export interface Queue<Item> {
  /** Starts the item if a slot is free, else it waits. */
  add(item: Item): void;
  /** Takes a waiting item out; false when it was not waiting. */
  withdraw(item: Item): boolean;
  waiting(): readonly Item[];
  running(): readonly Item[];
}

export interface QueueOptions<Item> {
  /** Asked whenever somebody could start; less than 1 counts as 1. */
  readonly slots: () => number;
  /** Its promise frees the slot. Must not reject. */
  readonly run: (item: Item) => Promise<void>;
  /** 1 is next. Called when an item has to wait and whenever its place changes. */
  readonly onPosition: (item: Item, position: number) => void;
}

export function createQueue<Item>({ slots, run, onPosition }: QueueOptions<Item>): Queue<Item> {
  const waiting: Item[] = [];
  const running = new Set<Item>();
  const told = new Map<Item, number>();

  function start(): void {
    while (waiting.length > 0 && running.size < Math.max(1, slots())) {
      const next = waiting.shift();
      if (next === undefined) return;
      told.delete(next);
      running.add(next);
      void run(next).finally(() => {
        running.delete(next);
        start();
      });
    }
    tellPositions();
  }

  function tellPositions(): void {
    for (const [index, item] of waiting.entries()) {
      if (told.get(item) === index + 1) continue;
      told.set(item, index + 1);
      onPosition(item, index + 1);
    }
  }

  return {
    add(item) {
      waiting.push(item);
      start();
    },
    withdraw(item) {
      const index = waiting.indexOf(item);
      if (index === -1) return false;
      waiting.splice(index, 1);
      told.delete(item);
      start();
      return true;
    },
    waiting: () => [...waiting],
    running: () => [...running],
  };
}
