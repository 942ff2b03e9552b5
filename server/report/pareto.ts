// The Pareto front: what nothing else beats in both, cost and worth. Pure.

/** @returns indexes of the points that no other one matches or beats in both and beats in one: least cost first. */
export function paretoFront(points: readonly { readonly cost: number; readonly worth: number }[]): number[] {
  const ordered = [...points.keys()].sort((a, b) => {
    const [left, right] = [points[a], points[b]];
    return (left?.cost ?? 0) - (right?.cost ?? 0) || (right?.worth ?? 0) - (left?.worth ?? 0);
  });
  let best = Number.NEGATIVE_INFINITY;
  return ordered.filter((index) => {
    const { worth } = points[index] ?? { worth: Number.NaN };
    if (!(worth > best)) return false;
    best = worth;
    return true;
  });
}
