// Debian's real llama-server as a named engine: one function written by the whole program, and a cancel that frees its slot.

import assert from 'node:assert/strict';
import { eventually } from '../editors/editor.ts';
import { createWorld, type World } from '../support/editor-client.ts';
import { endless, never, request } from '../support/embedded.ts';
import { type LlamaServer, startLlamaServer } from '../support/llama-server.ts';
import { openaiAt } from '../support/openai-engine.ts';
import { runProgram } from '../support/spawn-server.ts';

describe("Debian's llama-server", function () {
  this.timeout(60_000);
  let server: LlamaServer;
  before(async function () {
    const started = await startLlamaServer({ mayMake: false, say: console.log });
    if (typeof started !== 'string') {
      server = started;
      return;
    }
    console.log(`SKIPPED: ${this.test?.parent?.title} because ${started}`);
    this.skip();
  });
  after(() => server?.close());

  it('is proven to run here by its process, and serves two at once', async () => {
    const { locality, slots } = await openaiAt(server.url).state(never);
    assert.ok(locality.where === 'this-machine' && locality.how === 'listener-process');
    assert.equal(slots, 2);
  });

  it('ends the generation at a cancel', async () => {
    const abort = new AbortController();
    const asked = request(endless, { maxTokens: 480, stop: [] });
    await assert.rejects(async () => {
      for await (const _ of openaiAt(server.url).generate(asked, abort.signal)) abort.abort(new Error('cancelled'));
    }, /cancelled/);
    await eventually('all slots are idle', async () => {
      const slots = (await (await fetch(`${server.url}/slots`)).json()) as { is_processing: boolean }[];
      return slots.every((slot) => !slot.is_processing);
    });
  });

  it('writes a function by `joule-ls run`', async () => {
    let world: World | undefined;
    try {
      world = await createWorld({
        models: [],
        config: { engines: [{ id: 'desk', kind: 'openai', url: server.url }], contextTokens: 512, outputTokens: 200 },
      });
      world.file('a.py', 'def count_negatives(nums: list[int]) -> int:\n    """Count negative numbers."""\n    pass\n');
      const { code, stdout, stderr } = await runProgram(['run', 'implement', 'a.py:1', '--apply', '--json'], {
        env: world.env,
        cwd: world.project,
      });
      assert.equal(code, 0, stderr + stdout);
      const report = JSON.parse(stdout) as { files: { text: string }[]; receipt: unknown };
      assert.match(report.files[0]?.text ?? '', /return sum\(1 for x in nums if x < 0\)/);
      assert.match(JSON.stringify(report.receipt), /"engine":"desk"/);
    } finally {
      await world?.close();
    }
  });
});
