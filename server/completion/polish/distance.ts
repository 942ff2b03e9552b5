// How many characters have to change to make one text of another: Levenshtein's distance. Pure.

/** Longer texts are compared by their first so many characters. */
const compared = 600;

export function distance(a: string, b: string): number {
  const [left, right] = [a.slice(0, compared), b.slice(0, compared)];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
