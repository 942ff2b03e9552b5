// The fault list: what bad input gets, as a table of the tests that show it. A fault without a passing test fails the command.
//
//   npm run faults [-- --json FILE]

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** Fault, in the words of whoever meets it → full titles of the tests that cause it. */
const faults: readonly (readonly [string, RegExp])[] = [
  ['malformed JSON-RPC', /^wire conformance [678]\.|^wire (?:refuses|complains|takes null)/],
  ['half messages, several in one chunk', /^wire conformance [23]\.|^wire reads the same/],
  ['100 MB bodies', /^wire conformance 10\.|^wire drops a body/],
  ['unknown methods, foreign commands', /^wire conformance (?:4|5|11)\.|^bad input in the arguments/],
  ['documents never opened', /never opened|not open and versions/],
  ['ranges outside the text', /ranges? outside the text/],
  ['versions from past and future', /version from the past|older version|version that is gone/],
  ['surrogate pairs, CRLF, no final newline', /surrogate|CRLF|cuts no character/],
  ['10 000 and 100 000 lines, one line of 1 MB', /100 000 lines|anywhere in 10 000 lines|large text back/],
  ['binary', /binary|of any text/],
  ['read-only and deleted files', /vanish or cannot be written|read-only buffer|not created outside/],
  ['two servers on one folder', /two editors on one folder|ledger with several processes/],
  ['an editor that dies', /editor that leaves in the middle|wire conformance 1[45]\./],
  ['an engine that is down', /when the engine is down|server that is not there|says what to do when Ollama is down/],
  [
    'an engine that is slow or silent',
    /takes connections and says nothing|before the headers|stream stalls|engine that hangs/,
  ],
  ['an engine that lies', /nothing that can be true|nonsense from the engine|does not obey its limit|model that talks/],
  ['an engine that loops', /looping model|stops a loop|repeats itself/],
  ['an engine out of memory', /GPU memory|system memory|runs out of memory/],
  ['an engine that dies mid-answer', /stream is (?:torn|cut)|killed mid-answer|just ends|torn answer/],
  ['an embedded engine that hangs', /process of the embedded engine becomes a failure when it hangs/],
  ['an embedded engine whose server is killed', /dies with its server, even when that is killed/],
  [
    'a model file that is empty, cut short, of unknown architecture, not there',
    /names an empty file|names random bytes|names a file cut|says what llama.cpp says|names a file that is not there/,
  ],
  ['an embedded engine out of memory', /memory does not suffice|its memory runs out while it runs/],
  ['a full disk while the engine is installed', /engine install says that the disk is full/],
  ['servers that install into one directory', /engine install of several/],
  [
    'a model that is downloaded: cut, tampered with, not there, onto a full disk',
    /^download from the hub (?:goes on|gives up|keeps nothing|says what|asks no other|onto a small disk)/,
  ],
  ['errors of every shape', /^Ollama errors understands/],
  ['settings of the wrong type', /bad value once|survive any nonsense|never say what only the owner/],
  [
    'a full disk, a torn or foreign ledger',
    /full disk|cut at any byte|skips what it cannot read|cannot write, works on/,
  ],
  [
    'a ledger with lines of 10 MB, a month that is a folder, a directory that is a link',
    /^the ledger (?:takes a line of 10 MB|works on (?:where a month|in a read-only)|follows a directory)|^history names what it leaves out/,
  ],
  [
    'a ledger of the future, of other machines, of clocks that jumped',
    /^what verify finds|brings old lines up one version/,
  ],
  ['a report’s file that is there, a link, nowhere', /^joule-ls report (?:writes one page|says what)|^a page’s file/],
  [
    'receipts with hostile names, of clocks that jump, of versions to come, in a report',
    /^the report takes what other|^the page takes every text|^the page in a browser shows hostile|^the report in a terminal is never wider/,
  ],
  [
    'ledger writers that are killed, a forget that is killed',
    /^a ledger whose writers are killed|finished by the next server/,
  ],
  [
    'counters that can’t be read, hang, wrap or reset',
    /no permission|counter that hangs|wraps in the middle|was reset|garbage, an empty file/,
  ],
  ['a cancel at any moment', /cancels|stopping reaches|ends at once when cancelled|what it cost stays/],
  ['code that changed meanwhile', /^rebase |answer is kept/],
];

interface Report {
  readonly tests: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[];
  readonly pending: readonly { readonly fullTitle: string }[];
}

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const report = await runTests();
const skipped = new Set(report.pending.map((test) => test.fullTitle));
const rows = faults.map(([fault, pattern]) => {
  const tests = report.tests.filter((test) => pattern.test(test.fullTitle) && !skipped.has(test.fullTitle));
  const failed = tests.filter((test) => Object.keys(test.err).length > 0);
  return { fault, tests: tests.length, failed: failed.map((test) => test.fullTitle) };
});
for (const { fault, tests, failed } of rows) {
  const verdict = tests === 0 ? 'NOT TESTED' : failed.length > 0 ? `${failed.length} FAILED` : 'survived';
  console.log(`${fault.padEnd(52)} ${String(tests).padStart(3)} tests  ${verdict}`);
  for (const title of failed) console.log(`    ${title}`);
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
process.exitCode = rows.every((row) => row.tests > 0 && row.failed.length === 0) ? 0 : 1;

async function runTests(): Promise<Report> {
  const child = spawn('npx', ['mocha', '--reporter', 'json', 'test/**/*.test.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  // Tests that skip say so on the same stream, before the report.
  return JSON.parse(text.slice(text.indexOf('{\n  "stats"'))) as Report;
}
