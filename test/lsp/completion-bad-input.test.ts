// What bad input gets from completions: no completion rather than a wrong one, one note in the log, and an answer at once.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { HeadlessClient } from '../../server/lsp/headless-client.ts';
import { createWorld, type World } from '../support/editor-client.ts';
import type { FakeModel } from '../support/fake-ollama-models.ts';
import { gate, type Reply } from '../support/fake-ollama-reply.ts';
import { openTypist, type Typist } from '../support/typing-client.ts';

const coder: FakeModel = { name: 'qwen2.5-coder:3b', capabilities: ['completion', 'insert'] };
const settings = { reuse: 'off', completion: { menuMilliseconds: 10_000 } };

describe('completions and bad models', () => {
  let world: World;
  let client: HeadlessClient;
  let files = 0;

  async function begin(model: FakeModel): Promise<void> {
    world = await createWorld({ models: [model] });
    client = await world.open({ configuration: settings });
  }
  afterEach(() => world.close());
  const open = (marked: string, languageId = 'python'): Promise<Typist> =>
    openTypist(client, world.uri(`b${++files}`), languageId, marked);
  /** What the log says; its first line opens it, which takes a moment. */
  async function notes(): Promise<string[]> {
    const log = world.env.JOULE_LS_LOG ?? '';
    while (!existsSync(log)) await new Promise((resolve) => setImmediate(resolve));
    return readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"no completions"'));
  }

  it('asks no model that can not fill in the middle, and says so once', async () => {
    await begin({ name: 'gemma3:4b' });
    const typist = await open('x = │\n');
    assert.equal(await typist.menu().item, undefined);
    typist.type('1 + ');
    assert.equal(await typist.ghost().item, undefined);
    assert.equal(world.ollama.requests.length, 0);
    const said = await notes();
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /gemma3:4b can't fill in the middle/);
  });

  it('writes the prompt itself where the engine can not and the family is known', async () => {
    await begin({ name: 'qwen2.5-coder:3b' });
    world.ollama.setReply(() => '1');
    const typist = await open('x = │\ny = 2\n');
    assert.equal((await typist.menu().item)?.label, '1');
    const [request] = world.ollama.requests;
    assert.equal(request?.raw, true);
    assert.equal(request?.prompt, '<|fim_prefix|>x = <|fim_suffix|>\ny = 2\n<|fim_middle|>');
  });

  it('stops a model that thinks and can not be told not to, and does not ask it again', async () => {
    await begin(coder);
    const never = gate();
    world.ollama.setReply(() => ({
      pieces: ['<think>', 'hm'],
      beforePiece: (index) => (index === 1 ? never.opened : undefined),
    }));
    const typist = await open('x = │\n');
    assert.equal(await typist.menu().item, undefined);
    assert.equal(await world.ollama.requests[0]?.ended, 'closed-by-client');
    typist.type('1 + ');
    assert.equal(await typist.menu().item, undefined);
    assert.equal(world.ollama.requests.length, 1);
    assert.match((await notes()).join(), /thinks before it answers/);
    never.open();
  });

  it('says once that no engine answers', async () => {
    await begin(coder);
    await world.ollama.close();
    const typist = await open('x = │\n');
    assert.equal(await typist.menu().item, undefined);
    typist.type('1 + ');
    assert.equal(await typist.menu().item, undefined);
    assert.equal((await notes()).length, 1);
  });
});

describe('completions and bad answers', () => {
  let world: World;
  let client: HeadlessClient;
  let files = 0;

  before(async () => {
    world = await createWorld({ models: [coder] });
    client = await world.open({ configuration: settings });
  });
  after(() => world.close());

  const nothing: Readonly<Record<string, Reply>> = {
    'an empty answer': { text: '' },
    'empty chunks alone': { pieces: ['', '', ''] },
    'white space alone': { text: '  \n\n  ' },
    'an answer in words': { text: "\nHere's the completed code for you, as asked:\n" },
    'a stream that ends without saying so': { pieces: ['a', ' + b'], dies: { afterPieces: 2, how: 'torn' } },
    'a connection that breaks': { pieces: ['a', ' + b'], dies: { afterPieces: 1, how: 'reset' } },
    'an error in the middle': { pieces: ['a', ' + b'], dies: { afterPieces: 1, how: 'error-line', message: 'no' } },
    'garbage in the middle': { pieces: ['a', ' + b'], dies: { afterPieces: 1, how: 'garbage' } },
    'the line above again': { text: 'total = 0' },
    'a line that is cut off at the limit': { pieces: ['abc '], loop: true },
  };
  for (const [name, reply] of Object.entries(nothing)) {
    it(`shows nothing of ${name}`, async () => {
      world.ollama.setReply(() => reply);
      const typist = await openTypist(client, world.uri(`n${++files}.py`), 'python', `total = 0\n│\n# ${name}\n`);
      assert.equal(await typist.menu().item, undefined);
    });
  }

  it('looks past empty chunks', async () => {
    world.ollama.setReply(() => ({ pieces: ['', 'a', '', ' + b', ''] }));
    const typist = await openTypist(client, world.uri(`n${++files}.py`), 'python', 'total = │\n# past\n');
    assert.equal((await typist.menu().item)?.label, 'a + b');
  });

  it('shows nothing that would break code which parses', async () => {
    world.ollama.setReply(() => 'if total > 1 return total');
    const typist = await openTypist(
      client,
      world.uri(`n${++files}.py`),
      'python',
      'def f(total):\n    a = 1\n    │\n    return a\n',
    );
    assert.equal(await typist.menu().item, undefined);
  });
});

describe('completions at bad places', () => {
  let world: World;
  let client: HeadlessClient;
  let files = 0;

  before(async () => {
    world = await createWorld({ models: [coder] });
    client = await world.open({ configuration: settings });
    world.ollama.setReply(() => '1');
  });
  after(() => world.close());
  const open = (marked: string, languageId = 'python'): Promise<Typist> =>
    openTypist(client, world.uri(`p${++files}`), languageId, marked);

  it('asks nothing between the halves of a character', async () => {
    const typist = await open('x = "│🌱"\n');
    const before = world.ollama.requests.length;
    typist.move(typist.offset + 1);
    assert.equal(await typist.menu().item, undefined);
    assert.equal(world.ollama.requests.length, before);
  });

  it('works at the end of a file without a line break', async () => {
    const typist = await open('a = 1\nx = │');
    const item = await typist.menu().item;
    assert.ok(item);
    await typist.take(item);
    assert.equal(typist.marked(), 'a = 1\nx = 1│');
  });

  it('works in an empty file', async () => {
    const typist = await open('│');
    assert.equal((await typist.menu().item)?.label, '1');
  });

  it('asks nothing in a minified file', async () => {
    const typist = await open(`var a=1;${'b+=a;'.repeat(1_000)}│c()`, 'javascript');
    const before = world.ollama.requests.length;
    assert.equal(await typist.menu().item, undefined);
    assert.equal(world.ollama.requests.length, before);
  });

  it('answers for a document that nobody has opened, and for a place that is none', async () => {
    const params = { textDocument: { uri: world.uri('nowhere.py') }, position: { line: 0, character: 0 } };
    assert.deepEqual(await client.connection.sendRequest('textDocument/completion', params), {
      isIncomplete: false,
      items: [],
    });
    const typist = await open('x = 1\n│');
    const far = { textDocument: { uri: world.uri(`p${files}`) }, position: { line: 99, character: 99 } };
    assert.ok(await client.connection.sendRequest('textDocument/completion', far));
    assert.ok(typist);
  });

  it('never reads a file that looks like it holds secrets', async () => {
    client.openDocument(world.uri('.env'), 'python', 'KEY = ');
    await client.ready(world.uri('.env'));
    const before = world.ollama.requests.length;
    const params = { textDocument: { uri: world.uri('.env') }, position: { line: 0, character: 6 } };
    assert.deepEqual(await client.connection.sendRequest('textDocument/inlineCompletion', params), { items: [] });
    assert.equal(world.ollama.requests.length, before);
  });

  it('shows the model what an open neighbour defines, never what a secret one does', async () => {
    client.openDocument(
      world.uri('shop.py'),
      'python',
      'def price_of(item: str, count: int = 1) -> float:\n    return 1.0\n',
    );
    await client.ready(world.uri('shop.py'));
    const typist = await open('from shop import price_of\n\ntotal = │\n');
    await typist.menu().item;
    const { prompt } = world.ollama.requests.at(-1) ?? {};
    assert.match(
      prompt ?? '',
      /^# shop\.py\n# {3}def price_of\(item: str, count: int = 1\) -> float:\nfrom shop import/,
    );
  });

  it('keeps line ends of two characters', async () => {
    world.ollama.setReply(() => '\n    a()\n    b()\n');
    const typist = await open('if x:│\r\ny = 1\r\n');
    const item = await typist.menu().item;
    assert.ok(item);
    await typist.take(item);
    assert.equal(typist.marked(), 'if x:\r\n    a()\r\n    b()│\r\ny = 1\r\n');
  });
});
