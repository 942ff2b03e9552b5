// Which model files the embedded engine offers: joule-tiny, those that the owner names, and those that were pulled.
// Only looks at names; what a file holds is read from its header elsewhere.

import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assetUrl } from '../base/program-files.ts';

/** A model file that the embedded engine offers. */
export interface EmbeddedModel {
  readonly name: string;
  /** Chooses the prompts; without it the architecture that the file names. */
  readonly family?: string;
  readonly path: string;
}

export const jouleTinyModel: EmbeddedModel = {
  name: 'joule-tiny',
  family: 'joule-tiny',
  path: fileURLToPath(assetUrl('models/joule-tiny-q8.gguf')),
};

/** Beside the engine's directory, which an install replaces as a whole. */
export function modelDirectoryOf(engineDirectory: string): string {
  return `${engineDirectory}-models`;
}

/** What `joule-ls models pull` put there, by file name; two of one name are told apart by their repositories. */
export async function pulledModels(directory: string): Promise<readonly EmbeddedModel[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((): Dirent[] => []);
  const paths = entries
    .filter((entry) => entry.isFile() && /\.gguf$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const short = (path: string): string => withoutEnding(basename(path));
  return paths.map((path) => {
    const isAlone = paths.filter((other) => short(other) === short(path)).length === 1;
    return { name: isAlone ? short(path) : withoutEnding(relative(directory, path).split(sep).join('/')), path };
  });
}

/** @param named the owner's; a name that is not given is the file's. */
export function namedModels(
  named: readonly { readonly path: string; readonly name?: string | undefined; readonly family?: string | undefined }[],
): readonly EmbeddedModel[] {
  return named.map(({ path, name, family }) => ({
    path,
    name: name ?? withoutEnding(basename(path)),
    ...(family === undefined ? {} : { family }),
  }));
}

const withoutEnding = (path: string): string => path.replace(/\.gguf$/i, '');
