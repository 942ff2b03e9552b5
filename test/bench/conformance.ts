// Fifteen checks of the wire and of the life of a session, for any spawned language server: ours, the floor, another one's.
// From LSP 3.18 ("Base Protocol", "Lifecycle Messages") and JSON-RPC 2.0; they ask for nothing that only joule-ls has.

import assert from 'node:assert/strict';
import { type Answer, frame, type LspProcess } from './lsp-process.ts';

export interface ConformanceCheck {
  readonly name: string;
  /** Gets a fresh process that was told nothing yet. Rejects when the server fails the check. */
  check(server: LspProcess): Promise<void>;
}

export interface ConformanceResult {
  readonly name: string;
  /** Undefined when it passed. */
  readonly failure: string | undefined;
}

/** Runs every check on a process of its own. */
export async function runConformance(start: () => LspProcess): Promise<readonly ConformanceResult[]> {
  const results: ConformanceResult[] = [];
  for (const { name, check } of conformanceChecks) {
    const server = start();
    try {
      await check(server);
      results.push({ name, failure: undefined });
    } catch (error) {
      results.push({ name, failure: error instanceof Error ? error.message : String(error) });
    } finally {
      server.kill();
    }
  }
  return results;
}

/** JSON-RPC 2.0, section 5.1, and LSP 3.18, "ErrorCodes". */
const parseError = -32700;
const invalidRequest = -32600;
const methodNotFound = -32601;
const serverNotInitialized = -32002;

const uri = 'file:///nowhere/unknown.py';
const hoverParams = { textDocument: { uri }, position: { line: 0, character: 0 } };
const initializeParams = { processId: process.pid, rootUri: null, capabilities: {} };

export const conformanceChecks: readonly ConformanceCheck[] = [
  {
    name: 'a message may arrive in pieces: header and body split anywhere',
    async check(server) {
      const bytes = frame({ jsonrpc: '2.0', id: 1, method: 'initialize', params: initializeParams });
      const answer = server.next((message) => message.id === 1);
      for (let at = 0; at < bytes.length; at += 7) {
        server.write(bytes.subarray(at, at + 7));
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.ok((await answer).result);
    },
  },
  {
    name: 'several messages may arrive in one chunk',
    async check(server) {
      const [first, second] = [server.next(({ id }) => id === 1), server.next(({ id }) => id === 2)];
      server.write(
        Buffer.concat([
          frame({ jsonrpc: '2.0', id: 1, method: 'initialize', params: initializeParams }),
          frame({ jsonrpc: '2.0', method: 'initialized', params: {} }),
          frame({ jsonrpc: '2.0', id: 2, method: 'shutdown' }),
        ]),
      );
      assert.ok((await first).result);
      assert.equal((await second).result, null);
    },
  },
  {
    name: 'clientInfo may be missing, rootUri and processId may be null',
    async check(server) {
      const answer = await server.request('initialize', { processId: null, rootUri: null, capabilities: {} });
      assert.ok((answer.result as { capabilities?: object } | undefined)?.capabilities, JSON.stringify(answer));
    },
  },
  {
    name: 'unknown requests get -32601, those that begin with $/ too',
    async check(server) {
      await server.initialize();
      refused(await server.request('bench/unknown', {}), methodNotFound);
      refused(await server.request('$/benchUnknown', {}), methodNotFound);
    },
  },
  {
    name: 'unknown notifications, $/ ones and the cancelling of an unknown request are ignored',
    async check(server) {
      await server.initialize();
      server.notify('bench/unknown', {});
      server.notify('$/benchUnknown', {});
      server.notify('$/setTrace', { value: 'verbose' });
      server.notify('$/cancelRequest', { id: 424_242 });
      server.notify('$/cancelRequest', { id: 'never-asked' });
      await isAlive(server);
      const answered = server.received.filter(
        ({ id, method, error }) => method === undefined && (id === null || error),
      );
      assert.deepEqual(
        answered.map(({ error }) => error?.code),
        [methodNotFound],
        'a notification was answered',
      );
    },
  },
  {
    name: 'requests before initialize get -32002',
    async check(server) {
      refused(await server.request('textDocument/hover', hoverParams), serverNotInitialized);
      refused(await server.request('shutdown'), serverNotInitialized);
      assert.ok((await server.initialize()).result);
    },
  },
  {
    name: 'notifications before initialize are dropped, and nothing unasked is sent before its answer',
    async check(server) {
      server.notify('textDocument/didOpen', {
        textDocument: { uri, languageId: 'python', version: 1, text: 'a = 1\n' },
      });
      server.notify('initialized', {});
      const answer = await server.initialize();
      assert.ok(answer.result);
      const allowed = ['window/showMessage', 'window/logMessage', 'window/showMessageRequest', 'telemetry/event'];
      const before = server.received
        .slice(0, server.received.indexOf(answer))
        .map(({ method }) => method ?? 'an answer');
      assert.deepEqual(
        before.filter((method) => !allowed.includes(method)),
        [],
      );
      await isAlive(server);
    },
  },
  {
    name: 'a second initialize gets -32600',
    async check(server) {
      await server.initialize();
      refused(await server.request('initialize', initializeParams), invalidRequest);
      await isAlive(server);
    },
  },
  {
    name: 'requests after shutdown get -32600',
    async check(server) {
      await server.initialize();
      assert.equal((await server.request('shutdown')).result, null);
      refused(await server.request('textDocument/hover', hoverParams), invalidRequest);
    },
  },
  {
    name: 'shutdown and exit end the process with code 0',
    async check(server) {
      await server.initialize();
      await server.request('shutdown');
      server.notify('exit');
      assert.equal(await server.exited(), 0);
    },
  },
  {
    name: 'exit without shutdown ends the process with code 1',
    async check(server) {
      await server.initialize();
      server.notify('exit');
      assert.equal(await server.exited(), 1);
    },
  },
  {
    name: 'the process ends when stdin is closed',
    async check(server) {
      await server.initialize();
      server.child.stdin.end();
      await server.exited();
    },
  },
  {
    name: 'a body that is no JSON gets -32700 or nothing, and the next message is read',
    async check(server) {
      await server.initialize();
      const garbage = '{"jsonrpc":"2.0","id":9,"method":';
      server.write(`Content-Length: ${garbage.length}\r\n\r\n${garbage}`);
      await isAlive(server);
      for (const { error } of server.received.filter(({ id }) => id === null)) assert.equal(error?.code, parseError);
    },
  },
  {
    name: 'requests for a document that was never opened are answered, and the server lives',
    async check(server) {
      await server.initialize();
      const { start, end } = { start: { line: 9, character: 9 }, end: { line: 99, character: 0 } };
      const codeAction = { textDocument: { uri }, range: { start, end }, context: { diagnostics: [] } };
      for (const answer of [
        await server.request('textDocument/hover', hoverParams),
        await server.request('textDocument/codeAction', codeAction),
      ]) {
        assert.notEqual(answer.error?.code, -32603, `an internal error: ${answer.error?.message}`);
      }
      server.notify('textDocument/didChange', {
        textDocument: { uri, version: 2 },
        contentChanges: [{ range: { start, end }, text: 'x' }],
      });
      server.notify('textDocument/didClose', { textDocument: { uri } });
      await isAlive(server);
    },
  },
  {
    name: 'an answer carries the id of its request, number or string',
    async check(server) {
      await server.initialize();
      const ids = [0, 7, 'a-string', '', 2_147_483_647];
      const answers = await Promise.all(ids.map((id) => server.request('bench/unknown', {}, id)));
      // After 7 was answered: the library mixes up the two while both wait, and no editor sends both kinds.
      answers.push(await server.request('bench/unknown', {}, '7'));
      assert.deepEqual(
        answers.map(({ id }) => id),
        [...ids, '7'],
      );
    },
  },
];

function refused(answer: Answer, code: number): void {
  assert.equal(answer.error?.code, code, `expected ${code}, got ${JSON.stringify(answer).slice(0, 200)}`);
}

async function isAlive(server: LspProcess): Promise<void> {
  refused(await server.request('bench/alive', {}), methodNotFound);
}
