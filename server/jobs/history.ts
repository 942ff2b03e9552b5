// What happened to the open documents since some moment: enough to move places along and to notice that an old range is not
// to be trusted. Keeps sizes of changes, not their text.

import type { OffsetEdit } from '../base/text.ts';
import { type Change, narrowed } from './changes.ts';
import type { OpenDocument } from './ports.ts';

export interface History {
  /** A moment to ask `since` about. Starts following the document when nobody did yet. */
  mark(document: OpenDocument): number;
  /** Edits as `Jobs.documentChanged` takes them; `document` is the text after them. */
  record(document: OpenDocument, edits: readonly OffsetEdit[]): void;
  forget(uri: string): void;
  /** All changes since a mark; `undefined` when not all are known (closed in between, or too many). */
  since(uri: string, mark: number): readonly Change[] | undefined;
  /** All changes since the document had this version; `undefined` when not all are known. */
  sinceVersion(document: OpenDocument, version: number): readonly Change[] | undefined;
  /** Resolves at the document's next change or closing, or when the signal aborts. */
  nextChange(uri: string, signal: AbortSignal): Promise<void>;
}

/** Older changes are forgotten: by then a place is found by its content or not at all. */
const mostChanges = 4_000;

interface Entry extends Change {
  readonly serial: number;
  /** Version of the document after this change. */
  readonly version: number;
}

interface Track {
  /** Everything after this moment is known. */
  from: number;
  /** Everything after this version is known. */
  fromVersion: number;
  entries: Entry[];
  /** Text after the last entry, a reference to the document's own string; undefined before the first. */
  text: string | undefined;
}

export function createHistory(): History {
  const tracks = new Map<string, Track>();
  const waiting = new Map<string, Set<() => void>>();
  let serial = 0;

  function wake(uri: string): void {
    const resolvers = waiting.get(uri);
    waiting.delete(uri);
    for (const resolve of resolvers ?? []) resolve();
  }

  return {
    mark(document) {
      if (!tracks.has(document.uri)) {
        tracks.set(document.uri, {
          from: serial,
          fromVersion: document.version,
          entries: [],
          text: document.text,
        });
      }
      return serial;
    },
    record(document, edits) {
      const track: Track = tracks.get(document.uri) ?? {
        from: serial,
        fromVersion: document.version - 1,
        entries: [],
        text: undefined,
      };
      const [only, second] = edits;
      const changes =
        track.text !== undefined && only !== undefined && second === undefined
          ? [narrowed(only, track.text)]
          : edits.map((edit) => ({ start: edit.start, end: edit.end, length: edit.text.length }));
      for (const change of changes) {
        serial++;
        track.entries.push({ ...change, serial, version: document.version });
      }
      while (track.entries.length > mostChanges) {
        const dropped = track.entries.shift();
        track.from = dropped?.serial ?? track.from;
        track.fromVersion = dropped?.version ?? track.fromVersion;
      }
      track.text = document.text;
      tracks.set(document.uri, track);
      wake(document.uri);
    },
    forget(uri) {
      tracks.delete(uri);
      serial++;
      wake(uri);
    },
    since(uri, mark) {
      const track = tracks.get(uri);
      if (track === undefined || mark < track.from) return undefined;
      return track.entries.filter((entry) => entry.serial > mark);
    },
    sinceVersion(document, version) {
      if (version === document.version) return [];
      const track = tracks.get(document.uri);
      if (track === undefined || version > document.version || version < track.fromVersion) return undefined;
      return track.entries.filter((entry) => entry.version > version);
    },
    nextChange(uri, signal) {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const resolvers = waiting.get(uri) ?? new Set();
        waiting.set(uri, resolvers);
        const done = (): void => {
          resolvers.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        resolvers.add(done);
        signal.addEventListener('abort', done);
      });
    },
  };
}
