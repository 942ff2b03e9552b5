// The fidelity table as text: one row per dressing, one column per language and action, passed/total.

import type { Outcome } from './score.ts';

/** A table of a set's outcomes with a last row of sums. '' when there is none. */
export function fidelityTable(outcomes: readonly Outcome[]): string {
  const columns = [...new Set(outcomes.map(columnOf))];
  const labels = [...new Set(outcomes.map(rowOf))];
  if (outcomes.length === 0) return '';
  const rows = [
    ['dressing', ...columns, 'all'],
    ...labels.map((label) => {
      const own = outcomes.filter((outcome) => rowOf(outcome) === label);
      return [
        label,
        ...columns.map((column) => passedOf(own.filter((outcome) => columnOf(outcome) === column))),
        passedOf(own),
      ];
    }),
    [
      'all',
      ...columns.map((column) => passedOf(outcomes.filter((outcome) => columnOf(outcome) === column))),
      passedOf(outcomes),
    ],
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `97.3 % (146/150)` */
export function share(outcomes: readonly Outcome[]): string {
  const passed = outcomes.filter((outcome) => outcome.failure === undefined).length;
  const percent = outcomes.length === 0 ? 0 : (100 * passed) / outcomes.length;
  return `${passed === outcomes.length ? '100' : Math.min(99.99, percent).toFixed(2)} % (${passed}/${outcomes.length})`;
}

function columnOf(outcome: Outcome): string {
  return `${outcome.language} ${outcome.action}`;
}

function rowOf(outcome: Outcome): string {
  return outcome.label.replace(/ #\d+$/, '');
}

/** `146/150`, `–` for none. */
export function passedOf(outcomes: readonly Outcome[]): string {
  if (outcomes.length === 0) return '–';
  return `${outcomes.filter((outcome) => outcome.failure === undefined).length}/${outcomes.length}`;
}
