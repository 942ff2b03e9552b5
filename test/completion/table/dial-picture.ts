// The dial as a picture: tokens and exact matches over frugality, per set, as SVG. Pure; draws what it is given, and says what it is.

import type { Estimate } from './tally.ts';

export interface DialPoint {
  readonly dial: number;
  /** Tokens / those of never stopping. */
  readonly tokens: Estimate;
  /** Exact matches / those of never stopping and trimming afterwards. */
  readonly exact: Estimate;
}

export interface DialCurve {
  readonly name: string;
  readonly points: readonly DialPoint[];
}

const panel = { width: 300, height: 200, left: 52, top: 64, gap: 64 };

/** @param source says where the figures come from; stands in the picture. */
export function dialPicture(curves: readonly DialCurve[], captions: readonly string[]): string {
  const width = panel.left + curves.length * (panel.width + panel.gap);
  const height = panel.top + panel.height + 60 + captions.length * 16;
  const body = curves.map((curve, index) => drawn(curve, panel.left + index * (panel.width + panel.gap)));
  const footer = captions.map((text, index) => label(12, panel.top + panel.height + 64 + index * 16, text, 'note'));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<style>
text{fill:#444}.title{font-weight:bold}.note{font-size:11px}
.axis{stroke:#999;fill:none}.grid{stroke:#8884;fill:none}
.tokens{stroke:#0b7285;fill:none;stroke-width:2}.exact{stroke:#c2410c;fill:none;stroke-width:2}
.tokens-band{fill:#0b728522}.exact-band{fill:#c2410c22}
@media(prefers-color-scheme:dark){text{fill:#ccc}.tokens{stroke:#5bc0d6}.exact{stroke:#f2955c}}
</style>
${label(12, 20, 'Completions over the dial (joule.frugality)', 'title')}
<line class="tokens" x1="12" x2="36" y1="36" y2="36"/>${label(42, 40, 'tokens / never stopping', '')}
<line class="exact" x1="212" x2="236" y1="36" y2="36"/>${label(242, 40, 'exact matches / never stopping, trimmed afterwards', '')}
${[...body, ...footer].join('\n')}
</svg>
`;
}

function drawn({ name, points }: DialCurve, left: number): string {
  const x = (dial: number): string => (left + dial * panel.width).toFixed(1);
  const y = (share: number): string => (panel.top + panel.height * (1 - Math.min(1.1, share) / 1.1)).toFixed(1);
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${left}" x2="${left + panel.width}" y1="${y(share)}" y2="${y(share)}"/>${label(left - 8, Number(y(share)) + 4, `${share * 100} %`, 'note', 'end')}`,
  );
  const ticks = [0, 0.5, 1].map((dial) =>
    label(Number(x(dial)), panel.top + panel.height + 16, String(dial), 'note', 'middle'),
  );
  const line = (kind: 'tokens' | 'exact'): string => {
    const middle = points.map((point) => `${x(point.dial)},${y(point[kind].value)}`).join(' ');
    const up = points.map((point) => `${x(point.dial)},${y(point[kind].high)}`);
    const down = points.map((point) => `${x(point.dial)},${y(point[kind].low)}`).reverse();
    return `<polygon class="${kind}-band" points="${[...up, ...down].join(' ')}"/><polyline class="${kind}" points="${middle}"/>`;
  };
  return [
    ...grid,
    ...ticks,
    `<path class="axis" d="M${left} ${panel.top}V${panel.top + panel.height}H${left + panel.width}"/>`,
    line('tokens'),
    line('exact'),
    label(left + panel.width / 2, panel.top + panel.height + 36, name, '', 'middle'),
  ].join('\n');
}

function label(x: number, y: number, text: string, kind: string, anchor = 'start'): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}">${escaped}</text>`;
}
