// Answers that were generated and not applied. They follow their document's edits, outlive its closing, and stay until they are
// inserted, dropped, or the server ends. Knows nothing of why an answer was kept.

import { dominantLineBreak, lineEnd, lineStart, type OffsetEdit, type OffsetRange } from '../base/text.ts';
import type { Region } from '../ledger/events.ts';
import { movedRange } from './changes.ts';
import type { History } from './history.ts';
import type { Editor, KeptResult } from './ports.ts';
import { locateLines } from './rebase.ts';
import { extentOfTask, type JobRecord } from './record.ts';

/** What is kept of a job. */
export interface KeptEntry {
  readonly record: JobRecord;
  readonly text: string;
  readonly why: string;
  /** An edit that the editor may still make; see `NotDelivered`. */
  readonly awaited: readonly Region[];
}

export interface Kept {
  add(entry: KeptEntry): void;
  get(jobId: string): KeptEntry | undefined;
  drop(jobId: string): void;
  entriesOf(uri: string): readonly KeptEntry[];
  /** As `Jobs.kept`. */
  of(uri: string): readonly KeptResult[];
  /** Where the answer was meant to go, in the present text; `undefined` when that place is gone or the document is not open. */
  placeOf(entry: KeptEntry): OffsetRange | undefined;
}

export function createKept(editor: Editor, history: History): Kept {
  const entries = new Map<string, KeptEntry>();

  function placeOf({ record }: KeptEntry): OffsetRange | undefined {
    const document = editor.document(record.snapshot.uri);
    if (document === undefined) return undefined;
    const meant = record.task === undefined ? record.request.range : extentOfTask(record.task);
    const changes = history.since(document.uri, record.mark);
    if (document.text === record.snapshot.text) return meant;
    if (changes === undefined) return locateLines(record.snapshot.text, document.text, meant, changes);
    const moved = movedRange(meant, changes, 'inward');
    const deleted = moved.start === moved.end && meant.start < meant.end;
    return deleted ? locateLines(record.snapshot.text, document.text, meant, changes) : moved;
  }

  const entriesOf = (uri: string): KeptEntry[] =>
    [...entries.values()].filter((entry) => entry.record.snapshot.uri === uri);

  return {
    add(entry) {
      entries.set(entry.record.id, entry);
    },
    get: (jobId) => entries.get(jobId),
    drop(jobId) {
      entries.delete(jobId);
    },
    entriesOf,
    of: (uri) =>
      entriesOf(uri).map((entry) => ({
        jobId: entry.record.id,
        uri,
        title: entry.record.title,
        range: placeOf(entry),
        text: entry.text,
        why: entry.why,
      })),
    placeOf,
  };
}

/** Puts text on lines of its own behind the line that holds `offset`; nothing that stands there is replaced. */
export function insertionBehind(documentText: string, offset: number, text: string): OffsetEdit {
  const at = Math.min(Math.max(0, offset), documentText.length);
  const end = lineEnd(documentText, at);
  const lineBreak = dominantLineBreak(documentText);
  const blank = documentText.slice(lineStart(documentText, at), end).trim() === '';
  const lines = text.replace(/\s+$/, '').replace(/\r\n?|\n/g, lineBreak);
  return { start: end, end, text: `${blank ? '' : lineBreak}${lines}` };
}
