// `joule-ls policy`, as a process: shows, learns from the ledger, never stops, forgets.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { evidenceOf } from '../../server/completion/policy/evidence.ts';
import { appendLines, monthFile } from '../../server/ledger/files.ts';
import { notAskedFile, notAskedLine } from '../../server/ledger/not-asked.ts';
import { outcomeEvent } from '../support/sample-events.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(state: string, ...args: readonly string[]): Promise<Said> {
  const env = { ...process.env, XDG_STATE_HOME: state, JOULE_LS_CONFIG: join(state, 'none.json') };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', main, 'policy', ...args], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

/** Completions in comments are taken, all others passed over. */
async function writeLedger(directory: string): Promise<void> {
  const at = new Date().toISOString();
  const lines = Array.from({ length: 60 }, (_, index) => {
    const inComment = index % 3 === 0;
    const features = {
      invoked: false,
      previousAccepted: false,
      secondsSinceOutcome: 40,
      lineLength: 5,
      blankAfterCursor: true,
      documentShare: 0.5,
      midWord: false,
      inComment,
      inString: false,
      onBattery: false,
      predictedJoules: 4,
    };
    const event = outcomeEvent({ receiptId: `completion ${index}`, outcome: inComment ? 'accepted' : 'dismissed' });
    const evidence = evidenceOf(features, { leastSure: inComment ? -0.1 : -2, larger: undefined });
    return JSON.stringify({ ...event, at, actionId: 'completion', evidence });
  });
  await appendLines(directory, monthFile(at), ['not a line', ...lines]);
}

describe('joule-ls policy', function () {
  this.timeout(60_000);
  const folder = (): string => makeTemporaryFolder('joule-ls-policy-');

  it('shows the prior, learns what the ledger shows, keeps it, and forgets it', async () => {
    const state = folder();
    const directory = join(state, 'joule-ls');
    const path = join(directory, 'completion-policy.json');
    assert.match((await run(state)).out, /learned from +the prior/);
    const early = await run(state, 'learn');
    assert.equal(early.code, 1);
    assert.match(early.err, /no completion yet/);

    await writeLedger(directory);
    const learnt = await run(state, 'learn', '--json');
    assert.equal(learnt.code, 0, learnt.err);
    assert.equal(readFileSync(path, 'utf8'), learnt.out);
    const policy = JSON.parse(learnt.out);
    assert.deepEqual(policy.learned, { examples: 60, updates: 0, from: 'ledger' });
    assert.ok(policy.gate.weights.inComment > 0, 'comments are where they are taken');
    assert.equal(policy.gate.typicalJoules, 4);
    assert.ok(policy.stop.unsure.isRight.slope > 1.5, 'surer ones were taken');
    assert.match(learnt.err + (await run(state, 'show')).out, /saved, 30 days +nothing yet/);
    const at = new Date().toISOString();
    const line = notAskedLine({ at, callsNotMade: 41, predictedJoules: 120, withoutPrediction: 0 });
    await appendLines(directory, notAskedFile(at), [line]);
    const { out } = await run(state, 'show');
    assert.match(out, /60 completions \(ledger\)/);
    assert.match(out, /saved, 30 days +41 completions not asked, some 120 J \(estimated\)/);

    assert.match((await run(state, 'never-stop')).out, /never: answers are heard to their end/);
    assert.equal(JSON.parse(readFileSync(path, 'utf8')).stop.mode, 'never');
    assert.match((await run(state, 'stop-early')).out, /stops +early/);
    assert.match((await run(state, 'forget')).out, /learned from +the prior/);
  });

  it('says what is wrong with its file, and goes on with the prior', async () => {
    const state = folder();
    const directory = join(state, 'joule-ls');
    await appendLines(directory, 'completion-policy.json', ['{"version": 9}']);
    const { code, out, err } = await run(state);
    assert.equal(code, 0);
    assert.match(err, /is not used: it is not of version 1/);
    assert.match(out, /the prior/);
    writeFileSync(join(directory, 'completion-policy.json'), '{');
    assert.match((await run(state)).err, /not JSON/);
  });

  it('says what it takes', async () => {
    const { code, err } = await run(folder(), 'teach');
    assert.equal(code, 2);
    assert.match(err, /joule-ls policy \[show/);
  });
});
