// What a repository of the Hugging Face hub holds: https://huggingface.co/docs/hub/api, `GET /api/models/{repo}/tree/main`.
// A GGUF lies there as an LFS object, whose id is the SHA-256 of its content.

import { readUpTo } from './http.ts';
import { askHub, type Hub, HubFailure } from './hub-http.ts';
import { chooseFile, type HubFile, type HubName } from './hub-name.ts';

/** A listing of thousands of files has a megabyte or two. */
const longestListing = 16 * 1024 * 1024;

/** The file that the name means, with size and checksum. Rejects with HubFailure, or with the signal's reason. */
export async function findOnHub(hub: Hub, name: HubName, signal: AbortSignal): Promise<HubFile> {
  const path = `api/models/${encodePath(name.repository)}/tree/main?recursive=true`;
  const answer = await askHub(hub, { path, mayLeave: false }, signal);
  const files = listingOf(await readUpTo(answer.body, longestListing));
  if (files === undefined) {
    throw new HubFailure(
      'malformed',
      `${hub.endpoint.host} answered with something else than a list of files`,
      'check HF_ENDPOINT',
    );
  }
  const file = chooseFile(files, name);
  if (typeof file === 'string') throw new HubFailure('not-found', file, 'name a file: hf:USER/REPO/FILE.gguf');
  return file;
}

/** @returns `A%20B/C.gguf` for `A B/C.gguf`. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Files that are LFS objects; the others are no models. */
function listingOf(text: string): HubFile[] | undefined {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(entries)) return undefined;
  return entries.flatMap((entry: unknown) => {
    const { path, lfs } = (entry ?? {}) as { path?: unknown; lfs?: { oid?: unknown; size?: unknown } | null };
    const { oid, size } = lfs ?? {};
    const isFile = typeof path === 'string' && typeof oid === 'string' && typeof size === 'number';
    const isSafe = isFile && /^[0-9a-f]{64}$/.test(oid) && Number.isSafeInteger(size) && size > 0;
    return isSafe && !path.split('/').includes('..') ? [{ path, bytes: size, sha256: oid }] : [];
  });
}
