// The one place where requests become jobs: takes snapshots, queues, replaces, cancels, and tells everybody who listens.
// Knows no protocol, no model and no meter.

import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { OffsetRange } from '../base/text.ts';
import type { Joules } from '../energy/joules.ts';
import type { Environment } from '../ledger/events.ts';
import type { Ledger } from '../ledger/port.ts';
import type { RunPipeline } from '../pipeline/port.ts';
import type { Syntax } from '../syntax/facts.ts';
import { movedRange } from './changes.ts';
import { arrived } from './deliver.ts';
import { createHistory } from './history.ts';
import { insertKept } from './insert-kept.ts';
import type { JobEvent, JobListener, JobRequest } from './job.ts';
import { createKept } from './kept.ts';
import { locate } from './locate.ts';
import type { Editor, Jobs, OpenDocument, PreparePipeline } from './ports.ts';
import { createQueue } from './queue.ts';
import { createRecollection } from './recall.ts';
import { type Budgets, createReceipts, outcomeOf } from './receipts.ts';
import { extentOfTask, type JobRecord, newRecord, type StopReason } from './record.ts';
import { type ExpectedRequest, type Finished, runJob, type Workshop } from './run-job.ts';
import { createStandingWatch } from './standing-watch.ts';
import { createUndoWatch } from './undo-watch.ts';

export interface JobsOptions {
  readonly editor: Editor;
  readonly prepare: PreparePipeline;
  readonly runPipeline: RunPipeline;
  readonly syntax: Syntax;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  /** Jobs that may run at once; asked whenever one could start. Default 1. */
  readonly slots?: () => number;
  /** For the receipt; asked when a job ends. */
  readonly environment?: () => Environment | undefined;
  /** From the settings; asked when a job ends. */
  readonly budget?: () => Budgets;
  /** The prediction that goes on the receipt. */
  readonly expected?: (request: ExpectedRequest) => Joules | undefined;
}

export function createJobs(options: JobsOptions): Jobs {
  const { editor, clock, log, ledger, syntax } = options;
  const history = createHistory();
  const kept = createKept(editor, history);
  const recollection = createRecollection();
  const receipts = createReceipts({
    ledger,
    clock,
    environment: options.environment ?? (() => undefined),
    budget: options.budget ?? (() => ({})),
  });
  const listeners = new Set<JobListener>();
  const active = new Set<JobRecord>();
  const inserting = new Set<string>();
  const running = new Set<Promise<void>>();
  let closed = false;

  const undo = createUndoWatch(history);
  const standing = createStandingWatch(history, clock, (uri) => editor.document(uri));
  const shop: Workshop = {
    editor,
    history,
    clock,
    syntax,
    kept,
    recollection,
    receipts,
    log,
    emit,
    prepare: options.prepare,
    runPipeline: options.runPipeline,
    expected: options.expected,
  };
  const queue = createQueue<JobRecord>({
    slots: options.slots ?? (() => 1),
    onPosition: (record, position) => emit(record, { kind: 'queued', position }),
    run(record) {
      const done = run(record);
      running.add(done);
      return done.finally(() => running.delete(done));
    },
  });

  function emit(record: JobRecord, event: JobEvent): void {
    for (const listener of [...listeners]) {
      try {
        listener(record, event);
      } catch (error) {
        log.error({ event: event.kind, error: String(error) }, 'a listener of jobs broke');
      }
    }
  }

  async function run(record: JobRecord): Promise<void> {
    record.state = 'running';
    await record.located;
    emit(record, { kind: 'started' });
    const finished = await runJob(record, shop);
    finish(record, finished);
  }

  function finish(record: JobRecord, finished: Finished): void {
    record.state = 'ended';
    record.end = finished.end;
    active.delete(record);
    settle(record, finished);
    for (const budget of receipts.passedBudgets(record)) emit(record, { kind: 'budget', budget });
    emit(record, { kind: 'ended', end: finished.end });
  }

  /** Writes the outcome and follows an applied answer from now on. */
  function settle(record: JobRecord, finished: Finished): void {
    receipts.outcome(record, outcomeOf(finished.end), finished.regions);
    const document = editor.document(record.snapshot.uri);
    if (finished.end.kind !== 'applied' || document === undefined) return;
    remember(record);
    undo.add(document, finished.pieces, (undone) => {
      if (undone) recollection.forget(record.recalledFrom ?? record.id);
      else remember(record);
      receipts.outcome(record, undone ? 'undone' : 'accepted', finished.regions);
    });
    standing.add(document, finished.pieces, (stillThere) => receipts.later(record, { stillThere }));
  }

  /** Only what stands in the code and passed its checks is worth giving again. */
  function remember({ id, recall, verdict }: JobRecord): void {
    if (recall === undefined || verdict?.ok !== true) return;
    const { identity, answer, promised } = recall;
    recollection.add(identity, { answer, promised, receiptId: id });
  }

  function stop(record: JobRecord, reason: StopReason): boolean {
    if (record.state === 'applying' || record.state === 'ended' || record.controller.signal.aborted) return false;
    record.controller.abort(reason);
    if (queue.withdraw(record)) finish(record, { end: { kind: reason }, regions: [], pieces: [] });
    return true;
  }

  /** The place of a job in its document's present text. */
  function placeOf(record: JobRecord): OffsetRange | undefined {
    if (record.task === undefined) return undefined;
    const changes = history.since(record.snapshot.uri, record.mark);
    return movedRange(extentOfTask(record.task), changes ?? [], 'outward');
  }

  function supersedeOverlapping(): void {
    const jobs = [...active];
    for (const [index, newer] of jobs.entries()) {
      const place = placeOf(newer);
      if (place === undefined) continue;
      for (const older of jobs.slice(0, index)) {
        const other = older.snapshot.uri === newer.snapshot.uri ? placeOf(older) : undefined;
        if (other !== undefined && other.start <= place.end && place.start <= other.end) stop(older, 'superseded');
      }
    }
  }

  function refusal(request: JobRequest, document: OpenDocument | undefined): string | undefined {
    if (closed) return 'the server is shutting down';
    if (document === undefined) return `${request.uri} is not open`;
    if (queue.waiting().length >= mostWaiting) return `${mostWaiting} jobs are waiting already`;
    if (request.version === document.version) return undefined;
    const changes = history.sinceVersion(document, request.version);
    const unmoved = changes?.every((change) => change.start > request.range.end) === true;
    return unmoved ? undefined : 'the document has changed since the action was offered; choose it again';
  }

  return {
    submit(request) {
      const document = editor.document(request.uri);
      const refused = refusal(request, document);
      if (refused !== undefined || document === undefined) return { refused: refused ?? '' };
      const mark = history.mark(document);
      const record = newRecord(options.newId(), request, {
        document,
        mark,
        wallMilliseconds: clock.wallMilliseconds(),
      });
      active.add(record);
      record.located = locate(record, syntax).then(supersedeOverlapping, (error: unknown) => {
        log.error({ jobId: record.id, error: String(error) }, 'an action broke');
      });
      queue.add(record);
      return { job: record };
    },
    cancel(jobId) {
      const chosen = [...active].filter((record) => jobId === undefined || record.id === jobId);
      return chosen.filter((record) => stop(record, 'cancelled')).length;
    },
    active: () => [...active],
    kept: (uri) => kept.of(uri),
    async insertKept(jobId, offset) {
      const entry = kept.get(jobId);
      if (entry === undefined || inserting.has(jobId))
        return { applied: false, why: 'nothing is kept under this name' };
      inserting.add(jobId);
      try {
        const delivered = await insertKept(entry, offset, { delivery: shop, place: kept.placeOf(entry) });
        if (!delivered.applied) {
          kept.add({ ...entry, awaited: delivered.awaited });
          return { applied: false, why: delivered.why };
        }
        kept.drop(jobId);
        settle(entry.record, { ...delivered, end: { kind: 'applied', rebased: delivered.rebased } });
        return { applied: true };
      } finally {
        inserting.delete(jobId);
      }
    },
    dropKept(jobId) {
      const entry = kept.get(jobId);
      if (entry === undefined) return;
      kept.drop(jobId);
      receipts.outcome(entry.record, 'rejected', []);
    },
    documentChanged(uri, edits) {
      const document = editor.document(uri);
      if (document === undefined) return;
      history.record(document, edits);
      undo.documentChanged(document);
      standing.documentChanged(document);
      for (const entry of kept.entriesOf(uri)) {
        const regions = arrived(entry.awaited, document);
        if (regions === undefined) continue;
        kept.drop(entry.record.id);
        receipts.outcome(entry.record, 'accepted', regions);
      }
    },
    documentSaved(uri) {
      const document = editor.document(uri);
      if (document !== undefined) standing.documentSaved(document);
    },
    documentClosed(uri) {
      history.forget(uri);
      undo.forget(uri);
      standing.forget(uri);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      standing.close();
      for (const record of [...active]) stop(record, 'cancelled');
      await Promise.all(running);
      await ledger.flush();
    },
  };
}

/** Jobs that may wait for a slot. More is a stuck key, not a wish. */
const mostWaiting = 50;
