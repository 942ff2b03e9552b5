// The documents of the headless client: texts, versions, undo steps, and workspace edits applied as an editor applies them.
// Knows no connection; files that are not open are read through `readFile`.

import type { CreateFile, TextDocumentEdit, TextEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

export interface HeadlessDocument {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
}

/** A file that a workspace edit changed, open or not. `before` is undefined when the edit created it. */
export interface ChangedFile {
  readonly uri: string;
  readonly before: string | undefined;
  readonly after: string;
}

export interface AppliedEdit {
  readonly files: readonly ChangedFile[];
  /** What `textDocument/didChange` has to say: bottom-up, so that each range holds while they are applied in order. */
  readonly notices: readonly {
    readonly uri: string;
    readonly version: number;
    readonly changes: readonly TextEdit[];
  }[];
}

export interface HeadlessDocuments {
  open(uri: string, languageId: string, text: string, version: number): HeadlessDocument;
  /** Applies ranged edits (all in the coordinates before the call) and counts one version up. One undo step. */
  change(uri: string, edits: readonly TextEdit[]): HeadlessDocument & { readonly changes: readonly TextEdit[] };
  close(uri: string): void;
  get(uri: string): HeadlessDocument | undefined;
  /** All or nothing. A string says why the edit was refused: stale version, overlapping ranges, file already there. */
  applyWorkspaceEdit(edit: WorkspaceEdit): AppliedEdit | string;
  /** Takes back the last step; undefined when there is none. */
  undo(uri: string): (HeadlessDocument & { readonly changes: readonly TextEdit[] }) | undefined;
  undoSteps(uri: string): number;
  /** Every file that edits of the server changed or created, with its first `before` and its latest `after`. */
  changedFiles(): readonly ChangedFile[];
}

interface Entry {
  document: TextDocument;
  readonly undo: string[];
}

/** @param readFile text of a file that is not open; undefined when there is none. */
export function createHeadlessDocuments(readFile: (uri: string) => string | undefined): HeadlessDocuments {
  const entries = new Map<string, Entry>();
  const closedFiles = new Map<string, string>();
  const changed = new Map<string, ChangedFile>();

  const entryOf = (uri: string): Entry => {
    const entry = entries.get(uri);
    if (entry === undefined) throw new Error(`${uri} is not open in the headless client`);
    return entry;
  };
  const view = (entry: Entry): HeadlessDocument => ({
    uri: entry.document.uri,
    languageId: entry.document.languageId,
    version: entry.document.version,
    text: entry.document.getText(),
  });
  const replaceText = (entry: Entry, edits: readonly TextEdit[]): readonly TextEdit[] => {
    const { uri, languageId, version } = entry.document;
    const text = TextDocument.applyEdits(entry.document, [...edits]);
    const changes = bottomUp(edits);
    entry.document = TextDocument.create(uri, languageId, version + 1, text);
    return changes;
  };

  function targetsOf(edit: WorkspaceEdit): Map<string, { edits: TextEdit[]; create: boolean }> | string {
    const targets = new Map<string, { edits: TextEdit[]; create: boolean }>();
    const at = (uri: string): { edits: TextEdit[]; create: boolean } => {
      const known = targets.get(uri) ?? { edits: [], create: false };
      targets.set(uri, known);
      return known;
    };
    for (const change of edit.documentChanges ?? []) {
      if ('kind' in change) {
        if (change.kind !== 'create') return `this client does not ${change.kind} files`;
        const present = textOf(change.uri) !== undefined;
        if (present && !allowsExisting(change)) return `${change.uri} already exists`;
        at(change.uri).create = !present;
      } else {
        const stale = staleness(change);
        if (stale !== undefined) return stale;
        at(change.textDocument.uri).edits.push(...change.edits.map(plain));
      }
    }
    if (edit.documentChanges === undefined) {
      for (const [uri, edits] of Object.entries(edit.changes ?? {})) at(uri).edits.push(...edits);
    }
    return targets;
  }
  const textOf = (uri: string): string | undefined =>
    entries.get(uri)?.document.getText() ?? closedFiles.get(uri) ?? readFile(uri);
  const staleness = (change: TextDocumentEdit): string | undefined => {
    const { uri, version } = change.textDocument;
    const open = entries.get(uri);
    if (version === null || open === undefined || open.document.version === version) return undefined;
    return `${uri} is at version ${open.document.version}, the edit is for ${version}`;
  };

  return {
    open(uri, languageId, text, version) {
      const entry: Entry = { document: TextDocument.create(uri, languageId, version, text), undo: [] };
      entries.set(uri, entry);
      return view(entry);
    },
    change(uri, edits) {
      const entry = entryOf(uri);
      entry.undo.push(entry.document.getText());
      const changes = replaceText(entry, edits);
      return { ...view(entry), changes };
    },
    close(uri) {
      const entry = entries.get(uri);
      if (entry !== undefined && changed.has(uri)) closedFiles.set(uri, entry.document.getText());
      entries.delete(uri);
    },
    get(uri) {
      const entry = entries.get(uri);
      return entry && view(entry);
    },
    applyWorkspaceEdit(edit) {
      const targets = targetsOf(edit);
      if (typeof targets === 'string') return targets;
      const prepared: ChangedFile[] = [];
      for (const [uri, { edits, create }] of targets) {
        const before = create ? undefined : textOf(uri);
        const base = TextDocument.create(uri, 'plaintext', 0, before ?? '');
        try {
          prepared.push({ uri, before, after: TextDocument.applyEdits(base, edits) });
        } catch (error) {
          return `the edits of ${uri} do not fit: ${error instanceof Error ? error.message : String(error)}`;
        }
      }
      const notices: { uri: string; version: number; changes: readonly TextEdit[] }[] = [];
      for (const file of prepared) {
        const first = changed.get(file.uri);
        changed.set(file.uri, first === undefined ? file : { ...file, before: first.before });
        const entry = entries.get(file.uri);
        if (entry === undefined) closedFiles.set(file.uri, file.after);
        else {
          entry.undo.push(entry.document.getText());
          const changes = replaceText(entry, targets.get(file.uri)?.edits ?? []);
          notices.push({ uri: file.uri, version: entry.document.version, changes });
        }
      }
      return { files: prepared, notices };
    },
    undo(uri) {
      const entry = entryOf(uri);
      const text = entry.undo.pop();
      if (text === undefined) return undefined;
      const changes = replaceText(entry, [{ range: wholeRange(entry.document), newText: text }]);
      return { ...view(entry), changes };
    },
    undoSteps: (uri) => entryOf(uri).undo.length,
    changedFiles: () => [...changed.values()],
  };
}

function allowsExisting(change: CreateFile): boolean {
  return change.options?.ignoreIfExists === true || change.options?.overwrite === true;
}

function plain(edit: TextDocumentEdit['edits'][number]): TextEdit {
  if (!('newText' in edit)) throw new Error('this client takes no snippets');
  return { range: edit.range, newText: edit.newText };
}

function bottomUp(edits: readonly TextEdit[]): TextEdit[] {
  return edits
    .map((edit, index) => ({ edit, index }))
    .sort((a, b) => {
      const [p, q] = [a.edit.range.start, b.edit.range.start];
      return q.line - p.line || q.character - p.character || b.index - a.index;
    })
    .map(({ edit }) => edit);
}

function wholeRange(document: TextDocument): TextEdit['range'] {
  return { start: { line: 0, character: 0 }, end: document.positionAt(document.getText().length) };
}
