// One piece of work for everybody who asks while it runs. Knows nothing of what it is.

/** @param work never rejects. */
export function createShared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}
