// Wrong answers by class, made of a right one: what each class spoils, and whether syntax and names alone could tell. Seeded.

import { type Language, languageFacts } from '../../server/exercises/languages.ts';
import type { Source } from '../../server/exercises/source.ts';
import type { Random } from '../fidelity/random.ts';

export interface Fault {
  readonly id: string;
  readonly shows: string;
  /** `behaviour`: the code is well-formed and only running it could tell. */
  readonly kind: 'structural' | 'behaviour';
  /** What of the fault would stand in the file: where it does not, and the right body does, the draft has mended it. */
  readonly mark?: (language: Language) => string;
  /** Answers with this fault; none where the class does not apply. */
  make(source: Source, other: Source, random: Random): readonly Answer[];
}

export interface Answer {
  readonly text: string;
  readonly cutOff?: boolean;
}

/** The answer as a model gives it: the whole function, Go with its imports. */
export function wholeAnswer(source: Source, body = source.body, signature = source.signature): string {
  const braces = languageFacts[source.language].hasBraces;
  const documentation = braces || source.documentation === '' ? [] : [source.documentation];
  const lines = [signature, ...documentation, body, ...(braces ? ['}'] : [])];
  return [lines.join('\n'), source.definitionsAfter].filter((part) => part !== '').join('\n\n');
}

export const faults: readonly Fault[] = [
  {
    id: 'buggy',
    shows: 'faulty solution of the data set',
    kind: 'behaviour',
    make: (source) => (source.buggyBody === source.body ? [] : [{ text: wholeAnswer(source, source.buggyBody) }]),
  },
  {
    id: 'neighbour',
    shows: "another task's function, under its own name",
    kind: 'structural',
    make: (source, other) => (other.name === source.name ? [] : [{ text: wholeAnswer(other) }]),
  },
  {
    id: 'neighbour-body',
    shows: "another task's body in this function, using that task's parameters",
    kind: 'structural',
    make: (source, other) => (usesForeignParameter(source, other) ? [{ text: wholeAnswer(source, other.body) }] : []),
  },
  {
    id: 'neighbour-body-fits',
    shows: "another task's body that happens to use the same names",
    kind: 'behaviour',
    make: (source, other) =>
      usesForeignParameter(source, other) || squeezed(other.body) === squeezed(source.body)
        ? []
        : [{ text: wholeAnswer(source, other.body) }],
  },
  {
    id: 'cut-off',
    shows: 'cut off at the token limit',
    kind: 'structural',
    make: (source, _, random) => [{ text: cutInside(wholeAnswer(source), source, random), cutOff: true }],
  },
  {
    id: 'torn',
    shows: 'torn inside an expression, without a word from the engine',
    kind: 'structural',
    make: (source, _, random) => tornInExpression(source, random),
  },
  {
    id: 'invented-import',
    shows: 'imports a module that does not exist, and uses it',
    kind: 'structural',
    make: (source) => [{ text: withInventedImport(source) }],
  },
  {
    id: 'invented-call',
    shows: 'calls a helper that nobody defines',
    kind: 'structural',
    make: (source) => [{ text: wholeAnswer(source, withStatement(source, `${inventedName(source.language)}()`)) }],
  },
  {
    id: 'elided',
    shows: 'half of the body left to the reader',
    kind: 'structural',
    make: (source, _, random) => elided(source, random),
  },
  {
    id: 'empty',
    shows: 'a stub again',
    kind: 'structural',
    make: (source) =>
      languageFacts[source.language].stubs.map((stub) => ({
        text: wholeAnswer({ ...source, definitionsAfter: '' }, stub),
      })),
  },
  {
    id: 'fence',
    shows: 'a fence left inside the body',
    kind: 'structural',
    mark: () => '```',
    make: (source) => [{ text: wholeAnswer(source, `${source.body}\n\`\`\`\n${step(source)}return`) }],
  },
  {
    id: 'extra-public',
    shows: 'an exported definition that nobody asked for',
    kind: 'structural',
    mark: (language) => (/\w*(?:report|Report)/.exec(extraPublic(language)) ?? [''])[0],
    make: (source) => [{ text: `${wholeAnswer(source)}\n\n${extraPublic(source.language)}` }],
  },
  {
    id: 'prose',
    shows: 'a refusal in words',
    kind: 'structural',
    make: () => [{ text: 'I am sorry, but I can not write this function without more information.' }],
  },
];

function step(source: Source): string {
  return languageFacts[source.language].indentation;
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, '');
}

/** Whether the other body needs a parameter that this function does not have and nothing else binds. */
function usesForeignParameter(source: Source, other: Source): boolean {
  const names = namesOf(other.parameters, other.language);
  const own = new Set([...namesOf(source.parameters, source.language), source.name]);
  return names.some((name) => {
    if (own.has(name) || !new RegExp(`(?<![\\w.])${name}\\b`).test(other.body)) return false;
    const bound = new RegExp(
      `\\b(?:let|var|const|for|mut)\\s+(?:mut\\s+)?\\(?${name}\\b|\\b${name}\\s*(?::=|=(?!=))|\\bfor\\s+\\(?(?:\\w+\\s*,\\s*)?${name}\\b|[|(,]\\s*&?(?:mut\\s+)?${name}\\s*(?:[|,)]|=>)|lambda[^:]*\\b${name}\\b|\\bfunc\\([^)]*\\b${name}\\b`,
    );
    return (
      !bound.test(other.body) &&
      !new RegExp(`\\b${name}\\b`).test(`${source.definitionsBefore}\n${source.imports}\n${source.body}`)
    );
  });
}

function namesOf(parameters: string, language: Language): string[] {
  const list = parameters.split(/,(?![^[(<]*[\])>])/).map((part) => part.trim());
  if (language === 'go') return list.map((part) => /^\w+/.exec(part)?.[0] ?? '').filter((name) => name !== '');
  return list.map((part) => /^(?:mut\s+)?(\w+)/.exec(part)?.[1] ?? '').filter((name) => name !== '' && name !== 'self');
}

/** Somewhere in the second half of the function, at a line's end or inside a line. */
function cutInside(text: string, source: Source, random: Random): string {
  const start = text.indexOf(source.body.split('\n')[0] ?? '');
  const from = Math.max(1, start + Math.floor(source.body.length * 0.3));
  const to = Math.max(from + 1, start + source.body.length - 2);
  return text.slice(0, from + random.integer(to - from));
}

/** Behind an operator, an opening bracket or a comma: where no statement can end. */
function tornInExpression(source: Source, random: Random): readonly Answer[] {
  const text = wholeAnswer({ ...source, definitionsAfter: '' });
  const start = text.indexOf(source.body.split('\n')[0] ?? '');
  const places = [...text.matchAll(/(?:[=+*/%<>(,&|]|\b(?:return|and|or|in)) (?=\S)|[([](?=\w)/g)]
    .map((match) => match.index + match[0].length)
    .filter((place) => place > start + 8 && place < text.length - 2 && !inStringOrComment(text, place));
  const place = places[random.integer(Math.max(1, places.length))];
  return place === undefined ? [] : [{ text: text.slice(0, place).trimEnd() }];
}

function inStringOrComment(text: string, place: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', place - 1) + 1, place);
  const quotes = (line.match(/["'`]/g) ?? []).length;
  const triple = (text.slice(0, place).match(/"""|'''/g) ?? []).length;
  return quotes % 2 === 1 || triple % 2 === 1 || /#|\/\//.test(line);
}

function withStatement(source: Source, call: string): string {
  const lines = source.body.split('\n');
  const lead = /^\s*/.exec(lines[0] ?? '')?.[0] ?? step(source);
  const statement = { python: call, js: `${call};`, go: call, rust: `${call};` }[source.language];
  return [lead + statement, ...lines].join('\n');
}

function inventedName(language: Language): string {
  return { python: 'normalize_inputs', js: 'normalizeInputs', go: 'normalizeInputs', rust: 'normalize_inputs' }[
    language
  ];
}

function withInventedImport(source: Source): string {
  const use = {
    python: ['import fastmathx\n\n\n', 'fastmathx.prepare()'],
    js: ["import { prepare } from 'fast-math-x';\n\n", 'prepare()'],
    go: ['import "github.com/nobody/fastmathx"\n\n', 'fastmathx.Prepare()'],
    rust: ['use fastmathx::prepare;\n\n', 'prepare()'],
  }[source.language];
  return `${use[0]}${wholeAnswer(source, withStatement(source, use[1] ?? ''))}`;
}

const elisions = [
  'rest of the code',
  'rest of the function remains unchanged',
  'TODO: handle the other cases',
  '...',
  'your code here',
  'implementation here',
];

function elided(source: Source, random: Random): readonly Answer[] {
  const lines = source.body.split('\n');
  if (lines.length < 3) return [];
  const kept = lines.slice(0, Math.max(1, Math.floor(lines.length / 2)));
  const lead = /^\s*/.exec(kept.at(-1) ?? '')?.[0] ?? step(source);
  const words = elisions[random.integer(elisions.length)] ?? '...';
  const mark = languageFacts[source.language].lineComment;
  return [
    { text: wholeAnswer({ ...source, definitionsAfter: '' }, balanced([...kept, `${lead}${mark} ${words}`], source)) },
  ];
}

/** The braces that the first half opened are closed again; Python needs a statement below its colon. */
function balanced(lines: readonly string[], source: Source): string {
  if (!languageFacts[source.language].hasBraces)
    return [...lines, `${/^\s*/.exec(lines.at(-1) ?? '')?.[0] ?? ''}pass`].join('\n');
  const open = (lines.join('\n').match(/\{/g) ?? []).length - (lines.join('\n').match(/\}/g) ?? []).length;
  return [...lines, ...Array.from({ length: Math.max(0, open) }, () => '}')].join('\n');
}

function extraPublic(language: Language): string {
  return {
    python: 'def print_report(rows):\n    for row in rows:\n        print(row)',
    js: 'export function printReport(rows) {\n  for (const row of rows) console.log(row);\n}',
    go: 'func PrintReport(rows []string) {\n\tfor _, row := range rows {\n\t\tprintln(row)\n\t}\n}',
    rust: 'pub fn print_report(rows: &[String]) {\n    for row in rows {\n        println!("{}", row);\n    }\n}',
  }[language];
}
