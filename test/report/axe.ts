// axe-core, which looks a page through for what keeps people out: from npm into build/report, which git ignores, because it is larger than
// what an install may still grow by. Once, a second or two:
//   npx tsx test/report/axe.ts

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const version = '4.14.1';
const folder = fileURLToPath(new URL('../../build/report', import.meta.url));
const script = join(folder, 'node_modules/axe-core/axe.min.js');

/** Its source, to be run in a page; undefined where it was not installed. */
export function readAxe(): string | undefined {
  return existsSync(script) ? readFileSync(script, 'utf8') : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const flags = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', ...flags, `axe-core@${version}`], { cwd: folder, stdio: 'inherit' });
  process.exitCode = status === 0 && existsSync(script) ? 0 : 1;
}
