// A powercap tree laid out as the kernel does it (zones under devices/virtual, links in class), and a doctor who sees it as his /sys:
// in a mount namespace of his own, with the real mask, the real permission and another user.

import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuinfo, putFile } from './powercap-tree.ts';
import { cleanEnvironment } from './spawn-server.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface DeviceZone {
  /** `intel-rapl:0`, or below it `intel-rapl:0:1`; `intel-rapl-mmio:0` belongs to another control type. */
  readonly folder: string;
  readonly name: string;
  readonly microjoules: bigint;
  /** Default: ESU 14, 262143328850. */
  readonly range?: bigint;
}

export interface DeviceTree {
  readonly sys: string;
  /** Holds `cpuinfo` alone. */
  readonly proc: string;
  set(folder: string, microjoules: bigint): void;
}

/** A package and its memory. */
export const packageAndMemory: readonly DeviceZone[] = [
  { folder: 'intel-rapl:0', name: 'package-0', microjoules: 1_000_000n },
  { folder: 'intel-rapl:0:0', name: 'dram', microjoules: 1_000_000n },
];

/** A `/sys` with zones whose `energy_uj` is 0400, as since Linux 5.10, and a `/proc/cpuinfo`. */
export function makeDeviceTree(zones: readonly DeviceZone[], cpu: string = cpuinfo()): DeviceTree {
  const folder = makeTemporaryFolder('joule-devices-');
  chmodSync(folder, 0o755);
  const [sys, proc] = [join(folder, 'sys'), join(folder, 'proc')];
  mkdirSync(sys);
  putFile(join(proc, 'cpuinfo'), cpu);
  const link = (target: string, name: string): void => {
    mkdirSync(join(sys, 'class/powercap'), { recursive: true });
    const path = join(sys, 'class/powercap', name);
    if (!existsSync(path)) symlinkSync(`../../devices/virtual/powercap/${target}`, path);
  };
  for (const { folder: name, name: content, microjoules, range = 262_143_328_850n } of zones) {
    const own = placeOf(name);
    const path = join(sys, 'devices/virtual/powercap', own);
    putFile(join(path, 'name'), `${content}\n`);
    putFile(join(path, 'max_energy_range_uj'), `${range}\n`);
    putFile(join(path, 'energy_uj'), `${microjoules}\n`);
    chmodSync(join(path, 'energy_uj'), 0o400);
    link(own, name);
    const [control = ''] = name.split(':');
    link(control, control);
  }
  return {
    sys,
    proc,
    set: (name, microjoules) =>
      writeFileSync(join(sys, 'devices/virtual/powercap', placeOf(name), 'energy_uj'), `${microjoules}\n`),
  };
}

/** `intel-rapl/intel-rapl:0/intel-rapl:0:1` for `intel-rapl:0:1`. */
function placeOf(folder: string): string {
  const [control = '', ...numbers] = folder.split(':');
  return [control, ...numbers.map((_, index) => [control, ...numbers.slice(0, index + 1)].join(':'))].join('/');
}

/** Whether this user may make mount namespaces; says aloud when not. */
export function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'pipe' });
    return true;
  } catch {
    console.log('SKIPPED: the doctor in a mount namespace, because this user may not make one');
    return false;
  }
}

const asNobodyWords = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;

/** Whether the user nobody can reach this program; says aloud when not. */
export function canRunAsNobody(): boolean {
  try {
    const [command, ...words] = asNobodyWords;
    execFileSync(
      command,
      [...words, process.execPath, '-e', `require('fs').readFileSync(${JSON.stringify(program)})`],
      {
        stdio: 'pipe',
      },
    );
    return true;
  } catch {
    console.log('SKIPPED: the doctor as another user, because nobody may not read this folder');
    return false;
  }
}

export interface NamespaceOptions {
  /** Shell commands that run first, e.g. mounts; each path as its own word. */
  readonly mounts: readonly (readonly string[])[];
  /** Drop to the user nobody. */
  readonly asNobody?: boolean;
}

/** `joule-ls doctor --json` with the default paths, inside. */
export async function doctorInside({ mounts, asNobody }: NamespaceOptions): Promise<unknown> {
  const env = cleanEnvironment();
  if (env.HOME !== undefined) chmodSync(env.HOME, 0o777);
  const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
  const drop = asNobody ? asNobodyWords : [];
  const doctor = [...drop, process.execPath, program, 'doctor', '--json'];
  const script = [...mounts.map((words) => words.map(quote).join(' ')), `exec ${doctor.map(quote).join(' ')}`];
  return new Promise((resolve, reject) => {
    execFile('unshare', ['--mount', 'sh', '-e', '-c', script.join('\n')], { env }, (_error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        reject(new Error(`no findings: ${stdout}${stderr}`));
      }
    });
  });
}
