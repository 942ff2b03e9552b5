// Installing the embedded engine, with the real npm against a registry on loopback: whole, repaired, tampered with, unreachable.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { defaultEngineDirectory, installedEngine, markerName } from '../../server/models/engine-directory.ts';
import { EngineInstallFailure, type InstallResult, installEngine } from '../../server/models/engine-install.ts';
import { engineLockFor } from '../../server/models/engine-lock.ts';
import type { RunNpm } from '../../server/models/engine-npm.ts';
import {
  fakeBinary,
  lockOfTestPackages,
  type PackageRegistry,
  startPackageRegistry,
} from '../support/package-registry.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

const never = new AbortController().signal;

describe('engine install', function () {
  this.timeout(60_000);
  let registry: PackageRegistry;
  let root: string;
  let directory: string;

  before(async () => {
    registry = await startPackageRegistry();
  });
  after(() => registry.close());
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'joule-ls-install-'));
    directory = join(root, 'data', 'engine');
    await mkdir(join(root, 'home'));
    registry.behave('well');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** The caller's npm settings are the worst that `npx` and a user's shell can leave behind. */
  const environment = (): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    HOME: join(root, 'home'),
    npm_config_registry: registry.url,
    npm_config_global: 'true',
    npm_config_dry_run: 'true',
    npm_config_prefix: join(root, 'home', 'elsewhere'),
  });

  function install(more: Partial<Parameters<typeof installEngine>[0]> = {}): Promise<InstallResult> {
    return installEngine({
      directory,
      onProgress: () => {},
      signal: never,
      lock: lockOfTestPackages(),
      environment: environment(),
      ...more,
    });
  }

  const failure = (kind: string, said: RegExp) => (error: unknown) =>
    error instanceof EngineInstallFailure && error.kind === kind && said.test(error.message) && error.mend !== '';

  describe('with the real npm', () => {
    it('installs what is locked, runs no script, and touches nothing but its directory', async () => {
      const seen: string[] = [];
      const result = await install({
        onProgress: ({ phase, packages, packagesTotal }) => seen.push(`${phase} ${packages}/${packagesTotal}`),
      });
      assert.equal(result.outcome, 'installed');
      assert.deepEqual(seen, ['checking 0/2', 'fetching 1/2', 'fetching 2/2', 'verifying 2/2']);
      assert.ok(installedEngine(directory)?.entryPath.endsWith('index.js'));
      assert.ok(existsSync(join(directory, 'node_modules', fakeBinary, 'bins', 'addon.node')));
      assert.ok(!existsSync(join(directory, 'node_modules', 'node-llama-cpp', 'script-ran')));
      assert.deepEqual((await readdir(directory)).sort(), [
        markerName,
        'node_modules',
        'package-lock.json',
        'package.json',
      ]);
      assert.deepEqual(await readdir(join(root, 'data')), ['engine']);
      assert.deepEqual(await readdir(join(root, 'home')), []);
    });

    it('refuses what does not match its hash and keeps what was there', async () => {
      await install({ run: fakeNpm });
      const before = await readFile(join(directory, markerName), 'utf8');
      registry.behave('tampering');
      const other = { ...lockOfTestPackages(), hash: 'another version' };
      await assert.rejects(install({ lock: other }), failure('tampered', /EINTEGRITY/));
      assert.equal(await readFile(join(directory, markerName), 'utf8'), before);
      assert.deepEqual(await readdir(join(root, 'data')), ['engine']);
    });

    it('says that the registry lacks it', async () => {
      registry.behave('empty');
      await assert.rejects(install(), failure('not-found', /E404/));
      assert.deepEqual(await readdir(join(root, 'data')), []);
    });

    it('says that there is no network', async () => {
      const closed = await startPackageRegistry();
      await closed.close();
      const unreachable = { ...environment(), npm_config_registry: closed.url };
      await assert.rejects(install({ environment: unreachable }), failure('no-network', /ECONNREFUSED/));
    });

    it('stops at an abort and leaves nothing behind', async () => {
      registry.behave('silent');
      const abort = new AbortController();
      const reason = new Error('the user pressed Ctrl-C');
      const asked = registry.asked();
      const installing = install({ signal: abort.signal });
      await asked;
      abort.abort(reason);
      await assert.rejects(installing, (error) => error === reason);
      assert.deepEqual(await readdir(join(root, 'data')), []);
    });
  });

  describe('of one that is there', () => {
    it('checks every byte and fetches nothing', async () => {
      await install({ run: fakeNpm });
      const result = await install({ run: () => assert.fail('npm was run') });
      assert.equal(result.outcome, 'already-there');
    });

    for (const [what, damage] of Object.entries({
      'a changed file': (at: string) => writeFile(join(at, 'node_modules/node-llama-cpp/dist/index.js'), 'changed'),
      'a missing file': (at: string) => rm(join(at, 'node_modules', fakeBinary, 'package.json')),
      'a file too many': (at: string) => writeFile(join(at, 'node_modules/extra.js'), ''),
      'a missing marker': (at: string) => rm(join(at, markerName)),
      'a torn marker': (at: string) => writeFile(join(at, markerName), '{"version":"3.'),
    })) {
      it(`mends ${what}`, async () => {
        await install({ run: fakeNpm });
        await damage(directory);
        assert.equal((await install({ run: fakeNpm })).outcome, 'repaired');
        assert.equal((await install({ run: fakeNpm })).outcome, 'already-there');
        assert.deepEqual(await readdir(join(root, 'data')), ['engine']);
      });
    }

    it('replaces another version', async () => {
      await install({ run: fakeNpm, lock: { ...lockOfTestPackages(), hash: 'older' } });
      assert.equal((await install({ run: fakeNpm })).outcome, 'repaired');
    });

    it('never replaces a folder that is not its own', async () => {
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, 'thesis.txt'), 'five years of work');
      await assert.rejects(install({ run: fakeNpm }), failure('not-ours', /something else/));
      assert.equal(await readFile(join(directory, 'thesis.txt'), 'utf8'), 'five years of work');
    });

    it('never replaces a file', async () => {
      await mkdir(join(root, 'data'));
      await writeFile(directory, 'a file');
      await assert.rejects(install({ run: fakeNpm }), EngineInstallFailure);
      assert.equal(await readFile(directory, 'utf8'), 'a file');
    });
  });

  it('of several at a time ends with one whole install', async () => {
    const results = await Promise.all([1, 2, 3, 4].map(() => install({ run: fakeNpm })));
    assert.equal(results.filter(({ outcome }) => outcome === 'installed').length, 1);
    assert.equal((await install({ run: fakeNpm })).outcome, 'already-there');
    assert.deepEqual(await readdir(join(root, 'data')), ['engine']);
  });

  it('of several servers that share a directory ends with one whole install', async () => {
    const program = fileURLToPath(new URL('../support/install-once.ts', import.meta.url));
    const run = (): Promise<string> =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', program, directory], { env: environment() }).then(
        ({ stdout }) => stdout.trim(),
      );
    const outcomes = await Promise.all([run(), run()]);
    assert.deepEqual(outcomes.sort(), ['already-there', 'installed']);
    assert.equal((await install({ run: () => assert.fail('npm was run') })).outcome, 'already-there');
    assert.deepEqual(await readdir(join(root, 'data')), ['engine']);
  });

  it('says that the disk is full before anything is fetched', async function () {
    const disk = await mountSmallDisk(4);
    if (typeof disk === 'string') {
      console.log(`SKIPPED: a full disk because ${disk}`);
      this.skip();
    }
    try {
      const installing = install({ directory: join(disk.path, 'engine'), run: () => assert.fail('npm was run') });
      await assert.rejects(installing, failure('disk-full', /has \d MB free, 150 MB are needed/));
      assert.deepEqual(await readdir(disk.path), []);
    } finally {
      await disk.close();
    }
  });

  it('removes what a killed install left behind, not what a living one is at', async () => {
    await mkdir(join(root, 'data', 'engine.999999999.abcdef'), { recursive: true });
    await mkdir(join(root, 'data', `engine.${process.pid}.abcdef`));
    await mkdir(join(root, 'data', 'engine.backup'));
    await install({ run: fakeNpm });
    assert.deepEqual((await readdir(join(root, 'data'))).sort(), [
      'engine',
      `engine.${process.pid}.abcdef`,
      'engine.backup',
    ]);
  });

  it('says that there is no npm', async () => {
    const run: RunNpm = () => Promise.reject(Object.assign(new Error('spawn npm ENOENT'), { code: 'ENOENT' }));
    await assert.rejects(install({ run }), failure('no-npm', /npm could not be started/));
  });

  it('says that the disk is full', async () => {
    const run: RunNpm = async ({ onLine }) => {
      for (const line of ['npm error code ENOSPC', 'npm error nospc There appears to be insufficient space'])
        onLine(line);
      return 228;
    };
    await assert.rejects(install({ run }), failure('disk-full', /insufficient space/));
  });
});

describe('engine lock', () => {
  const supported = [
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['linux', 'arm'],
    ['linux', 'riscv64'],
    ['darwin', 'arm64'],
    ['darwin', 'x64'],
    ['win32', 'x64'],
    ['win32', 'arm64'],
  ] as const;

  for (const [platform, arch] of supported) {
    it(`names one binary for ${platform} on ${arch}, a hash for every package, and no address`, () => {
      const lock = engineLockFor({ platform, arch, libc: 'glibc' });
      assert.ok(lock);
      const { packages } = JSON.parse(lock.lock) as {
        packages: Record<string, { integrity?: string; optional?: boolean }>;
      };
      const paths = Object.keys(packages).filter((path) => path !== '');
      const binaries = paths.filter((path) => path.includes('@node-llama-cpp/'));
      assert.deepEqual(binaries, [`node_modules/${lock.binary}`]);
      assert.ok(paths.includes('node_modules/node-llama-cpp'));
      for (const path of paths) assert.match(packages[path]?.integrity ?? '', /^sha512-/, path);
      assert.ok(!/resolved|https?:/.test(lock.lock));
      assert.ok(!/cuda|vulkan/.test(lock.lock));
    });
  }

  it('has nothing for musl and for platforms without a binary', () => {
    assert.equal(engineLockFor({ platform: 'linux', arch: 'x64', libc: 'musl' }), undefined);
    assert.equal(engineLockFor({ platform: 'freebsd', arch: 'x64', libc: 'glibc' }), undefined);
  });
});

describe('engine directory', () => {
  it('follows the XDG specification, which takes absolute paths only', () => {
    assert.equal(defaultEngineDirectory({ XDG_DATA_HOME: '/data' }, 'linux'), '/data/joule-ls/engine');
    assert.match(defaultEngineDirectory({ XDG_DATA_HOME: 'data' }, 'linux'), /\.local\/share\/joule-ls\/engine$/);
    assert.match(defaultEngineDirectory({}, 'darwin'), /\.local\/share\/joule-ls\/engine$/);
  });
});

/** Does what `npm ci` does to its folder, without a process. */
const fakeNpm: RunNpm = async ({ cwd }) => {
  const library = join(cwd, 'node_modules', 'node-llama-cpp', 'dist');
  const binary = join(cwd, 'node_modules', fakeBinary);
  await Promise.all([library, binary].map((folder) => mkdir(folder, { recursive: true })));
  await writeFile(join(library, 'index.js'), 'export const real = false;\n');
  await writeFile(join(binary, 'package.json'), '{}');
  return 0;
};
