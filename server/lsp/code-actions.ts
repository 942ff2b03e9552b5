// The list of code actions, from memory alone: no model, no file, no waiting. Each is nothing but a command.
// Knows what may be offered where; executing is execute-command.ts's.

import type { ClientCapabilities, CodeAction, CodeActionParams, Command } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Action, Offer, Place } from '../actions/action.ts';
import { commands, type RunArguments } from './command-arguments.ts';
import { diagnosticSource, pathOf, toFindings, toSelection } from './convert.ts';
import { type Entry, type ListRequest, titled } from './entry.ts';
import { invalidParams } from './guard.ts';
import { jobActions } from './job-actions.ts';
import { whyLeftAlone } from './left-alone.ts';
import { regionActions } from './region-actions.ts';
import type { Session } from './session.ts';

/** CodeActionTag.LLMGenerated of LSP 3.18. */
const llmGenerated = 1;

/** Everything that can be done at this place, dressed for this client. Empty until the parts are loaded. */
export function listCodeActions(session: Session, params: CodeActionParams): (CodeAction | Command)[] {
  const document = session.documents.get(params.textDocument.uri);
  const parts = session.parts();
  if (document === undefined || parts === undefined) return [];
  const only = params.context.only ?? undefined;
  const request: ListRequest = {
    params,
    document,
    place: placeAt(session, document, params),
    explicit: (kind) => only?.some((one) => includesKind(one, kind) && one.includes('joule')) === true,
  };
  const entries = [
    ...jobActions(parts, request),
    ...parts.actions.flatMap((action) => offered(session, action, request)),
    ...regionActions(session, parts, request),
  ];
  const { capabilities } = session.client;
  return entries
    .filter((entry) => only === undefined || only.some((one) => includesKind(one, entry.kind)))
    .filter((entry) => entry.disabled === undefined || supports(capabilities)?.disabledSupport === true)
    .map((entry) => dress(entry, capabilities));
}

/** Nothing is left to be worked out: ours come back as they are, and another server's are refused. */
export function resolveCodeAction(action: CodeAction): CodeAction {
  const known: readonly string[] = Object.values(commands);
  if (action.command !== undefined && known.includes(action.command.command)) return action;
  throw invalidParams('this code action is not one of joule-ls');
}

function placeAt(session: Session, document: TextDocument, params: CodeActionParams): Place {
  const { facts, stale } = session.facts.get(document);
  return {
    languageId: document.languageId,
    path: pathOf(document.uri),
    text: document.getText(),
    facts,
    factsAreStale: stale,
    selection: toSelection(document, params.range),
    findings: toFindings(document, params.context.diagnostics ?? []),
  };
}

function offered(session: Session, action: Action, request: ListRequest): Entry[] {
  const explicit = request.explicit(action.kind);
  const left = whyLeftAlone(request.document);
  if (left !== undefined) {
    if (!explicit) return [];
    return [
      {
        title: `joule: ${action.id}`,
        kind: action.kind,
        command: commands.run,
        argument: {},
        generates: true,
        disabled: left,
      },
    ];
  }
  const offer = action.offer(request.place, explicit);
  return offer === undefined ? [] : [entryOf(session, action, offer, request)];
}

function entryOf(session: Session, action: Action, offer: Offer, { params, document }: ListRequest): Entry {
  const prediction = session.parts()?.outlook.predict(action.id, offer.expected);
  const foreign = (params.context.diagnostics ?? []).filter((one) => one.source !== diagnosticSource);
  const complaints = foreign.flatMap(({ message, range }) => (typeof message === 'string' ? [{ message, range }] : []));
  const argument: RunArguments = {
    actionId: action.id,
    uri: document.uri,
    version: document.version,
    range: params.range,
    ...(complaints.length === 0 ? {} : { diagnostics: complaints }),
  };
  return {
    title: titled(offer.title, prediction),
    kind: action.kind,
    command: commands.run,
    argument,
    generates: true,
    ...(action.id === 'fix' ? { diagnostics: foreign } : {}),
  };
}

function dress(entry: Entry, capabilities: ClientCapabilities): CodeAction | Command {
  const command: Command = { title: entry.title, command: entry.command, arguments: [entry.argument] };
  const support = supports(capabilities);
  if (support?.codeActionLiteralSupport === undefined) return command;
  const tagged = entry.generates && support.tagSupport?.valueSet?.includes(llmGenerated) === true;
  return {
    title: entry.title,
    kind: entry.kind,
    ...(entry.disabled === undefined ? { command } : { disabled: { reason: entry.disabled } }),
    ...(entry.diagnostics === undefined ? {} : { diagnostics: [...entry.diagnostics] }),
    ...(tagged ? { tags: [llmGenerated] } : {}),
  };
}

function supports(capabilities: ClientCapabilities): NonNullable<ClientCapabilities['textDocument']>['codeAction'] {
  return capabilities.textDocument?.codeAction;
}

/** Kinds are dotted paths: `refactor` includes `refactor.rewrite.joule.implement`; the empty kind includes all. */
export function includesKind(asked: string, kind: string): boolean {
  return asked === '' || kind === asked || kind.startsWith(`${asked}.`);
}
