// Turns what a model said into texts that may be the code: fences, JSON strings, thinking, tags, line decorations come off.
// Pure text; knows no language. The order is the order in which a careful reader would try them.

import { type Fences, fencesOf } from './fences.ts';
import { codeInJson } from './json-answer.ts';
import { plainLines } from './line-decoration.ts';

/** Most candidates that are ever tried for one answer: each one costs a parse. */
const maximumCandidates = 12;

/**
 * @param answer the model's whole text.
 * @returns distinct candidate texts with `\n` line ends, the likeliest first; empty when the answer is blank.
 */
export function candidatesOf(answer: string): string[] {
  const raw: string[] = [];
  collect(withoutThinking(withoutWrapping(answer)), raw, 0);
  const found = [...raw.map(withoutFrame), ...inlineCode(raw.at(-1) ?? '')];
  const seen = new Set<string>();
  return found
    .filter((text) => text.trim() !== '' && !seen.has(text) && seen.add(text) !== undefined)
    .slice(0, maximumCandidates);
}

/** A language's name or a speaker's on top, comments that say where the solution begins and ends: the frame, not the code. */
function withoutFrame(text: string): string {
  return text
    .replace(/^\s*(?:assistant|ai|model|bot|response|answer)[ \t]*:[ \t]*(?=\S|\n)/i, '')
    .replace(/^\s*(?:python3?|py|javascript|js|jsx|typescript|ts|tsx|go|golang|rust|rs|code)[ \t]*:?[ \t]*\n/i, '')
    .replace(new RegExp(`^\\s*?${frameComment}\\n`, 'i'), '')
    .replace(new RegExp(`\\n${frameComment}\\s*$`, 'i'), '\n');
}

/** `# --- begin ---`, `// END SOLUTION`: a line that is nothing but that. */
const frameComment = String.raw`[ \t]*(?:#|\/\/|\/\*)[-=*#> \t]*(?:begin|end|start)(?:[ \t]+of)?(?:[ \t]+(?:the[ \t]+)?(?:solution|code|implementation|answer|function|snippet|body))?[-=*#>\/ \t]*`;

/** Code between single backticks, for answers that hold nothing else: the longest first. */
function inlineCode(text: string): string[] {
  if (text.includes('```')) return [];
  const spans = [...text.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map((match) => match[1] ?? '');
  return spans
    .filter((span) => /\breturn\b|[=;]/.test(span))
    .sort((a, b) => b.length - a.length)
    .slice(0, 2);
}

/** The answer as prose: for explanations. Thinking and engine tokens removed, everything else as it came. */
export function proseOf(answer: string): string {
  return withoutThinking(withoutWrapping(answer)).trim();
}

function collect(text: string, found: string[], depth: number): void {
  if (depth > 3) return;
  for (const inner of codeInJson(text)) collect(withoutThinking(withoutWrapping(inner)), found, depth + 1);
  for (const inner of taggedAnswers(text)) collect(inner, found, depth + 1);
  for (const inner of ['belong to the code', 'close'] as const) {
    const fences = fencesOf(text, inner);
    if (fences.each.length === 0) found.push(...plainLines(text));
    else collectFences(fences, found, depth);
  }
  found.push(...plainLines(text));
  if (/&(?:lt|gt|amp|quot|#39);/.test(text)) {
    for (const entry of [...found]) found.push(withoutEntities(entry));
  }
}

function collectFences(fences: Fences, found: string[], depth: number): void {
  for (const fence of fences.code) {
    for (const inner of codeInJson(fence)) collect(inner, found, depth + 1);
    if (/^\s*(?:`{3,}|~{3,})/.test(fence)) collect(fence, found, depth + 1);
    found.push(...plainLines(fence));
  }
  if (fences.code.length > 1) found.push(...plainLines(fences.code.join('\n\n')));
  if (fences.widest !== undefined) found.push(...plainLines(fences.widest));
  found.push(fences.outside);
}

/** Markers of chat templates that leak into answers, byte order marks, odd spaces; line ends become `\n`. */
function withoutWrapping(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\uFEFF\u200B\u2060]/g, '')
    .replace(/\u00A0/g, ' ')
    .replace(/<\|[A-Za-z_]{1,30}\|>(?:assistant)?/g, '')
    .replace(/<(?:\/s|s|end_of_turn|start_of_turn|eos|bos)>/g, '')
    .replace(/<｜[^｜\n]{1,40}｜>/g, '')
    .replace(/\[\/?INST\]/g, '');
}

function withoutThinking(text: string): string {
  const closed = text.replace(
    /<(think|thinking|reasoning|thought|reflection|analysis|scratchpad)>[\s\S]*?<\/\1>/gi,
    '',
  );
  const lastClose = /<\/(?:think|thinking|reasoning|thought|reflection|analysis|scratchpad)>/gi;
  let end = -1;
  for (const match of closed.matchAll(lastClose)) end = match.index + match[0].length;
  const rest = end === -1 ? closed : closed.slice(end);
  return rest.replace(/<(?:think|thinking|reasoning|thought|reflection|analysis|scratchpad)>[\s\S]*$/i, '');
}

function taggedAnswers(text: string): string[] {
  return [...text.matchAll(tagged)].map((match) => match[2] ?? '');
}

/** `<answer>…</answer>`, `[PYTHON]…[/PYTHON]`; the closing one may be missing. */
const tagged =
  /[<[](answer|code|solution|output|result|response|final|implementation|python3?|py|javascript|js|typescript|ts|tsx|jsx|go|golang|rust|rs)\b[^>\]\n]{0,80}[>\]]\n?([\s\S]*?)(?:[<[]\/\1[>\]]|$)/gi;

function withoutEntities(text: string): string {
  return text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
}
