// What leaves the machine tells no path, no name of a file and nothing that a guess at the code could be held against.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createHider } from '../../server/ledger/hidden-paths.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import { regionOf } from '../../server/ledger/regions.ts';
import { callEvent, outcomeEvent, sampleCall } from '../support/sample-events.ts';

const key = Buffer.alloc(32, 7);

describe('hidden paths', () => {
  it('stay equal inside one export, keep the extension, and differ in another', () => {
    const [here, there] = [createHider(key), createHider(Buffer.alloc(32, 8))];
    assert.match(here.path('/home/me/words.py'), /^[0-9a-f]{12}\.py$/);
    assert.equal(here.path('/home/me/words.py'), createHider(key).path('/home/me/words.py'));
    assert.notEqual(here.path('/home/me/words.py'), here.path('/home/you/words.py'));
    assert.notEqual(here.path('/home/me/words.py'), there.path('/home/me/words.py'));
    for (const [path, extension] of [
      ['untitled:Untitled-1', ''],
      ['/home/me/.profile', ''],
      ['/home/me/a.very-secret-project', ''],
      ['C:\\code\\Main.java', '.java'],
      ['/home/me/x.d.ts', '.ts'],
    ] as const)
      assert.match(here.path(path), new RegExp(`^[0-9a-f]{12}${extension.replace('.', '\\.')}$`), path);
  });

  it('are all that names a file or its code; figures stay', () => {
    const path = '/home/me/secret/words.py';
    const region = regionOf('/home/me/secret/test_words.py', 'return 0\n', { start: 0, end: 8 });
    assert.ok(region);
    const call = sampleCall({
      model: '/home/me/models/gemma.gguf',
      why: `ENOENT: no such file or directory, open '/home/me/other/config.json' (file:///home/me/b%20c/d.py)`,
    });
    const outcome = outcomeEvent({
      path,
      regions: [{ ...region, fingerprint: 'of the code' } as typeof region],
      why: 'words.py has no tests, so test_words.py is new',
      decisions: ['C:\\work\\notes.txt was left alone', 'answered in 3 parts and/or fewer'],
      outcome: 'accepted',
    });
    const hider = createHider(key);
    const receipt = foldReceipt([callEvent({ path, call }), outcome]);
    assert.ok(receipt);
    const shown = hider.hide(receipt);
    const text = JSON.stringify([shown, hider.hide(outcome), hider.hide(callEvent({ path, call }))]);
    assert.doesNotMatch(text, /home|secret|words|models|other|config|notes|b%20c|fingerprint|firstLineLength/);
    assert.ok(!text.includes(region.hash) && !text.includes(region.firstLineHash), 'hashes can be looked up');
    assert.equal(shown.path, hider.path(path));
    assert.equal(shown.regions[0]?.path, hider.path('/home/me/secret/test_words.py'));
    assert.equal(
      shown.why,
      `${hider.path(path)} has no tests, so ${hider.path('/home/me/secret/test_words.py')} is new`,
    );
    assert.equal(shown.decisions[1], 'answered in 3 parts and/or fewer');
    assert.equal(shown.outcome, 'accepted');
    assert.deepEqual(shown.totals, receipt.totals);
    assert.deepEqual(shown.calls[0]?.joules, call.joules);
    assert.equal(shown.calls[0]?.model, 'gemma.gguf');
  });

  it('never take a word of the format for a name of a file', () => {
    for (const path of ['/p/completed', '/p/worker', '/p/accepted', '/p/measured', '/p/gpu', '/p/ollama']) {
      const hidden = createHider(key).hide(callEvent({ path }));
      assert.deepEqual({ ...hidden, path: '' }, { ...callEvent(), path: '' });
    }
  });

  it('hide any path in any sentence', () => {
    const part = fc.stringMatching(/^[a-z][a-z0-9_-]{2,12}Q$/);
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 2, maxLength: 5 }),
        fc.constantFrom('/', 'C:\\', 'file:///'),
        (parts, root) => {
          const path = `${root}${parts.join(root === 'C:\\' ? '\\' : '/')}`;
          for (const sentence of [`open '${path}' failed`, `${path}: gone`, `see (${path})`, path]) {
            const shown = JSON.stringify(createHider(key).hide(callEvent({ call: sampleCall({ why: sentence }) })));
            for (const name of parts) assert.ok(!shown.includes(name), `${sentence} → ${shown}`);
          }
        },
      ),
    );
  });
});
