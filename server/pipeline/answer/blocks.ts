// Search-and-replace blocks: a short way for a model to say what changes in a long definition. Exact or nothing: a block counts only
// when its search text stands exactly once. Pure text; knows no language.

import { indentationOf } from '../../base/text.ts';

export type BlocksReading =
  /** The code with all blocks applied. */
  | { readonly text: string }
  /** Why they can't be applied, as evidence for the next attempt. */
  | { readonly problem: string };

interface Block {
  readonly search: readonly string[];
  readonly replace: readonly string[];
}

const searchMark = /^[ \t]*<{5,9}[ \t]*SEARCH[ \t]*$/;
const divider = /^[ \t]*={5,9}[ \t]*$/;
const replaceMark = /^[ \t]*>{5,9}[ \t]*REPLACE[ \t]*$/;

/** @returns undefined when the answer holds no block at all: then it is something else. */
export function readBlocks(answer: string, original: string): BlocksReading | undefined {
  const lines = answer.replace(/\r\n/g, '\n').split('\n');
  if (!lines.some((line) => searchMark.test(line))) return undefined;
  const blocks = blocksIn(lines);
  return 'problem' in blocks ? blocks : applied(blocks.blocks, original);
}

function blocksIn(lines: readonly string[]): { readonly blocks: readonly Block[] } | { readonly problem: string } {
  const blocks: Block[] = [];
  let search: string[] | undefined;
  let replace: string[] | undefined;
  for (const line of lines) {
    if (searchMark.test(line)) {
      if (search !== undefined) return { problem: `block ${blocks.length + 1} has no end` };
      search = [];
    } else if (search !== undefined && replace === undefined && divider.test(line)) replace = [];
    else if (search !== undefined && replace !== undefined && replaceMark.test(line)) {
      blocks.push({ search, replace });
      search = replace = undefined;
    } else (replace ?? search)?.push(line);
  }
  return search === undefined ? { blocks } : { problem: `block ${blocks.length + 1} has no end` };
}

interface Placed extends Block {
  readonly first: number;
}

/** All search texts are looked for in the original: one block's result is not another's search. */
function applied(blocks: readonly Block[], original: string): BlocksReading {
  const lines = original.split('\n');
  const placed: Placed[] = [];
  for (const [index, block] of blocks.entries()) {
    const found = placesOf(block, lines);
    const [place] = found;
    if (place === undefined || found.length > 1) {
      const times = found.length === 0 ? 'nowhere' : `${found.length} times`;
      const shown = block.search.find((line) => line.trim() !== '')?.trim() ?? '';
      return { problem: `the search text of block ${index + 1} (“${shown.slice(0, 60)}”) stands ${times} in the code` };
    }
    placed.push(place);
  }
  placed.sort((a, b) => a.first - b.first);
  const result: string[] = [];
  let next = 0;
  for (const block of placed) {
    if (block.first < next) return { problem: 'two blocks change the same lines' };
    result.push(...lines.slice(next, block.first), ...block.replace);
    next = block.first + block.search.length;
  }
  return { text: [...result, ...lines.slice(next)].join('\n') };
}

/** Where the lines stand as they are; if nowhere, where they stand with one and the same step of indentation more or less. */
function placesOf(block: Block, lines: readonly string[]): Placed[] {
  if (block.search.every((line) => line.trim() === '')) return [];
  const exact = positions(block.search, lines, (searched, line) => searched.trimEnd() === line.trimEnd());
  if (exact.length > 0) return exact.map((first) => ({ ...block, first }));
  const loose = positions(block.search, lines, (searched, line) => searched.trim() === line.trim());
  return loose.flatMap((first) => {
    const shift = shiftOf(block.search, lines.slice(first, first + block.search.length));
    return shift === undefined ? [] : [{ ...block, first, replace: block.replace.map(shift) }];
  });
}

function positions(
  search: readonly string[],
  lines: readonly string[],
  same: (searched: string, line: string) => boolean,
): number[] {
  const found: number[] = [];
  for (let first = 0; first + search.length <= lines.length; first++) {
    if (search.every((searched, offset) => same(searched, lines[first + offset] ?? ''))) found.push(first);
  }
  return found;
}

/** How the whole block has to be moved to stand where it was found; undefined when its lines would move differently. */
function shiftOf(search: readonly string[], found: readonly string[]): ((line: string) => string) | undefined {
  const pairs = search
    .map((line, index) => [indentationOf(line), indentationOf(found[index] ?? ''), line.trim()] as const)
    .filter(([, , text]) => text !== '');
  const [first] = pairs;
  if (first === undefined) return undefined;
  const [written, wanted] = first;
  if (wanted.endsWith(written)) {
    const more = wanted.slice(0, wanted.length - written.length);
    if (!pairs.every(([had, has]) => has === more + had)) return undefined;
    return (line) => (line.trim() === '' ? line : more + line);
  }
  if (!written.endsWith(wanted)) return undefined;
  const less = written.slice(0, written.length - wanted.length);
  if (!pairs.every(([had, has]) => had === less + has)) return undefined;
  return (line) => (line.startsWith(less) ? line.slice(less.length) : line.trimStart());
}
