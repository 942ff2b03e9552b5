// Who listens on a port of this machine, from Linux's /proc and without privileges. Knows processes, not engines.

import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A process that listens, or the reason why it can't be named. */
export type Listener =
  | { readonly kind: 'process'; readonly pid: number; readonly name: string }
  | { readonly kind: 'hidden'; readonly userId: number; readonly userProcesses: readonly Process[] };

export interface Process {
  readonly pid: number;
  /** Base name of the executable, or `comm` where that may not be read. */
  readonly name: string;
}

export interface ListenerQuery {
  readonly procRoot: string;
  readonly hostname: string;
  readonly port: number;
}

interface Socket {
  readonly inode: string;
  readonly userId: number;
}

/**
 * Everything that listens where a client connecting to `hostname:port` may end up. Empty when nothing of this machine (this
 * network namespace) does; `undefined` where there is no such /proc.
 */
export async function findListeners(query: ListenerQuery): Promise<readonly Listener[] | undefined> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(join(query.procRoot, 'net', name), 'utf8').catch(() => undefined)),
  );
  if (tables.every((table) => table === undefined)) return undefined;
  const sockets = tables.flatMap((table) => listening(table ?? '', query));
  if (sockets.length === 0) return [];
  const pids = (await readdir(query.procRoot).catch(() => []))
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
  const owners = await findOwners(query.procRoot, pids, new Set(sockets.map((socket) => `socket:[${socket.inode}]`)));
  return Promise.all(
    sockets.map(async (socket): Promise<Listener> => {
      const pid = owners.get(`socket:[${socket.inode}]`);
      if (pid !== undefined) return { kind: 'process', pid, name: await nameOf(query.procRoot, pid) };
      return {
        kind: 'hidden',
        userId: socket.userId,
        userProcesses: await processesOf(query.procRoot, pids, socket.userId),
      };
    }),
  );
}

/** Rows of /proc/net/tcp{,6} in state LISTEN (0A) on the port, at an address that the client's may reach. */
function listening(table: string, query: ListenerQuery): Socket[] {
  const portHex = query.port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .flatMap((fields) => {
      const [address, port] = (fields[1] ?? '').split(':');
      if (fields[3] !== '0A' || port !== portHex || !reaches(query.hostname, address ?? '')) return [];
      return [{ inode: fields[9] ?? '', userId: Number(fields[7]) }];
    });
}

/** Whether a connection to `hostname` may end at a listener bound to this address (hex of 32-bit words in host byte order). */
function reaches(hostname: string, address: string): boolean {
  const mapped = /^0{16}FFFF0000(.{8})$/.exec(address)?.[1];
  const v4 = mapped ?? (address.length === 8 ? address : undefined);
  const anywhere = /^0+$/.test(address);
  const wanted = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(hostname);
  if (hostname === 'localhost') return anywhere || address === loopback6 || (v4?.endsWith('7F') ?? false);
  if (wanted !== null) return anywhere || v4 === hexOfWords(wanted[1] ?? '', wanted[2] ?? '');
  if (hostname.includes(':')) return address.length === 32 && (anywhere || address === loopback6);
  return anywhere || v4 === hexOfBytes(hostname.split('.').map(Number));
}

const loopback6 = `${'0'.repeat(24)}01000000`;

function hexOfWords(high: string, low: string): string {
  const words = high.padStart(4, '0') + low.padStart(4, '0');
  return hexOfBytes([0, 2, 4, 6].map((at) => Number.parseInt(words.slice(at, at + 2), 16)));
}

function hexOfBytes(bytes: readonly number[]): string {
  return [...bytes]
    .reverse()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}

/** Looks through the open files of every process that lets us, until each wanted socket has an owner. */
async function findOwners(
  procRoot: string,
  pids: readonly number[],
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const owners = new Map<string, number>();
  for (const pid of pids) {
    const folder = join(procRoot, String(pid), 'fd');
    const files = await readdir(folder).catch(() => []);
    const links = await Promise.all(files.map((file) => readlink(join(folder, file)).catch(() => '')));
    // A child inherits its parent's sockets; the lower pid is the one that opened it.
    for (const link of links) if (wanted.has(link) && !owners.has(link)) owners.set(link, pid);
    if (owners.size === wanted.size) break;
  }
  return owners;
}

async function processesOf(procRoot: string, pids: readonly number[], userId: number): Promise<Process[]> {
  const found = await Promise.all(
    pids.map(async (pid): Promise<Process[]> => {
      const status = await readFile(join(procRoot, String(pid), 'status'), 'utf8').catch(() => '');
      const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1];
      return uid !== undefined && Number(uid) === userId ? [{ pid, name: await nameOf(procRoot, pid) }] : [];
    }),
  );
  return found.flat();
}

async function nameOf(procRoot: string, pid: number): Promise<string> {
  const executable = await readlink(join(procRoot, String(pid), 'exe')).catch(() => '');
  // The kernel marks a replaced binary, which is what an engine's update leaves behind.
  if (executable !== '') return basename(executable.replace(/ \(deleted\)$/, ''));
  return (await readFile(join(procRoot, String(pid), 'comm'), 'utf8').catch(() => '')).trim();
}
