// One chart as HTML: its title, the sentence that says what is to be seen, the picture in both widths, and the same figures as a table.
// A new kind of chart is a type in chart.ts, a file that draws it, and a line here and in table.ts.

import { statusWords } from '../../sums.ts';
import { type Markup, markup } from '../markup.ts';
import { drawBars } from './bars.ts';
import type { Chart } from './chart.ts';
import { drawColumns } from './columns.ts';
import type { PictureWidth } from './frame.ts';
import { drawLines } from './lines.ts';
import { drawScatter } from './scatter.ts';
import { drawStrips } from './strips.ts';
import { chartTable } from './table.ts';

/** @param id unique in the page. @param label of the whole page (`simulated`), which goes on each chart. */
export function chartFigure(chart: Chart, id: string, label: string | undefined): Markup {
  const said =
    [...new Set([...(label === undefined ? [] : [label]), ...statusWords(chart.statuses ?? [])])].join(' · ') ||
    undefined;
  const head = markup`<h3 id="${id}">${chart.title}</h3>
<p class="summary">${chart.summary}${said === undefined ? undefined : markup`<span class="unseen"> (${said})</span>`}</p>`;
  // Axes around nothing would say less than the sentence does.
  if (isEmpty(chart)) return markup`<figure class="chart" role="group" aria-labelledby="${id}">${head}</figure>\n`;
  const notes = chart.notes?.map((note) => markup`<li>${note}</li>`) ?? [];
  return markup`<figure class="chart" role="group" aria-labelledby="${id}">
${head}
<div class="wide">${draw(chart, 'wide', said)}</div>
<div class="narrow">${draw(chart, 'narrow', said)}</div>
${notes.length === 0 ? undefined : markup`<ul class="chart-notes">${notes}</ul>`}
<details><summary>The figures as a table<span class="unseen">: ${chart.title}</span></summary>${chartTable(chart, said)}</details>
</figure>
`;
}

function isEmpty(chart: Chart): boolean {
  switch (chart.kind) {
    case 'columns':
      return (
        !chart.series.some(({ values }) => values.some((value) => value > 0)) &&
        !chart.unknown?.some(({ count }) => count > 0)
      );
    case 'bars':
      return chart.bars.length === 0;
    case 'scatter':
      return chart.points.length === 0;
    case 'lines':
      return chart.lines.every(({ points }) => points.length === 0);
    case 'strips':
      return chart.groups.length === 0;
  }
}

function draw(chart: Chart, size: PictureWidth, label: string | undefined): Markup {
  switch (chart.kind) {
    case 'columns':
      return drawColumns(chart, size, label);
    case 'bars':
      return drawBars(chart, size, label);
    case 'scatter':
      return drawScatter(chart, size, label);
    case 'lines':
      return drawLines(chart, size, label);
    case 'strips':
      return drawStrips(chart, size, label);
  }
}
