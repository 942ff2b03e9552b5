// The editor as jobs see it, spoken over the protocol: its documents, its files, edits that land or don't, pages.

import { readdir, readFile, stat } from 'node:fs/promises';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { plainText } from '../base/escape.ts';
import { applyEdits } from '../base/text.ts';
import type { ApplyAnswer, DocumentEdit, Editor } from '../jobs/ports.ts';
import { toWorkspaceEdit } from './edits.ts';
import type { Pages } from './pages.ts';
import type { Session } from './session.ts';

/** Files of the workspace larger than this many bytes are not read. */
const maximumFileBytes = 4 * 1024 * 1024;
/** Names of one folder that are looked at. */
const maximumEntries = 5000;
/** How long an accepted edit may take to come back as a change (Neovim holds changes back for 150 ms). */
const landingMilliseconds = 2000;
const longestMessage = 4000;

/** Everything jobs may do to the editor, and nothing that could fail by an exception. */
export function createEditor(session: Omit<Session, 'parts' | 'needParts'>, pages: Pages): Editor {
  const { client, documents, workspace, clock } = session;
  const changeWaiters = new Set<(uri: string) => void>();
  documents.listen({
    changed: ({ uri }) => {
      for (const waiter of [...changeWaiters]) waiter(uri);
    },
  });

  function nextChange(uri: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (changed: string): void => {
        if (changed !== uri) return;
        changeWaiters.delete(done);
        resolve();
      };
      changeWaiters.add(done);
      signal.addEventListener('abort', () => done(uri), { once: true });
    });
  }

  /**
   * Whether an edit that the client accepted is really in the text. Neovim drops a stale edit and yet answers that it applied it,
   * so only the change that comes back is proof.
   */
  async function landed(edit: DocumentEdit, expected: string): Promise<boolean> {
    if (edit.edits.length === 0) return true;
    const patience = new AbortController();
    const stopWaiting = new AbortController();
    clock.sleep(landingMilliseconds, stopWaiting.signal).then(
      () => patience.abort(),
      () => {},
    );
    try {
      for (;;) {
        const document = documents.get(edit.uri);
        if (document === undefined || holds(document, edit, expected)) return true;
        if (patience.signal.aborted) return false;
        await nextChange(edit.uri, patience.signal);
      }
    } finally {
      stopWaiting.abort();
    }
  }

  async function readWorkspaceFile(path: string): Promise<string | undefined> {
    const open = documents.ofPath(path);
    const place = await workspace.resolve(path);
    if ('refused' in place) return undefined;
    if (open !== undefined) return open.getText();
    try {
      const { size } = await stat(place.path);
      if (size > maximumFileBytes) return undefined;
      const text = await readFile(place.path, 'utf8');
      return text.includes('\0') ? undefined : text;
    } catch {
      return undefined;
    }
  }

  async function listWorkspaceFolder(path: string): Promise<readonly string[] | undefined> {
    const place = await workspace.resolve(path);
    if ('refused' in place) return undefined;
    try {
      const entries = await readdir(place.path, { withFileTypes: true });
      return entries.slice(0, maximumEntries).map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
    } catch {
      return undefined;
    }
  }

  return {
    readWorkspaceFile,
    listWorkspaceFolder,
    document(uri) {
      const document = documents.get(uri);
      if (document === undefined) return undefined;
      return { uri, version: document.version, languageId: document.languageId, text: document.getText() };
    },
    async apply(edit): Promise<ApplyAnswer> {
      if (edit.newFile !== undefined) {
        const place = await workspace.resolve(edit.newFile.path);
        if ('refused' in place) return { applied: false, why: place.refused };
        if ((await readWorkspaceFile(edit.newFile.path)) !== edit.newFile.existing) {
          return { applied: false, why: `${edit.newFile.path} changed meanwhile` };
        }
      }
      const document = documents.get(edit.uri);
      if (document === undefined) return { applied: false, why: 'the document was closed' };
      if (document.version !== edit.version) return { applied: false, why: 'the document changed meanwhile' };
      const expected = applyEdits(document.getText(), edit.edits);
      const other = edit.newFile && documents.ofPath(edit.newFile.path);
      const answer = await client.applyEdit(toWorkspaceEdit(edit, document, client, other), edit.label);
      if (!answer.applied)
        return { applied: false, why: plainText(answer.failureReason ?? 'the editor refused the edit') };
      if (await landed(edit, expected)) return { applied: true };
      return { applied: false, why: 'the editor dropped the edit, because the text had changed' };
    },
    async showPage(title, markdown) {
      const shown = await pages.write(title, markdown).then(
        (uri) => client.showDocument(uri),
        () => false,
      );
      if (!shown) client.message('info', plainText(markdown).slice(0, longestMessage));
      return shown;
    },
  };
}

function holds(document: TextDocument, edit: DocumentEdit, expected: string): boolean {
  const text = document.getText();
  if (text === expected) return true;
  if (document.version === edit.version) return false;
  const inserted = edit.edits.map((one) => one.text.trim()).filter((one) => one !== '');
  return inserted.length > 0 && inserted.every((one) => text.includes(one));
}
