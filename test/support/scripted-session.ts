// A server whose heavy parts are played: for what the protocol's side does by itself. Streams, documents and handlers are real.

import { actions } from '../../server/actions/index.ts';
import type { Clock } from '../../server/base/clock.ts';
import { systemClock } from '../../server/base/clock.ts';
import { type Log, silentLog } from '../../server/base/log.ts';
import { startInProcess } from '../../server/commands/in-process.ts';
import type { Job, JobEvent, JobListener, JobRequest } from '../../server/jobs/job.ts';
import type { Editor, Jobs } from '../../server/jobs/ports.ts';
import { noneNotAsked } from '../../server/ledger/not-asked.ts';
import type { RegionMatch } from '../../server/ledger/port.ts';
import type { Core, Parts } from '../../server/lsp/core.ts';
import type { HeadlessClient, HeadlessOptions } from '../../server/lsp/headless-client.ts';
import type { EditorSettings } from '../../server/settings.ts';
import type { SyntaxFacts } from '../../server/syntax/facts.ts';

export interface Script {
  /** Where the report was written; may throw. */
  readonly report?: () => string;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Every parse gives this, after `parsed` when it is there. */
  readonly facts?: SyntaxFacts;
  readonly parsed?: Promise<void>;
  readonly regions?: (path: string, text: string) => readonly RegionMatch[];
  readonly outlook?: Partial<Parts['outlook']>;
  readonly jobs?: Partial<Jobs>;
  readonly load?: () => Promise<void>;
}

export interface ScriptedSession {
  readonly client: HeadlessClient;
  readonly submitted: readonly JobRequest[];
  readonly appended: readonly unknown[];
  /** What jobs see of the editor. */
  editor(): Editor;
  settings(): EditorSettings;
  /** Tells the server's listeners of a job's event. */
  tell(job: Job, event: JobEvent): void;
  close(): Promise<void>;
}

export async function openScripted(
  script: Script = {},
  options: Partial<HeadlessOptions> = {},
): Promise<ScriptedSession> {
  const submitted: JobRequest[] = [];
  const appended: unknown[] = [];
  const listeners = new Set<JobListener>();
  let host: { editor: Editor; settings(): EditorSettings } | undefined;
  const receipts = new Map<string, RegionMatch['receipt']>();
  const core: Core = {
    clock: script.clock ?? systemClock,
    log: script.log ?? silentLog,
    version: '0.0.0-test',
    async load(given) {
      await script.load?.();
      host = given;
      return {
        actions,
        outlook: {
          predict: () => '300–600 J',
          larger: () => undefined,
          saving: () => undefined,
          missingModel: () => undefined,
          ...script.outlook,
        },
        syntax: {
          supports: () => script.facts !== undefined,
          async parse() {
            await script.parsed;
            return script.facts;
          },
          close: async () => {},
        },
        ledger: {
          append: (event) => {
            appended.push(event);
          },
          receipt: (id) => receipts.get(id),
          receiptsSince: () => [],
          receiptsOf: () => [...receipts.values()],
          regionsIn(path, text) {
            const found = script.regions?.(path, text) ?? [];
            for (const match of found) receipts.set(match.receipt.id, match.receipt);
            return found;
          },
          totals: () => ({
            file: { status: 'unknown', why: 'nothing was measured' },
            today: { status: 'unknown', why: 'nothing was measured' },
            lastHour: { status: 'unknown', why: 'nothing was measured' },
            receiptsToday: 1,
            unmeasuredCallsInFile: 0,
            unmeasuredCallsToday: 0,
          }),
          refresh: async () => {},
          ready: async () => {},
          flush: async () => {},
          close: async () => {},
        },
        report: async () => script.report?.() ?? '/nowhere/report.html',
        notAskedToday: () => noneNotAsked,
        completions: {
          ask: async () => ({ offers: [], unfinished: false }),
          accepted: () => false,
          documentChanged() {},
          documentClosed() {},
          saved: () => ({ callsNotMade: 0, predictedJoules: 0, withoutPrediction: 0 }),
          close: async () => {},
        },
        jobs: {
          submit(request) {
            submitted.push(request);
            return { job: { id: `job-${submitted.length}` } as Job };
          },
          cancel: () => 0,
          active: () => [],
          kept: () => [],
          insertKept: async () => ({ applied: true }),
          dropKept() {},
          documentChanged() {},
          documentSaved() {},
          documentClosed() {},
          subscribe(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
          },
          close: async () => {},
          ...script.jobs,
        },
        pull: async () => undefined,
        close: async () => {},
      };
    },
  };
  const session = await startInProcess(core, '/project', options);
  const loaded = (): NonNullable<typeof host> => {
    if (host === undefined) throw new Error('the parts are not loaded yet: open a document first');
    return host;
  };
  return {
    client: session.client,
    submitted,
    appended,
    editor: () => loaded().editor,
    settings: () => loaded().settings(),
    tell(job, event) {
      listeners.forEach((listener) => listener(job, event));
    },
    close: session.close,
  };
}
