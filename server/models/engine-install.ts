// Installs the embedded engine: one pinned node-llama-cpp and this platform's binary, by npm, hash-checked against the
// committed lock, without scripts, into one directory. Touches that directory and temporary siblings of it, nothing else.

import { mkdir, mkdtemp, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAlive } from '../base/process-alive.ts';
import { type EngineMarker, engineVersion, installedEngine, markerName } from './engine-directory.ts';
import { type EngineLock, engineLockFor, enginePlatform } from './engine-lock.ts';
import { explainNpm, type NpmFailureKind, type RunNpm, runNpm, tellsOfPackage } from './engine-npm.ts';
import { fingerprintOf } from './engine-tree.ts';

export interface InstallProgress {
  readonly phase: 'checking' | 'fetching' | 'verifying';
  readonly packages: number;
  readonly packagesTotal: number;
}

export interface InstallOptions {
  readonly directory: string;
  readonly onProgress: (progress: InstallProgress) => void;
  readonly signal: AbortSignal;
  /** How npm is run; another one only in tests. */
  readonly run?: RunNpm;
  /** What is installed; default: the committed lock for this platform. `undefined` there means: no binary for it. */
  readonly lock?: EngineLock;
  readonly environment?: NodeJS.ProcessEnv;
}

export interface InstallResult {
  readonly outcome: 'installed' | 'already-there' | 'repaired';
  readonly directory: string;
  readonly marker: EngineMarker;
}

/** Why the engine could not be installed, with what to do about it. What was there before is still there. */
export class EngineInstallFailure extends Error {
  readonly kind: NpmFailureKind | 'no-npm' | 'unsupported-platform' | 'not-ours';
  readonly mend: string;
  constructor(kind: EngineInstallFailure['kind'], message: string, mend: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'EngineInstallFailure';
    this.kind = kind;
    this.mend = mend;
  }
}

/** Measured: 83 MB installed and 55 MB of npm's own cache until it ends. */
const bytesNeeded = 150e6;

/**
 * Makes `directory` a whole install of the pinned engine. Checks every byte of one that is there and replaces it when it is
 * damaged or of another version; several at a time end with one whole install.
 * Rejects with EngineInstallFailure, or with the signal's reason.
 */
export async function installEngine(options: InstallOptions): Promise<InstallResult> {
  const { directory, onProgress, signal } = options;
  const lock = options.lock ?? engineLockFor(enginePlatform());
  if (lock === undefined) {
    throw new EngineInstallFailure(
      'unsupported-platform',
      `there is no prebuilt llama.cpp for ${process.platform}-${process.arch} with this C library`,
      'use Ollama instead: https://ollama.com/download',
    );
  }
  const progress = (phase: InstallProgress['phase'], packages: number): void =>
    onProgress({ phase, packages, packagesTotal: lock.packages });
  progress('checking', 0);
  const present = await wholeInstall(directory, lock, signal);
  if (present !== undefined) return { outcome: 'already-there', directory, marker: present };

  const parent = dirname(directory);
  const work = await atEdge(directory, async () => {
    await mkdir(parent, { recursive: true });
    await demandOurs(directory);
    await removeLeftovers(directory);
    await demandSpace(parent);
    return mkdtemp(join(parent, `${basename(directory)}.${process.pid}.`));
  });
  try {
    await fetchPackages(options, lock, work, (packages) => progress('fetching', packages));
    progress('verifying', lock.packages);
    const marker: EngineMarker = {
      version: engineVersion,
      binary: lock.binary,
      lock: lock.hash,
      ...(await fingerprintOf(join(work, 'node_modules'), signal)),
    };
    return await atEdge(directory, async () => {
      await writeFile(join(work, markerName), `${JSON.stringify(marker, null, 1)}\n`);
      const outcome = await moveIntoPlace(work, directory, () => wholeInstall(directory, lock, signal));
      return { outcome, directory, marker };
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function wholeInstall(
  directory: string,
  lock: EngineLock,
  signal: AbortSignal,
): Promise<EngineMarker | undefined> {
  const installed = installedEngine(directory);
  if (installed === undefined || installed.marker.lock !== lock.hash) return undefined;
  try {
    const found = await fingerprintOf(join(directory, 'node_modules'), signal);
    return found.tree === installed.marker.tree ? installed.marker : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined; // an unreadable file is a damaged install
  }
}

async function fetchPackages(
  options: InstallOptions,
  lock: EngineLock,
  work: string,
  onPackages: (count: number) => void,
): Promise<void> {
  await writeFile(join(work, 'package.json'), lock.manifest);
  await writeFile(join(work, 'package-lock.json'), lock.lock);
  const cache = join(work, 'npm-cache');
  const lines: string[] = [];
  let packages = 0;
  const onLine = (line: string): void => {
    lines.push(line);
    if (tellsOfPackage(line)) onPackages(++packages);
  };
  const environment = options.environment ?? process.env;
  let status: number | null;
  try {
    const run = options.run ?? runNpm;
    status = await run({
      arguments: npmArguments(work, cache),
      cwd: work,
      environment,
      onLine,
      signal: options.signal,
    });
  } catch (error) {
    options.signal.throwIfAborted();
    throw new EngineInstallFailure('no-npm', 'npm could not be started', 'install Node.js together with npm', error);
  }
  options.signal.throwIfAborted();
  if (status !== 0) {
    const { kind, why } = explainNpm(lines);
    throw new EngineInstallFailure(kind, `npm could not install the engine (${why})`, mends[kind]);
  }
  await rm(cache, { recursive: true, force: true });
}

/**
 * `ci` installs exactly the lock and checks each hash. The rest keeps the caller's npm (`npx`, `npm exec`, workspaces, a user's
 * .npmrc) from leading it elsewhere, its cache and logs out of the home directory, and a dead network short.
 */
function npmArguments(work: string, cache: string): string[] {
  return [
    'ci',
    '--ignore-scripts',
    '--omit=optional',
    '--omit=dev',
    `--prefix=${work}`,
    `--cache=${cache}`,
    '--global=false',
    '--workspaces=false',
    '--dry-run=false',
    '--package-lock-only=false',
    '--logs-max=0',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--fetch-retries=2',
    '--fetch-retry-mintimeout=200',
    '--fetch-retry-maxtimeout=1500',
    '--loglevel=http',
  ];
}

const mends: Readonly<Record<NpmFailureKind, string>> = {
  'no-network': 'connect to the network (or set a proxy or registry with `npm config set`) and run it again',
  'not-found': 'the registry that npm is set to does not have it: check `npm config get registry`',
  tampered:
    'what arrived is not what was published: check the registry or proxy that npm is set to; nothing was installed',
  'disk-full': 'free about 150 MB, or choose another place with --directory',
  'not-permitted': 'choose a place you may write to with --directory',
  failed: 'run it again; if it stays, report what npm said',
};

async function demandSpace(parent: string): Promise<void> {
  const { bavail, bsize } = await statfs(parent);
  if (bavail * bsize >= bytesNeeded) return;
  const free = Math.round((bavail * bsize) / 1e6);
  throw new EngineInstallFailure('disk-full', `${parent} has ${free} MB free, 150 MB are needed`, mends['disk-full']);
}

/** `--directory ~` must not cost anybody a home directory: only an empty folder or an earlier install is replaced. */
async function demandOurs(directory: string): Promise<void> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length === 0 || names.includes(markerName)) return;
  const manifest = await readFile(join(directory, 'package.json'), 'utf8').catch(() => '');
  if (manifest.includes('"joule-ls-engine"')) return;
  const message = `${directory} holds something else`;
  throw new EngineInstallFailure('not-ours', message, 'empty it, or choose another place with --directory');
}

/** Work folders of installs whose process is gone. */
async function removeLeftovers(directory: string): Promise<void> {
  const name = basename(directory);
  for (const entry of await readdir(dirname(directory))) {
    const pid = entry.startsWith(`${name}.`)
      ? /^\.(\d+)\.\w{6}(?:-replaced)?$/.exec(entry.slice(name.length))?.[1]
      : undefined;
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(dirname(directory), entry), { recursive: true, force: true });
  }
}

/** Renames `work` to `directory`. What was there goes aside first, unless another install finished a whole one meanwhile. */
async function moveIntoPlace(
  work: string,
  directory: string,
  whole: () => Promise<EngineMarker | undefined>,
): Promise<InstallResult['outcome']> {
  const aside = `${work}-replaced`;
  let outcome: InstallResult['outcome'] = 'installed';
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(work, directory);
      await rm(aside, { recursive: true, force: true });
      return outcome;
    } catch (error) {
      const occupied = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'].includes(
        (error as NodeJS.ErrnoException).code ?? '',
      );
      if (!occupied || attempt > 3) throw error;
    }
    if ((await whole()) !== undefined) return 'already-there';
    await rm(aside, { recursive: true, force: true });
    await rename(directory, aside);
    outcome = 'repaired';
  }
}

/** File system errors as sentences. */
async function atEdge<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof EngineInstallFailure || code === undefined) throw error;
    const kind = explainNpm([`npm error code ${code}`]).kind;
    throw new EngineInstallFailure(kind, `${directory} could not be written (${message})`, mends[kind], error);
  }
}
