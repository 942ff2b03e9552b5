// Finds the code in a text that mixes definitions with prose without any fence: each import, definition and constant with its
// whole extent, nothing else. A definition that comes twice is taken the first time (a second attempt follows the first).

interface LanguageShape {
  readonly blocks: 'indentation' | 'braces';
  readonly starts: RegExp;
  readonly imports: RegExp;
  readonly nameOf: RegExp;
  readonly lead: RegExp;
}

const name = String.raw`([A-Za-z_$][\w$]*)`;

const python: LanguageShape = {
  blocks: 'indentation',
  starts:
    /^[ \t]*(?:(?:async[ \t]+)?def[ \t]+\w+[ \t]*[([]|class[ \t]+\w+[ \t]*[:(]|[A-Z_][A-Z0-9_]*[ \t]*(?::[^=]+)?=[^=])/,
  imports:
    /^(?:import[ \t]+[\w.]+(?:[ \t]+as[ \t]+\w+)?(?:[ \t]*,[ \t]*[\w.]+)*|from[ \t]+[\w.]+[ \t]+import[ \t]+[\w(*,. \t]+\)?)[ \t]*(?:#.*)?$/,
  nameOf: new RegExp(String.raw`^[ \t]*(?:(?:async[ \t]+)?def|class)?[ \t]*${name}`),
  lead: /^[ \t]*@\w/,
};

const javascript: LanguageShape = {
  blocks: 'braces',
  starts:
    /^[ \t]*(?:export[ \t]+(?:default[ \t]+)?)?(?:(?:async[ \t]+)?function\b|(?:abstract[ \t]+)?class[ \t]+\w|(?:const|let|var)[ \t]+[\w$]+[ \t]*(?::[^=]+)?=|interface[ \t]+\w|type[ \t]+\w+.*=|enum[ \t]+\w)/,
  imports: /^(?:import\b.*['"][^'"]+['"];?|(?:const|let|var)[ \t]+.*=[ \t]*require\(['"][^'"]+['"]\);?)[ \t]*$/,
  nameOf: new RegExp(
    String.raw`^[ \t]*(?:export[ \t]+(?:default[ \t]+)?)?(?:(?:async[ \t]+)?function[ \t]*\*?|(?:abstract[ \t]+)?class|const|let|var|interface|type|enum)[ \t]*${name}`,
  ),
  lead: /^[ \t]*@\w/,
};

const go: LanguageShape = {
  blocks: 'braces',
  starts: /^(?:func[ \t]+(?:\([^)]*\)[ \t]*)?\w+[ \t]*[([]|type[ \t]+\w+[ \t]|var[ \t]+[\w(]|const[ \t]+[\w(])/,
  imports: /^import[ \t]+(?:[\w.]+[ \t]+)?"[^"]+"[ \t]*$/,
  nameOf: new RegExp(String.raw`^(?:func[ \t]+(?:\([^)]*\)[ \t]*)?|type[ \t]+|var[ \t]+|const[ \t]+)${name}`),
  lead: /^\/\/go:/,
};

const rust: LanguageShape = {
  blocks: 'braces',
  starts:
    /^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?(?:(?:async|unsafe|const|extern(?:[ \t]+"[^"]*")?)[ \t]+)*(?:fn[ \t]+\w|struct[ \t]+\w|enum[ \t]+\w|trait[ \t]+\w|impl\b[^.]*$|mod[ \t]+\w|static[ \t]+\w|const[ \t]+\w+[ \t]*:|type[ \t]+\w+.*=|macro_rules!)/,
  imports: /^[ \t]*(?:pub[ \t]+)?use[ \t]+[\w:{}*, \t]+;[ \t]*$/,
  nameOf: new RegExp(
    String.raw`^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?(?:(?:async|unsafe|const|extern(?:[ \t]+"[^"]*")?)[ \t]+)*(?:fn|struct|enum|trait|impl|mod|static|const|type)?[ \t]*${name}`,
  ),
  lead: /^[ \t]*#!?\[/,
};

const shapes: Readonly<Record<string, LanguageShape>> = {
  python,
  javascript,
  javascriptreact: javascript,
  typescript: javascript,
  typescriptreact: javascript,
  go,
  rust,
};

/** @returns the joined code islands, or `undefined` when the text has none or the language is not known. */
export function codeIslands(text: string, languageId: string): string | undefined {
  const shape = shapes[languageId];
  if (shape === undefined) return undefined;
  const lines = text.split('\n');
  const islands: string[] = [];
  const names = new Set<string>();
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] ?? '';
    if (shape === go && /^import[ \t]*\($/.test(line.trim())) {
      const end = braceExtent(lines, index, true);
      islands.push(lines.slice(index, end).join('\n'));
      index = end;
    } else if (shape.imports.test(line)) {
      islands.push(line);
      index++;
    } else if (shape.starts.test(line)) {
      let start = index;
      while (start > 0 && shape.lead.test(lines[start - 1] ?? '')) start--;
      const end = shape.blocks === 'indentation' ? indentationExtent(lines, index) : braceExtent(lines, index, false);
      const defined = shape.nameOf.exec(line)?.[1] ?? line.trim();
      if (!names.has(defined)) islands.push(lines.slice(start, end).join('\n'));
      names.add(defined);
      index = Math.max(end, index + 1);
    } else index++;
  }
  return islands.length === 0 ? undefined : `${islands.join('\n\n')}\n`;
}

/** End (exclusive) of a Python statement that starts at `start`: its signature or brackets, then all deeper lines. */
function indentationExtent(lines: readonly string[], start: number): number {
  const indentation = /^[ \t]*/.exec(lines[start] ?? '')?.[0].length ?? 0;
  let depth = 0;
  let triple: string | undefined;
  let index = start;
  let last = start;
  for (; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const inside = triple !== undefined || depth > 0;
    if (index > start && !inside && line.trim() !== '' && (/^[ \t]*/.exec(line)?.[0].length ?? 0) <= indentation) break;
    for (const token of line.matchAll(/"""|'''|\\.|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#.*$|[([{]|[)\]}]/g)) {
      const mark = token[0];
      if (triple !== undefined) {
        if (mark === triple) triple = undefined;
      } else if (mark === '"""' || mark === "'''") triple = mark;
      else if (mark.length === 1 && '([{'.includes(mark)) depth++;
      else if (mark.length === 1 && ')]}'.includes(mark)) depth = Math.max(0, depth - 1);
    }
    if (line.trim() !== '') last = index;
  }
  return last + 1;
}

/** End (exclusive) of a statement in a brace language: where all brackets are closed and a block or a semicolon has been seen. */
function braceExtent(lines: readonly string[], start: number, anyBracket: boolean): number {
  let depth = 0;
  let sawBlock = false;
  let blockComment = false;
  let template = false;
  for (let index = start; index < lines.length; index++) {
    const line = lines[index] ?? '';
    for (const token of line.matchAll(
      /\/\*|\*\/|\/\/.*$|\\.|`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)'|'(?:[^'\\\n]|\\.){2,}'|[([{]|[)\]}]/g,
    )) {
      const mark = token[0];
      if (blockComment) {
        if (mark === '*/') blockComment = false;
      } else if (mark === '/*') blockComment = true;
      else if (mark === '`') template = !template;
      else if (!template && mark.length === 1 && '([{'.includes(mark)) depth++;
      else if (!template && mark.length === 1 && ')]}'.includes(mark)) {
        depth = Math.max(0, depth - 1);
        if (mark === '}' || anyBracket) sawBlock = true;
      }
    }
    const text = line.trim();
    const continues = /(?:=>|[=,(&|+?:]|\bwhere)$/.test(text);
    if (
      depth === 0 &&
      !blockComment &&
      !template &&
      (sawBlock || /;$/.test(text) || (index > start && text === '')) &&
      !continues
    ) {
      return index + 1;
    }
  }
  return lines.length;
}
