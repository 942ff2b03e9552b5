// A chart's figures as a table, for those who can't see the picture or want the numbers. Every mark of the picture is a cell here.

import { median, quantile } from 'd3-array';
import { tableMarkup } from '../html-table.ts';
import type { Markup } from '../markup.ts';
import type { Cell } from '../page.ts';
import { formatNumber } from '../units.ts';
import type { Axis, Chart } from './chart.ts';

type Rows = readonly (readonly (string | Cell)[])[];

/** @param label how the figures came about, for the caption. */
export function chartTable(chart: Chart, label: string | undefined): Markup {
  const { head, rows } = contentOf(chart);
  const caption = label === undefined ? chart.title : `${chart.title} (${label})`;
  return tableMarkup(caption, head, rows);
}

function contentOf(chart: Chart): { readonly head: readonly string[]; readonly rows: Rows } {
  switch (chart.kind) {
    case 'columns': {
      const { steps, series, plusMinus, unknown, y } = chart;
      const withUnknown = unknown?.some(({ count }) => count > 0) === true;
      const head = ['', ...series.map(({ name }) => name), 'together', ...(withUnknown ? ['without a figure'] : [])];
      const rows = steps.map((step, index) => {
        const values = series.map(({ values }) => values[index] ?? 0);
        const total = values.reduce((sum, value) => sum + value, 0);
        const missing = unknown?.[index];
        return [
          step,
          ...series.map(({ values, links }) =>
            (values[index] ?? 0) > 0 ? cell(formatted(values[index] ?? 0, y), links?.[index]) : '–',
          ),
          total > 0 ? formatted(total, y, plusMinus?.[index]) : (missing?.count ?? 0) > 0 ? 'unknown' : '–',
          ...(withUnknown ? [cell(String(missing?.count ?? 0), missing?.link)] : []),
        ];
      });
      // The newest first: that is what is looked for, and a day without anything says nothing.
      const told = rows.filter(
        (_, index) => series.some(({ values }) => (values[index] ?? 0) > 0) || (unknown?.[index]?.count ?? 0) > 0,
      );
      return { head, rows: told.reverse() };
    }
    case 'bars':
      return {
        head: ['', chart.x.label],
        rows: chart.bars.map((bar) => [
          bar.note === undefined ? bar.label : `${bar.label} (${bar.note})`,
          cell('text' in bar ? bar.text : `unknown: ${bar.unknown}`, bar.link),
        ]),
      };
    case 'scatter': {
      const grouped = (chart.groups?.length ?? 0) > 1;
      const counted = chart.points.some((point) => (point.count ?? 1) > 1);
      const best = new Set(chart.front?.points);
      return {
        head: [
          '',
          ...(grouped ? ['kind'] : []),
          chart.x.label,
          chart.y.label,
          ...(counted ? ['how many'] : []),
          ...(chart.front === undefined ? [] : [chart.front.name]),
        ],
        rows: chart.points.map((point, index) => [
          cell(point.label, point.link),
          ...(grouped ? [chart.groups?.[point.group ?? 0] ?? ''] : []),
          ranged(point.x, chart.x, point.xRange),
          ranged(point.y, chart.y, point.yRange),
          ...(counted ? [String(point.count ?? 1)] : []),
          ...(chart.front === undefined ? [] : [best.has(index) ? 'yes' : 'no']),
        ]),
      };
    }
    case 'lines':
      return {
        head: ['', chart.x.label, chart.y.label],
        rows: chart.lines.flatMap(({ name, points }) =>
          points.map((point) => [
            cell(name, point.link),
            formatted(point.x, chart.x),
            ranged(point.y, chart.y, point.range),
          ]),
        ),
      };
    case 'strips': {
      const referred = chart.groups.some(({ reference }) => reference !== undefined);
      return {
        head: ['', 'values', 'median', 'middle half', 'least', 'most', ...(referred ? ['reference'] : [])],
        rows: chart.groups.map(({ label, values, link, reference }) => [
          cell(label, link),
          String(values.length),
          ...(values.length === 0
            ? ['not run', '–', '–', '–']
            : [
                formatted(median(values) ?? 0, chart.x),
                `${formatted(quantile(values, 0.25) ?? 0, chart.x)} to ${formatted(quantile(values, 0.75) ?? 0, chart.x)}`,
                formatted(Math.min(...values), chart.x),
                formatted(Math.max(...values), chart.x),
              ]),
          ...(referred ? [reference?.text ?? '–'] : []),
        ]),
      };
    }
  }
}

function cell(text: string, link: Cell['link']): string | Cell {
  return link === undefined ? text : { text, link };
}

function formatted(value: number, { unit }: Axis, plusMinus = 0): string {
  const error = plusMinus > 0 ? ` ±${formatNumber(plusMinus, unit)}` : '';
  return `${formatNumber(value, unit)}${error}`;
}

function ranged(value: number, { unit }: Axis, range: readonly [number, number] | undefined): string {
  const text = formatNumber(value, unit);
  return range === undefined ? text : `${text} (${formatNumber(range[0], unit)} to ${formatNumber(range[1], unit)})`;
}
