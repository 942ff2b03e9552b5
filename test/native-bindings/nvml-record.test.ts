// The command that makes the record on real hardware, on the stub library: no such hardware is needed for the command itself.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeStubNvml } from '../support/stub-nvml.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve) => {
    const command = ['--import', 'tsx', join(root, 'test/bench/nvml-record.ts'), ...args];
    execFile(process.execPath, command, { cwd: root, env: { ...process.env, ...env } }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout }),
    );
  });
}

describe('the record of an NVIDIA card', function () {
  this.timeout(60_000);

  it('says that it was not run where there is no card, and writes nothing', async () => {
    const json = join(makeTemporaryFolder('joule-record-'), 'record.json');
    const { code, stdout } = await run(['--json', json, '--load', 'true'], { JOULE_LS_NVML: '/no/such/library.so' });
    assert.equal(code, 2);
    assert.match(stdout, /^NOT RUN: there is no NVIDIA/);
    assert.ok(!existsSync(json));
  });

  it('holds idle, load and twenty windows, ours beside the integrated power', async function () {
    const stub = makeStubNvml();
    if (stub === undefined) this.skip();
    // The power stands still, and the counter too: the figures are 0 J beside power times time, which shows where each comes from.
    stub.script({ 'energy.0': 5000, 'name.0': 'Stub', driver: '580.00' });
    const folder = makeTemporaryFolder('joule-record-');
    const smi = join(folder, 'nvidia-smi');
    writeFileSync(smi, '#!/bin/sh\nwhile :; do echo 100.0; sleep 0.02; done\n');
    chmodSync(smi, 0o755);
    const json = join(folder, 'record.json');
    const args = ['--json', json, '--seconds', '1', '--nvidia-smi', smi, '--load', 'sleep 60'];
    const { code, stdout } = await run(args, { JOULE_LS_NVML: stub.library });
    assert.equal(code, 0, stdout);
    const found = JSON.parse(readFileSync(json, 'utf8'));
    assert.deepEqual([found.driver, found.read], ['580.00', 'nvmlDeviceGetTotalEnergyConsumption']);
    assert.equal(found.windows.length, 20);
    for (const one of [found.idle, found.underLoad, ...found.windows]) {
      assert.equal(one.counterJoules, 0);
      assert.ok(Math.abs(one.integratedJoules - 100 * one.seconds) < 1e-6, JSON.stringify(one));
    }
  });
});
