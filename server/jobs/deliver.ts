// Brings an answer into the editor: moves it to the present text, sends the edit, looks whether it is there. A refusal by an editor
// that was ahead of us is tried again on its newer text. Never loses the answer: the caller keeps what did not land.

import type { Clock } from '../base/clock.ts';
import type { OffsetEdit, OffsetRange } from '../base/text.ts';
import type { Region } from '../ledger/events.ts';
import { findRegions, regionOf } from '../ledger/regions.ts';
import type { Draft, Task } from '../pipeline/task.ts';
import { changeBetween } from './changes.ts';
import type { History } from './history.ts';
import type { Snapshot } from './job.ts';
import { expectedRegions, type LandingRequest, landingOf, type Piece } from './landing.ts';
import type { DocumentEdit, Editor, OpenDocument } from './ports.ts';
import { rebase } from './rebase.ts';
import { extentOfTask, pathOfUri } from './record.ts';

/** An answer and what it was made for. */
export interface Parcel {
  readonly label: string;
  readonly snapshot: Snapshot;
  /** Moment of the snapshot in the document's history. */
  readonly mark: number;
  readonly task: Task;
  readonly draft: Draft;
}

export type Delivered =
  | {
      readonly applied: true;
      readonly rebased: boolean;
      readonly regions: readonly Region[];
      readonly pieces: readonly Piece[];
    }
  | NotDelivered;

export interface NotDelivered {
  readonly applied: false;
  readonly why: string;
  /** Regions that may yet appear, because the editor was asked to make the edit. */
  readonly awaited: readonly Region[];
}

export interface Delivery {
  readonly editor: Editor;
  readonly history: History;
  readonly clock: Clock;
}

/** Never rejects for anything an editor can do. */
export async function deliver(parcel: Parcel, delivery: Delivery): Promise<Delivered> {
  let refused = notSent('the document was closed');
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const newFile = await newFileOf(parcel, delivery.editor);
    if (newFile !== undefined && 'why' in newFile) return notSent(newFile.why);
    const document = delivery.editor.document(parcel.snapshot.uri);
    if (document === undefined) return refused;
    const late = arrived(refused.awaited, document);
    if (late !== undefined) return { applied: true, rebased: true, regions: late, pieces: [] };
    const edits = editsFor(parcel, document, delivery.history);
    if (edits === undefined) return attempt === 0 ? notSent(changedMeanwhile) : refused;
    const landing = {
      path: pathOfUri(document.uri),
      before: document.text,
      edits,
      regionEdits: parcel.draft.regionEdits,
    };
    const answer = await delivery.editor.apply({
      uri: document.uri,
      version: document.version,
      edits,
      label: parcel.label,
      ...(newFile === undefined ? {} : { newFile }),
    });
    if (answer.applied) {
      const made = landed(landing, delivery.editor.document(document.uri));
      if (made === undefined) return { applied: false, why: notShown, awaited: absentIn(landing) };
      const regions = [...made.regions, ...regionsOfNewFile(newFile)];
      return { applied: true, rebased: document.text !== parcel.snapshot.text, regions, pieces: made.pieces };
    }
    refused = { applied: false, why: answer.why, awaited: absentIn(landing) };
    if (!(await movedOn(document, delivery))) return refused;
  }
  return refused;
}

const changedMeanwhile = 'the code there changed while the answer was being written';
const notShown = 'the editor said that it made the edit, but the document does not show it';

/** An editor that types ahead of its notifications refuses an edit; each attempt sees newer text. */
const mostAttempts = 3;
/** How long the change that made an editor refuse may take to arrive (Neovim gathers changes for 150 ms). */
const changePatienceMilliseconds = 500;

/** The awaited regions where they stand now, when all of them do: the edit was made after all, only late. */
export function arrived(awaited: readonly Region[], document: OpenDocument): readonly Region[] | undefined {
  if (awaited.length === 0) return undefined;
  const path = pathOfUri(document.uri);
  const standing = findRegions(document.text, awaited).map((range) => range && regionOf(path, document.text, range));
  return standing.every((region) => region !== undefined) ? standing : undefined;
}

function notSent(why: string): NotDelivered {
  return { applied: false, why, awaited: [] };
}

function editsFor(parcel: Parcel, document: OpenDocument, history: History): readonly OffsetEdit[] | undefined {
  const { snapshot, draft, task } = parcel;
  if (draft.edits.length === 0) return [];
  return rebase({
    before: snapshot.text,
    after: document.text,
    changes: history.since(document.uri, parcel.mark),
    guarded: guardedBy(task, draft),
    edits: draft.edits,
  });
}

/**
 * What must not have changed for the answer to be right: the definition, lines or comment it was made for. Of a class or several
 * definitions at once only those that are edited: the others may go on being written by hand.
 */
function guardedBy(task: Task, draft: Draft): OffsetRange[] {
  const { target, facts } = task;
  if (target.kind === 'after' || (target.kind === 'symbol' && target.symbol.kind !== 'class'))
    return [extentOfTask(task)];
  const extent = extentOfTask(task);
  return draft.edits.flatMap((edit) => {
    if (edit.start < extent.start || edit.end > extent.end) return [];
    const symbol = facts?.symbols.findLast((one) => one.range.start <= edit.start && edit.end <= one.range.end);
    const inside = symbol !== undefined && symbol.range.start >= extent.start && symbol.range.end <= extent.end;
    return [inside ? symbol.range : extent];
  });
}

function landed(
  landing: LandingRequest,
  after: OpenDocument | undefined,
): { readonly regions: readonly Region[]; readonly pieces: readonly Piece[] } | undefined {
  if (landing.edits.length === 0) return { regions: [], pieces: [] };
  if (after === undefined) return { regions: expectedRegions(landing), pieces: [] };
  return landingOf(landing, after.text);
}

/** Regions that the text did not hold before: when they turn up later, the edit was made after all. */
function absentIn(landing: LandingRequest): readonly Region[] {
  const regions = expectedRegions(landing);
  const present = findRegions(landing.before, regions);
  return present.every((range) => range === undefined) ? regions : [];
}

async function movedOn(document: OpenDocument, { editor, history, clock }: Delivery): Promise<boolean> {
  const isNewer = (): boolean => {
    const now = editor.document(document.uri);
    return now !== undefined && now.text !== document.text;
  };
  if (isNewer()) return true;
  const over = new AbortController();
  const changed = history.nextChange(document.uri, over.signal);
  const late = clock.sleep(changePatienceMilliseconds, over.signal).catch(() => undefined);
  await Promise.race([changed, late]);
  over.abort();
  return isNewer();
}

type NewFile = NonNullable<DocumentEdit['newFile']>;

/** The other file as it is now with the answer in it. Only the file that was asked for: a model cannot choose another. */
async function newFileOf({ draft, task }: Parcel, editor: Editor): Promise<NewFile | { why: string } | undefined> {
  if (draft.newFile === undefined) return undefined;
  const { path, text } = draft.newFile;
  if (task.otherFile?.path !== path) return { why: 'the answer is for a file that nobody asked for' };
  const before = task.otherFile.text;
  const existing = await editor.readWorkspaceFile(path);
  if (existing === before) return { path, text, existing };
  if (existing === undefined || before === undefined) {
    return { why: `${path} was ${existing === undefined ? 'deleted' : 'created'} while the answer was being written` };
  }
  const change = changeBetween(before, text);
  const added = { start: change.start, end: change.end, text: text.slice(change.start, change.start + change.length) };
  const edits = rebase({ before, after: existing, changes: undefined, guarded: [], edits: [added] });
  const [edit] = edits ?? [];
  if (edit === undefined) return { why: `${path} changed while the answer was being written` };
  return { path, text: existing.slice(0, edit.start) + edit.text + existing.slice(edit.end), existing };
}

function regionsOfNewFile(file: NewFile | undefined): readonly Region[] {
  if (file === undefined) return [];
  const change = changeBetween(file.existing ?? '', file.text);
  const region = regionOf(file.path, file.text, { start: change.start, end: change.start + change.length });
  return region === undefined ? [] : [region];
}
