// The records' part of the page as it is before its script runs, printed, or without one: the newest rows. Knows HTML.

import { cellText, figureClass, isFigure, type PackedRecords } from './cells.ts';
import { asMarkup, type Markup, markup } from './markup.ts';
import { rowsShown } from './records-shown.ts';

export function recordsMarkup(records: PackedRecords): Markup {
  const shown = records.columns.filter((column) => !column.hidden);
  const heads = shown.map(
    (column) =>
      markup`<th scope="col"${isFigure(column) ? asMarkup(' class="figure"') : undefined} data-key="${column.key}">${column.title}</th>`,
  );
  const rows = Array.from({ length: Math.min(rowsShown, records.rows) }, (_, row) => {
    const cells = shown.map((column) => {
      const text = cellText(column, row);
      return isFigure(column) ? markup`<td class="${figureClass(text)}">${text}</td>` : markup`<td>${text}</td>`;
    });
    return markup`<tr>${cells}</tr>`;
  });
  const count = `${Math.min(rowsShown, records.rows)} of ${records.rows} ${records.rows === 1 ? records.one : records.many}`;
  return markup`<section id="records" class="records" aria-labelledby="records-title">
<h2 id="records-title" tabindex="-1">${records.title}</h2>
<form class="filters" id="records-filters" aria-label="Filter the ${records.many}"></form>
<p class="status"><span id="records-status" role="status">${count}</span> <button type="button" id="records-all" hidden>Show all</button></p>
<noscript><p>Filters and further pages need this page’s own script; the figures above do not.</p></noscript>
<div class="scroll" tabindex="0" role="region" aria-label="${records.title}, table"><table id="records-table"><caption class="unseen">${records.title}</caption><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>
<nav class="pager" id="records-pager" aria-label="Pages of ${records.many}" hidden><button type="button" data-page="first">First</button><button type="button" data-page="previous">Previous</button><span id="records-page"></span><button type="button" data-page="next">Next</button><button type="button" data-page="last">Last</button></nav>
<script type="application/json" id="records-data">${asMarkup(inScript(records))}</script>
</section>
`;
}

/** JSON that can't end its element: no `<` is left, and what some parsers take for a line end is written as an escape. */
function inScript(data: unknown): string {
  return JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
