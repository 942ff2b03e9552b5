// Appending while others do worse: faults are put between the look at the file's end and the write.

import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { appendLines } from '../../server/ledger/files.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const file = 'receipts-2026-11.jsonl';

/** The next write of any file handle happens after `fault`, and is of as many bytes as it says, or of all. */
async function beforeNextWrite(path: string, fault: () => number | undefined): Promise<void> {
  const probe = await open(path, 'r');
  const prototype = Object.getPrototypeOf(probe) as { write: (...given: unknown[]) => Promise<unknown> };
  await probe.close();
  const original = prototype.write;
  prototype.write = function write(this: unknown, ...given: unknown[]) {
    prototype.write = original;
    const most = fault();
    return original.apply(this, most === undefined ? given : [(given[0] as Buffer).subarray(0, most)]);
  };
}

describe('a line that is appended', () => {
  let directory = '';
  let path = '';
  beforeEach(() => {
    directory = makeTemporaryFolder('joule-append-');
    path = join(directory, file);
    writeFileSync(path, 'one\n');
  });
  const text = (): string => readFileSync(path, 'utf8');

  it('gets a line of its own, also when another process dies in the middle of one just before', async () => {
    await beforeNextWrite(path, () => {
      appendFileSync(path, '{"tor');
      return undefined;
    });
    assert.deepEqual(await appendLines(directory, file, ['two', 'three']), { written: 2 });
    assert.equal(text(), 'one\n{"tortwo\nthree\ntwo\nthree\n');
    appendFileSync(path, '{"tor');
    await appendLines(directory, file, ['four']);
    assert.match(text(), /\n\{"tor\nfour\n$/);
  });

  it('is in the file that has the name, also when that is another one just before', async () => {
    await beforeNextWrite(path, () => {
      writeFileSync(join(directory, 'copy'), 'kept\n');
      renameSync(join(directory, 'copy'), path);
      return undefined;
    });
    assert.deepEqual(await appendLines(directory, file, ['two']), { written: 1 });
    assert.equal(text(), 'kept\ntwo\n');
    await beforeNextWrite(path, () => {
      rmSync(path);
      return undefined;
    });
    await appendLines(directory, file, ['three']);
    assert.equal(text(), 'three\n');
  });

  it('is told from one that was cut short, which is written again', async () => {
    await beforeNextWrite(path, () => 7);
    const { written, error } = await appendLines(directory, file, ['two', 'three']);
    assert.equal(written, 1);
    assert.match(error?.message ?? '', /only 7 of 10 bytes/);
    assert.deepEqual(await appendLines(directory, file, ['three']), { written: 1 });
    assert.equal(text(), 'one\ntwo\nthr\nthree\n');
    for (const most of [1, 3]) {
      await beforeNextWrite(path, () => most);
      assert.equal((await appendLines(directory, file, ['four'])).written, 0);
    }
  });

  it('is not written where something else has the name, and that is said', async () => {
    mkdirSync(join(directory, 'folder'));
    const { written, error } = await appendLines(directory, 'folder', ['two']);
    assert.equal(written, 0);
    assert.ok(error);
  });
});
