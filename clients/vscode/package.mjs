// `npm run package`: makes the VSIX files in build/vscode/ of the repository. Needs Node 22 or newer (vsce) and `npm ci` here and
// in the repository.
//   npm run package                            the universal one and this machine's
//   npm run package -- linux-arm64 universal   these; `all` for every target
// A platform's VSIX brings koffi's binary for it, which reads NVIDIA counters. The universal one has none: GPU joules are unknown.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, '../..');
const out = join(repository, 'build/vscode');
const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const lock = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8'));

/** VS Code's target: koffi's package. Its Linux packages hold glibc and musl; each VSIX gets one of them. */
const koffiPackages = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'alpine-x64': 'linux-x64',
  'alpine-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'win32-x64',
  'win32-arm64': 'win32-arm64',
};

const asked = process.argv.slice(2);
const mine = `${process.platform}-${process.arch}`;
const targets = asked.includes('all')
  ? ['universal', ...Object.keys(koffiPackages)]
  : asked.length > 0
    ? asked
    : ['universal', ...(mine in koffiPackages ? [mine] : [])];
const unknown = targets.filter((target) => target !== 'universal' && !(target in koffiPackages));
if (unknown.length > 0) fail(`no such target: ${unknown.join(', ')}`);
if (Number(process.versions.node.split('.')[0]) < 22)
  fail(`vsce needs Node 22 or newer, this is ${process.versions.node}`);

execFileSync(process.execPath, ['build.mjs'], { cwd: repository, stdio: 'inherit' });
for (const target of targets) await packageFor(target);

async function packageFor(target) {
  const stage = join(out, 'stage');
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  await build({
    entryPoints: [join(here, 'source/extension.ts')],
    outfile: join(stage, 'dist/extension.cjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    legalComments: 'none',
  });
  cpSync(join(repository, 'dist'), join(stage, 'server'), { recursive: true });
  if (target !== 'universal') copyKoffi(join(stage, 'server/node_modules'), target);
  for (const name of ['README.md', 'images', 'walkthrough']) {
    if (existsSync(join(here, name))) cpSync(join(here, name), join(stage, name), { recursive: true });
  }
  cpSync(join(repository, 'LICENSE'), join(stage, 'LICENSE'));
  const { devDependencies: _development, scripts: _scripts, private: _private, ...rest } = manifest;
  writeFileSync(join(stage, 'package.json'), JSON.stringify(rest, null, 2));
  // Without a file of its own vsce would leave out nothing and complain about that.
  writeFileSync(join(stage, '.vscodeignore'), '.vscodeignore\n');
  const file = join(out, `joule-ls-${manifest.version}-${target}.vsix`);
  const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
  const forTarget = target === 'universal' ? [] : ['--target', target];
  const flags = ['--no-dependencies', '--skip-license', '--allow-missing-repository', '--no-rewrite-relative-links'];
  execFileSync(process.execPath, [vsce, 'package', ...flags, ...forTarget, '--out', file], {
    cwd: stage,
    stdio: 'inherit',
  });
  rmSync(stage, { recursive: true, force: true });
}

/** What koffi needs to run: its JavaScript and one platform's binary, the latter checked against the repository's lock. */
function copyKoffi(modules, target) {
  const koffi = join(repository, 'node_modules/koffi');
  const wanted = (path) => statSync(path).isDirectory() || /\.c?js$|package\.json$|LICENSE/.test(path);
  for (const part of ['package.json', 'LICENSE.txt', 'index.js', 'index.cjs', 'src']) {
    cpSync(join(koffi, part), join(modules, 'koffi', part), { recursive: true, filter: wanted });
  }
  const name = `@koromix/koffi-${koffiPackages[target]}`;
  const from = unpackedKoffi(name);
  const binary = `${target.replace('alpine', 'musl').replace('-', '_')}/koffi.node`;
  for (const part of ['package.json', 'index.js', binary]) cpSync(join(from, part), join(modules, name, part));
}

/** Where the package lies: installed here, or fetched and checked. */
function unpackedKoffi(name) {
  const installed = join(repository, 'node_modules', name);
  if (existsSync(installed)) return installed;
  const { version, integrity } = lock.packages[`node_modules/${name}`];
  const folder = join(out, 'koffi');
  mkdirSync(folder, { recursive: true });
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const options = { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' };
  const [packed] = JSON.parse(execFileSync(npm, ['pack', '--json', `${name}@${version}`], options));
  if (packed.integrity !== integrity) fail(`${name}@${version} is not what package-lock.json locks`);
  const unpacked = join(folder, name);
  mkdirSync(unpacked, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '--strip-components=1', '-C', unpacked]);
  return unpacked;
}

function fail(why) {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
