// Generated regions in the open documents: found by their content, then followed through every edit while enough of them is left.
// Tells the ledger what became of them. Knows its port; knows nothing of how a region is shown.

import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Clock } from '../base/clock.ts';
import type { Ledger, RegionMatch } from '../ledger/port.ts';
import { pathOf } from './convert.ts';
import type { Documents } from './documents.ts';
import { markedAnew, settledAtOpening } from './region-news.ts';
import { movedAlong, stillIt, type Tracked, tracked } from './tracked-regions.ts';

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
  const found = new Map<string, readonly Tracked[]>();
  /** Opened, and not yet looked at for what the ledger waits to hear. */
  const fresh = new Set<string>();
  const settling = new Map<string, AbortController>();

  function refresh(uri: string): void {
    const [document, book] = [documents.get(uri), ledger()];
    if (document === undefined || book === undefined) return;
    settling.get(uri)?.abort();
    settling.delete(uri);
    const [path, text] = [pathOf(uri), document.getText()];
    const matches = book.regionsIn(path, text);
    if (fresh.delete(uri)) settle(book, path, matches);
    found.set(uri, [...matches.map((match) => tracked(match, text)), ...followed(book, uri, text, matches)]);
    onChange(document);
  }
  /** Regions that the ledger does not find any more, but that were watched while they changed: a renamed variable, a formatter. */
  function followed(book: Ledger, uri: string, text: string, matches: readonly RegionMatch[]): Tracked[] {
    return (found.get(uri) ?? []).flatMap((one) => {
      const now = stillIt(one, text);
      const outcome = book.receipt(one.match.receipt.id)?.outcome;
      const isOver = outcome === undefined || outcome === 'dismissed' || outcome === 'undone';
      const isKnown = matches.some((match) => match.receipt.id === one.match.receipt.id || overlap(match, one.match));
      return now === undefined || isOver || isKnown ? [] : [{ ...one, match: now }];
    });
  }
  function settle(book: Ledger, path: string, matches: readonly RegionMatch[]): void {
    const now = clock.wallMilliseconds();
    for (const event of settledAtOpening(book.receiptsOf(path), path, matches, now)) book.append(event);
  }
  function saved({ uri }: TextDocument): void {
    const [document, book] = [documents.get(uri), ledger()];
    if (document === undefined || book === undefined) return;
    refresh(uri);
    const text = document.getText();
    const events = (found.get(uri) ?? []).map(({ match }) =>
      markedAnew(match, pathOf(uri), text, clock.wallMilliseconds()),
    );
    for (const event of events) if (event !== undefined) book.append(event);
    if (events.some((event) => event !== undefined)) refresh(uri);
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
      fresh.add(uri);
      refresh(uri);
      refreshWhenSettled(uri);
    },
    edited(document, edit) {
      const before = found.get(document.uri) ?? [];
      const after = before.flatMap((one) => movedAlong(one, edit));
      found.set(document.uri, after);
      if (after.length < before.length) onChange(document);
    },
    changed: ({ uri }) => refreshWhenSettled(uri),
    saved,
    closed(uri) {
      settling.get(uri)?.abort();
      settling.delete(uri);
      found.delete(uri);
      fresh.delete(uri);
    },
  });

  return {
    of: (uri) => (found.get(uri) ?? []).map(({ match }) => match),
    refresh,
    refreshAll() {
      for (const { uri } of documents.all()) refresh(uri);
    },
  };
}

function overlap(a: RegionMatch, b: RegionMatch): boolean {
  return a.range.start < b.range.end && b.range.start < a.range.end;
}
