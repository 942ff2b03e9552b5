// What the editors' pages tell people to type, taken from there by the tests: a page that is wrong fails.

/** The code block behind `<!-- NAME -->`. @throws when there is none. */
export function codeBlock(page: string, name: string): string {
  const from = page.indexOf(`<!-- ${name} -->`);
  const block = /```\w*\n([\s\S]*?)```/.exec(from === -1 ? '' : page.slice(from))?.[1];
  if (block === undefined) throw new Error(`the page has no code block ${name}`);
  return block;
}
