// The walls of the sandbox, as arguments of bubblewrap: which namespaces, which folders, which limits. Starts nothing.

import { existsSync, realpathSync } from 'node:fs';
import { join, normalize } from 'node:path';
import type { SandboxLimits, SandboxRequest } from './port.ts';

export interface Walls {
  /** Folders that are emptied where they would be visible: the home, the folders of its settings and state. */
  readonly hidden: readonly string[];
  /** Folders that may be read besides the system's programs. Their `bin` comes first on the PATH. */
  readonly readable: readonly string[];
}

/** File descriptors of the parent: bubblewrap tells its state on the first, files are read from the others. */
export const statusDescriptor = 3;
export const firstFileDescriptor = 4;

/**
 * Programs, libraries and what they can't start without. Everything else isn't there at all: no home, no /run (sockets of
 * services answer through a read-only mount, too), no /var, no /sys, no /etc beyond this list.
 */
const visible: readonly string[] = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/opt',
  '/nix/store',
  '/gnu/store',
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  '/etc/passwd',
  '/etc/group',
  '/etc/nsswitch.conf',
];

/** Room for one process to reserve, as a multiple of what all may use: interpreters reserve more than they touch. */
const reservedShare = 4;

/** Open files of one process: more than interpreters and checkers take. */
const openFiles = 256;

/**
 * Limits are set by `prlimit` (util-linux) inside, where its count of processes counts the sandbox's alone. Address space bounds
 * what one process may reserve; what all of them use is watched from outside (`memory.ts`), because a limit per process is no
 * limit for sixty-four. Processor time is bounded far above what the clock allows, for the case that our own process dies first.
 * @returns undefined when a file's path is not plainly below /tmp.
 */
export function bubblewrapArguments(
  { command, files }: SandboxRequest,
  limits: SandboxLimits,
  { hidden, readable }: Walls,
): readonly string[] | undefined {
  if (files.some(({ path }) => !path.startsWith('/tmp/') || normalize(path) !== path || path.includes('\0')))
    return undefined;
  const path = [...readable.map((folder) => join(folder, 'bin')), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  return [
    ...['user', 'ipc', 'pid', 'net', 'uts', 'cgroup'].map((space) => `--unshare-${space}`),
    ...['--disable-userns', '--cap-drop', 'ALL', '--die-with-parent', '--new-session', '--hostname', 'sandbox'],
    '--clearenv',
    ...['--setenv', 'PATH', path, '--setenv', 'LANG', 'C.UTF-8', '--setenv', 'HOME', '/tmp'],
    ...visible.flatMap((folder) => ['--ro-bind-try', folder, folder]),
    ...emptied(hidden).flatMap((folder) => ['--tmpfs', folder]),
    ...[
      '--proc',
      '/proc',
      '--dev',
      '/dev',
      '--size',
      `${limits.scratchBytes}`,
      '--tmpfs',
      '/dev/shm',
      '--remount-ro',
      '/dev',
    ],
    ...['--size', `${limits.scratchBytes}`, '--tmpfs', '/tmp'],
    ...readable.flatMap((folder) => ['--ro-bind-try', folder, folder]),
    ...files.flatMap((file, index) => ['--file', `${firstFileDescriptor + index}`, file.path]),
    ...['--remount-ro', '/', '--chdir', '/tmp', '--json-status-fd', `${statusDescriptor}`, '--'],
    'prlimit',
    `--as=${limits.memoryBytes * reservedShare}`,
    `--nproc=${limits.processes}`,
    `--fsize=${limits.fileBytes}`,
    `--nofile=${openFiles}`,
    `--cpu=${Math.ceil((limits.wallMilliseconds / 1000) * limits.processes)}`,
    '--core=0',
    '--',
    ...command,
  ];
}

/** A folder that is not below a visible one isn't there anyway, and there is no place to mount on. */
function emptied(hidden: readonly string[]): readonly string[] {
  const real = hidden.filter((folder) => existsSync(folder)).map((folder) => realpathSync(folder));
  return real.filter((folder) => visible.some((shown) => folder.startsWith(`${shown}/`)));
}
