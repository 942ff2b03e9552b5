// Our commands. Each answers at once: editors freeze or give up on a slow answer, so the work goes on by itself.
// Malformed and foreign ones are InvalidParams.

import { type ExecuteCommandParams, ResponseError } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { JobRequest } from '../jobs/job.ts';
import { type Later, laterOutcome } from '../ledger/later.ts';
import {
  commands,
  parseCancelArguments,
  parseKeptArguments,
  parsePullArguments,
  parseReceiptArguments,
  parseRetryArguments,
  parseRunArguments,
  type RunArguments,
} from './command-arguments.ts';
import { pathOf, toOffsets, toSelection, uriOf } from './convert.ts';
import type { Parts } from './core.ts';
import { inBackground, invalidParams } from './guard.ts';
import { whyLeftAlone } from './left-alone.ts';
import type { Pulls } from './pulls.ts';
import type { Session } from './session.ts';

type Handler = (args: unknown) => Promise<unknown>;

/** @returns the handler of `workspace/executeCommand`; it throws ResponseError InvalidParams for what is not ours. */
export function createExecuteCommand(
  session: Session,
  pulls: Pulls,
): (params: ExecuteCommandParams) => Promise<unknown> {
  const handlers: Readonly<Record<string, Handler>> = {
    [commands.run]: (args) => run(session, parseRunArguments(args)),
    [commands.cancel]: async (args) => {
      const { jobId } = parseCancelArguments(args);
      return { cancelled: session.parts()?.jobs.cancel(jobId) ?? 0 };
    },
    [commands.insertKept]: async (args) => insertKept(session, parseKeptArguments(args)),
    [commands.dropKept]: async (args) => {
      session.parts()?.jobs.dropKept(parseKeptArguments(args).jobId);
      return null;
    },
    [commands.retry]: (args) => retry(session, parseRetryArguments(args)),
    [commands.dismiss]: (args) => dismiss(session, parseReceiptArguments(args).receiptId),
    [commands.pull]: async (args) => pulls.start(parsePullArguments(args).model),
    [commands.completionAccepted]: async (args) => {
      session.parts()?.completions.accepted(parseReceiptArguments(args).receiptId);
      return null;
    },
    [commands.report]: () => report(session),
    [commands.receipt]: async (args) => {
      const { ledger } = await session.needParts();
      return ledger.receipt(parseReceiptArguments(args).receiptId) ?? null;
    },
  };
  return async ({ command, arguments: args }) => {
    const handler = Object.hasOwn(handlers, command) ? handlers[command] : undefined;
    if (handler === undefined) throw invalidParams(`${command} is not a command of joule-ls`);
    try {
      return await handler(args);
    } catch (error) {
      if (!(error instanceof ResponseError))
        session.client.message('error', 'joule: a mistake of joule-ls; its log says more');
      throw error;
    }
  };
}

async function run(session: Session, args: RunArguments): Promise<unknown> {
  const document = openDocument(session, args.uri);
  const { range, diagnostics, ...rest } = args;
  return submit(session, document, {
    ...rest,
    range: toSelection(document, range),
    findings: (diagnostics ?? []).map((one) => ({ message: one.message, range: toOffsets(document, one.range) })),
  });
}

/** `{ jobId }`, or `{ refused }` after one message that says why. */
async function submit(
  session: Session,
  document: TextDocument,
  request: JobRequest,
): Promise<{ jobId: string } | { refused: string }> {
  const left = whyLeftAlone(document);
  if (left !== undefined) return refuse(session, `${nameOf(document)} is left alone: ${left}`);
  const parts = await partsOrMessage(session);
  if (parts === undefined) return { refused: 'joule-ls could not start' };
  const answer = parts.jobs.submit(request);
  return 'refused' in answer ? refuse(session, answer.refused) : { jobId: answer.job.id };
}

async function partsOrMessage(session: Session): Promise<Parts | undefined> {
  return session.needParts().catch((error: unknown) => {
    session.client.message('error', `joule: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  });
}

function refuse(session: Session, why: string): { refused: string } {
  session.client.message('warning', `joule: ${why}`);
  return { refused: why };
}

async function insertKept(session: Session, args: ReturnType<typeof parseKeptArguments>): Promise<unknown> {
  const document = openDocument(session, args.uri);
  const parts = session.parts();
  if (parts === undefined || !parts.jobs.kept(args.uri).some((kept) => kept.jobId === args.jobId)) {
    throw invalidParams(`no result of ${args.jobId} is kept`);
  }
  const landing = parts.jobs.insertKept(args.jobId, document.offsetAt(args.position)).then((answer) => {
    if (!answer.applied) session.client.message('warning', `joule: the kept result was not inserted: ${answer.why}`);
    session.regions.refresh(args.uri);
  });
  inBackground(session.log, 'inserting a kept result', landing);
  return null;
}

/**
 * The same again by a larger model. A stub is no stub any more and its complaint may be gone, so most regions are rewritten;
 * documentation is simply written again.
 */
async function retry(session: Session, args: ReturnType<typeof parseRetryArguments>): Promise<unknown> {
  const document = openDocument(session, args.uri);
  const match = session.regions.of(args.uri).find((one) => one.receipt.id === args.receiptId);
  if (match === undefined)
    return refuse(session, 'the generated code was changed since, so there is nothing to try again');
  const range = { start: match.range.start, end: match.range.start };
  const place = { uri: args.uri, version: document.version, findings: [] };
  const model = args.model === undefined ? {} : { model: args.model };
  const instruction = 'Write this again from its signature and documentation: the present code may be wrong.';
  const answer = await (match.receipt.actionId === 'document'
    ? submit(session, document, { actionId: 'document', range, ...place, ...model })
    : submit(session, document, { actionId: 'rewrite', range, instruction, ...place, ...model }));
  // Whoever asks for another answer says what the first one was worth.
  if ('jobId' in answer) noteLater(session, args.receiptId, { retried: true });
  return answer;
}

function noteLater(session: Session, receiptId: string, later: Later): void {
  const ledger = session.parts()?.ledger;
  const receipt = ledger?.receipt(receiptId);
  const event = receipt && laterOutcome(receipt, session.clock.wallMilliseconds(), later);
  if (event !== undefined) ledger?.append(event);
}

/** Made in the background, since a long ledger takes a while; then a browser has it, or a message says where it is. */
async function report(session: Session): Promise<null> {
  const shown = session.needParts().then(async (parts) => {
    const path = await parts.report();
    if (!(await session.client.showDocument(uriOf(path), true)))
      session.client.message('info', `joule: the report is in ${path}`);
  });
  const told = shown.catch((error: unknown) =>
    session.client.message('error', `joule: no report: ${error instanceof Error ? error.message : String(error)}`),
  );
  inBackground(session.log, 'showing the report', told);
  return null;
}

async function dismiss(session: Session, receiptId: string): Promise<null> {
  const parts = await partsOrMessage(session);
  const receipt = parts?.ledger.receipt(receiptId);
  if (parts === undefined || receipt === undefined) throw invalidParams(`there is no receipt ${receiptId}`);
  noteLater(session, receiptId, { outcome: 'dismissed' });
  session.regions.refreshAll();
  return null;
}

function openDocument(session: Session, uri: string): TextDocument {
  const document = session.documents.get(uri);
  if (document === undefined) throw invalidParams(`${uri} is not open`);
  return document;
}

function nameOf(document: TextDocument): string {
  return pathOf(document.uri).split(/[/\\]/).pop() ?? document.uri;
}
