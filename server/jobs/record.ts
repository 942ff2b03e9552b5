// The inside of a Job: what the room may change of it while everybody else only reads. Also snapshots and paths.

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { ExpectedTokens } from '../actions/action.ts';
import type { OffsetRange } from '../base/text.ts';
import type { Joules } from '../energy/joules.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import type { Draft, PipelineResult, StrategyId, StrategyRecord, Task, Verdict } from '../pipeline/task.ts';
import type { Job, JobEnd, JobRequest, JobState, Snapshot } from './job.ts';
import type { OpenDocument } from './ports.ts';

export interface JobRecord extends Job {
  state: JobState;
  title: string;
  snapshot: Snapshot;
  request: JobRequest;
  strategy: StrategyId | undefined;
  why: string | undefined;
  choice: StrategyRecord | undefined;
  readonly calls: ModelCall[];
  /** What to keep of the answer once it stands in the code. */
  recall: NonNullable<Extract<PipelineResult, { kind: 'draft' }>['recall']> | undefined;
  /** The receipt whose answer was given again. */
  recalledFrom: string | undefined;
  /** What the pipeline decided on the way, one sentence each. */
  readonly decisions: string[];
  draft: Draft | undefined;
  verdict: Verdict | undefined;
  end: JobEnd | undefined;
  /** Moment of `snapshot` in the document's history. */
  mark: number;
  /** What the action made of the snapshot; undefined while it is not known, or when there is nothing to do. */
  task: Task | undefined;
  expected: ExpectedTokens | undefined;
  predicted: Joules | undefined;
  /** Settles when `task` has been looked for. Never rejects. */
  located: Promise<void>;
  readonly controller: AbortController;
}

/** Why a job's signal was aborted. */
export type StopReason = 'cancelled' | 'superseded';

export function newRecord(
  id: string,
  request: JobRequest,
  at: { readonly document: OpenDocument; readonly mark: number; readonly wallMilliseconds: number },
): JobRecord {
  return {
    id,
    request,
    title: request.actionId,
    snapshot: snapshotOf(at.document),
    mark: at.mark,
    startedWallMilliseconds: at.wallMilliseconds,
    state: 'queued',
    strategy: undefined,
    why: undefined,
    choice: undefined,
    calls: [],
    decisions: [],
    recall: undefined,
    recalledFrom: undefined,
    draft: undefined,
    verdict: undefined,
    end: undefined,
    task: undefined,
    expected: undefined,
    predicted: undefined,
    located: Promise.resolve(),
    controller: new AbortController(),
  };
}

export function snapshotOf(document: OpenDocument): Snapshot {
  const hash = createHash('sha256').update(document.text).digest('hex');
  const { uri, version, languageId, text } = document;
  return { uri, version, languageId, text, hash };
}

/** The absolute path of a `file:` uri; any other uri stands for itself. */
export function pathOfUri(uri: string): string {
  if (!uri.startsWith('file:')) return uri;
  try {
    return fileURLToPath(uri);
  } catch {
    return uri;
  }
}

/** The part of the snapshot that the answer is for. */
export function extentOfTask(task: Task): OffsetRange {
  const { target } = task;
  if (target.kind === 'lines') return target.range;
  if (target.kind === 'after') return { start: target.offset, end: target.offset };
  const { range, documentation } = target.symbol;
  return {
    start: Math.min(range.start, documentation?.start ?? range.start),
    end: Math.max(range.end, documentation?.end ?? range.end),
  };
}
