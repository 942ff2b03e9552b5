// What a page says, as plain data: sections of text, figures, tables and charts, and the records that its figures lead to.
// Knows no HTML and no ledger.
//
//   const html = renderPage({
//     title: 'Planner and worker',
//     label: 'simulated',                       // stands in the banner, on every chart and on every printed page
//     banner: 'These figures come from a scripted engine, not from a model.',
//     facts: [['Machine', 'Ryzen 7, RTX 3080 Ti'], ['Runs', '35']],
//     sections: [{ id: 'energy', title: 'Energy per run', parts: [
//       { kind: 'text', text: 'Each dot is one run.' },
//       { kind: 'chart', chart: { kind: 'strips', title: …, summary: …, x: { label: 'joules per run', unit: 'joules' }, groups: […] } },
//       { kind: 'table', caption: …, head: ['metric', 'here', 'S1'], rows: [[…]] },
//     ] }],
//     records: { title: 'Runs', one: 'run', many: 'runs', columns: […] },   // optional: a table to filter and page through
//   });
//
// All text is plain: it may come from anywhere and hold anything, nothing in it becomes markup. A `Link` is a filter of the records
// (`{ strategy: 'split' }`), never an address: the page leads nowhere but into itself.

import type { Joules } from '../../energy/joules.ts';
import type { Chart } from './chart/chart.ts';

export interface Page {
  readonly title: string;
  /** One line below the title. */
  readonly subtitle?: string;
  /** In one or two words what every figure here is, where it is not from real use: `simulated`, `synthetic sample`. */
  readonly label?: string;
  /** A sentence or two above everything else. */
  readonly banner?: string;
  /** Machine, period, versions. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly sections: readonly Section[];
  readonly records?: Records;
  /** Small print at the end. */
  readonly notes?: readonly string[];
}

export interface Section {
  /** Small letters, digits and hyphens; no two alike, none `records`. */
  readonly id: string;
  readonly title: string;
  readonly parts: readonly Part[];
}

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly link?: Link }
  /** Large figures side by side, the first one first asked for. */
  | { readonly kind: 'figures'; readonly figures: readonly Headline[] }
  | { readonly kind: 'chart'; readonly chart: Chart }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly head: readonly string[];
      /** Without any the table is left out. Cells that begin with a digit, a sign or `≥` are set as figures, to the right. */
      readonly rows: readonly (readonly (string | Cell)[])[];
    };

export interface Cell {
  readonly text: string;
  readonly link?: Link;
}

export interface Headline {
  readonly label: string;
  /** `3.56 kJ ±2 %`, or `unknown`; the reason then stands in `note`. */
  readonly value: string;
  readonly note?: string;
  readonly link?: Link;
}

/** By column key the text that the records must have there; several must all hold. */
export type Link = Readonly<Record<string, string>>;

/** A table of many rows, shown page by page; figures and marks of charts lead to a part of it. */
export interface Records {
  readonly title: string;
  /** Words for one and for several: `receipt`, `receipts`. */
  readonly one: string;
  readonly many: string;
  /** All columns have as many values. */
  readonly columns: readonly Column[];
  /** What each row is made of, shown when it is opened. `rowOf` says for each of its rows which one it belongs to, ascending. */
  readonly inner?: { readonly title: string; readonly columns: readonly Column[]; readonly rowOf: readonly number[] };
}

interface ColumnHead {
  /** For links; letters only. */
  readonly key: string;
  readonly title: string;
  /** Not shown, only there to be filtered by. */
  readonly hidden?: boolean;
  /** Whether it gets a menu to filter by. */
  readonly menu?: boolean;
}

export type Column =
  | (ColumnHead & { readonly kind: 'text'; readonly values: readonly string[] })
  /** Several words each: a filter looks for one of them. */
  | (ColumnHead & { readonly kind: 'words'; readonly values: readonly (readonly string[])[] })
  /** Undefined shows as a dash. */
  | (ColumnHead & { readonly kind: 'number'; readonly unit: Unit; readonly values: readonly (number | undefined)[] })
  | (ColumnHead & { readonly kind: 'joules'; readonly values: readonly Joules[] });

/** What numbers are, and so how they are written. Shares are 0 to 1. */
export type Unit =
  | 'joules'
  | 'watts'
  | 'seconds'
  | 'tokens'
  | 'count'
  | 'share'
  | 'ratio'
  | 'grams'
  | 'joules per token';
