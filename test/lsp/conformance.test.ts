// Fifteen checks of the wire, against the server as a process: the letter of the protocol, and what careless clients send.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import {
  cleanEnvironment,
  cleanUpServers,
  frame,
  type SpawnedServer,
  serverCommand,
  spawnServer,
} from '../support/spawn-server.ts';

const methodNotFound = -32601;
const invalidParams = -32602;
const invalidRequest = -32600;
const parseError = -32700;
const serverNotInitialized = -32002;

describe('wire conformance', function () {
  this.timeout(60_000);
  let server: SpawnedServer;

  before(async () => {
    server = spawnServer();
    await server.initialize({ clientInfo: undefined });
  });
  after(() => cleanUpServers());

  it('1. initializes without clientInfo, workspace folders or capabilities, and says what it can', async () => {
    const [answer] = server.received;
    assert.ok(answer);
    const { capabilities, serverInfo } = answer.result as {
      capabilities: Record<string, unknown>;
      serverInfo: { name: string };
    };
    assert.equal(answer.error, undefined);
    assert.equal(serverInfo.name, 'joule-ls');
    assert.equal(capabilities.hoverProvider, true);
    assert.equal(capabilities.codeActionProvider, true);
    assert.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2, save: { includeText: false } });
    assert.ok(
      (capabilities.executeCommandProvider as { commands: string[] }).commands.every((name) =>
        name.startsWith('joule.'),
      ),
    );
  });

  it('2. understands a message that arrives in many pieces', async () => {
    for (const byte of frame({ jsonrpc: '2.0', id: 'split', method: 'no/such' })) {
      server.sendRaw(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal((await server.waitFor((message) => message.id === 'split')).error?.code, methodNotFound);
  });

  it('3. answers every one of several messages in one piece, and half of a next one', async () => {
    const ids = ['a', 'b', 'c'];
    const frames = ids.map((id) => frame({ jsonrpc: '2.0', id, method: 'no/such' }));
    const next = frame({ jsonrpc: '2.0', id: 'd', method: 'no/such' });
    server.sendRaw(Buffer.concat([...frames, next.subarray(0, 20)]));
    for (const id of ids) await server.waitFor((message) => message.id === id);
    server.sendRaw(next.subarray(20));
    await server.waitFor((message) => message.id === 'd');
  });

  it('4. refuses an unknown request and overlooks an unknown notification', async () => {
    const before = server.received.length;
    server.send({ method: 'no/suchNotification', params: {} });
    server.send({ method: '$/whatever', params: {} });
    assert.equal((await server.ask('unknown', '$/no/such', {})).error?.code, methodNotFound);
    assert.equal(server.received.length, before + 1);
  });

  it('5. overlooks the cancellation of a request that it never got', async () => {
    server.send({ method: '$/cancelRequest', params: { id: 123456 } });
    assert.equal((await server.ask('still-1', 'no/such')).error?.code, methodNotFound);
  });

  it('6. answers bodies that are not JSON, and goes on', async () => {
    server.sendRaw('Content-Length: 9\r\n\r\n{"broken"');
    const answer = await server.waitFor((message) => message.id === null && message.error?.code === parseError);
    assert.match(answer.error?.message ?? '', /not JSON/);
    assert.equal((await server.ask('still-2', 'no/such')).error?.code, methodNotFound);
  });

  it('7. answers JSON that is no request, and goes on', async () => {
    for (const body of ['[]', '42', 'null', '{"id":{}}', '{"method":5}']) {
      server.sendRaw(`Content-Length: ${body.length}\r\n\r\n${body}`);
    }
    await server.ask('still-3', 'no/such');
    const complaints = server.received.filter(
      (message) => message.id === null && message.error?.code === invalidRequest,
    );
    assert.equal(complaints.length, 5);
  });

  it('8. finds its way back after a header without Content-Length', async () => {
    server.sendRaw('Content-Type: text/plain\r\n\r\nsome noise on the line\r\n\r\n');
    server.sendRaw('Content-Length: abc\r\n\r\n');
    assert.equal((await server.ask('still-4', 'no/such')).error?.code, methodNotFound);
  });

  it('9. takes header names in any case, and a content type', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 'case', method: 'no/such' });
    server.sendRaw(
      `content-type: application/vscode-jsonrpc; charset=utf-8\r\nCONTENT-LENGTH:${body.length}\r\n\r\n${body}`,
    );
    await server.waitFor((message) => message.id === 'case');
  });

  it('10. takes a body of 100 MB, and stays responsive', async () => {
    const uri = 'file:///big.txt';
    server.send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'plaintext', version: 1, text: 'x'.repeat(100_000_000) } },
    });
    const said = await server.waitFor((message) => message.method === 'window/showMessage');
    assert.match(JSON.stringify(said.params), /big\.txt is left alone/);
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const answer = await server.ask('big', 'textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics: [] },
    });
    assert.deepEqual(answer.result, []);
  });

  it('11. refuses foreign commands and actions with InvalidParams, and a second initialize', async () => {
    assert.equal(
      (await server.ask('f1', 'workspace/executeCommand', { command: 'other.run' })).error?.code,
      invalidParams,
    );
    assert.equal(
      (await server.ask('f2', 'workspace/executeCommand', { command: 'joule.run', arguments: [{}] })).error?.code,
      invalidParams,
    );
    assert.equal(
      (await server.ask('f3', 'codeAction/resolve', { title: 'theirs', data: 7 })).error?.code,
      invalidParams,
    );
    const own = { title: 'ours', command: { title: 'ours', command: 'joule.run', arguments: [{}] } };
    assert.deepEqual((await server.ask('f4', 'codeAction/resolve', own)).result, own);
    assert.equal(
      (await server.ask('f5', 'initialize', { processId: null, rootUri: null, capabilities: {} })).error?.code,
      invalidRequest,
    );
  });

  it('12. answers -32600 after shutdown and exits with 0; nothing but frames was on stdout', async () => {
    assert.equal((await server.ask('bye', 'shutdown')).result, null);
    assert.equal((await server.ask('late', 'textDocument/hover', {})).error?.code, invalidRequest);
    server.send({ method: 'exit' });
    assert.equal(await server.exited, 0);
    assert.equal(server.stray(), '');
  });

  it('13. answers -32002 before initialize, drops notifications, and exits with 1 without shutdown', async () => {
    const early = spawnServer();
    assert.equal((await early.ask(1, 'textDocument/hover', {})).error?.code, serverNotInitialized);
    early.send({ method: 'textDocument/didOpen', params: {} });
    assert.equal((await early.ask(2, 'shutdown')).error?.code, serverNotInitialized);
    assert.equal((await early.initialize()).error, undefined);
    early.send({ method: 'exit' });
    assert.equal(await early.exited, 1);
  });

  it('14. ends when stdin closes, also in the middle of a message', async () => {
    const left = spawnServer();
    await left.initialize();
    left.sendRaw('Content-Length: 500\r\n\r\n{"half');
    left.child.stdin.end();
    assert.equal(await left.exited, 1);
  });

  it('15. ends when the editor dies, but lives on beside a process id that was never alive here', async () => {
    const editor = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
    await once(editor, 'spawn');
    const orphan = spawnServer();
    await orphan.initialize({ processId: editor.pid });
    const stranger = spawnServer();
    await stranger.initialize({ processId: 99_999_999 });
    editor.kill('SIGKILL');
    assert.equal(await orphan.exited, 1);
    assert.equal((await stranger.ask('alive', 'no/such')).error?.code, methodNotFound);
  });
});

describe('transports', function () {
  this.timeout(60_000);

  const open: { close(): unknown }[] = [];
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  it('connects to the socket that an editor listens on', async () => {
    const listener = createServer();
    open.push(listener);
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    assert.ok(typeof address === 'object' && address !== null);
    const start = serverCommand([`--socket=${address.port}`]);
    const child = spawn(start.command, start.args, { env: cleanEnvironment(), stdio: 'ignore' });
    open.push({ close: () => child.kill('SIGKILL') });
    const [socket] = (await once(listener, 'connection')) as [Socket];
    open.push({ close: () => socket.destroy() });
    const params = { processId: null, rootUri: null, capabilities: {} };
    socket.write(frame({ jsonrpc: '2.0', id: 1, method: 'initialize', params }));
    let answer = '';
    while (!answer.includes('"joule-ls"')) answer += String((await once(socket, 'data'))[0]);
    socket.end();
    const [code] = await once(child, 'close');
    assert.equal(code, 1);
  });
});
