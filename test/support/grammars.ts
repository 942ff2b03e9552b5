// Puts the grammars where the build puts them, for checkouts that were never built.

import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const target = fileURLToPath(new URL('../../dist/grammars/', import.meta.url));

/** Copies what is missing from the packages that ship the grammars. */
export function ensureGrammars(): void {
  const grammars = join(dirname(require.resolve('@vscode/tree-sitter-wasm/package.json')), 'wasm');
  mkdirSync(target, { recursive: true });
  for (const name of ['python', 'typescript', 'tsx', 'javascript', 'go', 'rust']) {
    copyOnce(join(grammars, `tree-sitter-${name}.wasm`), `tree-sitter-${name}.wasm`);
  }
  copyOnce(join(dirname(require.resolve('web-tree-sitter')), 'web-tree-sitter.wasm'), 'web-tree-sitter.wasm');
}

function copyOnce(source: string, name: string): void {
  if (!existsSync(join(target, name))) copyFileSync(source, join(target, name));
}
