// The one obvious path for a completion's trial: the real server, a headless editor that asks for ghost text by hand, and the receipts that
// the server wrote of it. Knows no data set.

import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Clock, secondsBetween } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { ModelCall } from '../../gateway/model-call.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { policyPath } from '../policy-file.ts';
import { openTrialEditor } from './session.ts';

export interface CompletionOrder {
  /** Base name; no two orders of a session alike. */
  readonly fileName: string;
  readonly languageId: string;
  readonly text: string;
  /** UTF-16 units from the text's beginning. */
  readonly offset: number;
}

export interface Completed {
  /** The text with what was offered first; undefined when nothing was. */
  readonly text: string | undefined;
  readonly calls: readonly ModelCall[];
  /** From the question to the answer. */
  readonly seconds: number;
}

export interface CompletionSession {
  complete(order: CompletionOrder, signal: AbortSignal): Promise<Completed>;
  close(): Promise<void>;
}

interface InlineItem {
  readonly insertText: string | { readonly value: string };
  readonly range?: Range;
}

interface Range {
  readonly start: Position;
  readonly end: Position;
}

interface Position {
  readonly line: number;
  readonly character: number;
}

/** Receipts are written behind the answer, within some milliseconds. */
const receiptMilliseconds = 2_000;
const lookMilliseconds = 10;

/**
 * @param state name of the session's own folder in `folder`; it begins with the user's learned policy, where there is one.
 */
export async function startCompletionSession(
  {
    env,
    folder,
    state,
    frugality,
    seed,
    policyFrom,
  }: {
    readonly env: NodeJS.ProcessEnv;
    readonly folder: string;
    readonly state: string;
    readonly frugality: number;
    readonly seed: number;
    /** State directory of the user's policy. */
    readonly policyFrom: string;
  },
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<CompletionSession> {
  const directory = join(folder, state, 'joule-ls');
  await mkdir(directory, { recursive: true });
  await cp(policyPath(policyFrom), policyPath(directory), { errorOnExist: false, force: false }).catch(() => {});
  const { client, close, workspace } = await openTrialEditor(env, folder, { frugality, seed }, state);
  const ledger = openLedger({ directory, enabled: () => true, readOnly: true, clock, log });

  async function callsOf(path: string, signal: AbortSignal): Promise<readonly ModelCall[]> {
    await ledger.ready();
    for (let waited = 0; ; waited += lookMilliseconds) {
      await ledger.refresh();
      const receipts = ledger.receiptsOf(path);
      if (receipts.length > 0 || waited >= receiptMilliseconds) return receipts.flatMap((receipt) => receipt.calls);
      await clock.sleep(lookMilliseconds, signal);
    }
  }

  return {
    async complete({ fileName, languageId, text, offset }, signal) {
      const path = join(workspace, fileName);
      const uri = pathToFileURL(path).href;
      client.openDocument(uri, languageId, text);
      await client.ready(uri);
      signal.throwIfAborted();
      try {
        const begin = clock.nowNanoseconds();
        const position = positionAt(text, offset);
        const list = (await client.connection.sendRequest('textDocument/inlineCompletion', {
          textDocument: { uri },
          position,
          // Invoked.
          context: { triggerKind: 1 },
        })) as { readonly items: readonly InlineItem[] } | null;
        const seconds = secondsBetween(begin, clock.nowNanoseconds());
        signal.throwIfAborted();
        const item = list?.items[0];
        if (item !== undefined) client.changeDocument(uri, [editOf(item, position)]);
        const after = item === undefined ? undefined : client.document(uri)?.text;
        return { text: after, calls: await callsOf(path, signal), seconds };
      } finally {
        client.closeDocument(uri);
      }
    },
    async close() {
      await close();
      await ledger.close();
    },
  };
}

function editOf({ insertText, range }: InlineItem, position: Position): { range: Range; newText: string } {
  const newText = typeof insertText === 'string' ? insertText : insertText.value;
  return { range: range ?? { start: position, end: position }, newText };
}

function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}
