// How soon a report of many receipts can be used: `npx tsx test/bench/report-page.ts [--receipts 100000] [--runs 5] [--json FILE]`. In
// headless Chromium, from the start of the navigation until the page's script is done and a frame was drawn, beside a page of the same bytes
// whose script is none; then how long one filter, one order and one search take. The receipts are synthetic. Needs Chromium.

import { rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { renderPage } from '../../server/report/page/render.ts';
import { receiptPage } from '../../server/report/receipt-page.ts';
import { buildReport } from '../../server/report/report.ts';
import { sampleClaim, sampleReceipts, sampleReference, sampleSizeOf } from '../../server/report/sample.ts';
import { findChromium, startChromium, type Tab } from '../support/chromium.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const { values } = parseArgs({
  options: {
    receipts: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
const aimMilliseconds = 3_000;
process.exitCode = await main(Number(values.receipts), Number(values.runs));

async function main(wanted: number, runs: number): Promise<number> {
  const program = findChromium();
  if (program === undefined) {
    console.log('not measured: there is no Chromium (apt install chromium)');
    return 1;
  }
  const now = new Date(2026, 10, 27, 12).getTime();
  // About 14 receipts come of 14 answers a day in a working week, completions included: the rest is cut off.
  const receipts = sampleReceipts({ seed: 1, days: 365, answersPerDay: wanted / 250, nowWallMilliseconds: now }).slice(
    -wanted,
  );
  const began = performance.now();
  const report = buildReport(receipts, {
    nowWallMilliseconds: now,
    sinceWallMilliseconds: undefined,
    country: 'WORLD',
    large: sampleReference,
    claimOf: sampleClaim,
    sizeOf: sampleSizeOf,
  });
  const html = renderPage(receiptPage(report, receipts, { sample: true, version: 'bench', paths: true, skipped: [] }));
  const building = performance.now() - began;
  const folder = makeTemporaryFolder('joule-page-bench-');
  const [page, bare] = [join(folder, 'page.html'), join(folder, 'bare.html')];
  writeFileSync(page, html);
  writeFileSync(
    bare,
    html.replace(/<script>[\s\S]*?<\/script>/, (script) => `<!--${'x'.repeat(script.length - 7)}-->`),
  );

  const browser = await startChromium(program);
  const rows: Record<string, number>[] = [];
  try {
    const tab = await browser.newTab();
    await tab.show({ width: 1280 });
    for (let run = 0; run < runs; run++) {
      const without = await untilDrawn(tab, bare);
      const ready = await untilDrawn(tab, page);
      rows.push({ without, ready, ...(await interactions(tab)) });
      process.stderr.write(`run ${run + 1} of ${runs}\n`);
    }
  } finally {
    await browser.close();
  }
  const median = (name: string): number =>
    [...rows.map((row) => row[name] ?? Number.NaN)].sort((a, b) => a - b)[Math.floor(rows.length / 2)] ?? Number.NaN;
  const figures = {
    at: new Date().toISOString(),
    command: 'npx tsx test/bench/report-page.ts --json FILE',
    node: process.version,
    what: 'synthetic receipts, headless Chromium on this machine',
    receipts: receipts.length,
    megabytes: statSync(page).size / 1e6,
    sameBytes: statSync(page).size === statSync(bare).size,
    buildMilliseconds: building,
    readyMilliseconds: median('ready'),
    withoutScriptMilliseconds: median('without'),
    filterMilliseconds: median('filter'),
    orderMilliseconds: median('order'),
    searchMilliseconds: median('search'),
    runs,
    processor: cpus()[0]?.model,
    cores: cpus().length,
    load: loadavg()[0],
  };
  console.log(JSON.stringify(figures, undefined, 2));
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ ...figures, each: rows }, undefined, 2)}\n`);
  rmSync(folder, { recursive: true, force: true });
  return figures.readyMilliseconds <= aimMilliseconds ? 0 : 1;
}

/** Milliseconds from the start of the navigation until what the page does by itself is done and drawn. */
async function untilDrawn(tab: Tab, file: string): Promise<number> {
  await tab.open(pathToFileURL(file).href);
  return tab.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))');
}

/** From the event until the frame with its effect. */
async function interactions(tab: Tab): Promise<Record<string, number>> {
  const timed = (act: string): Promise<number> =>
    tab.evaluate(`new Promise((done) => {
      const began = performance.now();
      ${act};
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
    })`);
  return {
    filter: await timed(
      'const menu = document.querySelector("select"); menu.value = "fix"; menu.dispatchEvent(new Event("change"))',
    ),
    order: await timed('document.querySelector("th[data-key=joules] button").click()'),
    search: await timed(
      'const search = document.querySelector("input[type=search]"); search.value = "parser"; search.dispatchEvent(new Event("input"))',
    ),
  };
}
