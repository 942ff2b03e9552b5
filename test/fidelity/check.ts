// Judges a file after the edit: nothing outside the target changed, and inside stands the right answer and nothing else.
// Layout is left to the model and the file; whether the code works is left to its tests.

import type { Language } from '../../server/exercises/languages.ts';
import { type Answer, answerFunction, squeeze as withoutSpace } from './answer.ts';
import type { DressedParts } from './parts.ts';
import type { FidelityTask } from './task.ts';

/** Undefined when all is well; else what is wrong. */
export function checkEdited(
  task: FidelityTask,
  edited: string,
  parts: DressedParts | undefined,
  bringsImports: boolean,
): string | undefined {
  const damage = mixedLineBreaks(task, edited);
  if (damage !== undefined) return damage;
  if (task.action === 'document') return checkDocumented(task, edited);
  if (parts !== undefined) return checkParts(task, edited, parts);
  if (bringsImports) return checkWithImports(task, edited);
  if (!edited.startsWith(task.before)) return `text before the target changed: ${firstDifference(task.before, edited)}`;
  if (!edited.endsWith(task.after) || edited.length < task.before.length + task.after.length)
    return 'text after the target changed';
  const region = edited.slice(task.before.length, edited.length - task.after.length);
  return checkIndentation(task, region) ?? checkRegion(task, region);
}

/** Without layout, and without the choice of quotes: where a file has a habit, an answer takes it on (`draft/quotes.ts`). */
function squeeze(text: string): string {
  return withoutSpace(text).replace(/"/g, "'");
}

function checkRegion(task: FidelityTask, region: string): string | undefined {
  const { answer } = task;
  const right =
    task.action === 'implement'
      ? [answer.body]
      : [answerFunction(answer, answer.language === 'python' ? {} : { documentation: '' })];
  if (right.some((text) => squeeze(text) === squeeze(region))) return undefined;
  if (task.action === 'fix' && isRightFunction(answer, region)) return undefined;
  if (squeeze(region) === squeeze(task.text.slice(task.before.length, task.text.length - task.after.length)))
    return 'nothing changed';
  return `not the answer: ${excerpt(region)}`;
}

/**
 * A fix may replace the whole function as the model wrote it, with another signature line or another docstring, as long as
 * the body is right, there is one definition, and a docstring is there where one was.
 */
function isRightFunction(answer: Answer, region: string): boolean {
  const flat = squeeze(region);
  const body = squeeze(answer.body);
  const at = flat.indexOf(body);
  if (at === -1 || !['', '}'].includes(flat.slice(at + body.length))) return false;
  const head = flat.slice(0, at);
  const { name } = answer;
  switch (answer.language) {
    case 'python':
      return (
        head.startsWith(`def${name}(`) && head.split(`def${name}(`).length === 2 && hasDocstringAsBefore(answer, head)
      );
    case 'js':
      return new RegExp(`^(export)?(const${name}=|function${name}\\()[^/]*$`).test(head);
    case 'go':
      return new RegExp(`^func${name}\\([^/]*$`).test(head);
    case 'rust':
      return new RegExp(`^(pub)?fn${name}[<(][^/]*$`).test(head);
  }
}

function hasDocstringAsBefore(answer: Answer, head: string): boolean {
  return answer.documentation === '' ? head.endsWith(':') : /["']$/.test(head);
}

/** New helpers may stand directly before or after the function; everything that was there is still there, in order. */
function checkParts(task: FidelityTask, edited: string, parts: DressedParts): string | undefined {
  let rest = squeeze(edited);
  for (const helper of parts.helpers) {
    const text = squeeze(helper);
    if (!rest.includes(text)) return `a helper is missing: ${excerpt(helper)}`;
    rest = rest.replace(text, '');
  }
  const expected = squeeze(task.before) + squeeze(parts.body) + squeeze(task.after);
  if (rest !== expected) return `not the parts and nothing else: ${firstDifference(expected, rest)}`;
  return linesKept(task, edited);
}

/** One block of imports may be added; everything that was there is still there, in order, and the body is the answer's. */
function checkWithImports(task: FidelityTask, edited: string): string | undefined {
  const { answer } = task;
  const flat = squeeze(edited);
  const expected = squeeze(task.before) + squeeze(answer.body) + squeeze(task.after);
  const [block] = insertedBlocks(expected, flat);
  if (block === undefined) return `not the imports and the answer: ${firstDifference(expected, flat)}`;
  const names = [...answer.imports.matchAll(/"[^"]+"|(?<=^import )\w+$|(?<=^use ).*(?=;)/gm)].map((match) =>
    squeeze(match[0]),
  );
  const missing = names.find((name) => !block.includes(name));
  if (missing !== undefined || names.length === 0) return `import ${missing} is missing`;
  const longest = squeeze(answer.imports).length + names.length * 'import()'.length;
  if (block.length > longest) return `not only imports: ${excerpt(block)}`;
  return linesKept(task, edited);
}

/** Every line outside the target is still there, byte for byte and in order. */
function linesKept(task: FidelityTask, edited: string): string | undefined {
  const linesOf = (text: string): string[] => text.split(/\r?\n/);
  const present = linesOf(edited);
  let at = 0;
  for (const line of [...linesOf(task.before), ...linesOf(task.after)]) {
    if (line.trim() === '') continue;
    const found = present.indexOf(line, at);
    if (found === -1) return `a line outside the target changed: ${excerpt(line)}`;
    at = found + 1;
  }
  return undefined;
}

/** Code unchanged but for documentation: without one inserted block of nothing but documentation it is the text before. */
function checkDocumented(task: FidelityTask, edited: string): string | undefined {
  if (edited === task.text) return 'nothing changed';
  const blocks = insertedBlocks(task.text, edited);
  const [first] = blocks;
  if (first === undefined) return `code changed: ${firstDifference(task.text, edited)}`;
  const inserted = blocks.find((block) => isDocumentation(task.source.language, block));
  if (inserted === undefined) return `not only documentation: ${excerpt(first)}`;
  const words = squeeze(task.answer.prose.split('\n')[0] ?? '');
  if (!bareDocumentation(inserted).includes(bareDocumentation(words))) return `other words: ${excerpt(inserted)}`;
  return undefined;
}

/**
 * The block that `edited` has more than `text`, when one explains everything. There are several readings when the block begins
 * with what follows it: `r"""…"""` before `return` is `"""…"""\nr` just as well.
 */
function insertedBlocks(text: string, edited: string): string[] {
  const extra = edited.length - text.length;
  let start = 0;
  while (start < text.length && text[start] === edited[start]) start++;
  const blocks: string[] = [];
  if (extra <= 0 || text.slice(start) !== edited.slice(start + extra)) return blocks;
  for (let at = start; at >= 0 && (at === start || text[at] === edited[at + extra]); at--) {
    blocks.push(edited.slice(at, at + extra));
  }
  return blocks;
}

function isDocumentation(language: Language, block: string): boolean {
  const text = block.replaceAll('\r\n', '\n').trim();
  if (language === 'python')
    return (
      /^[rRuU]?("""[\s\S]*"""|'''[\s\S]*'''|"[^"\n]*"|'[^'\n]*')$/.test(text) && !/"""[\s\S]+"""[\s\S]+"""/.test(text)
    );
  const comment =
    language === 'js'
      ? /^\/\*(?:(?!\*\/)[\s\S])*\*\/$|^(\s*\/\/.*)+$/
      : /^(\s*\/\/.*(\n|$))+$|^\/\*(?:(?!\*\/)[\s\S])*\*\/$/;
  return comment.test(text);
}

function bareDocumentation(text: string): string {
  return squeeze(text).replace(/[/*"'`]/g, '');
}

function mixedLineBreaks(task: FidelityTask, edited: string): string | undefined {
  const lone = edited.replace(/\r\n/g, '');
  if (task.variant.lineBreak === '\r\n' && lone.includes('\n')) return 'line breaks of two kinds';
  if (task.variant.lineBreak === '\n' && edited.includes('\r')) return 'a carriage return that was not there';
  return undefined;
}

/** No tabs in front where file and answer have none. */
function checkIndentation(task: FidelityTask, region: string): string | undefined {
  if (/^\t/m.test(task.answer.body) || task.source.language === 'go') return undefined;
  return /^ *\t/m.test(region) ? 'tabs in a file indented with spaces' : undefined;
}

function firstDifference(expected: string, actual: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === actual[at]) at++;
  const around = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40));
  return `${around(expected)} became ${around(actual)}`;
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 160 ? `${text.slice(0, 100)} … ${text.slice(-50)}` : text);
}
