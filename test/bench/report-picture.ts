// The report's picture in README.md: `npx tsx test/bench/report-picture.ts`. The top of the sample's page as Chromium draws it, into
// docs/report.png; every figure in it is synthetic and called so. Needs Chromium.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gatherSample, reportHtml } from '../../server/commands/receipt-report.ts';
import { findChromium, startChromium } from '../support/chromium.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const target = fileURLToPath(new URL('../../docs/report.png', import.meta.url));
/** As in the tests: the picture is the same whenever it is made. */
const noon = new Date(2026, 10, 27, 12).getTime();
process.exitCode = await main();

async function main(): Promise<number> {
  const program = findChromium();
  if (program === undefined) {
    console.log('no picture: there is no Chromium (apt install chromium)');
    return 1;
  }
  const file = join(makeTemporaryFolder('joule-picture-'), 'page.html');
  writeFileSync(file, reportHtml(gatherSample(noon, undefined)));
  const browser = await startChromium(program);
  try {
    const tab = await browser.newTab();
    await tab.show({ width: 860 });
    await tab.open(pathToFileURL(file).href);
    // Down to the end of the first chart.
    const height = await tab.evaluate<number>('document.querySelector(".chart").getBoundingClientRect().bottom + 24');
    writeFileSync(target, await tab.picture({ x: 0, y: 0, width: 860, height, scale: 1.25 }));
  } finally {
    await browser.close();
  }
  console.log(target);
  return 0;
}
