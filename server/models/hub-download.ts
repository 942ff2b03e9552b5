// Brings one file of the hub onto this disk: what had arrived before is kept and continued, every byte is hashed, and the file gets its
// name only when the hash is right. Touches nothing outside its directory.

import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { isAlive } from '../base/process-alive.ts';
import { encodePath } from './hub.ts';
import { askHub, type Hub, HubFailure } from './hub-http.ts';
import type { HubFile } from './hub-name.ts';

export interface DownloadOrder {
  readonly hub: Hub;
  /** `USER/REPO` */
  readonly repository: string;
  readonly file: HubFile;
  /** Where pulled models are kept; the file goes to `USER/REPO/PATH` in it. */
  readonly directory: string;
  readonly clock: Clock;
  readonly onBytes: (completedBytes: number) => void;
}

/** A connection that breaks is taken up again this often, as long as each brings something. */
const mostTries = 5;
/** What stays free beside the file. */
const spareBytes = 100e6;

/** @returns the file's path. Rejects with HubFailure, or with the signal's reason; the part that has come stays for the next time. */
export async function download(order: DownloadOrder, signal: AbortSignal): Promise<string> {
  const { file, onBytes } = order;
  const target = targetOf(order);
  const part = `${target}.${file.sha256.slice(0, 12)}.part`;
  return atEdge(dirname(target), async () => {
    await mkdir(dirname(target), { recursive: true });
    if (await isWhole(target, file, signal)) return target;
    const release = await lock(`${part}.lock`);
    try {
      await demandSpace(order, await sizeOf(part));
      const hash = await receive(order, part, signal);
      if (hash !== file.sha256) {
        await rm(part, { force: true });
        const why = `${file.path} is not what ${order.hub.endpoint.host} says it is: its SHA-256 is another`;
        throw new HubFailure('tampered', why, 'nothing was kept; run it again, and look at proxies in between');
      }
      await rename(part, target);
      onBytes(file.bytes);
      return target;
    } finally {
      await release();
    }
  });
}

/** Where the file will lie. */
function targetOf({ directory, repository, file }: Pick<DownloadOrder, 'directory' | 'repository' | 'file'>): string {
  return join(directory, ...repository.split('/'), ...file.path.split('/'));
}

/** Bytes of the file that are here already, from an earlier try. */
export async function bytesHere(order: Pick<DownloadOrder, 'directory' | 'repository' | 'file'>): Promise<number> {
  return sizeOf(`${targetOf(order)}.${order.file.sha256.slice(0, 12)}.part`);
}

/** @returns the SHA-256 of the whole part file, hex. */
async function receive(order: DownloadOrder, part: string, signal: AbortSignal): Promise<string> {
  const { file, clock } = order;
  if ((await sizeOf(part)) > file.bytes) await rm(part);
  const handle = await open(part, 'a');
  try {
    let { hash, bytes } = await hashed(part, signal);
    for (let failed = 0; bytes < file.bytes; ) {
      const before = bytes;
      try {
        ({ hash, bytes } = await receiveOnce(order, { handle, hash, bytes }, signal));
      } catch (error) {
        signal.throwIfAborted();
        const mayPass = error instanceof HubFailure && ['no-network', 'cut'].includes(error.kind);
        if (!mayPass || ++failed >= mostTries) throw error;
        ({ hash, bytes } = await hashed(part, signal));
        if (bytes > before) failed = 1;
        await clock.sleep(500 * 2 ** failed, signal);
      }
    }
    await handle.sync();
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}

interface Received {
  readonly hash: Hash;
  readonly bytes: number;
}

async function receiveOnce(
  { hub, repository, file, onBytes }: DownloadOrder,
  { handle, ...have }: Received & { readonly handle: FileHandle },
  signal: AbortSignal,
): Promise<Received> {
  const path = `${encodePath(repository)}/resolve/main/${encodePath(file.path)}`;
  const from = have.bytes > 0 ? { fromByte: have.bytes } : {};
  const answer = await askHub(hub, { path, mayLeave: true, ...from }, signal);
  const continues =
    answer.status === 206 && answer.header('content-range')?.startsWith(`bytes ${have.bytes}-`) === true;
  let { hash, bytes } = have;
  if (!continues) {
    if (answer.status !== 200)
      throw new HubFailure('malformed', `the host of ${file.path} gives no such bytes`, 'run it again later');
    await handle.truncate(0); // it knows no ranges: from the beginning
    hash = createHash('sha256');
    bytes = 0;
  }
  try {
    for await (const piece of answer.body) {
      bytes += piece.length;
      if (bytes > file.bytes)
        throw new HubFailure(
          'tampered',
          `more comes than the ${file.bytes} bytes of ${file.path}`,
          'run it again later',
        );
      await handle.write(piece);
      hash.update(piece);
      onBytes(bytes);
    }
  } catch (error) {
    signal.throwIfAborted();
    const { code = '' } = error as NodeJS.ErrnoException;
    if (error instanceof HubFailure || ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'].includes(code)) throw error;
    throw new HubFailure(
      'cut',
      `the connection broke (${code || error})`,
      'run it again: what has arrived is kept',
      error,
    );
  }
  if (bytes < file.bytes)
    throw new HubFailure('cut', 'the answer ended too early', 'run it again: what has arrived is kept');
  return { hash, bytes };
}

async function hashed(path: string, signal: AbortSignal): Promise<Received> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path, { signal })) {
    hash.update(piece as Buffer);
    bytes += (piece as Buffer).length;
  }
  return { hash, bytes };
}

async function isWhole(path: string, file: HubFile, signal: AbortSignal): Promise<boolean> {
  if ((await sizeOf(path)) !== file.bytes) return false;
  return (await hashed(path, signal)).hash.digest('hex') === file.sha256;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function demandSpace({ file, directory }: DownloadOrder, here: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  const needed = file.bytes - here + spareBytes;
  if (free >= needed) return;
  const why = `${directory} has ${megabytes(free)} MB free, ${megabytes(needed)} MB are needed`;
  throw new HubFailure('disk-full', why, 'free some, or choose a smaller file');
}

/** One download of a file at a time. A lock whose process is gone does not count. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = Number(await readFile(path, 'utf8').catch(() => '0'));
    if (pid > 0 && isAlive(pid)) {
      throw new HubFailure('busy', `process ${pid} is downloading this file already`, 'wait for it, or end it');
    }
    await rm(path, { force: true });
  }
}

/** File system errors as sentences. */
async function atEdge<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (error instanceof HubFailure || syscall === undefined) throw error;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    const mend = full
      ? 'free some space and run it again: what has arrived is kept'
      : `look at who may write to ${directory}`;
    throw new HubFailure(
      full ? 'disk-full' : 'not-writable',
      `${directory} can't be written (${message})`,
      mend,
      error,
    );
  }
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);
