// One editor session without an editor, for the demo: starts the real server, opens a file, chooses `implement` on its stub,
// watches, and looks at what came of it. Knows the protocol's client side only.

import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { secondsBetween, systemClock } from '../base/clock.ts';
import { assetUrl } from '../base/program-files.ts';
import type { Receipt } from '../ledger/events.ts';
import { fullCapabilities } from '../lsp/headless-capabilities.ts';
import { createHeadlessClient, type HeadlessClient, type HeadlessOptions } from '../lsp/headless-client.ts';
import type { ChangedFile } from '../lsp/headless-documents.ts';

export interface SessionOptions {
  readonly file: string;
  /** The line of the stub's name, 0-based. */
  readonly line: number;
  /** `joule` settings, as an editor would send them. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly onProgress: NonNullable<HeadlessOptions['onProgress']>;
  readonly signal: AbortSignal;
}

export interface SessionResult {
  /** Title of the code action: product and prediction. */
  readonly title: string;
  readonly files: readonly ChangedFile[];
  readonly receipt: Receipt | undefined;
  /** What hover shows on the generated code, as plain text. */
  readonly hover: string;
  readonly notes: readonly string[];
  readonly messages: readonly string[];
  readonly seconds: number;
}

type Offer = Awaited<ReturnType<HeadlessClient['codeActions']>>[number];
type Notes = ReturnType<HeadlessClient['diagnostics']>;

const kind = 'refactor.rewrite.joule.implement';

/** Writes the edited text back to the file. Rejects when the server dies, offers nothing, or the signal aborts. */
export async function implementInSession(options: SessionOptions): Promise<SessionResult> {
  const { file, line, settings, signal } = options;
  signal.throwIfAborted();
  const server = spawn(process.execPath, [fileURLToPath(assetUrl('main.js')), '--stdio'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const errors = tailOf(server.stderr);
  const uri = pathToFileURL(file).href;
  const before = await readFile(file, 'utf8');
  const client = createHeadlessClient({
    input: server.stdout,
    output: server.stdin,
    rootUri: pathToFileURL(dirname(file)).href,
    clientInfo: { name: 'joule-ls demo' },
    initializationOptions: settings,
    configuration: settings,
    capabilities: {
      ...fullCapabilities,
      textDocument: { ...fullCapabilities.textDocument, hover: { contentFormat: ['plaintext'] } },
    },
    onProgress: options.onProgress,
  });
  const gone = new Promise<never>((_, reject) => {
    const fail = (why: string): void => reject(new Error(errors() === '' ? why : `${why}: ${errors()}`));
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    server.once('error', (error) => fail(`the server could not be started (${error.message})`));
    server.once('exit', (code, how) => fail(`the server ended (${how ?? `status ${code}`})`));
  });
  try {
    return await Promise.race([gone, converse(client, { uri, before, line, file })]);
  } finally {
    gone.catch(() => {});
    await Promise.race([client.shutdown(), systemClock.sleep(2000)]).catch(() => {});
    client.dispose();
    server.kill();
  }
}

interface Place {
  readonly uri: string;
  readonly before: string;
  readonly line: number;
  readonly file: string;
}

async function converse(client: HeadlessClient, { uri, before, line, file }: Place): Promise<SessionResult> {
  await client.initialize();
  client.openDocument(uri, 'python', before);
  await client.ready(uri);
  const action = await offered(client, uri, line);
  const begin = systemClock.nowNanoseconds();
  const { jobId } = await client.runAction(action);
  if (jobId === undefined) throw new Error(client.messages.at(-1)?.message ?? 'the server did not start a job');
  await client.waitForJobEnd(jobId);
  const seconds = secondsBetween(begin, systemClock.nowNanoseconds());
  await writeFile(file, client.document(uri)?.text ?? before);
  const files = client.changedFiles();
  const notes = files.length === 0 ? [] : await notesOn(client, uri);
  const receipt = (await client.executeCommand('joule.receipt', [{ receiptId: jobId }])) as Receipt | null;
  return {
    title: action.title,
    files,
    receipt: receipt ?? undefined,
    hover: await hoverText(client, uri, notes[0]?.range.start.line ?? line),
    notes: notes.map(({ message }) => (typeof message === 'string' ? message : message.value)),
    messages: client.messages.map(({ message }) => message),
    seconds,
  };
}

/** The prediction in the title comes from memory too: the first list may be asked before the engines were. */
async function offered(client: HeadlessClient, uri: string, line: number): Promise<Offer> {
  const at = { line, character: 4 };
  for (let attempt = 1; ; attempt++) {
    const [action] = await client.codeActions(uri, { start: at, end: at }, { only: [kind] });
    if (action?.title.includes(' · ') || (action !== undefined && attempt > 10)) return action;
    if (attempt > 100) throw new Error('the server offers nothing to implement here');
    await systemClock.sleep(100);
  }
}

async function hoverText(client: HeadlessClient, uri: string, line: number): Promise<string> {
  const hover = await client.hover(uri, { line, character: 4 });
  const contents = hover?.contents;
  return typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

/** The receipt's note is pushed just behind the edit; it stands where the generated code begins. */
async function notesOn(client: HeadlessClient, uri: string): Promise<Notes> {
  const published = client.waitForDiagnostics(uri, (diagnostics) => diagnostics.length > 0);
  return Promise.race([published, systemClock.sleep(2000).then(() => [])]);
}

function tailOf(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-2000);
  });
  return () => text.trim().split('\n').at(-1) ?? '';
}
