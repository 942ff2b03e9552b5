// Puts a page into a file, whole or not at all, for this user only. Knows no page.

import { open, rename, rm } from 'node:fs/promises';

/**
 * For this user only, since it says when somebody worked. Put in place whole; without `force` a file that is there is never touched.
 * @returns the sentence why it could not be written.
 */
export async function writePage(file: string, html: string, force: boolean): Promise<string | undefined> {
  const beside = `${file}.${process.pid}.new`;
  try {
    const handle = await open(force ? beside : file, 'wx', 0o600);
    try {
      await handle.writeFile(html, 'utf8');
    } finally {
      await handle.close();
    }
    if (force) await rename(beside, file);
    return undefined;
  } catch (error) {
    if (force) await rm(beside, { force: true }).catch(() => {});
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return `${file} is there already and stays as it is; --force writes over it`;
    if (code === 'ENOENT') return `the folder of ${file} is not there`;
    return `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
  }
}
