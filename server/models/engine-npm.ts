// Runs npm for the engine's install: finds it, counts what it fetches, and turns its failures into sentences.
// Knows nothing of what is installed.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface NpmRun {
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Each line that npm prints, on either stream. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Resolves with npm's exit status, `null` when a signal ended it. Rejects with ENOENT when there is no npm. */
export type RunNpm = (run: NpmRun) => Promise<number | null>;

export const runNpm: RunNpm = ({ arguments: args, cwd, environment, onLine, signal }) =>
  new Promise((resolve, reject) => {
    const [command, ...before] = npmCommand(environment);
    const child = spawn(command, [...before, ...args], {
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: command.endsWith('.cmd'), // Node starts .cmd files by a shell only; no argument comes from outside
      windowsHide: true,
    });
    const stop = (): void => void child.kill('SIGKILL'); // npm survives SIGTERM; what it leaves is in our work folder
    signal.addEventListener('abort', stop, { once: true });
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
    child.once('error', reject);
    child.once('close', (status) => {
      signal.removeEventListener('abort', stop);
      resolve(status);
    });
  });

/**
 * The npm that runs us, else the one beside this Node, else the one on PATH. By its script where possible: `npm.cmd` on
 * Windows can't be started without a shell.
 */
function npmCommand(environment: NodeJS.ProcessEnv): readonly [string, ...string[]] {
  const running = environment.npm_execpath;
  const folder = dirname(process.execPath);
  const beside = ['node_modules', join('..', 'lib', 'node_modules')].map((path) =>
    join(folder, path, 'npm', 'bin', 'npm-cli.js'),
  );
  const candidates = running !== undefined && basename(running) === 'npm-cli.js' ? [running, ...beside] : beside;
  const script = candidates.find((path) => existsSync(path));
  if (script !== undefined) return [process.execPath, script];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/** Whether a line of `--loglevel=http` says that a package arrived: `npm http fetch GET 200 https://…/x-1.0.0.tgz 12ms`. */
export function tellsOfPackage(line: string): boolean {
  return /^npm http (fetch|cache) .*\.tgz\b/.test(line) && !/ (4|5)\d\d http/.test(line);
}

export type NpmFailureKind = 'no-network' | 'not-found' | 'tampered' | 'disk-full' | 'not-permitted' | 'failed';

/** What npm's last lines mean. Codes: npm's `code E…` line, which it prints for every error it knows. */
export function explainNpm(lines: readonly string[]): { readonly kind: NpmFailureKind; readonly why: string } {
  const errors = lines.filter((line) => /^npm (error|ERR!)/.test(line)).map((line) => line.replace(/^npm \S+ ?/, ''));
  const code = errors.map((line) => /^code (\S+)/.exec(line)?.[1]).find((found) => found !== undefined) ?? '';
  const said = errors.find((line) => line !== '' && !/^(code|errno|syscall|A complete log|network )/.test(line)) ?? '';
  const kind = kinds[code] ?? 'failed';
  return { kind, why: [code, said].filter((part) => part !== '').join(': ') || 'npm did not say why' };
}

const kinds: Readonly<Record<string, NpmFailureKind>> = {
  ENOTFOUND: 'no-network',
  EAI_AGAIN: 'no-network',
  ECONNREFUSED: 'no-network',
  ECONNRESET: 'no-network',
  ETIMEDOUT: 'no-network',
  ERR_SOCKET_TIMEOUT: 'no-network',
  ENETUNREACH: 'no-network',
  EHOSTUNREACH: 'no-network',
  FETCH_ERROR: 'no-network',
  ENOTCACHED: 'no-network',
  E404: 'not-found',
  ETARGET: 'not-found',
  EINTEGRITY: 'tampered',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EACCES: 'not-permitted',
  EPERM: 'not-permitted',
  EROFS: 'not-permitted',
};
