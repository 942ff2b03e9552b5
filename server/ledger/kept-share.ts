// How much of a written text is still there in another one, by tokens in order. Pure.

/** Words, and every other character that is not blank. */
const token = /[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu;
/** Pairs of tokens that are compared at most, some ten milliseconds: beyond it, order is not looked at. */
const mostPairs = 4_000_000;

/** @returns 0 to 1: the longest common subsequence of tokens over the tokens that were written; 1 where none were. */
export function keptShare(written: string, now: string): number {
  return commonShare(written.match(token) ?? [], now.match(token) ?? []);
}

/** The same by lines that are not blank, white space around them apart. */
export function keptLines(written: string, now: string): { readonly asWritten: number; readonly of: number } {
  const lines = (text: string): string[] =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const of = lines(written);
  return { asWritten: Math.round(commonShare(of, lines(now)) * of.length), of: of.length };
}

function commonShare(written: readonly string[], now: readonly string[]): number {
  if (written.length === 0) return 1;
  let head = 0;
  while (head < written.length && head < now.length && written[head] === now[head]) head++;
  let tail = 0;
  while (
    tail < written.length - head &&
    tail < now.length - head &&
    written[written.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail++;
  const rest = common(written.slice(head, written.length - tail), now.slice(head, now.length - tail));
  return (head + tail + rest) / written.length;
}

function common(written: readonly string[], now: readonly string[]): number {
  if (written.length * now.length > mostPairs) return commonInAnyOrder(written, now);
  let row = new Uint32Array(now.length + 1);
  for (const one of written) {
    const next = new Uint32Array(now.length + 1);
    for (let at = 1; at <= now.length; at++)
      next[at] = one === now[at - 1] ? (row[at - 1] ?? 0) + 1 : Math.max(row[at] ?? 0, next[at - 1] ?? 0);
    row = next;
  }
  return row[now.length] ?? 0;
}

function commonInAnyOrder(written: readonly string[], now: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const one of now) counts.set(one, (counts.get(one) ?? 0) + 1);
  return written.filter((one) => {
    const left = counts.get(one) ?? 0;
    counts.set(one, left - 1);
    return left > 0;
  }).length;
}
