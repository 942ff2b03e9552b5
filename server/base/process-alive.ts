// Whether a process of this machine is there. Knows nothing else of it: a pid may have been given to another one since.

/** @returns true also for a process of another user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
