// Records as they travel in the page (columns, words by number), and a cell of them as text. Runs in Node and in the browser.

import { plainText } from '../../base/escape.ts';
import { formatJoules } from '../../energy/format.ts';
import type { FigureStatus, Joules } from '../../energy/joules.ts';
import type { Column, Records, Unit } from './page.ts';
import { formatNumber } from './units.ts';

const statuses: readonly FigureStatus[] = ['measured', 'estimated', 'simulated'];

interface PackedHead {
  readonly key: string;
  readonly title: string;
  readonly hidden: boolean;
  readonly menu: boolean;
}

/** `words` are the different texts of a column; values are indexes into them. */
export type PackedColumn =
  | (PackedHead & { readonly kind: 'text'; readonly words: readonly string[]; readonly values: readonly number[] })
  | (PackedHead & {
      readonly kind: 'words';
      readonly words: readonly string[];
      readonly values: readonly (readonly number[])[];
    })
  | (PackedHead & { readonly kind: 'number'; readonly unit: Unit; readonly values: readonly (number | null)[] })
  /** Status 0 to 2 with joules and error; below 0 the figure is unknown, and -1, -2 … count through the reasons in `words`. */
  | (PackedHead & {
      readonly kind: 'joules';
      readonly words: readonly string[];
      readonly statuses: readonly number[];
      readonly values: readonly number[];
      readonly plusMinus: readonly number[];
    });

export interface PackedTable {
  readonly rows: number;
  readonly columns: readonly PackedColumn[];
}

export interface PackedRecords extends PackedTable {
  readonly title: string;
  readonly one: string;
  readonly many: string;
  readonly inner?: PackedTable & { readonly title: string; readonly rowOf: readonly number[] };
}

export function packRecords({ title, one, many, columns, inner }: Records): PackedRecords {
  const head = { title: plainText(title), one: plainText(one), many: plainText(many) };
  if (inner === undefined) return { ...head, ...packTable(columns) };
  const calls = { title: plainText(inner.title), rowOf: inner.rowOf, ...packTable(inner.columns) };
  return { ...head, ...packTable(columns), inner: calls };
}

function packTable(columns: readonly Column[]): PackedTable {
  return { rows: columns[0]?.values.length ?? 0, columns: columns.map(pack) };
}

function pack(column: Column): PackedColumn {
  const head = {
    key: column.key,
    title: plainText(column.title),
    hidden: column.hidden === true,
    menu: column.menu === true,
  };
  const { numberOf, words } = createWords();
  switch (column.kind) {
    case 'text':
      return { ...head, kind: 'text', words, values: column.values.map(numberOf) };
    case 'words':
      return { ...head, kind: 'words', words, values: column.values.map((list) => list.map(numberOf)) };
    case 'number':
      return { ...head, kind: 'number', unit: column.unit, values: column.values.map((value) => brief(value) ?? null) };
    case 'joules':
      return {
        ...head,
        kind: 'joules',
        words,
        statuses: column.values.map((one) =>
          one.status === 'unknown' ? -1 - numberOf(one.why) : statuses.indexOf(one.status),
        ),
        values: column.values.map((one) => (one.status === 'unknown' ? 0 : (brief(one.joules) ?? 0))),
        plusMinus: column.values.map((one) => (one.status === 'unknown' ? 0 : (brief(one.plusMinusJoules) ?? 0))),
      };
  }
}

/** Terminal escapes and what reorders text stay behind here, so that the browser gets harmless words. */
function createWords(): { readonly words: string[]; readonly numberOf: (text: string) => number } {
  const words: string[] = [];
  const numbers = new Map<string, number>();
  return {
    words,
    numberOf(text) {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, words.length);
      words.push(plainText(text));
      return words.length - 1;
    },
  };
}

/** Five digits are more than any figure here has. */
function brief(value: number | undefined): number | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : Number(value.toPrecision(5));
}

export function cellText(column: PackedColumn, row: number): string {
  switch (column.kind) {
    case 'text':
      return column.words[column.values[row] ?? -1] ?? '';
    case 'words':
      return (column.values[row] ?? []).map((index) => column.words[index] ?? '').join(', ');
    case 'number': {
      const value = column.values[row];
      return value === null || value === undefined ? '–' : formatNumber(value, column.unit);
    }
    case 'joules':
      return formatJoules(joulesAt(column, row));
  }
}

export function joulesAt(column: PackedColumn & { kind: 'joules' }, row: number): Joules {
  const status = column.statuses[row] ?? -1;
  if (status < 0) return { status: 'unknown', why: column.words[-1 - status] ?? 'nobody says why' };
  return {
    status: statuses[status] ?? 'simulated',
    joules: column.values[row] ?? 0,
    plusMinusJoules: column.plusMinus[row] ?? 0,
    scope: 'machine',
    coverage: [],
  };
}

/** Reasons are longer than figures and may break. */
export function figureClass(text: string): string {
  return text.startsWith('unknown') ? 'figure unknown' : 'figure';
}

export function isFigure(column: PackedColumn): boolean {
  return column.kind === 'number' || column.kind === 'joules';
}

/** Whether a row has this text in this column. @param text plain. */
export function holds(column: PackedColumn, row: number, text: string): boolean {
  if (column.kind === 'words') return (column.values[row] ?? []).some((index) => column.words[index] === text);
  if (column.kind === 'joules') return statusText(column, row) === text;
  return cellText(column, row) === text;
}

/** What a column of joules is filtered by: `measured`, `estimated`, `simulated`, `unknown`. */
export function statusText(column: PackedColumn & { kind: 'joules' }, row: number): string {
  return statuses[column.statuses[row] ?? -1] ?? 'unknown';
}
