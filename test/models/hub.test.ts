// Models of the Hugging Face hub, against a faithful one on loopback: chosen, downloaded, continued, refused.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { systemClock } from '../../server/base/clock.ts';
import { findOnHub } from '../../server/models/hub.ts';
import { bytesHere, type DownloadOrder, download } from '../../server/models/hub-download.ts';
import { HubFailure, hubFrom } from '../../server/models/hub-http.ts';
import { chooseFile, type HubFile, parseHubName } from '../../server/models/hub-name.ts';
import { type FakeHub, startFakeHub } from '../support/fake-hub.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

const never = new AbortController().signal;
const content = randomBytes(3_000_000);
const files = { 'README.md': '# tiny', 'tiny-q4_k_m.gguf': content, 'tiny-q8_0.gguf': randomBytes(1000) };
const failure = (kind: string, said: RegExp) => (error: unknown) =>
  error instanceof HubFailure && error.kind === kind && said.test(error.message) && error.mend !== '';

describe('names of models on the hub', () => {
  it('are a repository, with a quantization or a file', () => {
    assert.deepEqual(parseHubName('hf:a/b'), { repository: 'a/b', wanted: { kind: 'any' } });
    assert.deepEqual(parseHubName('hf:a/b-GGUF:Q8_0')?.wanted, { kind: 'quantization', name: 'Q8_0' });
    assert.deepEqual(parseHubName('hf:a/b/sub/x.gguf'), {
      repository: 'a/b',
      wanted: { kind: 'file', path: 'sub/x.gguf' },
    });
    for (const bad of [
      'hf:a',
      'hf:../b',
      'hf:a/..',
      'hf:a/b/../../x.gguf',
      'hf:a/b/x.bin',
      'hf:a/b:',
      'hf://h/x',
      'a/b',
    ])
      assert.equal(parseHubName(bad), undefined, bad);
  });

  it('never lead out of a folder', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('.', '/', 'a', ':', 'x.gguf', '\\') }), (rest) => {
        const parsed = parseHubName(`hf:${rest}`);
        if (parsed === undefined) return;
        const path = `${parsed.repository}/${parsed.wanted.kind === 'file' ? parsed.wanted.path : ''}`;
        assert.ok(!join('/models', path).startsWith('/models/..') && join('/models', path).startsWith('/models/'));
        assert.ok(path.split('/').every((part) => part !== '..'));
      }),
    );
  });

  const listed = (...paths: string[]): HubFile[] => paths.map((path) => ({ path, bytes: 1, sha256: '' }));
  const chosen = (name: string, ...paths: string[]): HubFile | string => {
    const parsed = parseHubName(name);
    assert.ok(parsed);
    return chooseFile(listed(...paths), parsed);
  };
  const pathOf = (file: HubFile | string): string => (typeof file === 'string' ? file : file.path);

  it('mean the only file, the usual quantization, the one that is named', () => {
    assert.equal(pathOf(chosen('hf:a/b', 'x.gguf', 'mmproj-x.gguf')), 'x.gguf');
    assert.equal(pathOf(chosen('hf:a/b', 'x-Q8_0.gguf', 'x-q4_k_m.gguf')), 'x-q4_k_m.gguf');
    assert.equal(pathOf(chosen('hf:a/b:q8_0', 'x-Q8_0.gguf', 'x-Q4_K_M.gguf')), 'x-Q8_0.gguf');
    assert.equal(pathOf(chosen('hf:a/b:Q4_K', 'x-Q4_K_M.gguf', 'x.Q4_K.gguf')), 'x.Q4_K.gguf');
    assert.equal(pathOf(chosen('hf:a/b/s/x.gguf', 's/x.gguf', 'x.gguf')), 's/x.gguf');
  });

  it('are refused with what there is instead', () => {
    assert.match(pathOf(chosen('hf:a/b:Q2_K', 'x-Q8_0.gguf')), /no Q2_K; there are x-Q8_0\.gguf/);
    assert.match(pathOf(chosen('hf:a/b', 'x-Q8_0.gguf', 'x-Q6_K.gguf')), /no Q4_K_M/);
    assert.match(pathOf(chosen('hf:a/b:Q8_0', 'x-Q8_0.gguf', 'y-Q8_0.gguf')), /several files are meant/);
    assert.match(pathOf(chosen('hf:a/b', 'model.safetensors')), /no GGUF/);
    const parts = ['x-Q8_0-00001-of-00002.gguf', 'x-Q8_0-00002-of-00002.gguf'];
    assert.match(pathOf(chosen('hf:a/b:Q8_0', ...parts)), /one of several parts/);
  });
});

describe('download from the hub', function () {
  this.timeout(30_000);
  let fake: FakeHub;
  let directory: string;
  before(async () => {
    fake = await startFakeHub(files);
  });
  after(() => fake.close());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'joule-ls-hub-'));
    fake.requests.length = 0;
    fake.behave({});
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function orderOf(name = 'hf:acme/tiny-GGUF', more: Partial<DownloadOrder> = {}): Promise<DownloadOrder> {
    const hub = hubFrom({ HF_ENDPOINT: fake.url, HF_TOKEN: 'hf_secret' });
    const parsed = parseHubName(name);
    assert.ok(typeof hub !== 'string' && parsed !== undefined);
    const file = await findOnHub(hub, parsed, never);
    return { hub, repository: parsed.repository, file, directory, clock: systemClock, onBytes: () => {}, ...more };
  }
  const filesIn = async (at: string): Promise<string[]> => readdir(join(at, 'acme', 'tiny-GGUF'));

  it('tells the size, brings the bytes from wherever the hub sends us, and leaves one file', async () => {
    let told = 0;
    const order = await orderOf(undefined, {
      onBytes: (bytes) => {
        assert.ok(bytes >= told);
        told = bytes;
      },
    });
    assert.equal(order.file.bytes, content.length);
    const path = await download(order, never);
    assert.ok((await readFile(path)).equals(content));
    assert.equal(told, content.length);
    assert.deepEqual(await filesIn(directory), ['tiny-q4_k_m.gguf']);
    assert.deepEqual(
      fake.requests.map(({ host, token }) => [host, token]),
      [
        ['hub', true],
        ['hub', true],
        ['cdn', false],
      ],
      'the token goes to the hub alone',
    );
    fake.requests.length = 0;
    assert.equal(await download(order, never), path);
    assert.deepEqual(fake.requests, [], 'what is here and whole is not asked for again');
  });

  it('goes on by itself when the connection breaks', async () => {
    fake.behave({ cutAfterBytes: 1_000_000, cuts: 2 });
    const path = await download(await orderOf(), never);
    assert.ok((await readFile(path)).equals(content));
    const ranges = fake.requests.filter(({ host }) => host === 'cdn').map(({ range }) => range);
    assert.equal(ranges.length, 3);
    assert.ok(
      ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? '')),
      String(ranges),
    );
  });

  it('goes on the next time where it was interrupted', async () => {
    const abort = new AbortController();
    const reason = new Error('Ctrl-C');
    const order = await orderOf(undefined, {
      onBytes: (bytes) => {
        if (bytes > 500_000) abort.abort(reason);
      },
    });
    await assert.rejects(download(order, abort.signal), (error) => error === reason);
    const here = await bytesHere(order);
    assert.ok(here > 0 && here < content.length);
    fake.requests.length = 0;
    const path = await download(await orderOf(), never);
    assert.ok((await readFile(path)).equals(content));
    assert.ok(fake.requests.some(({ range }) => range === `bytes=${here}-`));
    assert.deepEqual(await filesIn(directory), ['tiny-q4_k_m.gguf']);
  });

  it('begins again where the host knows no ranges', async () => {
    fake.behave({ cutAfterBytes: 1_000_000, cuts: 1, noRanges: true });
    assert.ok((await readFile(await download(await orderOf(), never))).equals(content));
  });

  it('gives up after five breaks that bring nothing, and keeps what came before', async () => {
    const clock = new ManualClock();
    const order = await orderOf(undefined, { clock });
    fake.behave({ cutAfterBytes: 0 });
    const turning = setInterval(() => clock.advance(60_000), 1);
    await assert
      .rejects(download(order, never), failure('cut', /connection broke/))
      .finally(() => clearInterval(turning));
    assert.equal(fake.requests.filter(({ host }) => host === 'cdn').length, 5);
  });

  it('keeps nothing whose checksum is wrong, and what was there stays', async () => {
    fake.behave({ tampering: true });
    await assert.rejects(
      orderOf().then((order) => download(order, never)),
      failure('tampered', /SHA-256/),
    );
    assert.deepEqual(await filesIn(directory), []);
  });

  it('continues no part that is damaged', async () => {
    const order = await orderOf();
    const at = join(directory, 'acme', 'tiny-GGUF');
    await mkdir(at, { recursive: true });
    await writeFile(join(at, `tiny-q4_k_m.gguf.${order.file.sha256.slice(0, 12)}.part`), Buffer.alloc(2_000_000));
    await assert.rejects(download(order, never), failure('tampered', /SHA-256/));
    assert.ok((await readFile(await download(order, never))).equals(content));
  });

  it('says what the hub does not have', async () => {
    await assert.rejects(orderOf('hf:acme/other'), failure('not-found', /no such repository/));
    await assert.rejects(orderOf('hf:nobody/private'), failure('not-allowed', /who asks/));
    await assert.rejects(orderOf('hf:acme/tiny-GGUF:Q2_K'), failure('not-found', /there are tiny-q4_k_m\.gguf/));
    const order = await orderOf();
    const gone = { ...order, file: { ...order.file, path: 'gone.gguf' } };
    await assert.rejects(download(gone, never), failure('not-found', /no such repository or file/));
  });

  it('asks no other host for anything but bytes', async () => {
    fake.behave({ apiLeaves: true });
    await assert.rejects(orderOf(), failure('refused', /sends us to 127\.0\.0\.1:\d+/));
    assert.ok(fake.requests.every(({ host }) => host === 'hub'));
  });

  it('says that the hub can not be reached, and what is no address', async () => {
    const closed = await startFakeHub({});
    await closed.close();
    const hub = hubFrom({ HF_ENDPOINT: closed.url });
    assert.ok(typeof hub !== 'string');
    const name = { repository: 'a/b', wanted: { kind: 'any' } } as const;
    await assert.rejects(findOnHub(hub, name, never), failure('no-network', /ECONNREFUSED/));
    assert.match(String(hubFrom({ HF_ENDPOINT: 'file:///etc' })), /no web address/);
    const usual = hubFrom({});
    assert.equal(typeof usual === 'string' ? usual : usual.endpoint.host, 'huggingface.co');
  });

  it('is one at a time for a file; a lock of a dead process does not count', async () => {
    const order = await orderOf();
    const both = await Promise.allSettled([download(order, never), download(order, never)]);
    const failed = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    assert.ok(failed.length === 1 && failure('busy', /downloading this file already/)(failed[0]), String(failed));
    await rm(join(directory, 'acme'), { recursive: true });
    const at = join(directory, 'acme', 'tiny-GGUF');
    await mkdir(at, { recursive: true });
    await writeFile(join(at, `tiny-q4_k_m.gguf.${order.file.sha256.slice(0, 12)}.part.lock`), '999999999');
    assert.ok((await readFile(await download(order, never))).equals(content));
  });

  describe('onto a small disk', () => {
    it('is refused where the file does not fit, and ends with a sentence where the disk fills up meanwhile', async function () {
      const [tight, filling] = [await mountSmallDisk(2), await mountSmallDisk(120)];
      if (typeof tight === 'string' || typeof filling === 'string') {
        console.log(`SKIPPED: full disks because ${typeof tight === 'string' ? tight : filling}`);
        return this.skip();
      }
      try {
        const first = await orderOf(undefined, { directory: tight.path });
        await assert.rejects(download(first, never), failure('disk-full', /\d MB free, 10\d MB are needed/));
        let filled: Promise<void> | undefined;
        const second = await orderOf(undefined, {
          directory: filling.path,
          onBytes: () => {
            filled ??= writeFile(join(filling.path, 'other'), Buffer.alloc(125e6)).catch(() => {});
          },
        });
        fake.behave({ cutAfterBytes: 100_000, cuts: 1 });
        const clock = new ManualClock();
        const going = download({ ...second, clock }, never);
        going.catch(() => {});
        while (clock.sleeping === 0) await new Promise((resolve) => setImmediate(resolve));
        await filled;
        clock.advance(60_000);
        await assert.rejects(going, failure('disk-full', /ENOSPC/));
        await rm(join(filling.path, 'other'));
        assert.ok((await bytesHere(second)) > 0, 'what came before is kept');
        assert.ok((await readFile(await download(second, never))).equals(content));
      } finally {
        await tight.close();
        await filling.close();
      }
    });
  });
});
