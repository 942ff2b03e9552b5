// Scripted edits of a file with one generated function body in it, as people, editors and formatters make them. Pure; knows no region.

import type { OffsetRange } from '../../server/base/text.ts';

export interface EditedFile {
  readonly text: string;
  readonly path: string;
  /** Where the generated code is now, in one piece or two; nowhere when it is gone or was written anew. */
  readonly truth: readonly OffsetRange[];
}

export interface EditedWith {
  /** 0 to 1. */
  readonly random: () => number;
  /** A body of the same language that does something else. */
  readonly other: string;
}

/** Everything but the body stays as it is, but for what the kind of edit says. */
export interface Parts {
  readonly path: string;
  readonly before: string;
  readonly body: string;
  readonly after: string;
}

export type Edit = (parts: Parts, given: EditedWith) => EditedFile;

const joined = ({ path, before, body, after }: Parts): EditedFile => ({
  path,
  text: before + body + after,
  truth: [{ start: before.length, end: before.length + body.length }],
});
const eachLine = (text: string, change: (line: string) => string): string => text.split('\n').map(change).join('\n');
const wholeFile = (parts: Parts, change: (text: string) => string): EditedFile =>
  joined({ ...parts, before: change(parts.before), body: change(parts.body), after: change(parts.after) });
const inBody =
  (change: (body: string, given: EditedWith) => string): Edit =>
  (parts, given) =>
    joined({ ...parts, body: change(parts.body, given) });

/** The same number of lines anew for that share of them, at least one. */
const editedLines = (share: number): Edit =>
  inBody((body, { random }) => {
    const lines = body.split('\n');
    const written = lines.flatMap((line, index) => (line.trim() === '' ? [] : [index]));
    const count = Math.max(1, Math.round(written.length * share));
    for (let done = 0; done < count && written.length > 0; done++) {
      const [index = 0] = written.splice(Math.floor(random() * written.length), 1);
      lines[index] = (lines[index] ?? '').replace(
        /\S.*$/,
        (code) => `${code.slice(0, 3)}_changed(${done}, ${Math.floor(random() * 1000)});`,
      );
    }
    return lines.join('\n');
  });

const usual = new Set(
  'for in if else elif while return def func let const var not and or is None True False range len int str mut fn match function new this self append sum max min sorted list dict set push iter i32 i64 u8 usize String Vec true false nil append make string float64 bool break continue import from map filter split join replace abs'.split(
    ' ',
  ),
);

/** The identifier that the body uses most and that is no keyword or usual function. */
function commonName(body: string): string | undefined {
  const counts = new Map<string, number>();
  for (const [name] of body.matchAll(/(?<![\w.])[A-Za-z_]\w*(?!\w|\()/g))
    if (!usual.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, one], [b, two]) => two - one || (a < b ? -1 : 1))[0]?.[0];
}

const reformat = (text: string): string =>
  eachLine(text, (line) => {
    const [, lead = '', code = ''] = /^(\s*)(.*)$/.exec(line) ?? [];
    const spaced = code
      .replace(/'([^'"\\]*)'/g, '"$1"')
      .replace(/\s*([-+*/%<>=!]=?|==)\s*/g, ' $1 ')
      .replace(/ +/g, ' ');
    if (spaced.length <= 60 || !spaced.includes(', ')) return lead + spaced;
    const at = spaced.lastIndexOf(', ', 60);
    return at === -1 ? lead + spaced : `${lead}${spaced.slice(0, at + 1)}\n${lead}    ${spaced.slice(at + 2)}`;
  });

/** Kinds of edits after which the code is still there. */
export const keeping: Readonly<Record<string, Edit>> = {
  'left alone': joined,
  'lines above and below': (parts) =>
    joined({
      ...parts,
      before: `# a new header\nsetting = 1\n\n${parts.before}`,
      after: `${parts.after}\n\nlast = 2\n`,
    }),
  'moved to the end of the file': (parts) => {
    const head = parts.before.slice(0, parts.before.lastIndexOf('\n\n') + 2);
    const [function_, rest] = [parts.before.slice(head.length), parts.after.replace(/^[^\n]*\n/, '')];
    const closing = parts.after.slice(0, parts.after.length - rest.length);
    return joined({ ...parts, before: `${head}${rest}\n\n${function_}`, after: closing });
  },
  'other line ends': (parts) => wholeFile(parts, (text) => text.replaceAll('\n', '\r\n')),
  'tabs for spaces': (parts) =>
    wholeFile(parts, (text) =>
      eachLine(text, (line) => line.replace(/^(?: {2,4})+/, (lead) => '\t'.repeat(Math.ceil(lead.length / 4)))),
    ),
  'wrapped in a class': (parts) => {
    const deeper = (text: string): string => text.replace(/\n(?=[^\n])/g, '\n    ');
    return joined({
      ...parts,
      before: `class Wrapped {\n    ${deeper(parts.before)}`,
      body: deeper(parts.body),
      after: `${deeper(parts.after)}\n}\n`,
    });
  },
  'file renamed': (parts) => joined({ ...parts, path: `${parts.path}.renamed` }),
  'file renamed and indented anew': (parts) => ({
    ...wholeFile(parts, (text) => eachLine(text, (line) => line.replace(/^ +/, (lead) => lead + lead))),
    path: `${parts.path}.renamed`,
  }),
  '10 % of its lines edited': editedLines(0.1),
  '25 % of its lines edited': editedLines(0.25),
  '40 % of its lines edited': editedLines(0.4),
  'a line put in after every third': inBody((body) =>
    body
      .split('\n')
      .flatMap((line, index) =>
        index % 3 === 2 ? [line, `${/^\s*/.exec(line)?.[0] ?? ''}log(step_${index})`] : [line],
      )
      .join('\n'),
  ),
  'a variable renamed': inBody((body) => {
    const name = commonName(body);
    return name === undefined ? body : body.replace(new RegExp(`(?<![\\w.])${name}(?!\\w)`, 'g'), 'renamed_value');
  }),
  'reformatted, long lines broken': (parts) => wholeFile(parts, reformat),
  'split in two functions': (parts) => {
    const lines = parts.body.split('\n');
    const half = Math.ceil((lines.length * 2) / 3);
    const file = joined({ ...parts, body: lines.slice(0, half).join('\n') });
    const rest = lines.slice(half).join('\n');
    const start = file.text.length + '\n\nrest_of_it:\n'.length;
    const text = `${file.text}\n\nrest_of_it:\n${rest}\n`;
    return { path: file.path, text, truth: [...file.truth, { start, end: start + rest.length }] };
  },
};

/** After these it is not. */
export const ending: Readonly<Record<string, Edit>> = {
  deleted: ({ path, before, body, after }) => ({
    path,
    text: `${before}${/^\s*/.exec(body)?.[0] ?? ''}pass${after}`,
    truth: [],
  }),
  'written anew': ({ path, before, after }, { other }) => ({ path, text: before + other + after, truth: [] }),
  'all of its lines edited': (parts, given) => ({ ...editedLines(1)(parts, given), truth: [] }),
};
