// The last finished parse of each open document. Parses run in the background; whoever asks gets what there is, at once.
// Knows the syntax port; knows no language.

import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Clock } from '../base/clock.ts';
import type { Syntax, SyntaxFacts } from '../syntax/facts.ts';

/** Typing is not followed key by key: a parse costs joules too, and more of them the longer the text. */
const quietMilliseconds = 80;
const charactersPerQuietMillisecond = 2_000;

export interface CachedFacts {
  readonly facts: SyntaxFacts | undefined;
  /** The facts belong to an older text than the document's. */
  readonly stale: boolean;
}

export interface FactsCache {
  get(document: TextDocument): CachedFacts;
  /** Parses now, or as soon as the parse of an older text of this document is done. Never waits. */
  schedule(document: TextDocument): void;
  /** The same, once the document was left alone for a moment. */
  scheduleWhenQuiet(document: TextDocument): void;
  forget(uri: string): void;
  /** Resolves when nothing of this document is being parsed. */
  settled(uri: string): Promise<void>;
}

export interface FactsCacheOptions {
  /** Undefined while the parser is not loaded: nothing is parsed then, and `schedule` is called again later. */
  readonly syntax: () => Syntax | undefined;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

interface Entry {
  facts: SyntaxFacts | undefined;
  version: number | undefined;
  running: Promise<void> | undefined;
  quiet: AbortController | undefined;
}

/** One entry per open document; nothing is parsed twice for the same text. */
export function createFactsCache({ syntax, clock, onError }: FactsCacheOptions): FactsCache {
  const entries = new Map<string, Entry>();

  function entryOf(uri: string): Entry {
    const entry = entries.get(uri) ?? { facts: undefined, version: undefined, running: undefined, quiet: undefined };
    entries.set(uri, entry);
    return entry;
  }

  async function parseUntilCurrent(document: TextDocument, entry: Entry): Promise<void> {
    const parser = syntax();
    while (parser !== undefined && entries.get(document.uri) === entry && entry.version !== document.version) {
      const { version, languageId } = document;
      try {
        entry.facts = await parser.parse({ languageId, text: document.getText() });
      } catch (error) {
        entry.facts = undefined;
        onError(error);
      }
      entry.version = version;
      if (entry.quiet !== undefined) break;
    }
    entry.running = undefined;
  }

  function schedule(document: TextDocument): void {
    if (syntax()?.supports(document.languageId) !== true) return;
    const entry = entryOf(document.uri);
    entry.quiet?.abort('a newer text');
    entry.quiet = undefined;
    entry.running ??= parseUntilCurrent(document, entry);
  }

  return {
    schedule,
    get(document) {
      const entry = entries.get(document.uri);
      return { facts: entry?.facts, stale: entry?.version !== document.version };
    },
    scheduleWhenQuiet(document) {
      if (syntax()?.supports(document.languageId) !== true) return;
      const entry = entryOf(document.uri);
      entry.quiet?.abort('a newer text');
      const quiet = new AbortController();
      entry.quiet = quiet;
      const quietFor = quietMilliseconds + document.getText().length / charactersPerQuietMillisecond;
      clock.sleep(quietFor, quiet.signal).then(
        () => schedule(document),
        () => {},
      );
    },
    forget(uri) {
      entries.get(uri)?.quiet?.abort();
      entries.delete(uri);
    },
    async settled(uri) {
      await entries.get(uri)?.running;
    },
  };
}
