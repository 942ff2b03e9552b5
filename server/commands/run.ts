// `joule-ls run`: one action without an editor, through the same server. Live progress with joules on stderr; a unified diff and
// the receipt on stdout; the exit code says whether it worked.

import { readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { actions } from '../actions/index.ts';
import { plainText } from '../base/escape.ts';
import type { Receipt } from '../ledger/events.ts';
import type { CodeAction, Command, HeadlessClient, Position } from '../lsp/headless-client.ts';
import type { ChangedFile } from '../lsp/headless-documents.ts';
import { realCore, startInProcess } from './in-process.ts';
import { languageIdOf } from './language-ids.ts';
import { printReport, progressPrinter, type RunReport, reportAsJson } from './run-output.ts';

const usage = `joule-ls run <action> <file>:<line>[:<column>] [options]

  <action>              ${actions.map((action) => action.id).join(', ')}
  --strategy S          direct, outline, split, single; default: what the settings say
  --instruction TEXT    what is wanted, in words
  --message TEXT        for fix: what the compiler or linter complains about on that line
  --model NAME          this model instead of the chosen worker
  --apply               write the answer to the file; otherwise only the diff is shown
  --explain             say which models were chosen for what, and why
  --json                one JSON object on stdout
`;

interface RunOrder {
  readonly actionId: string;
  readonly file: string;
  /** Zero-based. */
  readonly line: number;
  readonly character: number;
  readonly strategy: string | undefined;
  readonly instruction: string | undefined;
  readonly message: string | undefined;
  readonly model: string | undefined;
  readonly apply: boolean;
  readonly explain: boolean;
  readonly json: boolean;
}

/** @returns 0 when the answer was applied or shown, 1 when it was not, 2 for a command line that makes no sense. */
export async function runRunCommand(args: readonly string[]): Promise<number> {
  const order = parseOrder(args);
  if (typeof order === 'string') {
    process.stderr.write(`${order}\n\n${usage}`);
    return 2;
  }
  const directory = process.cwd();
  let report: RunReport;
  try {
    report = await runOnce(order, directory);
  } catch (error) {
    process.stderr.write(`joule-ls run: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  if (order.json) process.stdout.write(`${reportAsJson(report, directory)}\n`);
  else printReport(report, { explain: order.explain, directory }, (text) => process.stdout.write(text));
  for (const sentence of report.said) process.stderr.write(`${plainText(sentence)}\n`);
  return report.ok ? 0 : 1;
}

async function runOnce(order: RunOrder, directory: string): Promise<RunReport> {
  const path = await realpath(resolve(directory, order.file)).catch(() => {
    throw new Error(`there is no file ${order.file}`);
  });
  const text = await readFile(path, 'utf8');
  const workspace = relative(directory, path).startsWith('..') ? dirname(path) : directory;
  const onProgress = progressPrinter((line) => process.stderr.write(line), process.stderr.isTTY);
  const { client, close } = await startInProcess(realCore(process.env), workspace, { onProgress });
  process.once('SIGINT', () => {
    client.executeCommand('joule.cancel').catch(() => {});
  });
  try {
    const uri = pathToFileURL(path).href;
    client.openDocument(uri, languageIdOf(path), text);
    await client.ready(uri);
    const ended = await act(client, uri, order);
    if (order.apply && ended.ok) await write(client.changedFiles());
    const hint = order.apply || !ended.ok || client.changedFiles().length === 0 ? [] : ['not written: add --apply'];
    return { ...ended, said: [...ended.said, ...hint], files: client.changedFiles() };
  } finally {
    await close();
  }
}

async function act(client: HeadlessClient, uri: string, order: RunOrder): Promise<Omit<RunReport, 'files'>> {
  const nothing = { page: undefined, receipt: undefined };
  const position = { line: order.line, character: order.character };
  const range = { start: position, end: position };
  const diagnostics = order.message === undefined ? [] : [{ range, message: order.message, severity: 1 as const }];
  const only = actions.filter((action) => action.id === order.actionId).map((action) => action.kind);
  const offered = await client.codeActions(uri, range, { only, diagnostics });
  const [action] = offered.filter((one) => argumentOf(one)?.actionId === order.actionId);
  if (action === undefined) {
    const hint = order.actionId === 'fix' ? '; say what is wrong with --message' : '';
    return { ...nothing, ok: false, said: [`there is nothing to ${order.actionId} at line ${order.line + 1}${hint}`] };
  }
  const { jobId } = await client.runAction(withOptions(action, order));
  if (jobId === undefined) return { ...nothing, ok: false, said: messagesOf(client) };
  await client.waitForJobEnd(jobId);
  const receipt = (await client.executeCommand('joule.receipt', [{ receiptId: jobId }])) as Receipt | null;
  const outcome = receipt?.outcome;
  if (outcome === 'kept') await showKept(client, uri, jobId, position);
  return {
    ok: outcome === 'accepted',
    said: messagesOf(client),
    page: await shownPage(client),
    receipt: receipt ?? undefined,
  };
}

/** The text of a kept result is put into the document of the headless client, so that the diff shows it. It is never written. */
async function showKept(client: HeadlessClient, uri: string, jobId: string, position: Position): Promise<void> {
  const before = client.edits.length;
  await client.executeCommand('joule.insertKept', [{ jobId, uri, position }]);
  const refused = (): boolean => messagesOf(client).some((text) => text.includes('was not inserted'));
  await client.until(() => client.edits.length > before || refused());
}

async function shownPage(client: HeadlessClient): Promise<string | undefined> {
  const shown = client.shownDocuments.at(-1);
  return shown === undefined ? undefined : readFile(fileURLToPath(shown.uri), 'utf8').catch(() => undefined);
}

async function write(files: readonly ChangedFile[]): Promise<void> {
  for (const { uri, after } of files) await writeFile(fileURLToPath(uri), after);
}

function messagesOf(client: HeadlessClient): string[] {
  return client.messages.map((message) => message.message);
}

function argumentOf(action: CodeAction | Command): Readonly<Record<string, unknown>> | undefined {
  const command = typeof action.command === 'string' ? (action as Command) : action.command;
  return command?.arguments?.[0];
}

function withOptions(action: CodeAction | Command, { strategy, instruction, model }: RunOrder): Command {
  const options = Object.entries({ strategy, instruction, model }).filter(([, value]) => value !== undefined);
  const argument = { ...argumentOf(action), ...Object.fromEntries(options) };
  return { title: action.title, command: 'joule.run', arguments: [argument] };
}

/** @returns the order, or what is wrong with the command line. */
function parseOrder(args: readonly string[]): RunOrder | string {
  const parsed = parseSafely(args);
  if (typeof parsed === 'string') return parsed;
  const { values, positionals } = parsed;
  const [actionId, place, ...rest] = positionals;
  if (actionId === undefined || place === undefined || rest.length > 0) return 'an action and a place are needed';
  if (!actions.some((action) => action.id === actionId)) return `${actionId} is not an action`;
  const where = /^(.+?):(\d+)(?::(\d+))?$/.exec(place);
  if (where?.[1] === undefined || Number(where[2]) < 1) return `${place} is not <file>:<line>[:<column>]`;
  return {
    actionId,
    file: where[1],
    line: Number(where[2]) - 1,
    character: Math.max(0, Number(where[3] ?? '1') - 1),
    strategy: values.strategy,
    instruction: values.instruction,
    message: values.message,
    model: values.model,
    apply: values.apply === true,
    explain: values.explain === true,
    json: values.json === true,
  };
}

function parseSafely(args: readonly string[]): ReturnType<typeof parse> | string {
  try {
    return parse(args);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      strategy: { type: 'string' },
      instruction: { type: 'string' },
      message: { type: 'string' },
      model: { type: 'string' },
      apply: { type: 'boolean' },
      explain: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
}
