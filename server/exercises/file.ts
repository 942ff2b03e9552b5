// The file that an exercise is set in, as an editor would have it: one function with what it needs. Knows no test and no model.

import { languageFacts } from './languages.ts';
import type { Source } from './source.ts';

export interface FileParts {
  readonly body: string;
  /** Default: the data set's. `''` leaves it out. */
  readonly documentation?: string;
  /** Default: the helpers that the data set's solution brings along. */
  readonly definitionsAfter?: string;
}

/** Header, imports, helpers, then the function. Ends with a line break. */
export function fileOf(source: Source, parts: FileParts): string {
  const { documentation = source.documentation, definitionsAfter = source.definitionsAfter } = parts;
  const { hasBraces } = languageFacts[source.language];
  const gap = source.language === 'python' ? '\n\n\n' : '\n\n';
  const head = [source.header, source.imports, source.definitionsBefore]
    .filter((part) => part !== '')
    .map((part) => part + gap)
    .join('');
  const lines = hasBraces
    ? [documentation, source.signature, parts.body, '}']
    : [source.signature, documentation, parts.body];
  const text = lines.filter((part) => part !== '').join('\n');
  return `${head}${text}\n${definitionsAfter === '' ? '' : `${gap.slice(1)}${definitionsAfter}\n`}`;
}

/** A body that stands for one that is not written yet. */
export function stubOf({ language }: Source): string {
  return languageFacts[language].stubs.find((stub) => stub !== '') ?? '';
}

/** Where the function's name stands in a file of `fileOf`. Zero-based; characters in UTF-16. */
export function placeOf(source: Source, text: string): { readonly line: number; readonly character: number } {
  const start = text.lastIndexOf(source.signature);
  if (start === -1) throw new Error(`${source.id}: the function is not in its file`);
  const offset = text.indexOf(source.name, start);
  const before = text.slice(0, offset);
  return { line: before.split('\n').length - 1, character: before.length - (before.lastIndexOf('\n') + 1) };
}
