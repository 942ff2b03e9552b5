// The Debian roots that the editors run in (sid; trixie for older ones): found or made, and entered so that no mount and no process stays behind.
// Knows no editor. They lie in $JOULE_LS_EDITORS, else in build/editors, which git ignores.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotRun, eventually } from './editor.ts';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process space inside the root. Closing it ends everything that was started in it. */
export interface Inside {
  /** Runs a program to its end. `directory` defaults to HOME of `environment`. */
  exec(command: readonly string[], options: ExecOptions): Promise<Finished>;
  spawn(command: readonly string[], options: ExecOptions): ChildProcess;
  /** Command lines of all processes in it but its own first one and those that have ended. */
  processes(): Promise<string[]>;
  close(): Promise<void>;
}

export interface ExecOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly directory?: string;
  readonly input?: string;
}

/** Suites of Debian: sid has today's editors, trixie those of early 2025. */
export type Suite = 'sid' | 'trixie';

const packageNames =
  'ca-certificates,locales-all,tmux,nodejs,neovim,hx,emacs-nox,elpa-lsp-mode,elpa-company,elpa-yasnippet,elpa-markdown-mode,kakoune,procps,git,python3';

export function editorsFolder(): string {
  return process.env.JOULE_LS_EDITORS ?? fileURLToPath(new URL('../../build/editors', import.meta.url));
}

/** Path of a root with all packages. Makes it when there is none: a minute and 1.3 GB. @throws CannotRun */
export function findOrMakeRoot(say: (line: string) => void, suite: Suite = 'sid'): string {
  needRootRights();
  const folder = join(editorsFolder(), suite);
  if (['nvim', 'python3'].every((program) => existsSync(join(folder, 'usr/bin', program)))) return folder;
  return makeRoot({ name: suite, suite, packages: packageNames, say });
}

/** @throws CannotRun where no Debian root can be entered. */
export function needRootRights(): void {
  if (process.platform !== 'linux') throw new CannotRun('the Debian root needs Linux');
  if (process.getuid?.() !== 0) throw new CannotRun('the Debian root needs root (debootstrap, unshare, chroot)');
  if (spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status !== 0) {
    throw new CannotRun('this machine does not let us make mount and process namespaces (unshare)');
  }
}

export interface RootRecipe {
  /** Folder below `editorsFolder()`. */
  readonly name: string;
  readonly suite: Suite;
  /** Names with commas between them. */
  readonly packages: string;
  readonly say: (line: string) => void;
}

/** Makes a root by debootstrap; nothing half made stays. @returns its path. @throws CannotRun */
export function makeRoot({ name, suite, packages, say }: RootRecipe): string {
  if (spawnSync('debootstrap', ['--version']).status !== 0) throw new CannotRun('debootstrap is not installed');
  const folder = join(editorsFolder(), name);
  const unfinished = `${folder}.${process.pid}.unfinished`;
  mkdirSync(unfinished, { recursive: true });
  say(`making a Debian ${suite} root by debootstrap, about a minute …`);
  // In a mount space of its own: what debootstrap mounts goes with it, however it ends.
  const bootstrap = ['debootstrap', '--variant=minbase', `--include=${packages}`, suite, unfinished, mirrorOfApt()];
  const made = spawnSync('unshare', ['--mount', '--fork', '--kill-child', ...bootstrap], {
    encoding: 'utf8',
    timeout: 600_000,
    maxBuffer: 1 << 26,
  });
  if (made.status !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new CannotRun(`debootstrap failed: ${lastLine(made.stdout + made.stderr)}`);
  }
  renameSync(unfinished, folder);
  return folder;
}

/** The mirror that this machine's own apt uses. @throws CannotRun */
function mirrorOfApt(): string {
  const files = ['/etc/apt/sources.list'];
  const folder = '/etc/apt/sources.list.d';
  if (existsSync(folder)) files.push(...readdirSync(folder).map((name) => join(folder, name)));
  for (const file of files.filter(existsSync)) {
    const lines = readFileSync(file, 'utf8').split('\n');
    for (const line of lines) {
      const uri = /^URIs:\s*(\S+)/.exec(line)?.[1] ?? /^deb\s+(?:\[[^\]]*\]\s*)?(\S+)/.exec(line)?.[1];
      if (uri?.replace(/\/$/, '').endsWith('/debian')) return uri;
    }
  }
  throw new CannotRun("no Debian mirror in apt's sources");
}

/** Enters the root with `shared` at the same path. @throws CannotRun */
export async function openInside(root: string, shared: string): Promise<Inside> {
  const script = `
    mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount -t tmpfs tmpfs "$1/tmp" &&
    mkdir -p "$1$2" && mount --bind "$2" "$1$2" &&
    exec chroot "$1" /bin/sh -c 'echo ready; while read -r line; do :; done'`;
  const holder = spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, 'sh', root, shared],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    },
  );
  let said = '';
  let complained = '';
  let ended = false;
  holder.stdout.on('data', (chunk) => {
    said += chunk;
  });
  holder.stderr.on('data', (chunk) => {
    complained += chunk;
  });
  const over = new Promise<void>((resolve) =>
    holder.on('close', () => {
      ended = true;
      resolve();
    }),
  );
  await eventually('the Debian root opens', () => said.includes('ready') || ended, { seconds: 10 });
  if (ended) throw new CannotRun(`the Debian root could not be entered: ${lastLine(complained)}`);
  const first = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim();
  const start = (command: readonly string[], options: ExecOptions): ChildProcess => {
    const variables = Object.entries(options.environment).map(([name, value]) => `${name}=${value}`);
    const directory = options.directory ?? options.environment.HOME ?? '/';
    return spawn(
      'nsenter',
      ['-t', first, '-m', '-p', '-r', '--', 'env', '-i', '-C', directory, ...variables, ...command],
      { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' },
    );
  };
  return {
    spawn: start,
    exec: (command, options) =>
      new Promise((resolve, reject) => {
        const child = start(command, options);
        let [stdout, stderr] = ['', ''];
        child.stdout?.on('data', (chunk) => {
          stdout += chunk;
        });
        child.stderr?.on('data', (chunk) => {
          stderr += chunk;
        });
        child.on('error', reject);
        child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
        child.stdin?.on('error', () => {});
        child.stdin?.end(options.input ?? '');
      }),
    async processes() {
      const listed = execFileSync('nsenter', ['-t', first, '-m', '-p', '-r', '--', 'ps', '-eo', 'pid=,stat=,args='], {
        encoding: 'utf8',
        cwd: '/',
      });
      return listed
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '' && !/^1\s|^\d+\s+Z|\bps -eo\b/.test(line));
    },
    async close() {
      if (!ended) holder.kill('SIGKILL');
      await over;
    },
  };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
