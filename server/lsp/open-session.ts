// Puts one session together: documents, settings, parses, regions and notes around one client, and the heavy parts on first need.

import type { InitializeParams, ProtocolConnection } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { createClient } from './client.ts';
import { pathOf } from './convert.ts';
import type { Core } from './core.ts';
import { publishNotes } from './diagnostics.ts';
import { createDocuments } from './documents.ts';
import { createEditor } from './editor.ts';
import { createFactsCache } from './facts-cache.ts';
import { inBackground } from './guard.ts';
import { showJobs } from './job-view.ts';
import { whyLeftAlone } from './left-alone.ts';
import { createPages } from './pages.ts';
import { createProgress, type Progress } from './progress.ts';
import { createPulls, type Pulls } from './pulls.ts';
import { createRegions } from './regions.ts';
import { createLoader, type Session } from './session.ts';
import { createSettingsSync } from './settings-sync.ts';
import { type Typing, watchTyping } from './typing.ts';
import { createWorkspace } from './workspace.ts';

export interface OpenSession extends Session {
  readonly typing: Typing;
  readonly progress: Progress;
  readonly pulls: Pulls;
  /** For clients that must not race: resolves when the parts are loaded, the ledger is read and this document is parsed. */
  ready(uri: string): Promise<null>;
  close(): Promise<void>;
}

/** Loads nothing: the parts come with the first document or command. */
export function createOpenSession(core: Core, connection: ProtocolConnection, params: InitializeParams): OpenSession {
  const { clock, log } = core;
  const client = createClient(connection, params);
  const documents = createDocuments();
  const workspace = createWorkspace(params, () => documents.all().map(({ uri }) => uri));
  const settings = createSettingsSync({
    client,
    initializationOptions: params.initializationOptions,
    clock,
    defaults: async () => core.editorDefaults?.(),
    onChange: () => documents.all().forEach(publish),
  });
  const typing = watchTyping(documents, clock);
  const pages = createPages();
  let ledgerRead = false;

  function publish(document: TextDocument): void {
    publishNotes({ client, clock, settings: settings.current() }, document, regions.of(document.uri));
  }

  const loader = createLoader(core, async () => {
    await settings.load();
    const parts = await core.load({ editor, settings: () => settings.current() });
    showJobs(session, parts, progress);
    return parts;
  });
  const facts = createFactsCache({
    syntax: () => loader.parts()?.syntax,
    clock,
    onError: (error) => log.error({ error: String(error) }, 'a parse failed'),
  });
  const regions = createRegions({
    documents,
    clock,
    ledger: () => (ledgerRead ? loader.parts()?.ledger : undefined),
    onChange: publish,
  });
  const shared = { clock, log, client, documents, workspace, settings, facts, regions };
  const editor = createEditor(shared, pages);
  const session: Session = { ...shared, parts: loader.parts, needParts: loader.needParts };
  const progress = createProgress(client, clock);
  const pulls = createPulls(session, progress);

  async function wakeUp(): Promise<void> {
    const { ledger } = await loader.needParts();
    for (const document of documents.all()) facts.schedule(document);
    await ledger.ready();
    if (ledgerRead) return;
    ledgerRead = true;
    regions.refreshAll();
  }
  const parse = (document: TextDocument): void => {
    if (whyLeftAlone(document) === undefined) facts.schedule(document);
  };
  documents.listen({
    opened(document) {
      inBackground(log, 'loading the parts of the server', wakeUp());
      parse(document);
    },
    changed(document, edits) {
      loader.parts()?.jobs.documentChanged(document.uri, edits);
      loader.parts()?.completions.documentChanged(document.uri, edits);
      if (whyLeftAlone(document) === undefined) facts.scheduleWhenQuiet(document);
    },
    saved: ({ uri }) => loader.parts()?.jobs.documentSaved(uri),
    closed(uri) {
      facts.forget(uri);
      loader.parts()?.jobs.documentClosed(uri);
      loader.parts()?.completions.documentClosed(uri);
      client.publish(uri, undefined, []);
    },
    refused: (uri, why) => client.message('warning', `joule: ${nameOf(uri)} is left alone: ${why}`),
  });

  return {
    ...session,
    typing,
    progress,
    pulls,
    async ready(uri) {
      await wakeUp();
      const document = documents.get(uri);
      if (document !== undefined) parse(document);
      await facts.settled(uri);
      return null;
    },
    async close() {
      pulls.close();
      await loader.close();
      await pages.close();
    },
  };
}

function nameOf(uri: string): string {
  return pathOf(uri).split(/[/\\]/).pop() ?? uri;
}
