// The last finished parse of each open document. Parses run in the background; whoever asks gets what there is, at once.
// Knows the syntax port; knows no language.

import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Syntax, SyntaxFacts } from '../syntax/facts.ts';

export interface CachedFacts {
  readonly facts: SyntaxFacts | undefined;
  /** The facts belong to an older text than the document's. */
  readonly stale: boolean;
}

export interface FactsCache {
  get(document: TextDocument): CachedFacts;
  /** Parses now, or as soon as the parse of an older text of this document is done. Never waits. */
  schedule(document: TextDocument): void;
  forget(uri: string): void;
  /** Resolves when nothing of this document is being parsed. */
  settled(uri: string): Promise<void>;
}

interface Entry {
  facts: SyntaxFacts | undefined;
  version: number | undefined;
  running: Promise<void> | undefined;
}

/** @param syntax undefined while the parser is not loaded: nothing is parsed then, and `schedule` is called again later. */
export function createFactsCache(syntax: () => Syntax | undefined, onError: (error: unknown) => void): FactsCache {
  const entries = new Map<string, Entry>();

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
    }
    entry.running = undefined;
  }

  return {
    get(document) {
      const entry = entries.get(document.uri);
      return { facts: entry?.facts, stale: entry?.version !== document.version };
    },
    schedule(document) {
      const parser = syntax();
      if (parser === undefined || !parser.supports(document.languageId)) return;
      const entry = entries.get(document.uri) ?? { facts: undefined, version: undefined, running: undefined };
      entries.set(document.uri, entry);
      entry.running ??= parseUntilCurrent(document, entry);
    },
    forget: (uri) => {
      entries.delete(uri);
    },
    async settled(uri) {
      await entries.get(uri)?.running;
    },
  };
}
