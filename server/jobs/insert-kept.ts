// Inserts a kept answer because the user asks for it: where it was meant to go when that still stands, else as lines of its own,
// so that nothing which was written meanwhile is replaced.

import type { OffsetRange } from '../base/text.ts';
import type { Draft, Task } from '../pipeline/task.ts';
import { type Delivered, type Delivery, deliver } from './deliver.ts';
import { insertionBehind, type KeptEntry } from './kept.ts';
import type { OpenDocument } from './ports.ts';
import { snapshotOf } from './record.ts';

export interface InsertOptions {
  readonly delivery: Delivery;
  /** Where the answer was meant to go, in the present text; undefined when that place is gone. */
  readonly place: OffsetRange | undefined;
}

export async function insertKept(entry: KeptEntry, offset: number, options: InsertOptions): Promise<Delivered> {
  const { record } = entry;
  const { delivery } = options;
  const document = delivery.editor.document(record.snapshot.uri);
  if (document === undefined) return { applied: false, why: 'the document is not open', awaited: [] };
  const label = `joule: ${record.title}`;
  const { draft, task } = record;
  if (draft !== undefined && task !== undefined && !isPageOnly(draft)) {
    const { snapshot, mark } = record;
    const delivered = await deliver({ label, snapshot, mark, task, draft }, delivery);
    if (delivered.applied || delivered.awaited.length > 0) return delivered;
  }
  return insertLines(entry, document, { ...options, offset, label });
}

async function insertLines(
  { record, text }: KeptEntry,
  document: OpenDocument,
  { delivery, place, offset, label }: InsertOptions & { readonly offset: number; readonly label: string },
): Promise<Delivered> {
  const now = delivery.editor.document(document.uri) ?? document;
  const edit = insertionBehind(now.text, place?.end ?? offset, text);
  const draft: Draft = { edits: [edit], regionEdits: [0], code: text, cautions: [] };
  const task: Task = {
    actionId: record.request.actionId,
    languageId: now.languageId,
    fileName: '',
    text: now.text,
    facts: undefined,
    target: { kind: 'after', offset: edit.start, indentation: '' },
    instruction: '',
    findings: [],
  };
  return deliver({ label, snapshot: snapshotOf(now), mark: delivery.history.mark(now), task, draft }, delivery);
}

function isPageOnly(draft: Draft): boolean {
  return draft.edits.length === 0 && draft.newFile === undefined;
}
