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

/** Characters behind a piece that show where it ends when a client aligns its change differently. */
const contextLength = 40;

interface WatchedPiece extends Piece {
  readonly following: string;
  readonly atEnd: boolean;
}

interface Watched {
  readonly uri: string;
  readonly onTurn: (undone: boolean) => void;
  pieces: readonly WatchedPiece[];
  mark: number;
  undone: boolean;
}

export function createUndoWatch(history: History): UndoWatch {
  let watched: Watched[] = [];

  return {
    add(document, pieces, onTurn) {
      if (!pieces.some((piece) => piece.inserted !== piece.replaced)) return;
      const inContext = pieces.map((piece) => withContext(piece, document.text));
      watched.push({ uri: document.uri, onTurn, pieces: inContext, mark: history.mark(document), undone: false });
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
        const reads = (side: Side): boolean => one.pieces.every((piece) => stands(piece, side, document.text));
        const side: Side = one.undone ? 'inserted' : 'replaced';
        if (reads(one.undone ? 'replaced' : 'inserted') || !reads(side)) continue;
        const undone = !one.undone;
        one.undone = undone;
        one.pieces = one.pieces.map((piece) => cutTo(piece, side));
        one.onTurn(undone);
      }
    },
    forget(uri) {
      watched = watched.filter((entry) => entry.uri !== uri);
    },
  };
}

type Side = 'inserted' | 'replaced';

function withContext(piece: Piece, text: string): WatchedPiece {
  const end = piece.range.end + contextLength;
  return { ...piece, following: text.slice(piece.range.end, end), atEnd: end >= text.length };
}

/** Taking `a\nb\n` back to `a\n` may be told as removing `\nb` or `b\n`: where the range does not fit, what follows decides. */
function stands(piece: WatchedPiece, side: Side, text: string): boolean {
  const { start, end } = piece.range;
  if (text.slice(start, end) === piece[side]) return true;
  const expected = piece[side] + piece.following;
  return text.startsWith(expected, start) && (!piece.atEnd || start + expected.length === text.length);
}

function cutTo(piece: WatchedPiece, side: Side): WatchedPiece {
  const { start } = piece.range;
  return { ...piece, range: { start, end: start + piece[side].length } };
}
