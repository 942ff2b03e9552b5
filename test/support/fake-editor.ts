// An editor in memory: its own text and version of each document, edits applied as LSP says, changes told to the jobs under test
// at once or when the test says so. Misbehaves on request, as real clients do.

import { applyEdits, type OffsetEdit } from '../../server/base/text.ts';
import type { ApplyAnswer, DocumentEdit, Editor, Jobs, OpenDocument } from '../../server/jobs/ports.ts';

export interface FakeEditorBehaviour {
  /** `refuse`: says no, as a read-only buffer does. `lie`: says yes and does nothing. `late`: does it, but answers no first. */
  answer?: 'refuse' | 'lie' | 'late';
  /** Called when an edit arrives, before it is looked at: the place to let the user type. */
  beforeApply?: (edit: DocumentEdit) => void;
  /** Inserted text gets these line ends, as in clients that keep a document's own. */
  lineBreak?: '\r\n';
}

interface Buffer {
  text: string;
  version: number;
  readonly languageId: string;
  /** What the server was told. */
  told: OpenDocument;
  untold: { edits: OffsetEdit[]; version: number; text: string }[];
  undo: string[];
}

export class FakeEditor implements Editor {
  readonly behaviour: FakeEditorBehaviour = {};
  readonly applied: DocumentEdit[] = [];
  readonly asked: DocumentEdit[] = [];
  readonly pages: { title: string; markdown: string }[] = [];
  readonly files = new Map<string, string>();
  /** Holds changes back until `tell`, as Neovim does for 150 ms. */
  holdsChanges = false;
  jobs: Jobs | undefined;
  readonly #buffers = new Map<string, Buffer>();
  #late: (() => void)[] = [];

  open(uri: string, text: string, languageId = 'python', version = 1): void {
    const told = { uri, version, languageId, text };
    this.#buffers.set(uri, { text, version, languageId, told, untold: [], undo: [] });
  }

  close(uri: string): void {
    this.#buffers.delete(uri);
    this.jobs?.documentClosed(uri);
  }

  save(uri: string): void {
    this.jobs?.documentSaved(uri);
  }

  /** What the user sees. */
  text(uri: string): string {
    return this.#buffer(uri).text;
  }

  /** The user types: edits as LSP sends them, each in the coordinates after the ones before. */
  type(uri: string, ...edits: OffsetEdit[]): void {
    const buffer = this.#buffer(uri);
    buffer.undo.push(buffer.text);
    const text = edits.reduce((before, edit) => applyEdits(before, [edit]), buffer.text);
    this.#changed(uri, edits, text);
  }

  replace(uri: string, search: string, replacement: string): void {
    const start = this.text(uri).indexOf(search);
    if (start === -1) throw new Error(`"${search}" is not in ${uri}`);
    this.type(uri, { start, end: start + search.length, text: replacement });
  }

  /** One step back, sent as one edit over everything, as some clients do. */
  undo(uri: string): void {
    const buffer = this.#buffer(uri);
    const text = buffer.undo.pop();
    if (text === undefined) throw new Error('nothing to undo');
    this.#changed(uri, [{ start: 0, end: buffer.text.length, text }], text);
  }

  /** Sends what was held back. */
  tell(): void {
    for (const [uri, buffer] of this.#buffers) {
      for (const { edits, version, text } of buffer.untold.splice(0)) {
        buffer.told = { uri, version, languageId: buffer.languageId, text };
        this.jobs?.documentChanged(uri, edits);
      }
    }
  }

  /** Makes the edits that were answered too early. */
  catchUp(): void {
    for (const make of this.#late.splice(0)) make();
  }

  document(uri: string): OpenDocument | undefined {
    return this.#buffers.get(uri)?.told;
  }

  async apply(edit: DocumentEdit): Promise<ApplyAnswer> {
    this.behaviour.beforeApply?.(edit);
    this.asked.push(edit);
    await Promise.resolve();
    const { answer } = this.behaviour;
    if (answer === 'refuse') return { applied: false, why: 'the buffer is read-only' };
    if (answer === 'lie') return { applied: true };
    const buffer = this.#buffers.get(edit.uri);
    if (buffer === undefined) return { applied: false, why: 'no such document' };
    if (buffer.version !== edit.version) return { applied: false, why: 'the document has changed' };
    if (answer === 'late') {
      this.#late.push(() => this.#make(edit, buffer));
      return { applied: false, why: 'timed out' };
    }
    this.#make(edit, buffer);
    return { applied: true };
  }

  async showPage(title: string, markdown: string): Promise<boolean> {
    this.pages.push({ title, markdown });
    return true;
  }

  async readWorkspaceFile(path: string): Promise<string | undefined> {
    return this.files.get(path);
  }

  async listWorkspaceFolder(path: string): Promise<readonly string[] | undefined> {
    const folder = path.replace(/\/$/, '');
    const below = [...this.files.keys()].filter((file) => file.startsWith(`${folder}/`));
    const names = below.map((file) => file.slice(folder.length + 1).replace(/\/.*$/, '/'));
    return names.length === 0 ? undefined : [...new Set(names)];
  }

  #make(edit: DocumentEdit, buffer: Buffer): void {
    this.applied.push(edit);
    if (edit.newFile !== undefined) this.files.set(edit.newFile.path, edit.newFile.text);
    if (edit.edits.length === 0) return;
    buffer.undo.push(buffer.text);
    const edits = edit.edits.map((one) =>
      this.behaviour.lineBreak === undefined ? one : { ...one, text: one.text.replace(/\r?\n/g, '\r\n') },
    );
    const text = applyEdits(buffer.text, edits);
    // From the end to the beginning, so that none moves the others.
    const sent = [...edits].sort((a, b) => b.start - a.start);
    this.#changed(edit.uri, sent, text);
  }

  #changed(uri: string, edits: OffsetEdit[], text: string): void {
    const buffer = this.#buffer(uri);
    buffer.text = text;
    buffer.version++;
    buffer.untold.push({ edits, version: buffer.version, text });
    if (!this.holdsChanges) this.tell();
  }

  #buffer(uri: string): Buffer {
    const buffer = this.#buffers.get(uri);
    if (buffer === undefined) throw new Error(`${uri} is not open`);
    return buffer;
  }
}
