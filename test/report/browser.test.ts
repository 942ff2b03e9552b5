// The page in a real browser: three widths, both themes, print; by pointer, by keyboard, without script; with hostile texts; and what axe
// has to say about it. Without Chromium nothing of this is run, and that is said aloud.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gatherSample, reportHtml } from '../../server/commands/receipt-report.ts';
import { renderPage } from '../../server/report/page/render.ts';
import { type Chromium, findChromium, startChromium, type Tab } from '../support/chromium.ts';
import { pageSaying } from '../support/page-saying.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { readAxe } from './axe.ts';

const widths = [320, 768, 1280];
const noon = new Date(2026, 10, 27, 12).getTime();
/** Fastened here, since what pages look like must not depend on the hour. */
const sample = gatherSample(noon, undefined);

/** Texts of the visible pictures that lie over each other, and the smallest size of any. In the page. */
const textsOf = `(() => {
  const overlaps = [];
  let smallest = Infinity;
  for (const svg of document.querySelectorAll('svg')) {
    if (svg.getBoundingClientRect().width === 0) continue;
    const boxes = [...svg.querySelectorAll('text')].map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    for (const text of svg.querySelectorAll('text')) smallest = Math.min(smallest, parseFloat(getComputedStyle(text).fontSize) * scale);
    for (const [i, a] of boxes.entries())
      for (const b of boxes.slice(i + 1))
        if (a.box.left < b.box.right - 1 && b.box.left < a.box.right - 1 && a.box.top < b.box.bottom - 3 && b.box.top < a.box.bottom - 3)
          overlaps.push(a.text + ' / ' + b.text);
  }
  return { overlaps, smallest };
})()`;

describe('the page in a browser', function () {
  this.timeout(60_000);
  let browser: Chromium;
  let tab: Tab;
  let address: string;
  const folder = makeTemporaryFolder('joule-page-');
  const save = (name: string, html: string): string => {
    writeFileSync(join(folder, name), html);
    return pathToFileURL(join(folder, name)).href;
  };
  const text = (selector: string): Promise<string> =>
    tab.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);
  const click = (selector: string): Promise<void> =>
    tab.evaluate(
      `document.querySelector(${JSON.stringify(selector)}).dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))`,
    );

  before(async function () {
    const program = findChromium();
    if (program === undefined) {
      console.log('SKIPPED: the page in a browser, because there is no Chromium (apt install chromium)');
      this.skip();
    }
    address = save('sample.html', reportHtml(sample));
    browser = await startChromium(program);
    tab = await browser.newTab();
  });
  after(async () => browser?.close());
  afterEach(() => assert.deepEqual(tab?.complaints.splice(0) ?? [], []));

  for (const width of widths)
    for (const dark of [false, true])
      it(`fits ${width} px, ${dark ? 'dark' : 'light'}: nothing sticks out, no text on another, none too small`, async () => {
        await tab.show({ width, dark });
        await tab.open(address);
        const { page, view } = await tab.evaluate<{ page: number; view: number }>(
          '({ page: document.documentElement.scrollWidth, view: innerWidth })',
        );
        assert.equal(view, width);
        assert.ok(page <= width, `${page} px on ${width}`);
        const { overlaps, smallest } = await tab.evaluate<{ overlaps: string[]; smallest: number }>(textsOf);
        assert.deepEqual(overlaps, []);
        assert.ok(smallest >= 10, `${smallest} px`);
        const paper = await tab.evaluate<string>('getComputedStyle(document.body).backgroundColor');
        assert.equal(paper, dark ? 'rgb(21, 25, 27)' : 'rgb(251, 250, 247)');
        const pictures = await tab.evaluate<string[]>(
          '[...document.querySelectorAll("svg")].filter((svg) => svg.getBoundingClientRect().width > 0).map((svg) => svg.textContent)',
        );
        assert.equal(pictures.length, 4);
        for (const said of pictures) assert.match(said, /synthetic sample · simulated$/);
      });

  it('asks nobody for anything', async () => {
    await tab.open(address);
    assert.deepEqual(
      tab.requests.filter((url) => !/^(file:|about:blank$)/.test(url)),
      [],
    );
    const refused = await tab.evaluate<string>(`new Promise((done) => {
      document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
      new Image().src = 'http://127.0.0.1:9/x.png';
    })`);
    assert.equal(refused, 'img-src');
    assert.match(tab.complaints.splice(0).join('\n'), /violates the following Content Security Policy/);
  });

  it('prints wide and light, with everything on paper that is not for a mouse', async () => {
    await tab.show({ width: 720, dark: true, print: true });
    await tab.open(address);
    const hidden = await tab.evaluate<boolean[]>(
      '[".filters", ".pager", ".contents", "details", ".narrow"].map((one) => getComputedStyle(document.querySelector(one)).display === "none")',
    );
    assert.deepEqual(hidden, [true, true, true, true, true]);
    assert.equal(await tab.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
    assert.equal(
      await tab.evaluate('getComputedStyle(document.querySelector(".stamp-print")).display'),
      'inline-block',
    );
    assert.ok((await tab.evaluate<number>('document.documentElement.scrollWidth')) <= 720);
    const pdf = await tab.pdf();
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  });

  it('leads from a figure, a bar and a cell to its receipts, and back', async () => {
    await tab.show({ width: 1280 });
    await tab.open(address);
    const all = /^(\d+) receipts/.exec(await text('#records-status'))?.[1];
    const { answers, completions } = sample.report.periods[1] ?? { answers: 0, completions: 0 };
    await tab.evaluate('document.querySelectorAll(".figures a")[1].click()');
    assert.match(
      await text('#records-status'),
      new RegExp(`^${answers + completions} of ${all} receipts · period last 7 days · together `),
    );
    assert.equal(await tab.evaluate('document.activeElement.id'), 'records-title');

    await click('#spent a[href*="part=planning"] rect');
    assert.match(await text('#records-status'), /receipts · part planning/);
    const strategies = await tab.evaluate<string[]>(
      '[...document.querySelectorAll("#records-table tbody tr")].map((row) => row.cells[9].textContent)',
    );
    assert.ok(strategies.length > 5 && strategies.every((one) => one === 'outline' || one === 'split'));

    await click('#records-all');
    assert.match(await text('#records-status'), new RegExp(`^${all} receipts`));
    assert.equal(await tab.evaluate('location.hash'), '#records');
  });

  it('opens with the receipts of the address that it was given', async () => {
    await tab.open(`${address}#records?action=fix&outcome=cancelled`);
    assert.match(await text('#records-status'), /^\d+ of \d+ receipts · action fix, outcome cancelled/);
    assert.equal(await tab.evaluate('document.querySelectorAll("select")[0].value'), 'fix');
  });

  it('sorts, turns pages, and opens a receipt, by keyboard', async () => {
    await tab.open(address);
    await tab.evaluate('document.querySelector("th[data-key=joules] button").focus()');
    await tab.press('Enter');
    assert.equal(await tab.evaluate('document.querySelector("th[data-key=joules]").ariaSort'), 'descending');
    const joules = await tab.evaluate<string[]>(
      '[...document.querySelectorAll("#records-table tbody tr")].map((row) => row.cells[3].textContent)',
    );
    const most = Math.max(
      ...sample.receipts.map(({ totals: { gross } }) => (gross.status === 'unknown' ? 0 : gross.joules)),
    );
    assert.ok(Math.abs(Number.parseFloat(joules[0] ?? '') * 1000 - most) < 10, `${joules[0]} of ${most}`);
    await tab.evaluate('document.querySelector("[data-page=last]").focus()');
    await tab.press('Enter');
    const last = await tab.evaluate<string>(
      'document.querySelector("#records-table tbody tr:last-child").cells[3].textContent',
    );
    assert.match(last, /^unknown: the synthetic card was asleep$/);
    await tab.evaluate('document.querySelector("button.open").focus()');
    await tab.press('Enter');
    assert.equal(await tab.evaluate('document.querySelector("button.open").ariaExpanded'), 'true');
    assert.match(await text('tr.inner'), /Calls.*Role.*gemma3/s);
    await tab.press('Tab');
    assert.ok(await tab.evaluate('document.activeElement.matches("button.open, .pager button")'));
  });

  it('finds words', async () => {
    await tab.open(address);
    await tab.evaluate(`(() => {
      const search = document.querySelector('input[type=search]');
      search.value = 'PARSER.ts';
      search.dispatchEvent(new Event('input'));
    })()`);
    assert.match(await text('#records-status'), /^\d+ of \d+ receipts · “parser\.ts”/);
  });

  it('says everything without its script', async () => {
    await tab.send('Emulation.setScriptExecutionDisabled', { value: true });
    await tab.open(address);
    await tab.send('Emulation.setScriptExecutionDisabled', { value: false });
    assert.equal(await tab.evaluate('document.querySelectorAll("#records-table tbody tr").length'), 25);
    assert.ok(await tab.evaluate('document.querySelector("svg .mark").getBoundingClientRect().height > 0'));
    assert.match(await text('noscript'), /need this page’s own script/);
  });

  it('shows hostile texts as texts', async () => {
    const hostile = [
      '<img src=x onerror="window.pwned=1">',
      '</script><script>window.pwned=1</script>',
      '"><svg onload=window.pwned=1>',
      '[click](javascript:window.pwned=1)',
      '\u001b]8;;http://127.0.0.1:9/\u0007here\u001b]8;;\u0007',
    ];
    for (const [index, words] of hostile.entries()) {
      await tab.open(save(`hostile-${index}.html`, renderPage(pageSaying(words))));
      assert.equal(await tab.evaluate('window.pwned'), undefined);
      assert.deepEqual(await tab.evaluate('[document.images.length, document.scripts.length]'), [0, 2]);
      const title = await text('h1');
      assert.equal(title, index < 4 ? words : 'here');
      await tab.evaluate('document.querySelector(".figures a").click()');
      assert.match(await text('#records-status'), /^1 receipt|^1 /);
      assert.equal(await tab.evaluate('document.querySelector("#records-table tbody td").textContent'), title);
    }
  });

  it('keeps nobody out: axe finds nothing serious', async function () {
    const axe = readAxe();
    if (axe === undefined) {
      console.log('SKIPPED: axe on the page, because it is not installed (npx tsx test/report/axe.ts)');
      this.skip();
    }
    // All kinds of parts, but not thousands of cells, each of which it looks at.
    const short = save('short.html', reportHtml(gatherSample(noon, undefined, { days: 4, answersPerDay: 16 })));
    for (const [width, dark] of [
      [320, false],
      [1280, true],
    ] as const) {
      await tab.show({ width, dark });
      await tab.open(short);
      await tab.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
      await tab.evaluate(`${axe}; 0`);
      const found = await tab.evaluate<string[]>(
        'axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => impact + " " + id + ": " + nodes.slice(0, 3).map((node) => node.html.slice(0, 150)).join(" | ")))',
      );
      assert.deepEqual(
        found.filter((one) => /^(serious|critical|moderate)/.test(one)),
        [],
        `${width} ${dark}`,
      );
    }
  });
});
