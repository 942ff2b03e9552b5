// The syntax port with real worker threads: from source, from a bundle, and with threads that die or hang.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { type Log, silentLog } from '../../server/base/log.ts';
import { maximumParsedLength, type Syntax } from '../../server/syntax/facts.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import { ensureGrammars } from '../support/grammars.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A thread that answers at once, except that the texts `die` and `hang` do as they say. */
const moodyThread = {
  url: new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort, threadId } from 'node:worker_threads';
      parentPort.on('message', ({ id, text, languageId }) => {
        if (text === 'die') process.exit(3);
        if (text === 'hang') for (;;);
        if (text.startsWith('who')) parentPort.postMessage({ id, facts: JSON.stringify({ languageId: threadId }) });
        else if (text === 'fail') parentPort.postMessage({ id, failure: 'grammar not found' });
        else parentPort.postMessage({ id, facts: JSON.stringify({ languageId: text }) });
      });
    `)}`,
  ),
  execArgv: [],
};

function collectingLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const note = (_fields: object, message: string): void => void lines.push(message);
  return { log: { debug: note, info: note, warn: note, error: note }, lines };
}

describe('the syntax port', function () {
  this.timeout(30_000);
  let open: Syntax[] = [];
  const create = (options: Partial<Parameters<typeof createSyntax>[0]> = {}): Syntax => {
    const syntax = createSyntax({ log: silentLog, ...options });
    open.push(syntax);
    return syntax;
  };

  before(ensureGrammars);
  afterEach(async () => {
    await Promise.all(open.map((syntax) => syntax.close()));
    open = [];
  });

  it('parses every language in a thread started from source', async () => {
    const syntax = create();
    const texts: Record<string, string> = {
      python: 'def python(a): return a\n',
      typescript: 'function typescript(a: number) { return <number>a; }\n',
      typescriptreact: 'const typescriptreact = (a: number) => { return <b>{a}</b>; };\n',
      javascript: 'const javascript = (a) => { return a; };\n',
      javascriptreact: 'function javascriptreact(a) { return <b>{a}</b>; }\n',
      go: 'package p\n\nfunc go_(a int) int { return a }\n',
      rust: 'fn rust(a: i32) -> i32 { a }\n',
    };
    const found = await Promise.all(
      Object.entries(texts).map(async ([languageId, text]) => {
        assert.ok(syntax.supports(languageId));
        const facts = await syntax.parse({ languageId, text });
        assert.deepEqual(facts?.errors, [], languageId);
        return [facts?.languageId, facts?.symbols[0]?.name.replace('_', ''), facts?.symbols[0]?.parameters.join()];
      }),
    );
    assert.deepEqual(
      found,
      Object.keys(texts).map((id) => [id, id, 'a']),
    );
  });

  it('has nothing to say about other languages and about texts beyond the limit', async () => {
    const syntax = create({ part: moodyThread });
    assert.equal(syntax.supports('cobol'), false);
    assert.equal(await syntax.parse({ languageId: 'cobol', text: '' }), undefined);
    const long = ' '.repeat(maximumParsedLength + 1);
    assert.equal(await syntax.parse({ languageId: 'python', text: long }), undefined);
    assert.ok(await syntax.parse({ languageId: 'python', text: long.slice(1) }));
  });

  it('gives each of many requests its own answer, in order', async () => {
    const syntax = create({ part: moodyThread });
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const facts = await syntax.parse({ languageId: 'python', text: `text ${index}` });
        assert.equal(facts?.languageId, `text ${index}`);
        order.push(index);
      }),
    );
    assert.deepEqual(
      order,
      order.map((_, index) => index),
    );
  });

  it('turns requests away when too many wait', async () => {
    const { log, lines } = collectingLog();
    const syntax = create({ log, part: moodyThread, maximumQueued: 2 });
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((each) => syntax.parse({ languageId: 'go', text: `${each}` })),
    );
    // One runs, two wait.
    assert.deepEqual(
      answers.map((facts) => facts?.languageId),
      ['1', '2', '3', undefined, undefined],
    );
    assert.equal(lines.length, 2);
  });

  it('lets go of aborted requests, waiting or running', async () => {
    const syntax = create();
    const slow = 'x = [1, 2, 3]\n'.repeat(20_000);
    const running = new AbortController();
    const waiting = new AbortController();
    const first = syntax.parse({ languageId: 'python', text: slow }, running.signal);
    const second = syntax.parse({ languageId: 'python', text: 'a = 1' }, waiting.signal);
    const third = syntax.parse({ languageId: 'python', text: 'def third(): pass' });
    waiting.abort(new Error('second gone'));
    running.abort(new Error('first gone'));
    await assert.rejects(first, /first gone/);
    await assert.rejects(second, /second gone/);
    assert.equal((await third)?.symbols[0]?.name, 'third');
    await assert.rejects(syntax.parse({ languageId: 'python', text: '' }, running.signal), /first gone/);
  });

  it('survives a thread that dies', async () => {
    const { log, lines } = collectingLog();
    const syntax = create({ log, part: moodyThread });
    const answers = await Promise.all(
      ['before', 'die', 'after'].map((text) => syntax.parse({ languageId: 'rust', text })),
    );
    assert.deepEqual(
      answers.map((facts) => facts?.languageId),
      ['before', undefined, 'after'],
    );
    assert.match(lines.join(), /starts a new one/);
  });

  it('replaces a thread that hangs once the deadline has passed', async () => {
    const { log, lines } = collectingLog();
    const clock = new ManualClock();
    const syntax = create({ log, clock, part: moodyThread, deadlineMilliseconds: 5000 });
    assert.ok(await syntax.parse({ languageId: 'rust', text: 'warm' }));
    const hanging = syntax.parse({ languageId: 'rust', text: 'hang' });
    const after = syntax.parse({ languageId: 'rust', text: 'after' });
    clock.advance(4999);
    assert.equal(clock.sleeping, 1);
    clock.advance(1);
    assert.equal(await hanging, undefined);
    assert.equal((await after)?.languageId, 'after');
    assert.equal(clock.sleeping, 0);
    assert.match(lines.join(), /took too long/);
  });

  it('gives the memory of a large text back by letting its thread go', async () => {
    const syntax = create({ part: moodyThread });
    const thread = async (text: string): Promise<unknown> =>
      (await syntax.parse({ languageId: 'go', text }))?.languageId;
    const first = await thread('who');
    assert.equal(await thread('who'), first);
    assert.equal(await thread(`who ${' '.repeat(600_000)}`), first);
    assert.notEqual(await thread('who'), first);
  });

  it('says in the log why a text could not be parsed', async () => {
    const { log, lines } = collectingLog();
    const syntax = create({ log, part: moodyThread });
    assert.equal(await syntax.parse({ languageId: 'rust', text: 'fail' }), undefined);
    assert.ok(await syntax.parse({ languageId: 'rust', text: 'fine' }));
    assert.deepEqual(lines, ['A text could not be parsed']);
  });

  it('answers what is open when it closes, and nothing afterwards', async () => {
    const syntax = create({ part: moodyThread });
    const open = [syntax.parse({ languageId: 'go', text: 'hang' }), syntax.parse({ languageId: 'go', text: 'b' })];
    await syntax.close();
    assert.deepEqual(await Promise.all(open), [undefined, undefined]);
    assert.equal(await syntax.parse({ languageId: 'go', text: 'c' }), undefined);
  });

  it('keeps a process alive while it parses and no longer', async () => {
    const module = new URL('../../server/syntax/syntax.ts', import.meta.url).href;
    const script = `
      const { createSyntax } = await import(${JSON.stringify(module)});
      const log = { debug() {}, info() {}, warn: console.error, error: console.error };
      const facts = await createSyntax({ log }).parse({ languageId: 'go', text: 'func alive() {}' });
      console.log(facts.symbols[0].name);
    `;
    const options = { cwd: fileURLToPath(new URL('../..', import.meta.url)), timeout: 20_000 };
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      options,
    );
    assert.deepEqual([stdout, stderr], ['alive\n', '']);
  });

  it('parses in a thread started from a bundle', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'joule-ls-syntax-'));
    try {
      await build({
        entryPoints: [fileURLToPath(new URL('../../server/syntax/worker.ts', import.meta.url))],
        outfile: join(folder, 'syntax-worker.mjs'),
        bundle: true,
        platform: 'node',
        target: 'node20',
        format: 'esm',
        minifySyntax: true,
        minifyWhitespace: true,
        keepNames: true,
        logLevel: 'silent',
        banner: {
          js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
        },
      });
      symlinkSync(fileURLToPath(new URL('../../dist/grammars', import.meta.url)), join(folder, 'grammars'));
      const syntax = create({ part: { url: pathToFileURL(join(folder, 'syntax-worker.mjs')), execArgv: [] } });
      const facts = await syntax.parse({ languageId: 'typescript', text: 'export const bundled = (a: string) => {};' });
      assert.equal(facts?.symbols[0]?.name, 'bundled');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
