// Receipts and events for others' eyes: paths and what could tell the code behind them are replaced by keyed hashes. Pure; the key is one
// export's own, so that equal paths stay equal inside it and nothing can be looked up from outside.

import { createHmac } from 'node:crypto';
import type { LedgerEvent, Receipt, Region } from './events.ts';

export interface Hider {
  /** `3f9a1c02d4e5.py` for `/home/me/secret/words.py`: equal for equal paths, with the file's extension. */
  path(path: string): string;
  /** All of a receipt or event that could tell a path, a name of a file or code. Figures, models and times stay. */
  hide<Shown extends Receipt | LedgerEvent>(shown: Shown): Shown;
}

/** Fields that hold sentences. */
const sentences: ReadonlySet<string> = new Set(['why', 'mend', 'decisions', 'executed', 'flags']);

/** @param key random bytes that nobody keeps, at least 16; one for each export or page. */
export function createHider(key: Uint8Array): Hider {
  const known = new Map<string, string>();
  const hashed = (text: string): string => createHmac('sha256', key).update(text).digest('hex');
  const path = (text: string): string => {
    const hidden = known.get(text) ?? `${hashed(text).slice(0, 12)}${extensionOf(text)}`;
    known.set(text, hidden);
    return hidden;
  };

  /** What a region looks like is a hash of code that a guess could be held against: only known fields go out, hashed again. */
  const region = (shown: Region): Region => ({
    path: path(shown.path),
    hash: hashed(shown.hash),
    length: shown.length,
    lineCount: shown.lineCount,
    firstLine: shown.firstLine,
    firstLineHash: hashed(shown.firstLineHash),
  });

  return {
    path,
    hide(shown) {
      const regions = 'regions' in shown ? shown.regions : [];
      const rest = { ...shown, path: '', ...('regions' in shown ? { regions: [] } : {}) };
      const scrubbed = scrub(rest, [shown.path, ...regions.map((one) => one.path)], path);
      const machine = 'environment' in shown ? shown.environment?.machine : undefined;
      return {
        ...scrubbed,
        path: path(shown.path),
        ...('regions' in shown ? { regions: regions.map(region) } : {}),
        ...(machine === undefined || !('environment' in scrubbed)
          ? {}
          : { environment: { ...scrubbed.environment, machine: hashed(machine).slice(0, 12) } }),
      };
    },
  };
}

/** Of an absolute path; anything else stays as it is. */
function modelName(name: string): string {
  return /^(?:[/\\]|[A-Za-z]:[/\\]|file:)/.test(name) ? lastPart(name) : name;
}

function lastPart(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? '';
}

/** Short and of letters and digits, as languages' are: anything longer may be a name. */
function extensionOf(path: string): string {
  return /[^/\\](\.[A-Za-z0-9]{1,8})$/.exec(path)?.[1] ?? '';
}

/** Absolute paths of either world and file uris, up to what can't be told from the sentence around. */
const absolutePath =
  /(?:file:\/\/|(?<![\w.:/-]))(?:\/[^\s'"`<>|,;:()[\]{}]+|[A-Za-z]:[\\/][^\s'"`<>|,;()[\]{}]+|\\\\[^\s'"`<>|,;()[\]{}]+)/g;

/** Strings may be paths (of a model's file the name stays), sentences may name files: those of the receipt, whole and by their last part, and any absolute one. */
function scrub<Value>(value: Value, paths: readonly string[], hidden: (path: string) => string): Value {
  const names = [...new Set(paths)]
    .flatMap((path): [string, string][] => [path, lastPart(path)].map((name) => [name, hidden(path)]))
    .filter(([name]) => name.length >= 3)
    .sort(([a], [b]) => b.length - a.length);
  const walk = (part: unknown, isSentence: boolean, isModel = false): unknown => {
    if (typeof part === 'string') {
      if (isModel) return modelName(part);
      const told = isSentence ? names.reduce((now, [name, stand]) => now.replaceAll(name, stand), part) : part;
      return told.replace(absolutePath, hidden);
    }
    if (Array.isArray(part)) return part.map((inner) => walk(inner, isSentence));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, inner]) => [key, walk(inner, isSentence || sentences.has(key), key === 'model')]),
    );
  };
  return walk(value, false) as Value;
}
