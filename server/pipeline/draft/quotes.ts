// Gives an answer's string literals the quotes that the file uses. One character for one, so that no offset moves.

import type { SyntaxFacts } from '../../syntax/facts.ts';

type Quote = "'" | '"';

/** A file has a habit when this many literals show it and none shows the other. */
const fewest = 3;

/** @returns the answer with the file's quotes where the file has a habit, else the answer as it is. */
export function inFileQuotes(
  file: { readonly text: string; readonly facts: SyntaxFacts },
  answer: { readonly text: string; readonly facts: SyntaxFacts },
): string {
  const habit = habitOf(file);
  if (habit === undefined) return answer.text;
  const other: Quote = habit === "'" ? '"' : "'";
  let text = answer.text;
  for (const { start, end } of answer.facts.quotedLiterals) {
    const literal = text.slice(start, end);
    if (literal.endsWith(other)) text = text.slice(0, start) + literal.replaceAll(other, habit) + text.slice(end);
  }
  return text;
}

function habitOf({ text, facts }: { readonly text: string; readonly facts: SyntaxFacts }): Quote | undefined {
  const single = facts.quotedLiterals.filter(({ end }) => text[end - 1] === "'").length;
  const double = facts.quotedLiterals.length - single;
  if (single >= fewest && double === 0) return "'";
  return double >= fewest && single === 0 ? '"' : undefined;
}
