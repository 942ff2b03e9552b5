// One job from its slot to its end: ready the models, find the task, run the pipeline, bring the answer into the editor or keep it.
// Whatever happens, the job ends in words and a complete answer is never thrown away.

import { dirname, resolve } from 'node:path';
import type { ExpectedTokens } from '../actions/action.ts';
import type { Log } from '../base/log.ts';
import { applyEdits } from '../base/text.ts';
import type { Joules } from '../energy/joules.ts';
import type { Region } from '../ledger/events.ts';
import type { PipelineDependencies, RunPipeline } from '../pipeline/port.ts';
import type { ActionId, Draft, PipelineEvent, PipelineResult, Task } from '../pipeline/task.ts';
import type { Syntax } from '../syntax/facts.ts';
import { type Delivery, deliver } from './deliver.ts';
import type { JobEnd, JobEvent } from './job.ts';
import type { Kept } from './kept.ts';
import type { Piece } from './landing.ts';
import { locate, movedRequest, otherPaths } from './locate.ts';
import type { PreparePipeline } from './ports.ts';
import type { Recollection } from './recall.ts';
import type { Receipts } from './receipts.ts';
import { type JobRecord, pathOfUri, snapshotOf } from './record.ts';
import { surroundingsOf } from './workspace/surroundings.ts';

export interface Workshop extends Delivery {
  readonly prepare: PreparePipeline;
  readonly runPipeline: RunPipeline;
  readonly syntax: Syntax;
  readonly kept: Kept;
  readonly recollection: Recollection;
  readonly receipts: Receipts;
  readonly log: Log;
  readonly expected: ((request: ExpectedRequest) => Joules | undefined) | undefined;
  readonly emit: (record: JobRecord, event: JobEvent) => void;
}

/** What a prediction before the run is made of. */
export interface ExpectedRequest {
  readonly actionId: ActionId;
  readonly tokens: ExpectedTokens;
  readonly dependencies: PipelineDependencies;
}

export interface Finished {
  readonly end: JobEnd;
  readonly regions: readonly Region[];
  readonly pieces: readonly Piece[];
}

/** Never rejects: a bug is logged and ends the job. */
export async function runJob(record: JobRecord, shop: Workshop): Promise<Finished> {
  try {
    return await work(record, shop);
  } catch (error) {
    if (record.controller.signal.aborted) return stopped(record);
    shop.log.error({ jobId: record.id, error: error instanceof Error ? error.stack : String(error) }, 'a job broke');
    const why = 'joule-ls made a mistake; its log says more';
    if (record.draft !== undefined) return keep(record, shop, { text: record.draft.code, why, awaited: [] });
    return ended({ kind: 'failed', why });
  }
}

async function work(record: JobRecord, shop: Workshop): Promise<Finished> {
  const { signal } = record.controller;
  const { model } = record.request;
  const prepared = await shop.prepare(
    { languageId: record.snapshot.languageId, ...(model === undefined ? {} : { model }) },
    signal,
  );
  if (signal.aborted) return stopped(record);
  if ('why' in prepared) return ended({ kind: 'failed', ...prepared });
  await followDocument(record, shop);
  if (signal.aborted) return stopped(record);
  const task = record.task;
  if (task === undefined) {
    return ended({ kind: 'failed', why: `there is nothing to ${record.request.actionId} here any more` });
  }
  record.predicted =
    record.expected && shop.expected?.({ actionId: task.actionId, tokens: record.expected, dependencies: prepared });
  const whole = await withSurroundings(record, await withOtherFile(record, task, shop), shop);
  record.task = whole;
  const { strategy } = record.request;
  // Whoever names a strategy or a model wants to see it work.
  const again = strategy === undefined && model === undefined && prepared.settings.reuse;
  const options = {
    ...(again ? { recall: shop.recollection.find } : {}),
    ...(strategy === undefined ? {} : { strategy }),
    ...(record.expected === undefined ? {} : { expected: record.expected }),
  };
  const listen = (event: PipelineEvent): void => heard(record, event, shop);
  const result = await shop.runPipeline(prepared, whole, options, listen, signal);
  return concluded(record, whole, result, shop);
}

/** While a job waited its document went on: the answer is asked for the text as it is now. */
async function followDocument(record: JobRecord, { editor, history, syntax }: Workshop): Promise<void> {
  const document = editor.document(record.snapshot.uri);
  if (document === undefined || document.text === record.snapshot.text) return;
  const changes = history.since(document.uri, record.mark);
  if (changes === undefined) return;
  record.request = movedRequest(record.request, changes);
  record.snapshot = snapshotOf(document);
  record.mark = history.mark(document);
  await locate(record, syntax);
}

/** The first candidate that exists, else the first, to be created. */
async function withOtherFile(record: JobRecord, task: Task, { editor }: Workshop): Promise<Task> {
  const directory = dirname(pathOfUri(record.snapshot.uri));
  const paths = otherPaths(record, (path) => resolve(directory, path));
  for (const path of paths) {
    const text = await editor.readWorkspaceFile(path);
    if (text !== undefined) return { ...task, otherFile: { path, text } };
  }
  const [first] = paths;
  return first === undefined ? task : { ...task, otherFile: { path: first, text: undefined } };
}

/** A folder on a slow disk must not hold an answer back: then less is checked, and the verdict says so. */
const lookingMilliseconds = 1000;

/** What the workspace knows, for the checks of code that goes into it. */
async function withSurroundings({ snapshot }: JobRecord, task: Task, { editor, clock, log }: Workshop): Promise<Task> {
  const { uri, languageId, text } = snapshot;
  const writesCode = task.actionId !== 'explain' && task.actionId !== 'document';
  if (!writesCode || !uri.startsWith('file:')) return task;
  const looked = new AbortController();
  const late = clock.sleep(lookingMilliseconds, looked.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    const surroundings = await Promise.race([surroundingsOf({ path: pathOfUri(uri), languageId, text }, editor), late]);
    return surroundings === undefined ? task : { ...task, surroundings };
  } catch (error) {
    log.warn({ error: String(error) }, 'the workspace could not be looked at');
    return task;
  } finally {
    looked.abort();
  }
}

/** A receipt is read by people. */
const mostDecisions = 20;

function heard(record: JobRecord, event: PipelineEvent, { receipts, emit }: Workshop): void {
  if (event.kind === 'call') {
    record.calls.push(event.call);
    receipts.call(record, event.call);
  } else if (event.kind === 'strategy') {
    record.strategy = event.strategy;
    record.why = event.why;
    record.choice ??= event.choice;
  } else if (event.kind === 'decision') {
    if (record.decisions.length < mostDecisions) record.decisions.push(event.sentence);
  } else if (event.kind === 'verdict') record.verdict = event.verdict;
  emit(record, { kind: 'pipeline', event });
}

async function concluded(record: JobRecord, task: Task, result: PipelineResult, shop: Workshop): Promise<Finished> {
  switch (result.kind) {
    case 'draft':
      record.draft = result.draft;
      record.recall = result.recall;
      record.recalledFrom = result.recalledFrom;
      record.verdict = result.verdict;
      return record.controller.signal.aborted
        ? keep(record, shop, {
            text: result.draft.code,
            why: 'it was cancelled when the answer was complete',
            awaited: [],
          })
        : brought(record, task, result.draft, shop);
    case 'refused':
      record.draft = result.draft;
      record.verdict = result.verdict;
      return keep(record, shop, { text: result.draft?.code || result.text, why: result.why, awaited: [] });
    case 'failed': {
      const { message, mend } = result.failure;
      if (result.text.trim() !== '') shop.kept.add({ record, text: result.text, why: message, awaited: [] });
      return ended({ kind: 'failed', why: message, ...(mend === undefined ? {} : { mend }) });
    }
    case 'cancelled':
      return stopped(record);
  }
}

async function brought(record: JobRecord, task: Task, draft: Draft, shop: Workshop): Promise<Finished> {
  if (isNothingNew(draft, record.snapshot.text)) {
    return ended({ kind: 'failed', why: 'the answer is what stands there already' });
  }
  if (draft.cautions.length > 0) shop.emit(record, { kind: 'cautions', cautions: draft.cautions });
  record.state = 'applying';
  shop.emit(record, { kind: 'applying' });
  if (draft.page !== undefined) {
    await shop.editor.showPage(record.title, draft.page);
    return ended({ kind: 'shown' });
  }
  const label = `joule: ${record.title}`;
  const delivered = await deliver({ label, snapshot: record.snapshot, mark: record.mark, task, draft }, shop);
  if (!delivered.applied) return keep(record, shop, { ...delivered, text: draft.code });
  const { regions, pieces, rebased } = delivered;
  return { end: { kind: 'applied', rebased }, regions, pieces };
}

function isNothingNew({ edits, newFile, page }: Draft, text: string): boolean {
  return newFile === undefined && page === undefined && applyEdits(text, edits) === text;
}

function keep(
  record: JobRecord,
  { kept }: Workshop,
  { text, why, awaited }: { readonly text: string; readonly why: string; readonly awaited: readonly Region[] },
): Finished {
  if (text.trim() === '') return ended({ kind: 'failed', why });
  kept.add({ record, text, why, awaited });
  return ended({ kind: 'kept', why });
}

function stopped(record: JobRecord): Finished {
  return ended({ kind: record.controller.signal.reason === 'superseded' ? 'superseded' : 'cancelled' });
}

function ended(end: JobEnd): Finished {
  return { end, regions: [], pieces: [] };
}
