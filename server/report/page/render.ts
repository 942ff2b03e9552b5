// A page's data to one self-contained HTML file: no network, its own style and script inlined and named by their hashes in a content
// security policy. Knows HTML; what is said, page.ts's types say.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { assetUrl } from '../../base/program-files.ts';
import { packRecords } from './cells.ts';
import { hrefOf } from './chart/frame.ts';
import { chartFigure } from './chart/index.ts';
import { tableMarkup } from './html-table.ts';
import { asMarkup, type Markup, markup } from './markup.ts';
import type { Headline, Page, Part, Section } from './page.ts';
import { recordsMarkup } from './records-markup.ts';

/**
 * The whole page as one string, to be written to a file as UTF-8. See page.ts for what goes in, with an example.
 *
 * What comes out: HTML that loads nothing from anywhere (`default-src 'none'`, style and script allowed by SHA-256 alone), light and
 * dark by the reader's system, readable from 320 px on, printable, each chart an SVG in two widths with a sentence and a table that
 * say the same. Without script everything but the records' filters works. It is the same string for the same data.
 *
 * Its style and script are built parts (`dist/report/`): run `npm run build` after changing them, also for tests.
 * @throws when the program was not built.
 */
export function renderPage(page: Page): string {
  const style = asset('report/page.css');
  const script = asset('report/page.js');
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`;
  const records = page.records === undefined ? undefined : recordsMarkup(packRecords(page.records));
  const label = page.label === undefined ? undefined : markup`<span class="chip">${page.label}</span>`;
  const banner =
    page.banner === undefined ? undefined : markup`<p class="banner" role="note">${label} ${page.banner}</p>\n`;
  const body = markup`<a class="skip" href="#main">To the figures</a>
<header>
<h1>${page.title}</h1>
${page.subtitle === undefined ? undefined : markup`<p class="subtitle">${page.subtitle}</p>\n`}${banner}${contents(page)}</header>
<main id="main">
${page.sections.map((section) => sectionMarkup(section, page.label))}${records}</main>
<footer>
<dl>${page.facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${(page.notes ?? []).map((note) => markup`<p>${note}</p>\n`)}${page.label === undefined ? undefined : markup`<p class="stamp-print">${page.label}</p>\n`}</footer>`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${asMarkup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<style>${asMarkup(style)}</style>
</head>
<body>
${body}
<script>${asMarkup(script)}</script>
</body>
</html>
`.toString();
}

function contents({ sections, records }: Page): Markup {
  const entries = [
    ...sections.map(({ id, title }) => ({ id, title })),
    ...(records === undefined ? [] : [{ id: 'records', title: records.title }]),
  ];
  return markup`<nav aria-label="Sections"><ul class="contents">${entries.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
`;
}

function sectionMarkup({ id, title, parts }: Section, label: string | undefined): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${parts.map((part, index) => partMarkup(part, `${id}-${index}`, label))}</section>
`;
}

function partMarkup(part: Part, id: string, label: string | undefined): Markup {
  switch (part.kind) {
    case 'text':
      return part.link === undefined
        ? markup`<p>${part.text}</p>\n`
        : markup`<p><a href="${hrefOf(part.link)}">${part.text}</a></p>\n`;
    case 'figures':
      return markup`<ul class="figures">${part.figures.map(headline)}</ul>\n`;
    case 'chart':
      return chartFigure(part.chart, id, label);
    case 'table':
      if (part.rows.length === 0) return markup``;
      return markup`${tableMarkup(label === undefined ? part.caption : `${part.caption} (${label})`, part.head, part.rows)}\n`;
  }
}

function headline({ label, value, note, link }: Headline): Markup {
  // A figure and its unit stay on one line.
  const whole = value.replace(/(?<=[\d≥±]) (?=[\p{L}%\d])/gu, '\u00a0');
  const figure = link === undefined ? markup`${whole}` : markup`<a href="${hrefOf(link)}">${whole}</a>`;
  return markup`<li><span class="name">${label}</span> <strong>${figure}</strong>${note === undefined ? undefined : markup` <span class="note">${note}</span>`}</li>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

const assets = new Map<string, string>();

function asset(path: string): string {
  const known = assets.get(path) ?? readFileSync(assetUrl(path), 'utf8');
  assets.set(path, known);
  return known;
}
