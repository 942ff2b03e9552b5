// Reads what was not asked, for as many months as somebody wants. Knows files, not what is done with the sums.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NotAskedEntry, notAskedFile, parseNotAsked } from './not-asked.ts';

/** A line every ten minutes of typing makes a megabyte in years. */
const mostBytes = 8 * 1024 * 1024;

/**
 * Entries that were written at `sinceWallMilliseconds` or later. Files that are not there, or can't be read, and lines that are no entries
 * are left out. Never rejects.
 */
export async function readNotAsked(
  directory: string,
  {
    sinceWallMilliseconds,
    nowWallMilliseconds,
  }: { readonly sinceWallMilliseconds: number; readonly nowWallMilliseconds: number },
): Promise<readonly NotAskedEntry[]> {
  const since = new Date(sinceWallMilliseconds).toISOString();
  const last = notAskedFile(new Date(nowWallMilliseconds).toISOString());
  const found: NotAskedEntry[] = [];
  const month = new Date(`${since.slice(0, 7)}-01T00:00:00Z`);
  for (let file = notAskedFile(month.toISOString()); file <= last; file = notAskedFile(month.toISOString())) {
    const text = await readFile(join(directory, file)).catch(() => Buffer.alloc(0));
    for (const line of text.toString('utf8', 0, mostBytes).split('\n')) {
      const entry = parseNotAsked(line);
      if (entry !== undefined && entry.at >= since) found.push(entry);
    }
    month.setUTCMonth(month.getUTCMonth() + 1);
  }
  return found;
}
