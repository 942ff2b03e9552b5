// What the editors' pages tell people to type, taken from there by the tests: a page that is wrong fails.

/** The code block behind `<!-- NAME -->`. @throws when there is none. */
export function codeBlock(page: string, name: string): string {
  const from = page.indexOf(`<!-- ${name} -->`);
  const block = /```\w*\n([\s\S]*?)```/.exec(from === -1 ? '' : page.slice(from))?.[1];
  if (block === undefined) throw new Error(`the page has no code block ${name}`);
  return block;
}

/** What the text names in backquotes or between single asterisks, each once, in its order; code blocks are not text. */
export function namedThings(page: string): string[] {
  const text = page.replace(/^```[\s\S]*?^```/gm, '').replace(/<!--.*?-->/g, '');
  const found = text.matchAll(/`([^`]+)`|(?<![\w*])\*(?![\s*])([^*]+)\*(?!\*)/g);
  return [...new Set([...found].map(([, code, word]) => (code ?? word ?? '').replace(/\s+/g, ' ')))];
}
