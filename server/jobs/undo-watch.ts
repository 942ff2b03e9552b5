// Notices that an applied answer was undone, or done again, from what stands where it was put. Knows no undo list: editors have none
// to show.

import { movedRange } from './changes.ts';
import type { History } from './history.ts';
import type { Piece } from './landing.ts';
import type { OpenDocument } from './ports.ts';

export interface UndoWatch {
  /**
   * Starts watching pieces that stand in `document` now.
   * @param onTurn called when they were undone (`true`) or are back again (`false`).
   */
  add(document: OpenDocument, pieces: readonly Piece[], onTurn: (undone: boolean) => void): void;
  /** Looks at everything watched in a document that changed. */
  documentChanged(document: OpenDocument): void;
  forget(uri: string): void;
}

/** Answers watched at once; the oldest goes first. */
const mostWatched = 64;

interface Watched {
  readonly uri: string;
  readonly onTurn: (undone: boolean) => void;
  pieces: readonly Piece[];
  mark: number;
  undone: boolean;
}

export function createUndoWatch(history: History): UndoWatch {
  let watched: Watched[] = [];

  return {
    add(document, pieces, onTurn) {
      if (!pieces.some((piece) => piece.inserted !== piece.replaced)) return;
      watched.push({ uri: document.uri, onTurn, pieces, mark: history.mark(document), undone: false });
      if (watched.length > mostWatched) watched.shift();
    },
    documentChanged(document) {
      for (const one of watched.filter((entry) => entry.uri === document.uri)) {
        const changes = history.since(document.uri, one.mark);
        if (changes === undefined) {
          watched = watched.filter((entry) => entry !== one);
          continue;
        }
        one.mark = history.mark(document);
        one.pieces = one.pieces.map((piece) => ({ ...piece, range: movedRange(piece.range, changes, 'outward') }));
        const reads = (side: 'inserted' | 'replaced'): boolean =>
          one.pieces.every((piece) => document.text.slice(piece.range.start, piece.range.end) === piece[side]);
        const undone = reads('replaced');
        if (undone === one.undone || (!undone && !reads('inserted'))) continue;
        one.undone = undone;
        one.onTurn(undone);
      }
    },
    forget(uri) {
      watched = watched.filter((entry) => entry.uri !== uri);
    },
  };
}
