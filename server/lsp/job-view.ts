// What the user sees of a job: progress with joules counting, one line at its end, one message when something needs a person.
// Listens to jobs; decides nothing.

import { oneLine } from '../base/escape.ts';
import { formatAmount, formatJoules } from '../energy/format.ts';
import { isKnown, type Joules, sumJoules } from '../energy/joules.ts';
import type { Job, JobEnd, JobEvent } from '../jobs/job.ts';
import { briefly, receiptLine } from '../ledger/receipt-text.ts';
import type { PipelineEvent, Stage } from '../pipeline/task.ts';
import type { Parts } from './core.ts';
import type { Progress, ProgressBar } from './progress.ts';
import type { Session } from './session.ts';

/** Token of a job's progress; editors' plug-ins and the headless client cancel by it. */
export function tokenOf(jobId: string): string {
  return `joule/${jobId}`;
}

interface Shown {
  readonly bar: ProgressBar;
  stage: string;
  tokensOut: number;
  /** Of the call that runs; undefined between calls. */
  running: Joules | undefined;
}

const stageNames: Record<Stage, string> = {
  planning: 'planner',
  working: 'worker',
  assembling: 'assembler',
  verifying: 'checking',
  repairing: 'repair',
  'stepping up': 'larger model',
};

/** @returns a function that stops showing. */
export function showJobs(session: Session, parts: Parts, progress: Progress): () => void {
  const shown = new Map<string, Shown>();
  return parts.jobs.subscribe((job, event) => {
    const view = shown.get(job.id) ?? begin(job, parts, progress);
    shown.set(job.id, view);
    const text = textOf(job, event, view);
    if (text !== undefined) view.bar.report(text);
    warnOf(session, event);
    if (event.kind !== 'ended') return;
    shown.delete(job.id);
    endJob(session, parts, job, { end: event.end, bar: view.bar });
  });
}

function begin(job: Job, parts: Parts, progress: Progress): Shown {
  const bar = progress.begin(
    tokenOf(job.id),
    () => `joule: ${oneLine(job.title, 100)}`,
    () => {
      parts.jobs.cancel(job.id);
    },
  );
  return { bar, stage: '', tokensOut: 0, running: undefined };
}

function textOf(job: Job, event: JobEvent, view: Shown): string | undefined {
  switch (event.kind) {
    case 'queued':
      return event.position > 0 ? `waiting, place ${event.position}` : 'waiting';
    case 'started':
      return 'starting';
    case 'pipeline':
      return pipelineText(job, event.event, view);
    case 'applying':
      return 'applying the edit';
    case 'cautions':
    case 'budget':
    case 'ended':
      return undefined;
  }
}

/** `worker 2/3 · gemma3:4b · 118 tok · 61 J`: tokens of the running call, joules of the whole job so far. */
function pipelineText(job: Job, event: PipelineEvent, view: Shown): string | undefined {
  if (event.kind === 'stage') {
    const place = event.count > 1 ? ` ${event.index}/${event.count}` : '';
    view.stage = `${stageNames[event.stage]}${place} · ${oneLine(event.model, 60)}`;
    view.tokensOut = 0;
    view.running = undefined;
  } else if (event.kind === 'progress') {
    view.tokensOut = event.tokensOut;
    view.running = event.joules;
  } else if (event.kind === 'call') view.running = undefined;
  else return undefined;
  const parts = view.tokensOut > 0 ? [view.stage, `${view.tokensOut} tok`] : [view.stage];
  const spent = joulesSoFar(job, view.running);
  if (spent !== undefined) parts.push(formatAmount(spent));
  return parts.join(' · ');
}

/** What is worth a message while the job goes on. */
function warnOf({ client }: Session, event: JobEvent): void {
  if (event.kind === 'cautions') {
    client.message(
      'warning',
      `joule: the answer calls ${event.cautions.map((one) => oneLine(one, 80)).join(', ')}. Look before you run it.`,
    );
  } else if (event.kind === 'budget') {
    const { of, limitJoules, spent } = event.budget;
    const what = { day: 'today’s joules', hour: 'the joules of the last hour', action: 'this action' }[of];
    client.message(
      'warning',
      `joule: ${what} passed the budget of ${formatAmount(limitJoules)}: ${formatJoules(spent)}`,
    );
  }
}

function joulesSoFar(job: Job, running: Joules | undefined): number | undefined {
  const figures = job.calls.map((call) => call.joules.gross);
  const sum = sumJoules(running === undefined ? figures : [...figures, running]);
  return isKnown(sum) && sum.joules > 0 ? sum.joules : undefined;
}

/** The end of the progress comes last: whoever waits for it has been told everything. */
function endJob(session: Session, parts: Parts, job: Job, { end, bar }: { end: JobEnd; bar: ProgressBar }): void {
  const receipt = parts.ledger.receipt(job.id);
  const cost = receipt === undefined ? costOf(job) : receiptLine(receipt, parts.outlook.saving(receipt));
  const news = newsOf(end, cost);
  if (news !== undefined) session.client.message(news.kind, `joule: ${news.text}`);
  else if (!session.client.paintsProgress) session.client.message('info', `joule: ${endText(end, cost)}`);
  session.regions.refresh(job.request.uri);
  bar.end(endText(end, cost));
}

function endText(end: JobEnd, cost: string): string {
  switch (end.kind) {
    case 'applied':
      return end.rebased ? `${cost} · fitted to the changed text` : cost;
    case 'shown':
      return cost;
    case 'kept':
      return `kept, not applied: “Insert the kept result” puts it in · ${cost}`;
    case 'cancelled':
      return `cancelled · ${cost}`;
    case 'superseded':
      return `replaced by a newer request · ${cost}`;
    case 'failed':
      // What to do comes first: Helix shows this over the message that says the same, in one line that it cuts.
      return end.mend === undefined
        ? `failed: ${sentence(end.why)}`
        : `failed, mend it by ${oneLine(end.mend, 100)}: ${sentence(end.why)}`;
  }
}

/** What a person should know or do. Everything else is progress and receipt. */
function newsOf(end: JobEnd, cost: string): { kind: 'warning' | 'error'; text: string } | undefined {
  if (end.kind === 'kept') {
    const how = 'The code action "joule: Insert the kept result" puts it in.';
    return { kind: 'warning', text: `the answer was kept, not applied: ${sentence(end.why)} ${how} (${cost})` };
  }
  if (end.kind === 'failed') {
    const mend = end.mend === undefined ? '' : ` To mend it: ${end.mend}`;
    return { kind: 'error', text: `${sentence(end.why)}${mend}` };
  }
  return undefined;
}

function sentence(text: string): string {
  const line = oneLine(text, 600);
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}

function costOf(job: Job): string {
  return job.calls.length === 0
    ? 'no model was called'
    : briefly(sumJoules(job.calls.map((call) => call.joules.gross)));
}
