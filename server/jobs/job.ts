// A Job: one request from the editor on its way to an outcome. Progress, notes, hover, cancel and ledger all listen to this
// one thing. Knows actions, pipeline and ledger; knows no protocol.

import type { OffsetRange } from '../base/text.ts';
import type { Joules } from '../energy/joules.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import type { ActionId, Draft, Finding, PipelineEvent, StrategyId, Verdict } from '../pipeline/task.ts';

export interface JobRequest {
  readonly actionId: ActionId;
  readonly uri: string;
  /** Version of the document when the action was offered; 0 is a version. */
  readonly version: number;
  readonly range: OffsetRange;
  readonly findings: readonly Finding[];
  readonly strategy?: StrategyId;
  readonly instruction?: string;
  /** For "try again with a larger model": this model instead of the worker. */
  readonly model?: string;
}

/** The document as it was when the job began. */
export interface Snapshot {
  readonly uri: string;
  readonly version: number;
  readonly languageId: string;
  readonly text: string;
  /** SHA-256 of `text`, hex. */
  readonly hash: string;
}

export type JobState = 'queued' | 'running' | 'applying' | 'ended';

export type JobEnd =
  | { readonly kind: 'applied'; readonly rebased: boolean }
  /** Nothing to edit: a page was shown. */
  | { readonly kind: 'shown' }
  /** Generated but not applied: the code there changed, the check failed, or the editor said no. The text is kept. */
  | { readonly kind: 'kept'; readonly why: string }
  | { readonly kind: 'cancelled' }
  /** A newer job on the same region took over. */
  | { readonly kind: 'superseded' }
  | { readonly kind: 'failed'; readonly why: string; readonly mend?: string };

export interface Job {
  readonly id: string;
  /** What the action's title said, without the prediction: `Implement parse_config`. */
  readonly title: string;
  readonly request: JobRequest;
  readonly snapshot: Snapshot;
  readonly startedWallMilliseconds: number;
  readonly state: JobState;
  readonly strategy: StrategyId | undefined;
  readonly why: string | undefined;
  readonly calls: readonly ModelCall[];
  readonly draft: Draft | undefined;
  readonly verdict: Verdict | undefined;
  readonly end: JobEnd | undefined;
}

export type JobEvent =
  | { readonly kind: 'queued'; readonly position: number }
  | { readonly kind: 'started' }
  | { readonly kind: 'pipeline'; readonly event: PipelineEvent }
  /** Comes before `applying`: calls in the answer that neither the request nor the code around uses. */
  | { readonly kind: 'cautions'; readonly cautions: readonly string[] }
  | { readonly kind: 'applying' }
  /** A budget of the settings was passed by this job. Comes before `ended`. */
  | { readonly kind: 'budget'; readonly budget: PassedBudget }
  /** Always the last event of a job. */
  | { readonly kind: 'ended'; readonly end: JobEnd };

export interface PassedBudget {
  readonly of: 'action' | 'hour' | 'day';
  readonly limitJoules: number;
  /** What this action, the last hour, or this day so far has cost. */
  readonly spent: Joules;
}

export type JobListener = (job: Job, event: JobEvent) => void;
