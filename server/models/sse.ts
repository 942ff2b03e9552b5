// Server-sent events: the data of each event of a stream, in order, bounded. Knows lines, not models.

/** An event longer than this is an engine gone wrong. In characters. */
const longestEvent = 4_000_000;

/** Thrown for a stream that is not one of events. */
export class NotEvents extends Error {}

/**
 * The `data` of each event (its lines joined, as the HTML standard says); comments and other fields are passed over. An event that the
 * end of the stream cuts off is not delivered, as the standard says too.
 * @throws NotEvents for an event without end and for lines that are no fields.
 */
export async function* readEvents(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  let length = 0;
  for await (const bytes of source) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line === '') {
        if (data.length > 0) yield data.join('\n');
        data = [];
        length = 0;
        continue;
      }
      const field = /^(data|event|id|retry)?(?::|$) ?/.exec(line);
      if (field === null) throw new NotEvents(line.slice(0, 200));
      if (field[1] === 'data') data.push(line.slice(field[0].length));
      length += line.length;
      if (length > longestEvent) break;
    }
    if (rest.length + length > longestEvent) throw new NotEvents('an event without end');
  }
}
