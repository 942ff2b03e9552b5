// Parses texts with tree-sitter; loads each grammar when its language is first asked for. Used by the worker and by tests.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Language as Grammar, Parser } from 'web-tree-sitter';
import { assetUrl } from '../base/program-files.ts';
import type { SyntaxFacts } from './facts.ts';
import { factsOf } from './facts-of.ts';
import { languageOf } from './languages/index.ts';
import { plainNodes } from './tree.ts';

export interface Parsing {
  /** `undefined` for unknown languages, texts that make too large a tree, and parses that `isCancelled` ended. */
  facts(languageId: string, text: string, isCancelled?: () => boolean): Promise<SyntaxFacts | undefined>;
}

/** Grammars and parsers that live as long as the thread. */
export function createParsing(): Parsing {
  let ready: Promise<void> | undefined;
  const parsers = new Map<string, Promise<Parser>>();

  const parserOf = (grammar: string): Promise<Parser> => {
    let parser = parsers.get(grammar);
    if (parser === undefined) {
      ready ??= startTreeSitter();
      parser = ready.then(() => loadParser(grammar));
      parsers.set(grammar, parser);
      // The next request tries again, e.g. after a build.
      parser.catch(() => {
        parsers.delete(grammar);
        ready = undefined;
      });
    }
    return parser;
  };

  return {
    async facts(languageId, text, isCancelled = () => false) {
      const language = languageOf(languageId);
      const grammar = language?.grammars[languageId];
      if (language === undefined || grammar === undefined) return undefined;
      const parser = await parserOf(grammar);
      const tree = parser.parse(text, null, { progressCallback: isCancelled });
      if (tree === null) {
        parser.reset();
        return undefined;
      }
      try {
        const nodes = plainNodes(tree);
        return nodes === undefined || isCancelled() ? undefined : factsOf({ languageId, text, language, nodes });
      } finally {
        tree.delete();
      }
    },
  };
}

async function startTreeSitter(): Promise<void> {
  await Parser.init({ wasmBinary: await grammarFile('web-tree-sitter.wasm') });
}

async function loadParser(grammar: string): Promise<Parser> {
  const parser = new Parser();
  parser.setLanguage(await Grammar.load(await grammarFile(`${grammar}.wasm`)));
  return parser;
}

/** @throws Error that says what to do when the build has not put the file there. */
async function grammarFile(name: string): Promise<Uint8Array> {
  const url = assetUrl(`grammars/${name}`);
  try {
    return await readFile(url);
  } catch (cause) {
    throw new Error(`${fileURLToPath(url)} cannot be read: reinstall joule-ls, or run "npm run build" in a checkout`, {
      cause,
    });
  }
}
