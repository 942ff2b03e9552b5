// What may be inside a VSIX, and what must be. Knows file names; not what the extension does.
//   npx tsx test/editors/vscode-package.ts   checks and measures every VSIX in build/vscode

import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is used of yauzl, which vsce brings along. */
interface ZipFile {
  on(event: 'entry', listener: (entry: { readonly fileName: string }) => void): void;
  on(event: 'end', listener: () => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
}
type OpenZip = (path: string, options: object, done: (error: Error | null, zip: ZipFile) => void) => void;

const allowed: readonly RegExp[] = [
  /^(extension\.vsixmanifest|\[Content_Types\]\.xml)$/,
  /^extension\/(package\.json|readme\.md|LICENSE\.txt)$/,
  /^extension\/dist\/extension\.cjs$/,
  /^extension\/images\/[a-z-]+\.png$/,
  /^extension\/walkthrough\/[a-z-]+\.md$/,
  /^extension\/server\/(main|syntax-worker|models-embedded-child)\.js$/,
  /^extension\/server\/chunks\/[\w.-]+\.js$/,
  /^extension\/server\/grammars\/[a-z-]+\.wasm$/,
  /^extension\/server\/models\/(README\.md|joule-tiny-q8\.gguf)$/,
  /^extension\/server\/report\/page\.(css|js)$/,
  /^extension\/server\/sample\/[a-z_]+\.py$/,
];

/** Its JavaScript, the same for all platforms. The universal VSIX has none of it. */
const koffi =
  /^extension\/server\/node_modules\/koffi\/(package\.json|LICENSE\.txt|index\.c?js|src\/koffi\/[\w/]+\.c?js)$/;

const needed: readonly string[] = [
  'extension/package.json',
  'extension/readme.md',
  'extension/LICENSE.txt',
  'extension/dist/extension.cjs',
  'extension/server/main.js',
  'extension/server/syntax-worker.js',
  'extension/server/grammars/tree-sitter-python.wasm',
  'extension/server/models/joule-tiny-q8.gguf',
  'extension/server/report/page.js',
];

/**
 * @param target `universal`, or a platform as VS Code names it.
 * @throws with every file that should not be there, and every one that is missing.
 */
export async function checkVsix(file: string, target: string): Promise<void> {
  const names = await namesIn(file);
  const folder = `extension/server/node_modules/@koromix/koffi-${target.replace('alpine', 'linux')}`;
  const binary = `${folder}/${target.replace('alpine', 'musl').replace('-', '_')}/koffi.node`;
  const own = target === 'universal' ? [] : [binary, `${folder}/index.js`, `${folder}/package.json`];
  const patterns = target === 'universal' ? allowed : [...allowed, koffi];
  const strange = names.filter((name) => !own.includes(name) && !patterns.some((one) => one.test(name)));
  if (strange.length > 0) throw new Error(`${file} should not have ${strange.join(', ')}`);
  const missing = [...needed, ...own].filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`${file} lacks ${missing.join(', ')}`);
}

function namesIn(file: string): Promise<string[]> {
  const require = createRequire(new URL('../../clients/vscode/package.json', import.meta.url));
  const { open } = require('yauzl') as { open: OpenZip };
  return new Promise((resolve, reject) => {
    open(file, {}, (error, zip) => {
      if (error !== null) return reject(error);
      const names: string[] = [];
      zip.on('entry', ({ fileName }) => void names.push(fileName));
      zip.on('end', () => resolve(names));
      zip.on('error', reject);
    });
  });
}

async function main(): Promise<void> {
  const folder = fileURLToPath(new URL('../../build/vscode', import.meta.url));
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.vsix'))) {
    const target = /-\d+\.\d+\.\d+-(.+)\.vsix$/.exec(name)?.[1] ?? '';
    await checkVsix(join(folder, name), target);
    process.stdout.write(`${name}: ${statSync(join(folder, name)).size} bytes, as it should be\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
