// A powercap tree laid out as the kernel does it (zones under devices/virtual, links in class), and a doctor who sees it as his /sys:
// in a mount namespace of his own, with the real mask, the real permission and another user.

import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuinfo, putFile } from './powercap-tree.ts';
import { cleanEnvironment } from './spawn-server.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A `/sys` and a `/proc/cpuinfo` with one package and its memory; `energy_uj` is 0400, as since Linux 5.10. */
export function makeDeviceTree(options: { readonly zones: boolean }): {
  readonly sys: string;
  readonly cpuinfo: string;
} {
  const folder = makeTemporaryFolder('joule-devices-');
  chmodSync(folder, 0o755);
  const sys = join(folder, 'sys');
  mkdirSync(sys);
  const path = join(folder, 'cpuinfo');
  putFile(path, cpuinfo());
  if (!options.zones) return { sys, cpuinfo: path };
  mkdirSync(join(sys, 'class/powercap'), { recursive: true });
  const zone = (parent: string, name: string, content: string): void => {
    const own = `devices/virtual/powercap/${parent}`;
    putFile(join(sys, own, 'name'), `${content}\n`);
    putFile(join(sys, own, 'max_energy_range_uj'), '262143328850\n');
    putFile(join(sys, own, 'energy_uj'), '1000000\n');
    chmodSync(join(sys, own, 'energy_uj'), 0o400);
    symlinkSync(`../../${own}`, join(sys, 'class/powercap', name));
  };
  zone('intel-rapl/intel-rapl:0', 'intel-rapl:0', 'package-0');
  zone('intel-rapl/intel-rapl:0/intel-rapl:0:0', 'intel-rapl:0:0', 'dram');
  return { sys, cpuinfo: path };
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
