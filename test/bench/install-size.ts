// What a fresh `npm ci` puts on the disk: `npx tsx test/bench/install-size.ts`. Installs the committed lock into a temporary
// folder and counts the blocks in use (as `du` does). Exit code 1 when that passes the limit.

import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const limitMegabytes = 150;
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'joule-ls-size-'));
try {
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) cpSync(join(root, name), join(folder, name));
  // Without scripts: only our own, which builds, would run; it needs the sources.
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const packages = readdirSync(join(folder, 'node_modules')).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(folder, 'node_modules', name)).map((inner) => `${name}/${inner}`) : [name],
  );
  const sizes = packages
    .map((name) => ({ name, megabytes: bytesOnDisk(join(folder, 'node_modules', name)) / 1e6 }))
    .sort((a, b) => b.megabytes - a.megabytes);
  const megabytes = bytesOnDisk(join(folder, 'node_modules')) / 1e6;
  for (const { name, megabytes: one } of sizes.slice(0, 8)) console.log(`${one.toFixed(1).padStart(6)} MB  ${name}`);
  console.log(`${megabytes.toFixed(1).padStart(6)} MB  all of node_modules (at most ${limitMegabytes})`);
  process.exitCode = megabytes <= limitMegabytes ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Blocks of 512 bytes, folders included; a link counts as itself. */
function bytesOnDisk(path: string): number {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.blocks * 512;
  return readdirSync(path).reduce((sum, name) => sum + bytesOnDisk(join(path, name)), stat.blocks * 512);
}
