// Message framing, hardened: bad headers, bad JSON, bodies without end. Each gets one answer and the stream goes on.
// Knows JSON-RPC's frames; knows no method.

import { AbstractMessageReader, type DataCallback, type Disposable, type Message } from 'vscode-languageserver/node';

/** Bodies longer than this many bytes are dropped unread. A 100 MB document still gets through. */
const maximumBodyBytes = 256 * 1024 * 1024;
const maximumHeaderBytes = 16 * 1024;
const blankLine = Buffer.from('\r\n\r\n');

/** JSON-RPC 2.0, section 5.1. */
const parseError = -32700;
const invalidRequest = -32600;

export interface WireProblem {
  readonly code: number;
  readonly message: string;
  /** A whole message is lost that may have been a change of a document. */
  readonly lostMessage: boolean;
}

/** Reads `Content-Length` frames from a stream. Problems go to `onProblem`, never to an exception. */
export class WireReader extends AbstractMessageReader {
  private readonly stream: NodeJS.ReadableStream;
  private readonly onProblem: (problem: WireProblem) => void;
  private readonly bodyLimit: number;
  private chunks: Buffer[] = [];
  private buffered = 0;
  private bodyLength: number | undefined;
  private bytesToDrop = 0;
  private resynchronising = false;

  constructor(stream: NodeJS.ReadableStream, onProblem: (problem: WireProblem) => void, bodyLimit = maximumBodyBytes) {
    super();
    this.stream = stream;
    this.onProblem = onProblem;
    this.bodyLimit = bodyLimit;
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer | string): void =>
      this.take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk, callback);
    const onError = (error: Error): void => this.fireError(error);
    const onEnd = (): void => this.fireClose();
    this.stream.on('data', onData).on('error', onError).on('end', onEnd).on('close', onEnd);
    return {
      dispose: () => {
        this.stream.off('data', onData).off('error', onError).off('end', onEnd).off('close', onEnd);
      },
    };
  }

  private take(chunk: Buffer, callback: DataCallback): void {
    const dropped = Math.min(this.bytesToDrop, chunk.length);
    this.bytesToDrop -= dropped;
    if (dropped < chunk.length) {
      this.chunks.push(chunk.subarray(dropped));
      this.buffered += chunk.length - dropped;
    }
    while (this.takeOne(callback));
  }

  /** Handles one header or one body; false when more bytes are needed. */
  private takeOne(callback: DataCallback): boolean {
    if (this.bodyLength === undefined) return this.takeHeader();
    if (this.buffered < this.bodyLength) return false;
    const all = this.joined();
    const body = all.subarray(0, this.bodyLength);
    this.keep(all.subarray(this.bodyLength));
    this.bodyLength = undefined;
    this.deliver(body.toString('utf8'), callback);
    return true;
  }

  private takeHeader(): boolean {
    if (this.buffered === 0) return false;
    const all = this.joined();
    const end = all.indexOf(blankLine);
    if (end === -1) {
      if (all.length <= maximumHeaderBytes) return false;
      this.complain('a message header without an end', true);
      this.keep(all.subarray(all.length - blankLine.length));
      return false;
    }
    const header = all.subarray(0, end).toString('latin1');
    this.keep(all.subarray(end + blankLine.length));
    // Behind a broken header its body is still in the stream: the next header may begin in the middle of a "line".
    const length = Number(
      /(?:^|\r\n|[^\w-])content-length[ \t]*:[ \t]*(\d{1,15})[ \t]*(?:\r\n|$)/i.exec(header)?.[1] ?? Number.NaN,
    );
    if (Number.isNaN(length)) {
      this.complain('a message header without a usable Content-Length', true);
      return true;
    }
    this.resynchronising = false;
    if (length > this.bodyLimit) this.dropBody(length);
    else this.bodyLength = length;
    return true;
  }

  private dropBody(length: number): void {
    const all = this.joined();
    const here = Math.min(length, all.length);
    this.keep(all.subarray(here));
    this.bytesToDrop = length - here;
    this.onProblem({
      code: invalidRequest,
      message: `a message of ${length} bytes was dropped: joule-ls reads up to ${this.bodyLimit}`,
      lostMessage: true,
    });
  }

  private deliver(text: string, callback: DataCallback): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.onProblem({ code: parseError, message: `a message is not JSON: ${why}`, lostMessage: true });
      return;
    }
    if (isMessage(message)) callback(message);
    else this.onProblem({ code: invalidRequest, message: 'a message is not a JSON-RPC request', lostMessage: false });
  }

  /** One complaint per derailment, however many pieces it falls into. */
  private complain(message: string, lostMessage: boolean): void {
    if (!this.resynchronising) this.onProblem({ code: parseError, message, lostMessage });
    this.resynchronising = true;
  }

  private joined(): Buffer {
    const first = this.chunks[0];
    const all = this.chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.chunks, this.buffered);
    this.chunks = [all];
    return all;
  }

  private keep(rest: Buffer): void {
    this.chunks = rest.length > 0 ? [rest] : [];
    this.buffered = rest.length;
  }
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { id, method, params } = value as { id?: unknown; method?: unknown; params?: unknown };
  if (id !== undefined && id !== null && typeof id !== 'string' && typeof id !== 'number') return false;
  if (params !== undefined && typeof params !== 'object') return false;
  if (method === '$/cancelRequest') return cancels(params);
  if (typeof method === 'string') return id !== null;
  return method === undefined && id !== undefined && ('result' in value || 'error' in value);
}

function cancels(params: unknown): boolean {
  const id = (params as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' || typeof id === 'number';
}
