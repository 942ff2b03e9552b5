// The set-up step of the VS Code driver: code-server (VS Code in a browser) and playwright-core from npm, into
// build/editors/vscode, which git ignores, and the VSIX into build/vscode. Two to three minutes and about 800 MB, once.
//   npx tsx test/editors/vscode-setup.ts

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotRun } from './editor.ts';
import { editorsFolder } from './root.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const extension = join(repository, 'clients/vscode');
/** Versions that were driven. code-server 4.139.1 is VS Code 1.139.1 and wants Node 24. */
const wanted = { node: '24.21.0', codeServer: '4.139.1', playwright: '1.65.1' };

export interface VscodeParts {
  /** Node 24, for code-server and vsce. */
  readonly node: string;
  readonly codeServer: string;
  readonly playwright: string;
  readonly chromium: string;
}

/** Finds them, or makes them. @throws CannotRun with what this machine lacks. */
export function findOrMakeVscode(say: (line: string) => void): VscodeParts {
  const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (chromium === undefined) throw new CannotRun('there is no Chromium (apt install chromium)');
  const folder = join(editorsFolder(), 'vscode');
  const modules = join(folder, 'node_modules');
  const nodePackage = join(modules, `node-${process.platform}-${process.arch}`);
  const parts = {
    node: join(nodePackage, 'bin/node'),
    codeServer: join(modules, 'code-server/out/node/entry.js'),
    playwright: join(modules, 'playwright-core/index.mjs'),
    chromium,
  };
  if (existsSync(join(folder, 'installed'))) return parts;
  if (spawnSync('pkg-config', ['--exists', 'krb5-gssapi']).status !== 0) {
    throw new CannotRun('code-server is compiled here and needs libkrb5-dev and pkg-config (apt install)');
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  say('installing code-server from npm, two to three minutes …');
  const install = (names: string[], env: NodeJS.ProcessEnv): void => {
    // npm 11 leaves install scripts out unless told otherwise; npm 10 does not know the option and runs them.
    const flags = [
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      '--loglevel=error',
      '--dangerously-allow-all-scripts',
    ];
    const done = spawnSync('npm', ['install', ...flags, ...names], { cwd: folder, env, encoding: 'utf8' });
    if (done.status !== 0) throw new CannotRun(`npm could not install ${names.join(', ')}: ${lastLine(done.stderr)}`);
  };
  // Started by npx or npm run, npm's own variables say Node 20, and code-server's installer believes them.
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(?!config_.*(registry|cafile|proxy))/.test(name)),
  );
  install([`node-${process.platform}-${process.arch}@${wanted.node}`], clean);
  const path = `${join(nodePackage, 'bin')}:${process.env.PATH}`;
  install([`code-server@${wanted.codeServer}`, `playwright-core@${wanted.playwright}`], {
    ...clean,
    PATH: path,
    npm_config_nodedir: nodePackage,
  });
  writeFileSync(join(folder, 'installed'), '');
  return parts;
}

/** Builds this machine's VSIX from the present tree, as `npm run package` does. @throws CannotRun */
export function buildVsix(parts: VscodeParts): string {
  if (!existsSync(join(extension, 'node_modules'))) {
    const done = spawnSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: extension, encoding: 'utf8' });
    if (done.status !== 0) throw new CannotRun(`npm ci in clients/vscode failed: ${lastLine(done.stderr)}`);
  }
  const target = `${process.platform}-${process.arch}`;
  execFileSync(parts.node, ['package.mjs', target], { cwd: extension, stdio: 'pipe' });
  const out = join(repository, 'build/vscode');
  const file = readdirSync(out).find((name) => name.endsWith(`-${target}.vsix`));
  if (file === undefined) throw new Error(`no VSIX for ${target} in ${out}`);
  return join(out, file);
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .filter((line) => !line.includes('complete log'))
      .at(-1) ?? ''
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const parts = findOrMakeVscode((line) => void process.stdout.write(`${line}\n`));
  process.stdout.write(`${parts.codeServer}\n${buildVsix(parts)}\n`);
}
