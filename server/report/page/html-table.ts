// A table as HTML: caption, heads, figures to the right. It scrolls by itself where the screen is too narrow.

import { hrefOf } from './chart/frame.ts';
import { type Markup, markup } from './markup.ts';
import type { Cell } from './page.ts';

const figure = /^[≥≈<±+\-−]?\s?\d/;

/** The first cell of each row names it. */
export function tableMarkup(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | Cell)[])[],
): Markup {
  const texts = rows.map((row) => row.map((one) => (typeof one === 'string' ? one : one.text)));
  const numeric = head.map((_, column) => column > 0 && texts.some((row) => figure.test(row[column] ?? '')));
  const classOf = (column: number): Markup | undefined =>
    numeric[column] === true ? markup` class="figure"` : undefined;
  const heads = head.map((text, column) =>
    text === '' ? markup`<td></td>` : markup`<th scope="col"${classOf(column)}>${text}</th>`,
  );
  const lines = rows.map((row) => {
    const cells = row.map((one, column) => {
      const inner =
        typeof one === 'string' || one.link === undefined
          ? markup`${textOf(one)}`
          : markup`<a href="${hrefOf(one.link)}">${one.text}</a>`;
      return column === 0 ? markup`<th scope="row">${inner}</th>` : markup`<td${classOf(column)}>${inner}</td>`;
    });
    return markup`<tr>${cells}</tr>`;
  });
  // A region that scrolls has to be reached by keyboard to be scrolled.
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table></div>`;
}

function textOf(cell: string | Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
