// Plans of several parts over files of several functions: scripted planners that err and scripted workers that repeat each other,
// through the real pipeline. Judges what became of the text that nobody asked to change, and of each body.

import { systemClock } from '../../server/base/clock.ts';
import { applyEdits, withLineBreak } from '../../server/base/text.ts';
import { type Language, languageFacts } from '../../server/exercises/languages.ts';
import type { Source } from '../../server/exercises/source.ts';
import { runPipeline } from '../../server/pipeline/run.ts';
import type { Subtask, Task } from '../../server/pipeline/task.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { middle, small } from '../support/pipeline-bench.ts';
import { promptText, scriptedGateway } from '../support/scripted-gateway.ts';
import { squeeze } from './answer.ts';
import { fence } from './grammar.ts';
import { type Random, seededRandom } from './random.ts';

export interface MergeCase {
  readonly id: string;
  readonly language: Language;
  readonly text: string;
  /** The text between what is to be written, in order: one more than `stubs`. */
  readonly untouched: readonly string[];
  readonly stubs: readonly {
    readonly source: Source;
    readonly range: { readonly start: number; readonly end: number };
  }[];
  readonly subtasks: readonly Subtask[];
  /** What a worker says when it is asked for this name. */
  readonly replies: ReadonlyMap<string, string>;
  /** The file lacks these: the parts bring them. */
  readonly bringsImports: boolean;
}

export interface MergeOutcome {
  readonly parts: number;
  readonly untouchedKept: boolean;
  readonly rightBodies: number;
  readonly joinedWithoutModel: boolean;
  readonly failure: string | undefined;
}

/** A file of three to eight functions, two thirds of them still to be written. */
export function mergeCase(sources: readonly Source[], index: number, seed: string): MergeCase | undefined {
  const random = seededRandom(seed, 'merge', index);
  const chosen = distinct(sources, random, 3 + random.integer(6));
  const [first] = chosen;
  if (first === undefined) return undefined;
  const { language } = first;
  const facts = languageFacts[language];
  const open = chosen.filter((_, place) => place % 3 !== 2);
  const lean = random.chance(0.4) && open.every((source) => source.onlyBodyNeedsImports || source.imports === '');
  const lineBreak = random.chance(0.2) ? '\r\n' : '\n';
  const gap = language === 'python' ? '\n\n\n' : '\n\n';
  const imports = unionOf(
    chosen.map((source) => (lean && open.includes(source) ? '' : source.imports)),
    language,
  );
  const untouched: string[] = [];
  let fixed = [first.header, imports]
    .filter((part) => part !== '')
    .map((part) => part + gap)
    .join('');
  for (const source of chosen) {
    const stub = facts.stubs[random.integer(facts.stubs.length)] ?? '';
    const before = [source.definitionsBefore, facts.hasBraces ? source.documentation : '']
      .filter((part) => part !== '')
      .map((part, place) => part + (place === 0 && source.definitionsBefore !== '' ? gap : '\n'))
      .join('');
    const head = [source.signature, facts.hasBraces ? '' : source.documentation]
      .filter((part) => part !== '')
      .join('\n');
    fixed += before + head;
    if (open.includes(source)) {
      untouched.push(fixed);
      fixed = '';
      fixed = `${facts.hasBraces ? '}' : ''}`;
      stubsOf.set(source, `\n${stub}${facts.hasBraces && stub !== '' ? '\n' : ''}`);
    } else fixed += `\n${source.body}${facts.hasBraces ? '\n}' : ''}`;
    fixed +=
      [source.definitionsAfter]
        .filter((part) => part !== '')
        .map((part) => gap + part)
        .join('') + gap;
  }
  untouched.push(`${fixed.trimEnd()}\n`);
  const kept = untouched.map((part) => withLineBreak(part, lineBreak));
  let text = '';
  const stubs = open.map((source, place) => {
    text += kept[place] ?? '';
    const start = text.length;
    text += withLineBreak(stubsOf.get(source) ?? '', lineBreak);
    return { source, range: { start, end: text.length } };
  });
  text += kept.at(-1) ?? '';
  return {
    id: `${language} ${index}`,
    language,
    text,
    untouched: kept,
    stubs,
    subtasks: planFor(open, chosen, random),
    replies: new Map(open.map((source) => [source.name, replyFor(source, open, random)])),
    bringsImports: lean,
  };
}

const stubsOf = new WeakMap<Source, string>();

function distinct(sources: readonly Source[], random: Random, count: number): Source[] {
  const chosen: Source[] = [];
  const names = new Set<string>();
  for (let attempt = 0; attempt < 100 && chosen.length < count; attempt++) {
    const source = sources[random.integer(sources.length)];
    if (source === undefined || source.header !== (chosen[0]?.header ?? source.header)) continue;
    const defined = [
      ...`${source.definitionsBefore}\n${source.definitionsAfter}\n${source.signature}`.matchAll(
        /\b(?:def|function|func|fn|const|class|struct|type)\s+(\w+)/g,
      ),
    ].map(([, name = '']) => name);
    const isRustMain = source.language === 'rust' && source.definitionsAfter.includes('fn main');
    if (defined.some((name) => names.has(name)) || isRustMain) continue;
    for (const name of defined) names.add(name);
    chosen.push(source);
  }
  return chosen;
}

/** Each import once. Go: one block; Rust and Python: one line each. */
function unionOf(all: readonly string[], language: Language): string {
  if (language === 'go') {
    const paths = [...new Set(all.flatMap((text) => [...text.matchAll(/"[^"]+"/g)].map(([path]) => path)))];
    return paths.length === 0
      ? ''
      : `import (\n${paths
          .sort()
          .map((path) => `\t${path}\n`)
          .join('')})`;
  }
  return [...new Set(all.flatMap((text) => text.split('\n')).filter((line) => line.trim() !== ''))].join('\n');
}

/** The parts in any order, with what planners get wrong: a circle, a twin, what stands there already, one forgotten. */
function planFor(open: readonly Source[], all: readonly Source[], random: Random): readonly Subtask[] {
  const parts = open.map(({ name }, index) => ({
    id: String(index + 1),
    goal: `Write ${name}.`,
    provides: name,
    needs: [] as string[],
  }));
  if (random.chance(0.5)) parts.reverse();
  const [first, second] = parts;
  if (first !== undefined && second !== undefined && random.chance(0.2)) {
    first.needs.push(second.id);
    second.needs.push(first.id);
  }
  if (first !== undefined && random.chance(0.2)) parts.push({ ...first, id: 'twin', needs: [] });
  const written = all.find((source) => !open.includes(source));
  if (written !== undefined && random.chance(0.2))
    parts.push({ id: 'there', goal: `Write ${written.name}.`, provides: written.name, needs: [] });
  if (parts.length > 2 && random.chance(0.2)) parts.shift();
  return parts;
}

/** One part as small models give it: with imports, with a neighbour's stub, with prose, in other line ends. */
function replyFor(source: Source, open: readonly Source[], random: Random): string {
  const facts = languageFacts[source.language];
  const whole = (one: Source, body: string): string =>
    [
      facts.hasBraces ? '' : one.signature,
      facts.hasBraces ? one.signature : one.documentation,
      body,
      facts.hasBraces ? '}' : '',
    ]
      .filter((part) => part !== '')
      .join('\n');
  const neighbour = open.find((other) => other !== source);
  const stub = facts.stubs.at(0) ?? '';
  const beside = neighbour !== undefined && stub !== '' && random.chance(0.2) ? `\n\n${whole(neighbour, stub)}` : '';
  const package_ = source.language === 'go' && source.imports !== '' ? `${source.header}\n\n` : '';
  const imports = source.imports === '' ? '' : `${package_}${source.imports}\n\n`;
  const code = imports + whole(source, source.body) + beside;
  const text = random.chance(0.7) ? fence(code, facts.fenceNames[0] ?? '') : code;
  const said = random.chance(0.2) && text.startsWith('```') ? `Here is the part:\n\n${text}` : text;
  return random.chance(0.1) ? withLineBreak(said, '\r\n') : said;
}

export async function runMerge(one: MergeCase, syntax: Syntax): Promise<MergeOutcome> {
  const { languageId } = languageFacts[one.language];
  const facts = await syntax.parse({ languageId, text: one.text });
  const first = one.stubs[0]?.range.start ?? 0;
  const last = one.stubs.at(-1)?.range.end ?? 0;
  const firstSignature = one.text.lastIndexOf(one.stubs[0]?.source.signature ?? '', first);
  const task: Task = {
    actionId: 'implement',
    languageId,
    fileName: 'sample',
    text: one.text,
    facts,
    target: { kind: 'lines', range: { start: Math.max(0, firstSignature), end: Math.min(one.text.length, last + 1) } },
    instruction: '',
    findings: [],
  };
  const gateway = scriptedGateway((request) => {
    if (request.role === 'planner') return JSON.stringify({ mode: 'split', subtasks: one.subtasks });
    const name = /It defines `(\w+)`/.exec(promptText(request))?.[1] ?? '';
    return one.replies.get(name) ?? '';
  });
  const settings = {
    strategy: 'split',
    frugality: 0.5,
    exploration: false,
    judge: false,
    reuse: false,
    temperature: 0.1,
    topP: 0.95,
    contextTokens: 16_384,
    outputTokens: 2048,
    think: [],
    seed: 1,
  } as const;
  const result = await runPipeline(
    { gateway, syntax, clock: systemClock, random: () => 0.5, roles: { worker: small, planner: middle }, settings },
    task,
    {},
    () => {},
    new AbortController().signal,
  );
  const joinedWithoutModel = gateway.requests.every(({ role }) => role === 'planner' || role === 'worker');
  const parts = one.stubs.length;
  if (result.kind !== 'draft') {
    const why =
      result.kind === 'refused' ? result.why : result.kind === 'failed' ? result.failure.message : result.kind;
    return { parts, untouchedKept: true, rightBodies: 0, joinedWithoutModel, failure: `refused: ${why}` };
  }
  const edited = applyEdits(one.text, result.draft.edits);
  const regions = regionsIn(one, edited);
  if (typeof regions === 'string')
    return { parts, untouchedKept: false, rightBodies: 0, joinedWithoutModel, failure: regions };
  const wrong = one.stubs.filter(({ source }, index) => neutral(regions[index] ?? '') !== neutral(source.body));
  const failure =
    wrong.length === 0 ? undefined : `not the body of ${wrong.map(({ source }) => source.name).join(', ')}`;
  return { parts, untouchedKept: true, rightBodies: parts - wrong.length, joinedWithoutModel, failure };
}

function neutral(text: string): string {
  return squeeze(text).replace(/"/g, "'");
}

/** What stands where the stubs were; or which of the text around them is not as it was. Only imports may have come before the first. */
function regionsIn(one: MergeCase, edited: string): readonly string[] | string {
  const [head = '', ...others] = one.untouched;
  const regions: string[] = [];
  const begin = headEnd(one, head, edited);
  if (begin === undefined) return 'the text before the first function changed';
  let at: number = begin;
  for (const part of others) {
    const last = part === others.at(-1);
    const next: number = last ? edited.length - part.length : edited.indexOf(part, at);
    if (next < at || !edited.startsWith(part, next))
      return `the text behind ${one.stubs[regions.length]?.source.name} changed`;
    regions.push(edited.slice(at, next));
    at = next + part.length;
  }
  return regions;
}

/** The head's lines in order, with nothing between them but imports that were lacking. */
function headEnd(one: MergeCase, head: string, edited: string): number | undefined {
  if (edited.startsWith(head)) return head.length;
  if (!one.bringsImports) return undefined;
  const wanted = head.split('\n');
  let offset = 0;
  for (let index = 0; index < wanted.length; ) {
    const end = edited.indexOf('\n', offset);
    const isLast = index === wanted.length - 1;
    const line = isLast ? edited.slice(offset, offset + (wanted[index]?.length ?? 0)) : edited.slice(offset, end);
    if (line === wanted[index]) {
      index++;
      if (isLast) return offset + line.length;
    } else if (!/^(?:import\b.*|from\s.*|use\s.*|\t"[\w/.]+"|\)|)\r?$/.test(edited.slice(offset, end)))
      return undefined;
    if (end === -1) return undefined;
    offset = end + 1;
  }
  return undefined;
}
