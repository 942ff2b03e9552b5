// Framing, without a process: any cut of the bytes gives the same messages, and a lost message is told.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import type { Message } from 'vscode-languageserver/node';
import { type WireProblem, WireReader } from '../../server/lsp/wire.ts';
import { frame } from '../support/spawn-server.ts';

interface Heard {
  readonly messages: Message[];
  readonly problems: WireProblem[];
}

function hear(pieces: readonly (Buffer | string)[], bodyLimit?: number): Heard {
  const stream = new PassThrough();
  const heard: Heard = { messages: [], problems: [] };
  const reader = new WireReader(stream, (problem) => heard.problems.push(problem), bodyLimit);
  reader.listen((message) => heard.messages.push(message));
  for (const piece of pieces) stream.emit('data', typeof piece === 'string' ? Buffer.from(piece) : piece);
  return heard;
}

describe('wire', () => {
  it('reads the same messages whatever the cuts between the pieces', () => {
    const message = fc.record(
      {
        jsonrpc: fc.constant('2.0'),
        method: fc.string({ unit: 'grapheme' }),
        params: fc.array(fc.string({ unit: 'binary' })),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.nat({ max: 400 })), (messages, cuts) => {
        const bytes = Buffer.concat(messages.map(frame));
        const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        const pieces = [0, ...places].map((place, index) => bytes.subarray(place, [...places, bytes.length][index]));
        const heard = hear(pieces);
        assert.deepEqual(heard.messages, messages);
        assert.deepEqual(heard.problems, []);
      }),
    );
  });

  it('drops a body over the limit unread and goes on behind it', () => {
    const next = { jsonrpc: '2.0', id: 1, method: 'next' };
    const heard = hear(
      ['Content-Length: 50\r\n\r\n', 'x'.repeat(30), Buffer.concat([Buffer.from('x'.repeat(20)), frame(next)])],
      40,
    );
    assert.deepEqual(heard.messages, [next]);
    assert.equal(heard.problems[0]?.lostMessage, true);
    assert.match(heard.problems[0]?.message ?? '', /50 bytes was dropped/);
  });

  it('takes null parameters and a response with null id, as some clients send them', () => {
    const messages = [
      { jsonrpc: '2.0', id: 1, method: 'shutdown', params: null },
      { jsonrpc: '2.0', id: null, error: { code: 1, message: 'x' } },
    ];
    assert.deepEqual(hear(messages.map(frame)).messages, messages);
  });

  it('refuses what would break the library behind it', () => {
    const bad = [
      { method: '$/cancelRequest' },
      { method: '$/cancelRequest', params: null },
      { id: 1 },
      { id: [], method: 'x' },
      { method: 'x', params: 7 },
    ];
    const heard = hear(bad.map(frame));
    assert.deepEqual(heard.messages, []);
    assert.equal(heard.problems.length, bad.length);
  });

  it('complains once about a header that never ends, and recovers', () => {
    const heard = hear([
      'x'.repeat(20_000),
      'x'.repeat(20_000),
      '\r\n\r\n',
      frame({ jsonrpc: '2.0', id: 1, method: 'm' }),
    ]);
    assert.equal(heard.problems.length, 1);
    assert.equal(heard.messages.length, 1);
  });
});
