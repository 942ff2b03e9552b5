// Code actions: which, for whom, dressed how, and always at once.

import assert from 'node:assert/strict';
import type { CodeAction, Command } from 'vscode-languageserver/node';
import { actions } from '../../server/actions/index.ts';
import type { Job } from '../../server/jobs/job.ts';
import { fullCapabilities } from '../../server/lsp/headless-capabilities.ts';
import type { SyntaxFacts } from '../../server/syntax/facts.ts';
import { at } from '../support/editor-client.ts';
import { openScripted, type Script } from '../support/scripted-session.ts';

const uri = 'file:///project/a.py';
const text = 'def add(a, b):\n    pass\n\nprint(add(1, 2))\n# TODO: say 🌱\n';
const facts: SyntaxFacts = {
  languageId: 'python',
  symbols: [
    {
      name: 'add',
      kind: 'function',
      container: [],
      range: { start: 0, end: 23 },
      nameRange: { start: 4, end: 7 },
      signature: { start: 0, end: 14 },
      body: { start: 14, end: 23 },
      documentationInBody: true,
      isStub: true,
      indentation: '',
      parameters: ['a', 'b'],
    },
  ],
  imports: [],
  comments: [],
  literals: [],
  errors: [],
  dangerousCalls: [],
  freeNames: [],
} as unknown as SyntaxFacts;

async function open(script: Script = {}, options = {}): ReturnType<typeof openScripted> {
  const session = await openScripted({ facts, ...script }, options);
  session.client.openDocument(uri, 'python', text, 0);
  await session.client.ready(uri);
  return session;
}

const titles = (list: readonly { title: string }[]): string[] => list.map((one) => one.title);

describe('code actions', () => {
  it('carry product and prediction in the title and nothing but a command', async () => {
    const { client, close } = await open();
    const [action] = (await client.codeActions(uri, at(0))) as CodeAction[];
    assert.equal(action?.title, 'joule: Implement add · 300–600 J');
    assert.deepEqual(Object.keys(action ?? {}).sort(), ['command', 'kind', 'tags', 'title']);
    assert.deepEqual(action?.command?.arguments, [{ actionId: 'implement', uri, version: 0, range: at(0) }]);
    await close();
  });

  it('respect what the editor asked for: every prefix of a kind, and nothing else', async () => {
    const { client, close } = await open();
    const implement = 'refactor.rewrite.joule.implement';
    for (const only of ['', 'refactor', 'refactor.rewrite', 'refactor.rewrite.joule', implement]) {
      const kinds = ((await client.codeActions(uri, at(0), { only: [only] })) as CodeAction[]).map((one) => one.kind);
      assert.ok(kinds.includes(implement), only);
    }
    for (const only of [
      'quickfix',
      'source.fixAll',
      'refactor.rewrite.joule.impl',
      'refactor.extract',
      `${implement}.more`,
    ]) {
      assert.deepEqual(await client.codeActions(uri, at(0), { only: [only] }), [], only);
    }
    await close();
  });

  it('take a selection of one character for a cursor, whatever a character is', async () => {
    const { client, close } = await open();
    const select = async (a: [number, number], b: [number, number]): Promise<string[]> =>
      titles(
        await client.codeActions(uri, { start: { line: a[0], character: a[1] }, end: { line: b[0], character: b[1] } }),
      );
    const atCursor = titles(await client.codeActions(uri, at(0)));
    assert.deepEqual(await select([0, 0], [0, 1]), atCursor);
    assert.deepEqual(await select([0, 14], [1, 0]), titles(await client.codeActions(uri, at(0, 14))));
    assert.deepEqual(
      await select([4, 12], [4, 14]),
      titles(await client.codeActions(uri, at(4, 12))),
      'a surrogate pair',
    );
    assert.notDeepEqual(await select([3, 0], [3, 5]), titles(await client.codeActions(uri, at(3))));
    await close();
  });

  it('are plain commands for a client that knows no literals, and untagged for one that knows no tags', async () => {
    const { codeAction, ...rest } = fullCapabilities.textDocument ?? {};
    const old = await open({}, { capabilities: { ...fullCapabilities, textDocument: rest } });
    const [command] = (await old.client.codeActions(uri, at(0))) as Command[];
    assert.equal(command?.command, 'joule.run');
    await old.close();
    const { tagSupport: _, ...untagged } = codeAction ?? {};
    const plain = await open(
      {},
      { capabilities: { ...fullCapabilities, textDocument: { ...rest, codeAction: untagged } } },
    );
    const [action] = (await plain.client.codeActions(uri, at(0))) as CodeAction[];
    assert.equal(action?.tags, undefined);
    await plain.close();
  });

  it('say why there are none for a secret or binary file, only to who asked by kind and can show it', async () => {
    const only = ['refactor.rewrite.joule.implement'];
    for (const [name, content, reason] of [
      ['/project/.env', 'KEY=1\n# TODO: x', /secrets/],
      ['/project/b.py', '# TODO: a\0b', /not text/],
    ] as const) {
      const at_ = `file://${name}`;
      const session = await open();
      session.client.openDocument(at_, 'python', content);
      assert.deepEqual(await session.client.codeActions(at_, at(0)), []);
      const [disabled] = (await session.client.codeActions(at_, at(0), { only })) as CodeAction[];
      assert.match(disabled?.disabled?.reason ?? '', reason);
      assert.equal(disabled?.command, undefined);
      const answer = await session.client.executeCommand('joule.run', [
        { actionId: 'implement', uri: at_, version: 1, range: at(0) },
      ]);
      assert.match(JSON.stringify(answer), reason);
      assert.equal(session.client.messages.length, 1);
      assert.deepEqual(session.submitted, []);
      await session.close();
      const without = await open(
        {},
        {
          capabilities: {
            ...fullCapabilities,
            textDocument: {
              ...fullCapabilities.textDocument,
              codeAction: { ...fullCapabilities.textDocument?.codeAction, disabledSupport: false },
            },
          },
        },
      );
      without.client.openDocument(at_, 'python', content);
      assert.deepEqual(await without.client.codeActions(at_, at(0), { only }), []);
      await without.close();
    }
  });

  it('say in one message that the server made a mistake, and go on', async () => {
    const broken = { submit: () => assert.fail('a bug') };
    const { client, close } = await open({ jobs: broken });
    const [action] = await client.codeActions(uri, at(0));
    assert.deepEqual(await client.runAction(action), { jobId: undefined });
    await client.waitForMessage((text) => text.includes('a mistake of joule-ls'));
    assert.equal((await client.codeActions(uri, at(0))).length > 0, true);
    await close();
  });

  it('offer to cancel while a job runs', async () => {
    const { client, close } = await open({ jobs: { active: () => [{ id: '1' } as Job] } });
    const list = titles(await client.codeActions(uri, at(3), { only: ['quickfix'] }));
    assert.deepEqual(list, ['joule: Cancel the running job']);
    await close();
  });

  it('hand the complaints of others to the job, and not our own notes', async () => {
    const { client, submitted, close } = await open();
    const range = { start: { line: 3, character: 6 }, end: { line: 3, character: 9 } };
    const diagnostics = [
      { range, message: 'add is broken', source: 'linter' },
      { range, message: '61 J', source: 'joule' },
    ];
    const [fix] = (await client.codeActions(uri, at(3, 6), { diagnostics, only: ['quickfix'] })) as CodeAction[];
    assert.match(fix?.title ?? '', /^joule: Fix “add is broken”/);
    assert.equal(fix?.diagnostics?.length, 1);
    await client.runAction(fix);
    assert.deepEqual(submitted[0]?.findings, [{ message: 'add is broken', range: { start: 31, end: 34 } }]);
    await close();
  });

  it('are there before the first parse is finished, from the text alone, and never wait for it', async () => {
    const { client, close } = await openScripted({ facts, parsed: new Promise(() => {}) });
    client.openDocument(uri, 'python', text);
    await client.executeCommand('joule.receipt', [{ receiptId: 'none' }]); // loads the parts, waits for no parse
    const list = titles(await client.codeActions(uri, at(4, 3)));
    assert.deepEqual(list, ['joule: Implement “say 🌱” · 300–600 J']);
    await close();
  });

  it('are listed anywhere in 10 000 lines', async () => {
    const session = await openScripted({ facts: manySymbols(1000) });
    const long = Array.from(
      { length: 1000 },
      (_, index) => `def f${index}(a):\n${'    a += 1  # x\n'.repeat(8)}\n`,
    ).join('');
    session.client.openDocument(uri, 'python', long);
    await session.client.ready(uri);
    for (let round = 0; round < 50; round++) await session.client.codeActions(uri, at((round * 37) % 10_000));
    assert.notEqual((await session.client.codeActions(uri, at(0))).length, 0);
    await session.close();
  });

  it('leave no action of the list without a kind of ours', () => {
    for (const action of actions) assert.match(action.kind, /^(quickfix|refactor\.rewrite|source)\.joule\.[a-z-]+$/);
  });
});

function manySymbols(count: number): SyntaxFacts {
  const length = 'def f0(a):\n'.length + 8 * '    a += 1  # x\n'.length + 1;
  const [first] = facts.symbols;
  assert.ok(first);
  const symbols = Array.from({ length: count }, (_, index) => {
    const start = index * length;
    return {
      ...first,
      name: `f${index}`,
      isStub: false,
      range: { start, end: start + length - 2 },
      nameRange: { start: start + 4, end: start + 6 },
      body: { start: start + 11, end: start + length - 2 },
    };
  });
  return { ...facts, symbols };
}
