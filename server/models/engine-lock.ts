// The committed lock of the embedded engine, cut to one platform: what npm is told to install, hash by hash.
// Made by scripts/update-engine-lock.mjs; knows no file and no process.

import { createHash } from 'node:crypto';
import committed from './engine-lock.json' with { type: 'json' };

/** This machine, as far as the choice of a binary goes. */
export interface EnginePlatform {
  readonly platform: string;
  readonly arch: string;
  /** Only asked on Linux: the binaries are built against glibc. */
  readonly libc: 'glibc' | 'musl';
}

/** `package.json` and `package-lock.json` of the install, and the hash that names this very install. */
export interface EngineLock {
  readonly binary: string;
  readonly manifest: string;
  readonly lock: string;
  readonly hash: string;
  readonly packages: number;
}

/** The plain CPU build everywhere, Metal on Apple silicon (its CPU part is in the same file). No CUDA, no Vulkan. */
const binaries: Readonly<Record<string, string>> = {
  'linux-x64': '@node-llama-cpp/linux-x64',
  'linux-arm64': '@node-llama-cpp/linux-arm64',
  'linux-arm': '@node-llama-cpp/linux-armv7l',
  'linux-riscv64': '@node-llama-cpp/linux-riscv64',
  'darwin-arm64': '@node-llama-cpp/mac-arm64-metal',
  'darwin-x64': '@node-llama-cpp/mac-x64',
  'win32-x64': '@node-llama-cpp/win-x64',
  'win32-arm64': '@node-llama-cpp/win-arm64',
};

/** @returns undefined where no prebuilt binary exists. */
export function engineLockFor(here: EnginePlatform): EngineLock | undefined {
  const binary = binaries[`${here.platform}-${here.arch}`];
  if (binary === undefined || (here.platform === 'linux' && here.libc === 'musl')) return undefined;
  const { '': root, ...all } = committed.packages;
  const dependencies = { ...root.dependencies, [binary]: committed.version };
  const head = { name: committed.name, version: committed.version };
  const packages: Record<string, unknown> = { '': { ...head, dependencies } };
  for (const [path, entry] of Object.entries(all)) {
    if (!path.startsWith('node_modules/@node-llama-cpp/') || path === `node_modules/${binary}`) packages[path] = entry;
  }
  const manifest = JSON.stringify({ ...head, private: true, dependencies }, null, 1);
  const lock = JSON.stringify({ ...committed, packages }, null, 1);
  return {
    binary,
    manifest,
    lock,
    hash: createHash('sha256').update(lock).digest('hex'),
    packages: Object.keys(packages).length - 1,
  };
}

/** This machine. A Linux without a glibc version in Node's own report is taken for musl (Alpine). */
export function enginePlatform(): EnginePlatform {
  const report = process.platform === 'linux' ? (process.report?.getReport() as unknown as GlibcReport) : undefined;
  const glibc = report === undefined || report.header.glibcVersionRuntime !== undefined;
  return { platform: process.platform, arch: process.arch, libc: glibc ? 'glibc' : 'musl' };
}

interface GlibcReport {
  readonly header: { readonly glibcVersionRuntime?: string };
}
