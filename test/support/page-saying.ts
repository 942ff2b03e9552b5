// A page with one of everything, all of whose texts are the same: for whoever looks at what becomes of a text.

import type { Chart } from '../../server/report/page/chart/chart.ts';
import type { Page } from '../../server/report/page/page.ts';

export function pageSaying(text: string): Page {
  const links = [{ kind: text }];
  const head = { title: text, summary: text, notes: [text], statuses: ['measured', 'estimated'] as const };
  const [x, y] = [
    { label: text, unit: 'joules' },
    { label: text, unit: 'share', domain: [0, 1] },
  ] as const;
  const charts: Chart[] = [
    { ...head, kind: 'columns', y: x, steps: [text], series: [{ name: text, values: [3], links }], plusMinus: [1] },
    {
      ...head,
      kind: 'bars',
      x,
      bars: [
        { label: text, value: 3, plusMinus: 1, text, link: { kind: text } },
        { label: text, note: text, unknown: text },
      ],
    },
    {
      ...head,
      kind: 'scatter',
      x: { ...x, log: true },
      y,
      named: true,
      points: [{ label: text, x: 3, y: 0.5, yRange: [0.4, 0.6], link: { kind: text } }],
      groups: [text, text],
      diagonal: text,
      front: { name: text, points: [0] },
    },
    { ...head, kind: 'lines', x, y, lines: [{ name: text, points: [{ x: 1, y: 0.5, range: [0.4, 0.6] }] }] },
    { ...head, kind: 'strips', x, groups: [{ label: text, values: [1, 2], reference: { value: 3, text } }] },
  ];
  return {
    title: text,
    subtitle: text,
    label: text,
    banner: text,
    facts: [[text, text]],
    sections: [
      {
        id: 'one',
        title: text,
        parts: [
          { kind: 'text', text, link: { kind: text } },
          { kind: 'figures', figures: [{ label: text, value: text, note: text, link: { kind: text } }] },
          ...charts.map((chart) => ({ kind: 'chart', chart }) as const),
          { kind: 'table', caption: text, head: [text, text], rows: [[text, { text, link: { kind: text } }]] },
        ],
      },
    ],
    records: {
      title: text,
      one: text,
      many: text,
      columns: [
        { key: 'kind', title: text, kind: 'text', menu: true, values: [text] },
        { key: 'words', title: text, kind: 'words', values: [[text, text]] },
        { key: 'why', title: text, kind: 'joules', values: [{ status: 'unknown', why: text }] },
      ],
      inner: { title: text, rowOf: [0], columns: [{ key: 'x', title: text, kind: 'text', values: [text] }] },
    },
    notes: [text],
  };
}
