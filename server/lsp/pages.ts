// Read-only pages for the user: a Markdown file in a directory of our own, shown by the editor and removed at the end.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uriOf } from './convert.ts';

export interface Pages {
  /** Writes the page and returns its uri. Rejects when there is no place to write. */
  write(title: string, markdown: string): Promise<string>;
  close(): Promise<void>;
}

/** The directory is made with the first page. */
export function createPages(): Pages {
  let directory: Promise<string> | undefined;
  let count = 0;
  return {
    async write(title, markdown) {
      directory ??= mkdtemp(join(tmpdir(), 'joule-ls-'));
      const name = title
        .replace(/[^\p{L}\p{N}]+/gu, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 60);
      const path = join(await directory, `${name || 'page'}-${++count}.md`);
      await writeFile(path, markdown, { mode: 0o400 });
      return uriOf(path);
    },
    async close() {
      const path = await directory?.catch(() => undefined);
      if (path !== undefined) await rm(path, { recursive: true, force: true }).catch(() => {});
    },
  };
}
