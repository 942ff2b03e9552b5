// The folders of the session: which files generated code and generated paths may touch. Links are followed before judging.
// Knows no document's text.

import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { InitializeParams, WorkspaceFoldersChangeEvent } from 'vscode-languageserver/node';
import { looksSecret } from '../base/secret-files.ts';
import { pathOf } from './convert.ts';

export interface Workspace {
  roots(): readonly string[];
  changeFolders(event: WorkspaceFoldersChangeEvent): void;
  /**
   * The real absolute path, when it lies in a workspace folder and does not look like a secret; else the sentence why not.
   * A document outside every folder makes its own directory one.
   */
  resolve(path: string): Promise<{ readonly path: string } | { readonly refused: string }>;
}

/** @param openUris of the documents of the moment. */
export function createWorkspace(params: InitializeParams, openUris: () => readonly string[]): Workspace {
  const folders = new Set<string>();
  for (const folder of params.workspaceFolders ?? []) folders.add(pathOf(folder.uri));
  if (folders.size === 0 && typeof params.rootUri === 'string') folders.add(pathOf(params.rootUri));

  const roots = (): string[] => {
    const all = [...folders].filter(isAbsolute);
    for (const uri of openUris()) {
      const path = pathOf(uri);
      if (isAbsolute(path) && !all.some((root) => contains(root, path))) all.push(dirname(path));
    }
    return all;
  };

  return {
    roots,
    changeFolders({ added, removed }) {
      for (const folder of removed ?? []) folders.delete(pathOf(folder.uri));
      for (const folder of added ?? []) folders.add(pathOf(folder.uri));
    },
    async resolve(path) {
      if (!isAbsolute(path)) return { refused: `${path} is not a file` };
      const real = await realPathOf(path);
      if (looksSecret(real) || looksSecret(path)) return { refused: `${path} looks like it holds secrets` };
      for (const root of roots()) if (contains(await realPathOf(root), real)) return { path: real };
      return { refused: `${path} lies outside the workspace` };
    },
  };
}

function contains(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Follows links in the part of the path that exists; a file to be created has no real path yet. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPathOf(parent), path.slice(parent.length));
  }
}
