// Writes server/models/engine-lock.json: the locked, hash-checked install of the embedded engine for every platform.
// Run `node scripts/update-engine-lock.mjs` after changing `engineVersion` in server/models/engine-directory.ts, read the
// diff, run the tests, commit both. One file serves everybody: engine-lock.ts picks one platform's binary out of it.
// It holds no `resolved` addresses, so that npm asks whatever registry its user has configured.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directoryModule = readFileSync(new URL('../server/models/engine-directory.ts', import.meta.url), 'utf8');
const version = /engineVersion = '([^']+)'/.exec(directoryModule)?.[1];
const platforms = readFileSync(new URL('../server/models/engine-lock.ts', import.meta.url), 'utf8').match(
  /@node-llama-cpp\/[\w-]+/g,
);
if (version === undefined || platforms === null) throw new Error('engineVersion or the platform packages were not found');

const folder = mkdtempSync(join(tmpdir(), 'engine-lock-'));
try {
  const manifest = { name: 'joule-ls-engine', version, private: true, dependencies: { 'node-llama-cpp': version } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const flags = ['--package-lock-only', '--ignore-scripts', '--omit-lockfile-registry-resolved', '--no-audit'];
  execFileSync('npm', ['install', ...flags], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const wanted = new Set(platforms.map((name) => `node_modules/${name}`));
  const packages = {};
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path !== '' && entry.optional && !wanted.has(path)) continue;
    const { optional, optionalDependencies, license, engines, funding, bin, ...kept } = entry;
    if (path !== '' && typeof kept.integrity !== 'string') throw new Error(`${path} has no integrity hash`);
    packages[path] = kept;
  }
  const missing = [...wanted].filter((path) => packages[path] === undefined);
  if (missing.length > 0) throw new Error(`the lock lacks ${missing.join(', ')}`);
  const target = new URL('../server/models/engine-lock.json', import.meta.url);
  writeFileSync(target, `${JSON.stringify({ ...lock, packages }, null, 1)}\n`);
  console.log(`${Object.keys(packages).length - 1} packages, ${wanted.size} platforms, node-llama-cpp ${version}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
