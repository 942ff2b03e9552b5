// Generated regions in the open documents: found by exact content, then moved along with every edit, dropped when touched.
// Knows the ledger's port; knows nothing of how a region is shown.

import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Clock } from '../base/clock.ts';
import type { OffsetEdit } from '../base/text.ts';
import type { Ledger, RegionMatch } from '../ledger/port.ts';
import { pathOf } from './convert.ts';
import type { Documents } from './documents.ts';

/** Quiet time after an edit before regions are looked for again: an undo may have brought one back. */
const settleMilliseconds = 300;

export interface Regions {
  /** From memory, in the coordinates of the document's present text. */
  of(uri: string): readonly RegionMatch[];
  /** Looks the regions up in the ledger, now. */
  refresh(uri: string): void;
  refreshAll(): void;
}

export interface RegionsOptions {
  readonly documents: Documents;
  readonly clock: Clock;
  /** Undefined while the ledger is not loaded or not yet read. */
  readonly ledger: () => Ledger | undefined;
  /** The regions of this document are others than before, or lie elsewhere. */
  readonly onChange: (document: TextDocument) => void;
}

/** Follows the documents by itself; `refresh` is for news from elsewhere: a job that ended, a receipt that was dismissed. */
export function createRegions({ documents, clock, ledger, onChange }: RegionsOptions): Regions {
  const found = new Map<string, readonly RegionMatch[]>();
  const settling = new Map<string, AbortController>();

  function refresh(uri: string): void {
    const [document, book] = [documents.get(uri), ledger()];
    if (document === undefined || book === undefined) return;
    settling.get(uri)?.abort();
    settling.delete(uri);
    found.set(uri, book.regionsIn(pathOf(uri), document.getText()));
    onChange(document);
  }
  function refreshWhenSettled(uri: string): void {
    if (ledger() === undefined) return;
    settling.get(uri)?.abort();
    const waiting = new AbortController();
    settling.set(uri, waiting);
    clock
      .sleep(settleMilliseconds, waiting.signal)
      // The code may have come from another editor's file by a reload: its receipt is in the same ledger.
      .then(() => ledger()?.refresh())
      .then(
        () => {
          if (!waiting.signal.aborted) refresh(uri);
        },
        () => {},
      );
  }

  documents.listen({
    opened({ uri }) {
      refresh(uri);
      refreshWhenSettled(uri);
    },
    edited(document, edit) {
      const before = found.get(document.uri) ?? [];
      const after = before.flatMap((match) => moved(match, edit));
      found.set(document.uri, after);
      if (after.length < before.length) onChange(document);
    },
    changed: ({ uri }) => refreshWhenSettled(uri),
    closed(uri) {
      settling.get(uri)?.abort();
      settling.delete(uri);
      found.delete(uri);
    },
  });

  return {
    of: (uri) => found.get(uri) ?? [],
    refresh,
    refreshAll() {
      for (const { uri } of documents.all()) refresh(uri);
    },
  };
}

/** Where a region is after an edit; nowhere when the edit touched it. */
function moved(match: RegionMatch, edit: OffsetEdit): RegionMatch[] {
  const { start, end } = match.range;
  if (edit.start >= end) return [match];
  if (edit.end > start) return [];
  const shift = edit.text.length - (edit.end - edit.start);
  return [{ ...match, range: { start: start + shift, end: end + shift } }];
}
