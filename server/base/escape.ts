// Makes untrusted text (model names, paths, model output) safe to show as plain text or Markdown.
// Knows no protocol and no renderer beyond CommonMark with GitHub's autolinks.

/** Controls but tab and line feed, line and paragraph separators, bidirectional overrides, byte-order mark, lone surrogates. */
const unprintable = /[^\P{Cc}\t\n]|[\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** CSI, OSC and two-character escape sequences of terminals (ECMA-48), as a whole. */
const terminalSequence = new RegExp(
  ['ESC\\[[0-?]*[ -/]*[@-~]', 'ESC\\][^\\p{Cc}]*(?:BEL|ESC\\\\)?', 'ESC[@-Z\\\\-_]']
    .join('|')
    .replaceAll('ESC', '\u001b')
    .replaceAll('BEL', '\u0007'),
  'gu',
);

/** Removes terminal escapes and everything that could reorder or hide what follows. Line ends become `\n`. */
export function plainText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(terminalSequence, '').replace(unprintable, '');
}

/** One line of plain text, at most `maximumLength` UTF-16 units; what is cut shows as `…`. */
export function oneLine(text: string, maximumLength: number): string {
  const line = plainText(text).replace(/\s+/g, ' ').trim();
  if (line.length <= maximumLength) return line;
  const cut = line.slice(0, Math.max(0, maximumLength - 1));
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/**
 * Text for the inside of a Markdown line: nothing in it becomes markup, HTML, a link or a heading.
 * Only characters with a meaning are escaped, because some clients show the source.
 */
export function escapeMarkdown(text: string): string {
  return plainText(text)
    .replace(/[\\`*_[\]<>&|~$]/g, '\\$&')
    .replace(/:\/\//g, ':\\//')
    .replace(/\b(www)\./gi, '$1\\.')
    .replace(/(\w)@(?=\w)/g, '$1\\@')
    .replace(/^(\s*)([#+\-=])/gm, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)])(?=\s|$)/gm, '$1\\$2')
    .replace(/^ {4,}|^\t+/gm, ' ');
}

/** A Markdown code span that holds `text` literally, whatever backticks it has. Empty text gives an empty string. */
export function codeSpan(text: string): string {
  const line = plainText(text).replace(/\n/g, ' ');
  if (line.trim() === '') return '';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const padding = /^[`\s]|[`\s]$/.test(line) ? ' ' : '';
  return `${fence}${padding}${line}${padding}${fence}`;
}
