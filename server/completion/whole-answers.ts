// An empty body, or a comment that says what is wanted, written by the whole pipeline when it is asked for by hand, and offered as one
// item. The last answer is kept for as long as its document stays as it was. Knows no strategy and no model.

import type { ModelCall } from '../gateway/model-call.ts';
import type { PipelineEvent, PipelineResult } from '../pipeline/task.ts';
import type { CompletionAnswer, CompletionRecord, CompletionRequest, TaskHere } from './port.ts';
import type { Shown } from './shown.ts';
import type { Site } from './site.ts';
import type { Slot } from './slot.ts';
import { nothing } from './waiting.ts';
import { type WholeEdit, wholeEditOf } from './whole-edit.ts';

/** Runs a task with the models and settings of now, or says why it can't. Never rejects for anything a model can do. */
export type RunTask = (
  here: TaskHere,
  languageId: string,
  listen: (event: PipelineEvent) => void,
  signal: AbortSignal,
) => Promise<PipelineResult | { readonly kind: 'unready'; readonly why: string }>;

export interface WholeAnswersOptions {
  readonly runTask: RunTask;
  readonly newId: () => string;
  readonly record: CompletionRecord;
  readonly shown: Shown;
  readonly slot: Slot;
  /** For the log. */
  readonly note: (why: string) => void;
}

export interface WholeAnswers {
  answer(request: CompletionRequest, site: Site, here: TaskHere, left: AbortSignal): Promise<CompletionAnswer>;
}

interface Kept {
  readonly receiptId: string;
  readonly uri: string;
  readonly text: string;
  readonly offset: number;
  readonly whole: WholeEdit | undefined;
  readonly calls: readonly ModelCall[];
}

/** In the place of a model's name: the pipeline chooses its models by itself. */
const pipelineKey = 'pipeline';

export function createWholeAnswers({ runTask, newId, record, shown, slot, note }: WholeAnswersOptions): WholeAnswers {
  let kept: Kept | undefined;

  function keptFor({ place }: CompletionRequest): CompletionAnswer | undefined {
    if (kept?.uri !== place.uri || kept.offset !== place.offset || kept.text !== place.text) return undefined;
    const { receiptId, whole, calls } = kept;
    shown.next(receiptId);
    if (whole === undefined) return nothing;
    const { edit, further } = whole;
    const before = place.text.slice(edit.start, edit.end);
    const { uri, path } = place;
    shown.offer({
      receiptId,
      features: undefined,
      sized: undefined,
      path,
      uri,
      start: edit.start,
      before,
      after: edit.text,
    });
    return { offers: [{ receiptId, edit, further, calls }], unfinished: false };
  }

  async function work(
    { place }: CompletionRequest,
    here: TaskHere,
    receiptId: string,
    signal: AbortSignal,
  ): Promise<void> {
    const of = { receiptId, path: place.path };
    const calls: ModelCall[] = [];
    const listen = (event: PipelineEvent): void => {
      if (event.kind !== 'call') return;
      calls.push(event.call);
      record.call(of, event.call);
    };
    const result = await runTask(here, place.languageId, listen, signal);
    if (signal.aborted) return record.outcome(of, signal.reason === 'cancelled' ? 'cancelled' : 'superseded', {});
    const whole = editOf(result, here, place.offset);
    if ('why' in whole) {
      note(whole.why);
      record.outcome(of, result.kind === 'failed' ? 'failed' : 'rejected', { why: whole.why });
    }
    const { uri, text, offset } = place;
    kept = { receiptId, uri, text, offset, whole: 'why' in whole ? undefined : whole, calls };
  }

  return {
    async answer(request, site, here, left) {
      const known = keptFor(request);
      if (known !== undefined) return known;
      let running = slot.current();
      if (running?.modelKey !== pipelineKey || running.uri !== request.place.uri || running.follows(site) !== '') {
        const receiptId = newId();
        const { uri, path } = request.place;
        running = slot.begin({
          ...{ receiptId, uri, path, modelKey: pipelineKey, site },
          // The whole document is its place: any change of it ends the answer.
          hypothetical: true,
          work: ({ signal }) => work(request, here, receiptId, signal),
        });
      }
      await running.finished;
      return left.aborted ? nothing : (keptFor(request) ?? nothing);
    },
  };
}

function editOf(
  result: Awaited<ReturnType<RunTask>>,
  here: TaskHere,
  offset: number,
): WholeEdit | { readonly why: string } {
  switch (result.kind) {
    case 'draft':
      return wholeEditOf(here.task.text, offset, result.draft);
    case 'failed':
      return { why: result.failure.message };
    case 'refused':
    case 'unready':
      return { why: result.why };
    case 'cancelled':
      return { why: 'it was stopped' };
  }
}
