// The parsed text as plain objects in document order, so that nothing after this file knows the parser or recurses.

import type { Tree } from 'web-tree-sitter';

export interface SyntaxNode {
  readonly type: string;
  /** False for punctuation and keywords. */
  readonly named: boolean;
  /** Role in the parent, e.g. `body`. */
  readonly field: string | undefined;
  readonly start: number;
  readonly end: number;
  /** Put in by the parser where the text lacks it; always empty. */
  readonly missing: boolean;
  readonly parent: SyntaxNode | undefined;
  /** Place among the parent's children. */
  readonly index: number;
  readonly children: readonly SyntaxNode[];
}

/** Trees with more nodes are not worth the memory (about 100 bytes each); 10 000 lines of code have some 120 000. */
const maximumNodes = 2_000_000;

/** A node while its children are being found. */
interface GrowingNode extends SyntaxNode {
  readonly parent: GrowingNode | undefined;
  children: SyntaxNode[];
}

/** Most nodes are leaves; they share their emptiness. */
const noChildren: SyntaxNode[] = [];

/** All nodes, parents before children, left to right; the first is the root. `undefined` when there are too many. */
export function plainNodes(tree: Tree): readonly SyntaxNode[] | undefined {
  if (tree.rootNode.descendantCount > maximumNodes) return undefined;
  const { types, fields } = tree.language;
  const isNamed = types.map((_, id) => tree.language.nodeTypeIsNamed(id));
  const nodes: SyntaxNode[] = [];
  const cursor = tree.walk();
  try {
    let parent: GrowingNode | undefined;
    for (;;) {
      const typeId = cursor.nodeTypeId;
      const start = cursor.startIndex;
      const end = cursor.endIndex;
      const node: GrowingNode = {
        type: types[typeId] ?? 'ERROR',
        named: isNamed[typeId] ?? true,
        field: fields[cursor.currentFieldId] ?? undefined,
        start,
        end,
        missing: start === end && cursor.nodeIsMissing,
        parent,
        index: parent?.children.length ?? 0,
        children: noChildren,
      };
      parent?.children.push(node);
      nodes.push(node);
      if (cursor.gotoFirstChild()) {
        node.children = [];
        parent = node;
        continue;
      }
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent()) return nodes;
        parent = parent?.parent;
      }
    }
  } finally {
    cursor.delete();
  }
}

export function childByField(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return node.children.find((child) => child.field === field);
}

export function childOfType(node: SyntaxNode, type: string): SyntaxNode | undefined {
  return node.children.find((child) => child.type === type);
}

export function textOf(node: SyntaxNode, text: string): string {
  return text.slice(node.start, node.end);
}

/** The nearest ancestor of one of these types, looking at most `levels` up. */
export function ancestorOfType(node: SyntaxNode, types: ReadonlySet<string>, levels = 1000): SyntaxNode | undefined {
  let current = node.parent;
  for (let level = 0; current !== undefined && level < levels; level++) {
    if (types.has(current.type)) return current;
    current = current.parent;
  }
  return undefined;
}

/** All nodes under `node`, itself included, left to right. */
export function descendants(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    found.push(next);
    for (let index = next.children.length - 1; index >= 0; index--) {
      const child = next.children[index];
      if (child !== undefined) waiting.push(child);
    }
  }
  return found;
}

/** The names along `a.b.c` or `a::b::c`; `()` stands for a base that is no plain name. */
export function dottedPath(node: SyntaxNode, text: string, chain: ChainTypes): string[] {
  const names: string[] = [];
  let current: SyntaxNode | undefined = node;
  while (current !== undefined) {
    const link: readonly [string, string] | undefined = chain.links[current.type];
    if (link === undefined) {
      names.push(chain.leaves.has(current.type) ? textOf(current, text) : '()');
      break;
    }
    const name = childByField(current, link[1]);
    names.push(name === undefined ? '()' : textOf(name, text));
    const base: SyntaxNode | undefined = childByField(current, link[0]);
    if (base === undefined) break;
    current = base;
  }
  return names.reverse();
}

export interface ChainTypes {
  /** Node type to its fields for the left and the right side. */
  readonly links: Readonly<Record<string, readonly [string, string]>>;
  readonly leaves: ReadonlySet<string>;
}

/** A set of the words in a string; lists read better that way. */
export function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
