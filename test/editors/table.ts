// The table of editors and behaviours, and the screen texts in the editors' pages. Knows no editor.

import { type BehaviourId, behaviours } from './behaviours.ts';
import type { Outcome } from './editor.ts';

export interface Column {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly outcomes: Readonly<Partial<Record<BehaviourId, Outcome>>>;
  /** Whether its page is true; not in the table. */
  readonly page?: Outcome;
}

/** Markdown of clients/TABLE.md: a row per behaviour, a column per editor, reasons below. No cell is empty. */
export function tableText(columns: readonly Column[]): string {
  const reasons: string[] = [];
  const cell = (outcome: Outcome | undefined): string => {
    if (outcome === 'passed') return 'passed';
    if (outcome === undefined) return 'not run';
    const [word, why] = 'failed' in outcome ? ['failed', outcome.failed] : ['cannot', outcome.cannot];
    const line = oneLine(why);
    if (!reasons.includes(line)) reasons.push(line);
    return `${word} (${reasons.indexOf(line) + 1})`;
  };
  const rows = behaviours.map(
    ({ id, shows }) => `| ${shows} | ${columns.map((column) => cell(column.outcomes[id])).join(' | ')} |`,
  );
  const passed = columns.map(
    (column) => `${Object.values(column.outcomes).filter((one) => one === 'passed').length} of ${behaviours.length}`,
  );
  return [
    '# Editors × behaviours',
    '',
    'Written by `npm run test:editors`: real editors, the real server, a simulated engine and simulated counters.',
    '',
    `| | ${columns.map((column) => `${column.title}<br>${oneLine(column.version)}`).join(' | ')} |`,
    `|---|${columns.map(() => '---|').join('')}`,
    ...rows,
    `| **passed** | ${passed.join(' | ')} |`,
    '',
    ...reasons.map((reason, index) => `${index + 1}. ${reason}`),
    ...(reasons.length > 0 ? [''] : []),
  ].join('\n');
}

/** Columns of an earlier table whose editors were not run this time, so that one editor can be run alone. */
export function earlierColumns(text: string): Column[] {
  const lines = text.split('\n');
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((one) => one.trim());
  const header = lines.find((line) => line.includes('<br>'));
  if (header === undefined) return [];
  const reasons = new Map(lines.flatMap((line) => (/^\d+\. /.test(line) ? [splitReason(line)] : [])));
  return cells(header)
    .slice(1)
    .map((head, index) => {
      const [title = '', version = ''] = head.split('<br>');
      const outcomes: Partial<Record<BehaviourId, Outcome>> = {};
      for (const { id, shows } of behaviours) {
        const row = lines.find((line) => line.startsWith(`| ${shows} |`));
        const outcome = row === undefined ? undefined : outcomeOf(cells(row)[index + 1] ?? '', reasons);
        if (outcome !== undefined) outcomes[id] = outcome;
      }
      return { id: title.toLowerCase(), title, version, outcomes };
    });
}

/** Cells of another version say nothing of this one. */
export function isSameEditor(a: Column, b: Column): boolean {
  return a.title === b.title && oneLine(a.version) === oneLine(b.version);
}

function outcomeOf(cell: string, reasons: ReadonlyMap<string, string>): Outcome | undefined {
  if (cell === 'passed') return 'passed';
  const [, word, number = ''] = /^(failed|cannot) \((\d+)\)$/.exec(cell) ?? [];
  const why = reasons.get(number) ?? '';
  if (word === 'failed') return { failed: why };
  return word === 'cannot' ? { cannot: why } : undefined;
}

function splitReason(line: string): [string, string] {
  const dot = line.indexOf('. ');
  return [line.slice(0, dot), line.slice(dot + 2)];
}

/** The page with the text between `<!-- screen: NAME -->` and `<!-- /screen -->` replaced; unchanged without such a block. */
export function withScreen(page: string, name: string, screen: string): string {
  const begin = `<!-- screen: ${name} -->`;
  const end = '<!-- /screen -->';
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from === -1 || to === -1) return page;
  return `${page.slice(0, from + begin.length)}\n\`\`\`text\n${screen.trimEnd()}\n\`\`\`\n${page.slice(to)}`;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').replaceAll('|', '¦').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
