// Decorations that stand at the start of every line: line numbers, diff signs, interpreter prompts, quote marks.

/** Share of non-blank lines that must carry the decoration before it is believed. */
const believed = 0.9;

/** @returns the text without its decoration first (when it has one), then as it came. */
export function plainLines(text: string): string[] {
  const stripped = withoutDiff(text) ?? withoutLineNumbers(text) ?? withoutPrompts(text) ?? withoutQuote(text);
  return stripped === undefined ? [text] : [stripped, text];
}

function share(lines: readonly string[], pattern: RegExp): number {
  const written = lines.filter((line) => line.trim() !== '');
  return written.length === 0 ? 0 : written.filter((line) => pattern.test(line)).length / written.length;
}

function withoutDiff(text: string): string | undefined {
  const hunk = /^(?:diff --git|--- \S|\+\+\+ \S|@@ -\d)/m.test(text);
  const lines = text.split('\n').filter((line) => !/^(?:diff --git|index [0-9a-f]|--- |\+\+\+ |@@ )/.test(line));
  const added = lines.filter((line) => line.startsWith('+')).length;
  const written = lines.filter((line) => line.trim() !== '').length;
  if (added === 0 || share(lines, /^[+\- ]/) < believed || (!hunk && (added < 2 || added < written / 3)))
    return undefined;
  const kept = lines.filter((line) => !line.startsWith('-'));
  const wide = kept.filter((line) => line.trim() !== '' && line.trim() !== '+').every((line) => /^[+ ] /.test(line));
  const spaced = wide && kept.some((line) => /^\+ \S/.test(line));
  return kept.map((line) => line.slice(spaced ? 2 : 1)).join('\n');
}

function withoutLineNumbers(text: string): string | undefined {
  const lines = text.split('\n');
  if (share(lines, /^\s*\d+\s*(?:[:|.)]|\s|$)/) < 1) return undefined;
  let expected: number | undefined;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const number = Number(/^\s*(\d+)/.exec(line)?.[1]);
    if (expected !== undefined && number !== expected) return undefined;
    expected = number + 1;
  }
  if (lines.filter((line) => line.trim() !== '').length < 2) return undefined;
  const separator = lines.every((line) => line.trim() === '' || /^\s*\d+\s*[:|.)](?: |$)/.test(line))
    ? /^\s*\d+\s*[:|.)] ?/
    : /^\s*\d+(?:\s*[:|.)])?(?: {1,2}|\t|$)/;
  return lines.map((line) => line.replace(separator, '')).join('\n');
}

function withoutPrompts(text: string): string | undefined {
  const lines = text.split('\n');
  if (!lines.some((line) => /^>>> ?/.test(line)) || share(lines, /^(?:>>>|\.\.\.)(?: |$)/) < believed) return undefined;
  return lines
    .filter((line) => line.trim() === '' || /^(?:>>>|\.\.\.)/.test(line))
    .map((line) => line.replace(/^(?:>>>|\.\.\.) ?/, ''))
    .join('\n');
}

function withoutQuote(text: string): string | undefined {
  const lines = text.split('\n');
  if (share(lines, /^> ?/) < 1 || lines.length < 2) return undefined;
  return lines.map((line) => line.replace(/^> ?/, '')).join('\n');
}
