// How much behind the cursor an offer replaces: the closing characters that end the line, where the offer writes them itself.

/** The rest of a line that holds nothing but closing characters. */
const closingTail = /^[)\]}>"'`;,:\s]*$/;

/**
 * UTF-16 units of `lineAfter` that the text takes the place of. All of the closing tail where the text ends with it; else as much of its
 * beginning as the text has closed by itself; else nothing.
 */
export function replacedLength(text: string, lineAfter: string): number {
  if (lineAfter === '' || !closingTail.test(lineAfter)) return 0;
  const tail = lineAfter.trimEnd();
  if (tail === '') return text.includes('\n') ? lineAfter.length : 0;
  const lastLine = text.slice(text.lastIndexOf('\n') + 1).trimEnd();
  const firstLine = text.split('\n', 1)[0]?.trimEnd() ?? '';
  if (firstLine.endsWith(tail) || lastLine.endsWith(tail)) return tail.length;
  return surplusClosers(text, tail);
}

const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** How many of the tail's first brackets the text has closed without having opened them. */
function surplusClosers(text: string, tail: string): number {
  const open: string[] = [];
  let surplus = '';
  for (const character of text) {
    const opening = pairs[character];
    if ('([{'.includes(character)) open.push(character);
    else if (opening !== undefined && open.at(-1) === opening) open.pop();
    else if (opening !== undefined && open.length === 0) surplus += character;
  }
  let length = 0;
  while (length < surplus.length && tail[length] === surplus[length]) length++;
  return length;
}
