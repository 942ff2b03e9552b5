// The page as text: self-contained, closed by its policy, every chart labelled and with its table, and no text in it is ever markup.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { renderPage } from '../../server/report/page/render.ts';
import { pageSaying } from '../support/page-saying.ts';

/** Names of all elements and attributes, in order: what the page is made of, whatever it says. */
function skeleton(html: string): string[] {
  const [, body = ''] = html.split('</style>');
  const tags = body.matchAll(/<(\/?[a-zA-Z!][^\s>]*)((?:\s+[a-zA-Z:-]+(?:="[^"]*")?)*)\s*\/?>/g);
  return [...tags].map(([, name, attributes = '']) => `${name}${attributes.replace(/="[^"]*"/g, '')}`);
}

const plain = renderPage(pageSaying('x'));

describe('the page', () => {
  it('names its style and script by their hashes and allows nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(plain)?.[1] ?? '';
    const hash = (text: string | undefined): string =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`;
    const style = /<style>([\s\S]*?)<\/style>/.exec(plain)?.[1];
    const scripts = [...plain.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((one) => one[1]);
    assert.equal(scripts.length, 1);
    assert.deepEqual(policy.split('; '), [
      "default-src 'none'",
      `style-src ${hash(style)}`,
      `script-src ${hash(scripts[0])}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    assert.ok(plain.indexOf('Content-Security-Policy') < plain.indexOf('<style>'));
  });

  it('leads nowhere but into itself, and has no style or handler in an attribute', () => {
    for (const [, address] of plain.matchAll(/\s(?:href|src|action|xlink:href)="([^"]*)"/g))
      assert.match(address ?? '', /^#/, address);
    assert.doesNotMatch(plain.split('</style>')[1] ?? '', /\s(style|on[a-z]+)=/);
  });

  it('says on every picture and in every table of a chart how the figures came about', () => {
    const page = renderPage({ ...pageSaying('x'), label: 'synthetic sample' });
    const pictures = [...page.matchAll(/<svg [\s\S]*?<\/svg>/g)].map(([svg]) => svg);
    assert.equal(pictures.length, 10);
    for (const svg of pictures) assert.match(svg, /class="stamp"[^>]*>synthetic sample · partly estimated</);
    const captions = [...page.matchAll(/<details>[\s\S]*?<caption>([^<]*)<\/caption>/g)].map((one) => one[1]);
    assert.deepEqual(captions, Array(5).fill('x (synthetic sample · partly estimated)'));
  });

  it('draws no axes around nothing, and no table without rows', () => {
    const chart = { title: 'Per day', summary: 'Nothing yet.', steps: ['today'], series: [] };
    const parts = [
      { kind: 'chart', chart: { ...chart, kind: 'columns', y: { label: 'joules', unit: 'joules' } } },
      { kind: 'table', caption: 'By action', head: ['action'], rows: [] },
    ] as const;
    const html = renderPage({ title: 'x', facts: [], sections: [{ id: 'one', title: 'x', parts }] });
    assert.match(html, /Nothing yet\./);
    assert.doesNotMatch(html, /<svg|<table/);
  });

  it('is the same for the same data', () => {
    assert.equal(renderPage(pageSaying('x')), plain);
  });

  const hostile = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onload='x",
    '</script><script>alert(1)</script>',
    '<!-- ',
    '[link](javascript:alert(1))',
    '\u001b]8;;http://x\u0007text\u001b]8;;\u0007',
    '\u202egnp.exe',
    '&lt;b&gt;',
  ];
  const part = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'grapheme', maxLength: 20 }));

  it('takes every text for text', () => {
    const expected = skeleton(plain);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const html = renderPage(pageSaying(`x${parts.join('')}`));
        assert.deepEqual(skeleton(html), expected);
        assert.doesNotMatch(html, /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u);
      }),
      { numRuns: 100 },
    );
  });
});
