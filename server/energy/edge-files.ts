// The shared call edges as files: one per server process, private to the user, written by its server alone and read by the
// others. Knows files and processes, not what a call is worth.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import {
  type EdgeBoard,
  type EdgeLine,
  type EdgeSharing,
  type ForeignCall,
  foldEdges,
  formatEdge,
  type SharedCall,
} from './shared-edges.ts';

export interface EdgeFilesOptions {
  /** The first that is, or can be made, private to this user. */
  readonly directories: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** This process; another in tests. */
  readonly pid: number;
  /** Where processes are looked up. Not a counter's root: liveness is the real machine's. */
  readonly proc?: string;
}

/** Longer than the longest call (the gateway's ceiling is half an hour): until then another server may need to know. */
const keptNanoseconds = 3_600_000_000_000n;
const compactBytes = 128 * 1024;
const mostBytes = 256 * 1024;
const mostFiles = 64;
/** Calls kept when the file is written anew. */
const keptCalls = 200;

/** Several meters of one process (an experiment has its own and the server's) number theirs from the second on. */
const namePattern = /^calls-([1-9]\d{0,9})-(\d{1,20})(?:-[1-9]\d{0,3})?\.jsonl$/;
const mostOfProcess = 64;

interface Told {
  readonly inode: number;
  readonly size: number;
  readonly calls: readonly SharedCall[];
}

/** What is remembered of another server between two looks. */
interface Server {
  told?: Told;
  aliveNanoseconds?: bigint;
  goneNanoseconds?: bigint;
  warned?: boolean;
}

/** Opens nothing before the first call. */
export function createEdgeFiles(options: EdgeFilesOptions): EdgeBoard {
  const { clock, log, pid } = options;
  const proc = options.proc ?? '/proc';
  const uid = process.getuid?.();
  const servers = new Map<string, Server>();
  const written = new Map<number, { readonly lines: string[]; isDone: boolean }>();
  let sharing: EdgeSharing | undefined;
  let own: { readonly fd: number; bytes: number } | undefined;
  let ownName = '';
  let header = '';
  let lastLook: bigint | undefined;

  const findDirectory = (): EdgeSharing => {
    const started = startOf(proc, pid);
    if (uid === undefined || started === undefined) {
      return { shared: false, why: 'this system does not say when a process began, so servers can’t be told apart' };
    }
    ownName = `calls-${pid}-${started}.jsonl`;
    header = JSON.stringify({ 'joule-ls': 1, boot: bootOf(proc), pid, started, namespace: namespaceOf(proc) });
    for (const directory of options.directories) if (isPrivate(directory, uid)) return { shared: true, directory };
    return {
      shared: false,
      why: 'there is no folder that is private to this user, so calls of another editor’s server are not known',
      mend: 'set XDG_RUNTIME_DIR to a folder of mode 0700',
    };
  };

  const status = (): EdgeSharing => {
    if (sharing === undefined) {
      sharing = findDirectory();
      if (!sharing.shared) log.warn({}, `call edges are not shared: ${sharing.why}`);
    }
    return sharing;
  };

  const ready = (): string | undefined => {
    const state = status();
    return state.shared ? state.directory : undefined;
  };

  const give = (why: string): void => {
    sharing = { shared: false, why };
    log.warn({}, `call edges are no longer shared: ${why}`);
  };

  const create = (directory: string, name: string): { readonly fd: number; bytes: number } => {
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_APPEND | constants.O_WRONLY | constants.O_NOFOLLOW;
    const fd = openSync(join(directory, name), flags, 0o600);
    return { fd, bytes: writeSync(fd, `${header}\n`) };
  };

  const createOwn = (directory: string): { readonly fd: number; bytes: number } => {
    const first = ownName;
    for (let number = 1; ; number++) {
      try {
        ownName = number === 1 ? first : first.replace(/\.jsonl$/, `-${number}.jsonl`);
        return create(directory, ownName);
      } catch (error) {
        const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
        if (!isTaken || number >= mostOfProcess) throw error;
      }
    }
  };

  /** Written anew beside the old one, so that a reader always finds a whole file. */
  const compact = (directory: string): void => {
    const done = [...written].filter(([, call]) => call.isDone).map(([number]) => number);
    for (const number of done.slice(0, -keptCalls)) written.delete(number);
    const temporary = `${ownName}.new`;
    rmQuietly(join(directory, temporary));
    const fresh = create(directory, temporary);
    for (const { lines } of written.values()) fresh.bytes += writeSync(fresh.fd, `${lines.join('\n')}\n`);
    renameSync(join(directory, temporary), join(directory, ownName));
    if (own !== undefined) closeSync(own.fd);
    own = fresh;
  };

  const remember = (line: EdgeLine, text: string): void => {
    const call = written.get(line.call) ?? { lines: [], isDone: false };
    call.lines.push(text);
    call.isDone ||= line.edge === 'facts';
    written.set(line.call, call);
  };

  const readServer = (path: string, server: Server, now: bigint): readonly SharedCall[] | { readonly why: string } => {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile() || stat.uid !== uid) return { why: 'it is not a file of this user' };
      if ((stat.mode & 0o022) !== 0) return { why: 'others may write to it' };
      if (stat.size > mostBytes) return { why: 'it is larger than any that a server writes' };
      if (server.told?.inode === stat.ino && server.told.size === stat.size) return server.told.calls;
      const buffer = Buffer.alloc(stat.size);
      const [first = '', ...lines] = buffer.toString('utf8', 0, readSync(fd, buffer, 0, stat.size, 0)).split('\n');
      const head = parseHeader(first);
      if (head === undefined) return { why: 'it does not begin as such a file does' };
      if (head.boot !== bootOf(proc)) {
        rmQuietly(path);
        return [];
      }
      // Its processes can't be looked up from here.
      if (head.namespace !== namespaceOf(proc)) return [];
      const calls = foldEdges(lines, now);
      if (!('why' in calls)) server.told = { inode: stat.ino, size: stat.size, calls };
      return calls;
    } finally {
      closeSync(fd);
    }
  };

  const lookAt = (directory: string, name: string, now: bigint): readonly ForeignCall[] => {
    const [, number = '', started = ''] = namePattern.exec(name) ?? [];
    const server = servers.get(name) ?? {};
    servers.set(name, server);
    let calls: readonly SharedCall[] | { readonly why: string };
    // Before its file is read, so that what it wrote last is in there when it is gone.
    const isAlive = startOf(proc, Number(number)) === started;
    try {
      calls = readServer(join(directory, name), server, now);
    } catch (error) {
      calls = { why: error instanceof Error ? error.message : String(error) };
    }
    if ('why' in calls) {
      if (!server.warned) log.warn({ name }, `ignored a file of shared call edges: ${calls.why}`);
      server.warned = true;
      return [];
    }
    if (isAlive) {
      server.aliveNanoseconds = now;
      return calls.map((call) => ({ ...call, server: name }));
    }
    const last = calls.reduce((latest, call) => later(latest, lastEdgeOf(call)), 0n);
    if (last + keptNanoseconds < now) {
      rmQuietly(join(directory, name));
      servers.delete(name);
    }
    // Gone before we looked for the first time: then nothing of it can reach into a call of ours.
    server.goneNanoseconds ??= lastLook === undefined ? last : now;
    const { goneNanoseconds, aliveNanoseconds = last } = server;
    return calls.map((call) => ({
      ...call,
      server: name,
      ...(call.doneNanoseconds === undefined
        ? { doneNanoseconds: goneNanoseconds, unsureFromNanoseconds: later(lastEdgeOf(call), aliveNanoseconds) }
        : {}),
    }));
  };

  return {
    status,
    publish(line) {
      const directory = ready();
      if (directory === undefined) return;
      const text = formatEdge(line);
      try {
        remember(line, text);
        own ??= createOwn(directory);
        own.bytes += writeSync(own.fd, `${text}\n`);
        if (own.bytes > compactBytes) compact(directory);
      } catch (error) {
        give(error instanceof Error ? error.message : String(error));
      }
    },
    look() {
      const directory = ready();
      if (directory === undefined) return [];
      const now = clock.nowNanoseconds();
      let names: readonly string[] = [];
      try {
        names = readdirSync(directory);
      } catch (error) {
        give(error instanceof Error ? error.message : String(error));
      }
      const others = names
        .filter((name) => (own === undefined || name !== ownName) && namePattern.test(name))
        .slice(0, mostFiles);
      const calls = others.flatMap((name) => lookAt(directory, name, now));
      lastLook = now;
      return calls;
    },
    close() {
      if (own !== undefined) closeSync(own.fd);
      own = undefined;
      sharing = { shared: false, why: 'the server is ending' };
    },
  };
}

function lastEdgeOf(call: SharedCall): bigint {
  return call.doneNanoseconds ?? call.firstTokenNanoseconds ?? call.sentNanoseconds;
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** Makes the folder where there is none, and looks twice: nobody else may have put one there. */
function isPrivate(directory: string, uid: number): boolean {
  try {
    mkdirSync(directory, { mode: 0o700, recursive: true });
  } catch {
    // There already, or nowhere to put it: the next look tells.
  }
  try {
    const stat = lstatSync(directory);
    return stat.isDirectory() && stat.uid === uid && (stat.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

/** Field 22 of proc(5)'s stat, clock ticks since boot: with it a pid that is used again is told from the one before. */
function startOf(proc: string, pid: number): string | undefined {
  try {
    const stat = readFileSync(`${proc}/${pid}/stat`, 'latin1');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; it waits only for its parent to notice.
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

function bootOf(proc: string): string {
  try {
    return readFileSync(`${proc}/sys/kernel/random/boot_id`, 'latin1').trim();
  } catch {
    return '';
  }
}

/** Pids mean something only within one of these. */
function namespaceOf(proc: string): string {
  try {
    return readlinkSync(`${proc}/self/ns/pid`);
  } catch {
    return '';
  }
}

function parseHeader(text: string): { readonly boot: unknown; readonly namespace: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('joule-ls' in value) || value['joule-ls'] !== 1)
      return undefined;
    return { boot: 'boot' in value ? value.boot : '', namespace: 'namespace' in value ? value.namespace : '' };
  } catch {
    return undefined;
  }
}

function rmQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already.
  }
}
