// A package registry on loopback with two tiny packages, spoken to by the real npm: whole, tampered with, silent or empty.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { engineVersion } from '../../server/models/engine-directory.ts';
import type { EngineLock } from '../../server/models/engine-lock.ts';

export const fakeBinary = '@node-llama-cpp/for-tests';

export interface PackageRegistry {
  readonly url: string;
  readonly requests: readonly string[];
  /** What it does from now on. `silent`: accepts and never answers. */
  behave(how: 'well' | 'tampering' | 'silent' | 'empty'): void;
  /** Resolves with the next request. */
  asked(): Promise<void>;
  close(): Promise<void>;
}

/** Files of the two packages; the script must never run. */
const packages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'node-llama-cpp': {
    'package.json': JSON.stringify({
      name: 'node-llama-cpp',
      version: engineVersion,
      scripts: { postinstall: "node -e \"require('node:fs').writeFileSync('script-ran','')\"" },
    }),
    'dist/index.js': 'export const real = false;\n',
  },
  [fakeBinary]: {
    'package.json': JSON.stringify({ name: fakeBinary, version: engineVersion }),
    'bins/addon.node': 'not really\n',
  },
};

/** The lock that belongs to these packages. `integrityOf` lets a test expect something else. */
export function lockOfTestPackages(integrityOf = (tarball: Buffer): string => integrity(tarball)): EngineLock {
  const dependencies = { 'node-llama-cpp': engineVersion, [fakeBinary]: engineVersion };
  const head = { name: 'joule-ls-engine', version: engineVersion };
  const entries = Object.entries(packages).map(([name, files]) => [
    `node_modules/${name}`,
    { version: engineVersion, integrity: integrityOf(tarballOf(files)), hasInstallScript: true },
  ]);
  const lock = JSON.stringify({
    ...head,
    lockfileVersion: 3,
    requires: true,
    packages: { '': { ...head, dependencies }, ...Object.fromEntries(entries) },
  });
  return {
    binary: fakeBinary,
    manifest: JSON.stringify({ ...head, private: true, dependencies }),
    lock,
    hash: createHash('sha256').update(lock).digest('hex'),
    packages: entries.length,
  };
}

export async function startPackageRegistry(): Promise<PackageRegistry> {
  let how: Parameters<PackageRegistry['behave']>[0] = 'well';
  let noticed = (): void => {};
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    requests.push(path);
    noticed();
    if (how === 'silent') return;
    const name = Object.keys(packages).find((one) => path === `/${one}` || path.startsWith(`/${one}/-/`));
    if (name === undefined || how === 'empty') response.writeHead(404).end('{"error":"not found"}');
    else if (path.endsWith('.tgz'))
      response.end(tarballOf(packages[name] ?? {}, how === 'tampering' ? '// more\n' : ''));
    else response.end(JSON.stringify(packument(name, url())));
  });
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: url(),
    requests,
    behave(next) {
      how = next;
    },
    asked: () =>
      new Promise((resolve) => {
        noticed = resolve;
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function packument(name: string, url: string): object {
  const dist = {
    tarball: `${url}/${name}/-/x-${engineVersion}.tgz`,
    integrity: integrity(tarballOf(packages[name] ?? {})),
  };
  const version = { name, version: engineVersion, dist };
  return { name, 'dist-tags': { latest: engineVersion }, versions: { [engineVersion]: version } };
}

function integrity(tarball: Buffer): string {
  return `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
}

/** POSIX ustar, gzipped: a header block of 512 bytes per file, the content padded to 512, two empty blocks at the end. */
function tarballOf(files: Readonly<Record<string, string>>, addition = ''): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const content = Buffer.from(name.endsWith('.js') ? text + addition : text);
    const header = Buffer.alloc(512);
    header.write(`package/${name}`, 0);
    header.write('0000644\0', 100);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        0', 148); // the checksum counts its own field as spaces; type 0 is a file
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
