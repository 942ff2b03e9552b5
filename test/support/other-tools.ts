// Other programs that read the same counters, run for comparison: node_exporter on a fixture tree, pyJoules on the same tree in a mount
// namespace of its own (its paths are fixed), nvidia-ml-py on the stub library.

import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { startNodeExporter } from './node-exporter.ts';
import type { StubNvml } from './stub-nvml.ts';

/** Cumulative joules by counter as the tool names it, or `error` with what it said. */
export type ToolReading = Readonly<Record<string, number>> | { readonly error: string };

export interface OtherTool {
  read(): Promise<ToolReading>;
  stop(): void;
}

/** Scraped over HTTP, its RAPL zones alone. Undefined, and said aloud, where it is not installed. */
export async function openNodeExporter(sysRoot: string): Promise<OtherTool | undefined> {
  const exporter = await startNodeExporter(sysRoot);
  if (exporter === undefined) return undefined;
  return {
    async read() {
      const answer = await fetch(`${exporter.url}/metrics`);
      const text = await answer.text();
      if (!answer.ok) return { error: text.trim() };
      const joules: Record<string, number> = {};
      for (const [, name, labels, value] of text.matchAll(/^node_rapl_(\w+)_joules_total\{(.*)\} (\S+)$/gm))
        joules[`${name}{${labels?.replaceAll(`${sysRoot}/`, '')}}`] = Number(value);
      return joules;
    },
    stop: () => void exporter.close(),
  };
}

const pyJoules = `
import json, sys
from pyJoules.device.rapl_device import RaplDevice
device = RaplDevice()
domains = device.available_domains()
device.configure(domains)
print('ready', flush=True)
for line in sys.stdin:
    try:
        print(json.dumps({str(d): e / 1e6 for d, e in zip(domains, device.get_energy())}), flush=True)
    except Exception as error:
        print(json.dumps({'error': repr(error)}), flush=True)
`;

/** pyJoules sees the fixture as `/sys`. Needs a user who may make mount namespaces. */
export function startPyJoules(python: string, sysRoot: string): Promise<OtherTool> {
  const script = 'mount --bind "$1" /sys && exec "$2" -c "$3"';
  return startPython(
    spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', sysRoot, python, pyJoules], { stdio: 'pipe' }),
  );
}

const pynvml = `
import json, sys
import pynvml
pynvml.nvmlInit()
print('ready', flush=True)
for line in sys.stdin:
    found = {}
    try:
        for index in range(pynvml.nvmlDeviceGetCount()):
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            found[pynvml.nvmlDeviceGetUUID(handle)] = pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1000
        print(json.dumps(found), flush=True)
    except pynvml.NVMLError as error:
        print(json.dumps({'error': str(error)}), flush=True)
`;

export function startPynvml(python: string, stub: StubNvml): Promise<OtherTool> {
  const env = { ...process.env, LD_LIBRARY_PATH: dirname(stub.library) };
  return startPython(spawn(python, ['-c', pynvml], { env, stdio: 'pipe' }));
}

async function startPython(child: ChildProcess): Promise<OtherTool> {
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error('no pipes');
  let errors = '';
  stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const lines = createInterface(stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value } = await lines.next();
    if (value === undefined) throw new Error(`the other tool ended: ${errors.trim().split('\n').at(-1)}`);
    return String(value);
  };
  await next();
  return {
    async read() {
      stdin.write('\n');
      return JSON.parse(await next()) as ToolReading;
    },
    stop: () => child.kill(),
  };
}
