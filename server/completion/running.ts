// One generation on its way: what it has said so far, and whether what the user types meanwhile is what it says. Knows no waiting
// request; whoever has none for it left stops it.

import type { OffsetEdit } from '../base/text.ts';
import { type Base, baseOf, typedAt } from './base.ts';
import type { Site } from './site.ts';

export type StopReason = 'superseded' | 'cancelled';

export interface Running {
  readonly receiptId: string;
  readonly uri: string;
  readonly path: string;
  readonly modelKey: string;
  readonly base: Base;
  /** When nothing of it goes on any more. */
  readonly finished: Promise<void>;
  readonly signal: AbortSignal;
  /** The document has changed since it began. */
  readonly moved: boolean;
  /** What the model has said so far: it ends when that is not what was typed. */
  heard(text: string): void;
  /** What was typed since it began, where the model is saying just that; undefined for another place. */
  follows(site: Site): string | undefined;
  /** Changes of its own document. False once that has gone another way. */
  edited(edits: readonly OffsetEdit[]): boolean;
  stop(reason: StopReason): void;
}

export interface RunningOptions {
  readonly receiptId: string;
  readonly uri: string;
  readonly path: string;
  readonly modelKey: string;
  readonly site: Site;
  /** The place is not in the document, so that changes of it lead nowhere. */
  readonly hypothetical: boolean;
  readonly work: (running: Running) => Promise<void>;
}

/** Starts in a moment, when the caller has the handle. */
export function startRunning({ site, hypothetical, work, ...names }: RunningOptions): Running {
  const control = new AbortController();
  const base = baseOf(site);
  let text = '';
  let typed = '';
  let moved = false;
  const running: Running = {
    ...names,
    base,
    signal: control.signal,
    finished: Promise.resolve().then(() => work(running)),
    get moved() {
      return moved;
    },
    heard(soFar) {
      text = soFar;
      if (!agrees(text, typed)) running.stop('superseded');
    },
    follows(other) {
      if (control.signal.aborted) return undefined;
      const since = typedAt(base, other, other.offset - site.offset);
      return since !== undefined && agrees(text, since) ? since : undefined;
    },
    edited(edits) {
      moved = true;
      if (hypothetical) return false;
      for (const edit of edits) {
        const next = typedAfter(typed, site.offset, edit);
        if (next === undefined) return false;
        typed = next;
      }
      return agrees(text, typed);
    },
    stop: (reason) => control.abort(reason),
  };
  return running;
}

/** What stands where the cursor was, after an edit there; undefined for an edit elsewhere. */
function typedAfter(typed: string, from: number, edit: OffsetEdit): string | undefined {
  const [start, end] = [edit.start - from, edit.end - from];
  if (start < 0 || end > typed.length) return undefined;
  return typed.slice(0, start) + edit.text + typed.slice(end);
}

/** What an editor may have added by itself behind what was typed. */
const addedClosers = /[)\]}"'`]{1,4}$/;

/** One of the two begins with the other. The white space that an answer begins with may have stood there already. */
function agrees(said: string, typed: string): boolean {
  const plain = typed.replace(/\r\n/g, '\n');
  return [plain, plain.replace(addedClosers, '')].some((wanted) =>
    [said, said.trimStart()].some((text) => text.startsWith(wanted) || wanted.startsWith(text)),
  );
}
