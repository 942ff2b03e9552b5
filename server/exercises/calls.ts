// Finds calls of a function in code or in documentation. Knows brackets and quotes, no language.

/** Balanced calls of `name` in `text` that stand on one line, e.g. `f([1, 2], "a)")`, each once. */
export function findCalls(text: string, name: string): string[] {
  const found = new Set<string>();
  const pattern = new RegExp(`(?<![\\w.])${name}\\(`, 'g');
  for (const match of text.matchAll(pattern)) {
    const call = balancedCall(text, match.index, match.index + match[0].length);
    if (call !== undefined && !call.includes('\n')) found.add(call);
  }
  return [...found];
}

function balancedCall(text: string, start: number, afterParenthesis: number): string | undefined {
  let depth = 1;
  let quote = '';
  for (let index = afterParenthesis; index < text.length; index++) {
    const character = text[index] ?? '';
    if (quote !== '') {
      if (character === '\\') index++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'" || character === '`') quote = character;
    else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && --depth === 0) return text.slice(start, index + 1);
  }
  return undefined;
}
