// The server on a wire: stdio, a socket, a pipe. Nothing but the protocol gets to stdout, and only the editor ends the process.

import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import type { Log } from '../base/log.ts';
import { startServer } from '../lsp/connect.ts';
import { createCore } from './core.ts';
import { logOptionsFrom } from './log.ts';

/** `--stdio`, `--socket=N`, `--pipe=NAME`, and `--log=FILE`, `--log-level=LEVEL`. Resolves only when it cannot start. */
export async function runServeCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      stdio: { type: 'boolean' },
      socket: { type: 'string' },
      pipe: { type: 'string' },
      log: { type: 'string' },
      'log-level': { type: 'string' },
    },
  });
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const [level, file] = [text(values['log-level']), text(values.log)];
  const core = createCore(
    process.env,
    logOptionsFrom(process.env, {
      ...(level === undefined ? {} : { level }),
      ...(file === undefined ? {} : { file }),
    }),
  );
  const streams = await openStreams(text(values.socket), text(values.pipe));
  if (streams === undefined) return 1;
  surviveMistakes(core.log);
  const server = startServer({ ...streams, core, onExit: (code) => process.exit(code) });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => server.stop(signal));
  return new Promise(() => {});
}

interface Streams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

async function openStreams(port: string | undefined, pipe: string | undefined): Promise<Streams | undefined> {
  if (port === undefined && pipe === undefined) return { input: process.stdin, output: guardedStdout() };
  const socket = pipe !== undefined ? connect(pipe) : connect({ host: '127.0.0.1', port: Number(port) });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve({ input: socket, output: socket }));
    socket.once('error', (error) => {
      process.stderr.write(`joule-ls: nobody listens at ${pipe ?? `127.0.0.1:${port}`}: ${error.message}\n`);
      resolve(undefined);
    });
  });
}

/** The real stdout, for the protocol alone: what anything else prints goes to stderr. */
function guardedStdout(): NodeJS.WritableStream {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  const output = new Writable({
    decodeStrings: false,
    write: (chunk: Buffer | string, encoding, done) => {
      write(chunk, encoding, done);
    },
  });
  stdout.on('error', (error) => output.destroy(error));
  return output;
}

/** A bug is logged and the server lives. */
function surviveMistakes(log: Log): void {
  process.on('uncaughtException', (error) => log.error({ error: error.stack }, 'an exception nobody caught'));
  process.on('unhandledRejection', (reason) => {
    log.error({ error: reason instanceof Error ? reason.stack : String(reason) }, 'a rejection nobody caught');
  });
}
