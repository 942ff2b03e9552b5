// Examples in the documentation, as an editor sees them: run only when the owner's config.json says so, never when a workspace does.

import assert from 'node:assert/strict';
import type { MarkupContent } from 'vscode-languageserver/node';
import { actionAt, at, createWorld, openReady, type World } from '../support/editor-client.ts';
import { sandboxOrSkip } from '../support/sandbox.ts';

const stub = 'def double(x):\n    """Twice x.\n\n    >>> double(3)\n    6\n    """\n    pass\n';
const wrong = stub.replace('pass', 'return x ** 2');
const right = stub.replace('pass', 'return x * 2');

describe('examples over LSP', () => {
  before(async function () {
    await sandboxOrSkip(this);
  });

  /** @returns the document after the action, how often the model was asked, and what the hover says of checks. */
  async function implement(world: World): Promise<{ text: string | undefined; asked: number; checked: string }> {
    try {
      let asked = 0;
      world.ollama.setReply(() => (asked++ === 0 ? wrong : right));
      const uri = world.file('a.py', stub);
      const client = await world.open({ configuration: { examples: 'on' } });
      await openReady(client, uri, 'python', stub);
      const { jobId } = await client.runAction(await actionAt(client, uri, at(0), 'joule: Implement double'));
      await client.waitForJobEnd(jobId);
      const hover = await client.hover(uri, at(6, 6).start);
      assert.ok(hover);
      const checked = /checked by [^\n]*/.exec((hover.contents as MarkupContent).value)?.[0].trim() ?? '';
      return { text: client.document(uri)?.text, asked, checked };
    } finally {
      await world.close();
    }
  }

  it('have a wrong answer repaired before it is shown, when the owner wants them run', async () => {
    const world = await createWorld({ config: { ollama: { meter: 'local' }, examples: 'on' } });
    assert.deepEqual(await implement(world), {
      text: right,
      asked: 2,
      checked: 'checked by syntax and names; examples passed',
    });
  });

  it('are not run because an editor or a workspace says so', async () => {
    assert.deepEqual(await implement(await createWorld()), {
      text: wrong,
      asked: 1,
      checked: 'checked by syntax and names, not executed',
    });
  });
});
