// The server and a headless client in one process, over in-memory streams: what `run` and others drive instead of an editor.

import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { startServer } from '../lsp/connect.ts';
import type { Core } from '../lsp/core.ts';
import { createHeadlessClient, type HeadlessClient, type HeadlessOptions } from '../lsp/headless-client.ts';
import { createCore } from './core.ts';
import { logOptionsFrom } from './log.ts';

export interface InProcess {
  readonly client: HeadlessClient;
  /** `shutdown` and `exit`; resolves when everything is on record. */
  close(): Promise<void>;
}

/** The real server with everything it has, for this process's environment. */
export function realCore(env: NodeJS.ProcessEnv): Core {
  return createCore(env, logOptionsFrom(env));
}

/** @param workspace directory that edits may touch. */
export async function startInProcess(
  core: Core,
  workspace: string,
  options: Partial<HeadlessOptions> = {},
): Promise<InProcess> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const ended = new Promise<void>((resolve) => {
    startServer({ input: toServer, output: toClient, core, onExit: () => resolve() });
  });
  const client = createHeadlessClient({
    input: toClient,
    output: toServer,
    rootUri: pathToFileURL(workspace).href,
    ...options,
  });
  await client.initialize();
  return {
    client,
    async close() {
      await client.shutdown();
      await ended;
      client.dispose();
    },
  };
}
