// Server-sent events cut into any pieces: whole characters, whole events, bounds.

import assert from 'node:assert/strict';
import { NotEvents, readEvents } from '../../server/models/sse.ts';

async function eventsOf(pieces: Iterable<Uint8Array>): Promise<string[]> {
  const all: string[] = [];
  const source = (async function* () {
    yield* pieces;
  })();
  for await (const event of readEvents(source)) all.push(event);
  return all;
}

const text =
  ': hello\r\n\r\ndata: {"a":"ü€😀"}\r\n\r\nevent: x\ndata:one\ndata: two\nid: 7\n\ndata\n\n: ping\n\ndata: [DONE]\n\ndata: cut';
const expected = ['{"a":"ü€😀"}', 'one\ntwo', '', '[DONE]'];

describe('server-sent events', () => {
  it('come out the same however the bytes are cut', async () => {
    const bytes = Buffer.from(text);
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      assert.deepEqual(await eventsOf(pieces), expected, `${size} bytes at a time`);
    }
  });

  it('have an end: one line, or many, of more than four million characters is refused', async () => {
    const line = Buffer.from('x'.repeat(100_000));
    await assert.rejects(eventsOf([Buffer.from('data: '), ...Array.from({ length: 41 }, () => line)]), NotEvents);
    const lines = Array.from({ length: 41 }, () => Buffer.concat([Buffer.from('data: '), line, Buffer.from('\n')]));
    await assert.rejects(eventsOf(lines), NotEvents);
  });

  it('are no web page', () => assert.rejects(eventsOf([Buffer.from('<html>\n')]), NotEvents));
});
