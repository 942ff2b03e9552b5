// What opening a document costs the ledger: 10 000 lines against 1000 regions, beside a plain hash of the same text in the same
// minute; by the clock, and by the processor's time, which other work on the machine changes less.
//
//   npx tsx test/bench/regions.ts [--json FILE]

import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Receipt } from '../../server/ledger/events.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import { indexRegions } from '../../server/ledger/region-index.ts';
import { searchRegions } from '../../server/ledger/region-search.ts';
import { regionOf } from '../../server/ledger/regions.ts';
import { outcomeEvent } from '../support/sample-events.ts';

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const [lineCount, regionCount, regionLines, rounds] = [10_000, 1000, 9, 200];
const path = '/project/long.ts';

const lines = Array.from({ length: lineCount }, (_, index) => {
  if (index % 10 === 9) return '}';
  return index % 10 === 0
    ? `function step_${index}(values, width) {`
    : `  const total_${index % 997} = sum(values, ${index}) / Math.max(1, width - ${index % 13});`;
});
const text = lines.join('\n');
const starts = lines.map((_, index) => lines.slice(0, index).join('\n').length + (index === 0 ? 0 : 1));

interface Case {
  readonly name: string;
  readonly pathOf: (index: number) => string;
  /** What the region was made of. */
  readonly written: (line: string, index: number) => string;
}

const editedThird = (line: string, index: number): string => (index % 3 === 0 ? line.replace('sum', 'product') : line);
const otherCode = (line: string, index: number): string => `${line.slice(0, 9)}_${index}${line.slice(9)}`;
const isHere = (line: number): boolean => line < 50 * (lineCount / regionCount);
const someHere = (index: number): string => (index < 50 ? path : `/p/${index}.ts`);

const cases: readonly Case[] = [
  { name: 'none here', pathOf: (index) => `/p/${index}.ts`, written: otherCode },
  { name: '50 here, as written', pathOf: someHere, written: (line, at) => (isHere(at) ? line : otherCode(line, at)) },
  {
    name: '50 here, a third of their lines edited',
    pathOf: someHere,
    written: (line, at) => (isHere(at) ? editedThird(line, at) : otherCode(line, at)),
  },
  { name: '50 here, the others in copies of this file', pathOf: someHere, written: (line) => line },
  { name: 'all 1000 here, as written', pathOf: () => path, written: (line) => line },
  { name: 'all 1000 here, a third of their lines edited', pathOf: () => path, written: editedThird },
  { name: 'all 1000 from one file that is gone', pathOf: () => '/p/gone.ts', written: (line) => line },
];

function receiptsOf({ pathOf, written }: Case): readonly Receipt[] {
  const receipts = Array.from({ length: regionCount }, (_, index) => {
    const first = index * (lineCount / regionCount);
    const content = lines.slice(first, first + regionLines).map((line, at) => written(line, first + at));
    const start = starts[first] ?? 0;
    const region = regionOf(pathOf(index), text.slice(0, start) + content.join('\n'), {
      start,
      end: start + content.join('\n').length,
    });
    return foldReceipt([outcomeEvent({ receiptId: `r${index}`, regions: region === undefined ? [] : [region] })]);
  });
  return receipts.filter((receipt) => receipt !== undefined);
}

function timed(what: () => unknown): { median: number; p95: number; cpu: number } {
  for (let round = 0; round < 30; round++) what();
  const before = process.cpuUsage();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    what();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1000 / rounds;
  return { median: times[rounds >> 1] ?? 0, p95: times[Math.floor(rounds * 0.95)] ?? 0, cpu };
}

const rows = cases.map((given) => {
  const one = { ...given, receipts: receiptsOf(given) };
  const index = indexRegions(one.receipts);
  const isGone = (other: string): boolean => other === '/p/gone.ts';
  const search = () => searchRegions({ path, text, index, isGone });
  const floor = timed(() => hash('sha256', text));
  // After every receipt, not at every opening; regions that were read before are not read again.
  const building = timed(() => indexRegions(one.receipts));
  const cost = timed(search);
  const found = search();
  return {
    case: one.name,
    found: found.length,
    medianMilliseconds: Number(cost.median.toFixed(2)),
    p95Milliseconds: Number(cost.p95.toFixed(2)),
    cpuMilliseconds: Number(cost.cpu.toFixed(2)),
    sha256Milliseconds: Number(floor.median.toFixed(2)),
    sha256CpuMilliseconds: Number(floor.cpu.toFixed(2)),
    indexCpuMilliseconds: Number(building.cpu.toFixed(2)),
  };
});
const load = loadavg().map((one) => Number(one.toFixed(1)));
for (const row of rows) console.log(JSON.stringify(row));
console.log(`load ${load.join(' ')}; ${lineCount} lines, ${Math.round(text.length / 1024)} KiB, ${rounds} rounds`);
if (values.json !== undefined) {
  writeFileSync(
    values.json,
    `${JSON.stringify({ node: process.version, load, lineCount, regionCount, rounds, rows }, null, 2)}\n`,
  );
}
