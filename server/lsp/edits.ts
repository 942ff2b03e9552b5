// A generated edit as a WorkspaceEdit that this client understands. Pure.
//
// Which form goes to whom:
// - `documentChanges` with the version wherever it is supported, so that the client refuses what became stale;
// - Neovim does not advertise `documentChanges` but honours them: it gets them too, because its `changes` land on any text;
// - everybody else gets `changes`, and only the check made just before sending guards them.
// New files:
// - `CreateFile` plus an edit where `resourceOperations` has `create` (VS Code, Helix, Zed, Neovim);
// - without it (eglot before 1.18) the edit alone, for version null: the client visits the new file and fills it;
// - to lsp-mode too: it visits and saves the new file before it creates it, and then asks about a file changed on disk;
// - in `changes` likewise, under the new uri.

import type { CreateFile, TextDocumentEdit, TextEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { DocumentEdit } from '../jobs/ports.ts';
import { type Client, isLspMode, isNeovim } from './client.ts';
import { toRange, uriOf } from './convert.ts';
import { wholeTextEdit } from './documents.ts';

export interface FileToWrite {
  readonly uri: string;
  /** Version of the open document; null when it is not open. */
  readonly version: number | null;
  readonly create: boolean;
  readonly edits: readonly TextEdit[];
}

/** @param other the open document of `edit.newFile`, if it is one. */
export function toWorkspaceEdit(
  edit: DocumentEdit,
  document: TextDocument,
  client: Client,
  other: TextDocument | undefined,
): WorkspaceEdit {
  const files: FileToWrite[] = [];
  if (edit.edits.length > 0) {
    const edits = edit.edits.map((one) => ({ range: toRange(document, one), newText: one.text }));
    files.push({ uri: edit.uri, version: edit.version, create: false, edits });
  }
  if (edit.newFile !== undefined) files.push(otherFile(edit.newFile, other));
  const support = client.capabilities.workspace?.workspaceEdit;
  if (support?.documentChanges !== true && !isNeovim(client.name)) {
    return { changes: Object.fromEntries(files.map((file) => [file.uri, [...file.edits]])) };
  }
  const creates = support?.resourceOperations?.includes('create') === true && !isLspMode(client.name);
  return { documentChanges: files.flatMap((file) => documentChange(file, creates)) };
}

function documentChange(file: FileToWrite, creates: boolean): (CreateFile | TextDocumentEdit)[] {
  const change: TextDocumentEdit = {
    textDocument: { uri: file.uri, version: file.version },
    edits: [...file.edits],
  };
  if (!file.create || !creates) return [change];
  return [{ kind: 'create', uri: file.uri, options: { ignoreIfExists: true } }, change];
}

function otherFile(file: NonNullable<DocumentEdit['newFile']>, open: TextDocument | undefined): FileToWrite {
  const before = file.existing ?? '';
  const document = TextDocument.create(open?.uri ?? uriOf(file.path), 'plaintext', 0, before);
  const edit = wholeTextEdit(before, file.text);
  return {
    uri: document.uri,
    version: open?.version ?? null,
    create: file.existing === undefined,
    edits: [{ range: toRange(document, edit), newText: edit.text }],
  };
}
