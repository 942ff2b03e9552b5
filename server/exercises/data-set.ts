// Reads HumanEvalPack rows into sources. The data set is not part of the product: its folder is named on the command line. Fields
// are used as its authors' own evaluation does: prompt + solution + test, Go's imports from `import` and `test_setup` as far as
// they are needed.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCalls } from './calls.ts';
import type { Language } from './languages.ts';
import type { Source } from './source.ts';

/**
 * Rows whose right answer passes its own test only sometimes: Go/95 depends on the order in which a map is walked, Rust/32
 * on whether Newton's method ends for random polynomials.
 */
const unsteadyRows: ReadonlySet<string> = new Set(['Go/95', 'Rust/32']);

export interface DataSetRow {
  readonly task_id: string;
  readonly prompt: string;
  readonly canonical_solution: string;
  readonly buggy_solution: string;
  readonly test: string;
  readonly docstring: string;
  readonly entry_point: string;
  readonly bug_type: string;
  readonly failure_symptoms: string;
  readonly import?: string;
  readonly test_setup?: string;
}

/** Rows of one language made into sources, in file order. Undefined when the file is not there. */
export function readSources(folder: string, language: Language): Source[] | undefined {
  return readRows(folder, language)?.map((row) => sourceOf(language, row));
}

/** Rows of one language as they are, in file order. Undefined when the file is not there. */
export function readRows(folder: string, language: Language): DataSetRow[] | undefined {
  const path = join(folder, `${language}.jsonl`);
  if (!existsSync(path)) return undefined;
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as DataSetRow);
}

/** The folder of the data set: either the one that was named or its `humanevalpack` folder holds the files. */
export function dataSetFolder(given: string | undefined): string | undefined {
  if (given === undefined || given === '') return undefined;
  return [given, join(given, 'humanevalpack')].find((folder) => existsSync(join(folder, 'python.jsonl')));
}

function sourceOf(language: Language, row: DataSetRow): Source {
  const makers = { python: pythonSource, js: scriptSource, go: goSource, rust: rustSource };
  return makers[language](row);
}

function common(row: DataSetRow): Pick<Source, 'id' | 'prose' | 'symptom' | 'testIsSteady'> {
  return {
    testIsSteady: !unsteadyRows.has(row.task_id),
    id: row.task_id,
    prose: row.docstring.replace(/[ \t]+$/gm, '').trim(),
    symptom: `test failed: ${row.failure_symptoms} (${row.bug_type})`,
  };
}

function pythonSource(row: DataSetRow): Source {
  const at = row.prompt.lastIndexOf(`def ${row.entry_point}(`);
  const before = row.prompt.slice(0, at).trim();
  const signatureEnd = row.prompt.indexOf('\n', at);
  const importLines = before.split('\n').filter((line) => /^(import|from) /.test(line));
  // One row imports between signature and docstring, where the docstring would be none: its import goes to the top.
  const [, inside, documentation] = /^((?:\s*import \w+\n)?)([\s\S]*)$/.exec(row.prompt.slice(signatureEnd)) ?? [];
  const signature = row.prompt.slice(at, signatureEnd);
  return {
    ...common(row),
    language: 'python',
    name: row.entry_point,
    parameters: parametersOf(signature),
    header: '',
    imports: [...importLines, ...(inside?.trim() ? [inside.trim()] : [])].join('\n'),
    onlyBodyNeedsImports: false,
    definitionsBefore: trimLines(before.split('\n').slice(importLines.length).join('\n')),
    definitionsAfter: '',
    documentation: trimLines(documentation ?? ''),
    signature,
    body: trimLines(row.canonical_solution),
    buggyBody: trimLines(row.buggy_solution),
    calls: callsOf(row, row.entry_point),
    test: row.test.trim(),
  };
}

function scriptSource(row: DataSetRow): Source {
  const { lead, documentation, signature } = bracePrompt(row.prompt, /^const \w+ = .*$/gm);
  const name = /^const (\w+)/.exec(signature)?.[1] ?? row.entry_point;
  return {
    ...common(row),
    language: 'js',
    name,
    parameters: parametersOf(signature),
    header: '',
    imports: '',
    onlyBodyNeedsImports: false,
    definitionsBefore: lead,
    documentation,
    signature,
    ...bodies(row, quotedStrings),
    calls: callsOf(row, name),
    test: row.test.trim(),
  };
}

function goSource(row: DataSetRow): Source {
  const imports = row.import ?? '';
  const prompt = row.prompt.replace(imports.trim(), '');
  const { lead, documentation, signature } = bracePrompt(prompt, /^func \w+\(.*$/gm);
  const solution = bodies(row);
  const everything = [lead, signature, solution.body, solution.definitionsAfter].join('\n');
  const known = [...`${imports}\n${row.test_setup ?? ''}`.matchAll(/"([\w./]+)"/g)].map((match) => match[1] ?? '');
  const paths = [...new Set([...known, 'math', 'sort', 'strconv', 'strings'])];
  const outside = goImports(paths, [lead, signature, solution.definitionsAfter].join('\n'));
  const name = /^func (\w+)/.exec(signature)?.[1] ?? row.entry_point;
  const testImports = goImports(paths, row.test);
  return {
    ...common(row),
    language: 'go',
    name,
    parameters: parametersOf(signature),
    header: 'package solution',
    imports: goImports(paths, everything),
    onlyBodyNeedsImports: outside === '',
    definitionsBefore: lead,
    documentation,
    signature,
    ...solution,
    calls: callsOf(row, name),
    test: `package solution\n\n${testImports}\n\n${row.test.trim()}`,
  };
}

function rustSource(row: DataSetRow): Source {
  const uses = row.prompt.split('\n').filter((line) => /^use /.test(line));
  const header = 'fn main(){}';
  const lastUse = uses[uses.length - 1] ?? header;
  const prompt = row.prompt.slice(row.prompt.indexOf(lastUse) + lastUse.length);
  const { lead, documentation, signature } = bracePrompt(prompt, /^ *(pub )?fn \w+.*$/gm);
  const name = /fn (\w+)/.exec(signature)?.[1] ?? row.entry_point;
  return {
    ...common(row),
    language: 'rust',
    name,
    parameters: parametersOf(signature),
    header,
    imports: uses.join('\n'),
    onlyBodyNeedsImports: false,
    definitionsBefore: lead,
    documentation,
    signature,
    ...bodies(row),
    calls: callsOf(row, name),
    test: row.test.trim(),
  };
}

/** Splits what comes before a body in a language with braces: other code, the comment on the function, its signature. */
function bracePrompt(prompt: string, definition: RegExp): { lead: string; documentation: string; signature: string } {
  const last = [...prompt.matchAll(definition)].pop();
  if (last === undefined) throw new Error(`no definition in ${prompt}`);
  const before = prompt.slice(0, last.index).trimEnd();
  const block = /\/\*(?:(?!\*\/)[\s\S])*\*\/$/.exec(before) ?? /(?:(?:^|\n)\/\/.*)+$/.exec(before);
  const documentation = block === null ? '' : block[0].trim();
  return {
    lead: trimLines(before.slice(0, before.length - documentation.length)),
    documentation,
    signature: last[0].trim(),
  };
}

/** A solution in a language with braces ends its function and may go on with helpers. */
function bodies(
  row: DataSetRow,
  literals: RegExp = charLiterals,
): { body: string; buggyBody: string; definitionsAfter: string } {
  const right = untilClosingBrace(row.canonical_solution, literals);
  const buggy = untilClosingBrace(row.buggy_solution, literals);
  return { body: right.body, buggyBody: buggy.body, definitionsAfter: right.rest };
}

/** What may hold a brace that is none: strings, comments, and characters (Go, Rust) or quoted strings (JavaScript). */
const charLiterals = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'|`[^`]*`|\/\/.*|[{}]/g;
const quotedStrings = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`|\/\/.*|[{}]/g;

function untilClosingBrace(solution: string, literals: RegExp): { body: string; rest: string } {
  let depth = 1;
  for (const match of solution.matchAll(literals)) {
    if (match[0] === '{') depth++;
    if (match[0] === '}' && --depth === 0) {
      return { body: trimLines(solution.slice(0, match.index)), rest: trimLines(solution.slice(match.index + 1)) };
    }
  }
  throw new Error(`no closing brace in ${solution}`);
}

function parametersOf(signature: string): string {
  const start = signature.indexOf('(');
  let depth = 0;
  for (let index = start; index < signature.length; index++) {
    if (signature[index] === '(') depth++;
    if (signature[index] === ')' && --depth === 0) return signature.slice(start + 1, index);
  }
  throw new Error(`no parameters in ${signature}`);
}

/** Calls in the examples and tests that use nothing but literals, at most three. */
function callsOf(row: DataSetRow, name: string): string[] {
  const calls = [...findCalls(row.docstring, name), ...findCalls(row.test, name)];
  const literal = calls.filter((call) => !/^\w+\([a-z_]\w*[,)]/i.test(call) && call.length < 100);
  return [...literal, ...calls, `${name}()`].slice(0, Math.max(1, Math.min(3, literal.length)));
}

function goImports(paths: readonly string[], code: string): string {
  const needed = paths.filter((path) => new RegExp(`\\b${path.split('/').pop()}\\.\\w`).test(code));
  if (needed.length === 0) return '';
  return `import (\n${needed.map((path) => `    "${path}"`).join('\n')}\n)`;
}

/** Without blank lines around, but with the first line's indentation. */
function trimLines(text: string): string {
  return text.replace(/^(?:[ \t]*\n)+/, '').trimEnd();
}
