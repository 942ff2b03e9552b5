// Looks how much of an applied answer is still there at the later of the next save and ten minutes (DESIGN, `Passed`). A document that
// is closed before is not looked at here: the answer stays undecided until the file is opened again.

import type { Clock } from '../base/clock.ts';
import { secondsBetween } from '../base/clock.ts';
import type { OffsetRange } from '../base/text.ts';
import { keptShare } from '../ledger/kept-share.ts';
import { settledMilliseconds } from '../ledger/passed.ts';
import { movedRange } from './changes.ts';
import type { History } from './history.ts';
import type { Piece } from './landing.ts';
import type { OpenDocument } from './ports.ts';

export interface StandingWatch {
  /**
   * Starts watching pieces that stand in `document` now.
   * @param onSettled called once, with the share (0 to 1) of the inserted tokens that stand in their place.
   */
  add(document: OpenDocument, pieces: readonly Piece[], onSettled: (share: number) => void): void;
  documentChanged(document: OpenDocument): void;
  documentSaved(document: OpenDocument): void;
  forget(uri: string): void;
  close(): void;
}

/** Answers watched at once; the oldest stays undecided. */
const mostWatched = 64;

interface Watched {
  readonly uri: string;
  readonly onSettled: (share: number) => void;
  readonly sinceNanoseconds: bigint;
  readonly over: AbortController;
  pieces: readonly { readonly range: OffsetRange; readonly inserted: string }[];
  mark: number;
  saved: boolean;
}

export function createStandingWatch(
  history: History,
  clock: Clock,
  documentOf: (uri: string) => OpenDocument | undefined,
): StandingWatch {
  const watched = new Set<Watched>();
  const of = (uri: string): Watched[] => [...watched].filter((one) => one.uri === uri);

  function drop(one: Watched): void {
    watched.delete(one);
    one.over.abort();
  }

  /** False when what happened in between is not known. */
  function follow(one: Watched, document: OpenDocument): boolean {
    const changes = history.since(one.uri, one.mark);
    if (changes === undefined) {
      drop(one);
      return false;
    }
    one.mark = history.mark(document);
    one.pieces = one.pieces.map(({ range, inserted }) => ({ inserted, range: movedRange(range, changes, 'outward') }));
    return true;
  }

  function look(one: Watched): void {
    const document = documentOf(one.uri);
    const isKnown = document !== undefined && follow(one, document);
    drop(one);
    if (!isKnown) return;
    let [written, kept] = [0, 0];
    for (const { range, inserted } of one.pieces) {
      written += inserted.length;
      kept += inserted.length * keptShare(inserted, document.text.slice(range.start, range.end));
    }
    one.onSettled(written === 0 ? 1 : kept / written);
  }

  const isDue = ({ sinceNanoseconds }: Watched): boolean =>
    secondsBetween(sinceNanoseconds, clock.nowNanoseconds()) * 1000 >= settledMilliseconds;

  return {
    add(document, pieces, onSettled) {
      const inserted = pieces.filter((piece) => piece.inserted.trim() !== '');
      if (inserted.length === 0) return;
      const one: Watched = {
        uri: document.uri,
        onSettled,
        sinceNanoseconds: clock.nowNanoseconds(),
        over: new AbortController(),
        pieces: inserted,
        mark: history.mark(document),
        saved: false,
      };
      watched.add(one);
      const [oldest] = watched;
      if (watched.size > mostWatched && oldest !== undefined) drop(oldest);
      clock.sleep(settledMilliseconds, one.over.signal).then(
        () => {
          if (one.saved) look(one);
        },
        () => {},
      );
    },
    documentChanged(document) {
      for (const one of of(document.uri)) follow(one, document);
    },
    documentSaved(document) {
      for (const one of of(document.uri)) {
        one.saved = true;
        if (isDue(one)) look(one);
      }
    },
    forget(uri) {
      of(uri).forEach(drop);
    },
    close() {
      [...watched].forEach(drop);
    },
  };
}
