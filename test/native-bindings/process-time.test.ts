import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readBusyCpuSeconds, readProcessTree } from '../../native-bindings/process-time.ts';
import { makeMachine, putFile } from '../support/powercap-tree.ts';

describe('CPU time', () => {
  it('is that of a process and of everything it started', async function () {
    if (process.platform !== 'linux') {
      console.log('SKIPPED: CPU time of real processes because this is not Linux');
      this.skip();
    }
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [text] = await once(parent.stdout, 'data');
      const child = Number(String(text));
      assert.ok(parent.pid !== undefined);
      assert.deepEqual(new Set(readProcessTree('/proc', parent.pid)?.pids), new Set([parent.pid, child]));
      process.kill(child);
      await once(parent, 'exit');
      assert.equal(readProcessTree('/proc', parent.pid), undefined);
    } finally {
      parent.kill();
    }
  });

  it('counts user, system and waited-for children, whatever the program is called', () => {
    const { roots } = makeMachine();
    putFile(`${roots.proc}/9/stat`, '9 (a) b (c) R 1 9 9 0 -1 4194304 1 2 3 4 100 20 30 4 20 0 1 0 5\n');
    assert.equal(readProcessTree(roots.proc, 9)?.cpuSeconds, 1.54);
    putFile(`${roots.proc}/10/stat`, 'rubbish');
    assert.equal(readProcessTree(roots.proc, 10), undefined);
  });

  it('of the machine leaves out idle and waiting, and counts guests once', () => {
    const { roots } = makeMachine();
    assert.equal(readBusyCpuSeconds(roots.proc), undefined);
    putFile(`${roots.proc}/stat`, 'cpu  100 10 50 9999 777 5 5 30 60 1\ncpu0 1 1 1 1\n');
    assert.equal(readBusyCpuSeconds(roots.proc), 2);
  });
});
