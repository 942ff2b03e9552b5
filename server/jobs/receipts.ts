// Writes a job's lines to the ledger: a call when it ends, an outcome whenever it changes; and says which budgets were passed.

import type { Clock } from '../base/clock.ts';
import type { Joules } from '../energy/joules.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import { type CallEvent, type Environment, ledgerSchema, type ReceiptOutcome, type Region } from '../ledger/events.ts';
import { type Later, laterOutcome } from '../ledger/later.ts';
import type { Ledger } from '../ledger/port.ts';
import type { Check } from '../pipeline/task.ts';
import type { JobEnd, PassedBudget } from './job.ts';
import { type JobRecord, pathOfUri } from './record.ts';

export interface Budgets {
  readonly actionJoules?: number | undefined;
  readonly hourJoules?: number | undefined;
  readonly dayJoules?: number | undefined;
}

export interface Receipts {
  call(record: JobRecord, call: ModelCall): void;
  /** @param regions where the answer stands; empty while it stands nowhere. */
  outcome(record: JobRecord, outcome: ReceiptOutcome, regions: readonly Region[]): void;
  /** What was seen of an answer later; its outcome stays. */
  later(record: JobRecord, later: Later): void;
  /** Budgets that this job's calls passed. An unknown figure passes none. */
  passedBudgets(record: JobRecord): readonly PassedBudget[];
}

export interface ReceiptsOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly environment: () => Environment | undefined;
  readonly budget: () => Budgets;
}

export function createReceipts({ ledger, clock, environment, budget }: ReceiptsOptions): Receipts {
  const head = (record: JobRecord): Omit<CallEvent, 'kind' | 'call'> => ({
    schema: ledgerSchema,
    at: new Date(clock.wallMilliseconds()).toISOString(),
    receiptId: record.id,
    actionId: record.request.actionId,
    path: pathOfUri(record.snapshot.uri),
  });

  return {
    call(record, call) {
      ledger.append({ ...head(record), kind: 'call', call });
    },
    outcome(record, outcome, regions) {
      const around = environment();
      ledger.append({
        ...head(record),
        kind: 'outcome',
        outcome,
        verdict: record.verdict === undefined ? 'none' : record.verdict.ok ? 'ok' : 'failed',
        regions,
        ...(record.strategy === undefined ? {} : { strategy: record.strategy }),
        ...(record.why === undefined ? {} : { why: record.why }),
        ...(record.predicted === undefined ? {} : { predicted: record.predicted }),
        ...(record.choice === undefined ? {} : { choice: record.choice }),
        ...(record.recalledFrom === undefined ? {} : { recalledFrom: record.recalledFrom }),
        ...(record.decisions.length === 0 ? {} : { decisions: record.decisions }),
        ...executedOf(record.verdict?.checks ?? []),
        ...(around === undefined ? {} : { environment: around }),
      });
    },
    later(record, later) {
      const receipt = ledger.receipt(record.id);
      const event = receipt && laterOutcome(receipt, clock.wallMilliseconds(), later);
      if (event !== undefined) ledger.append(event);
    },
    passedBudgets(record) {
      const spent = ledger.receipt(record.id)?.totals.gross;
      if (spent === undefined || spent.status === 'unknown') return [];
      const { actionJoules, hourJoules, dayJoules } = budget();
      const passed: PassedBudget[] = [];
      if (actionJoules !== undefined && spent.joules > actionJoules) {
        passed.push({ of: 'action', limitJoules: actionJoules, spent });
      }
      const { today, lastHour } = ledger.totals(pathOfUri(record.snapshot.uri));
      const note = (of: 'hour' | 'day', limitJoules: number | undefined, all: Joules): void => {
        if (limitJoules === undefined || all.status === 'unknown') return;
        const crossed = all.joules > limitJoules && all.joules - spent.joules <= limitJoules;
        if (crossed) passed.push({ of, limitJoules, spent: all });
      };
      note('hour', hourJoules, lastHour);
      note('day', dayJoules, today);
      return passed;
    },
  };
}

/** Names and ends alone: evidence may hold source text. */
function executedOf(checks: readonly Check[]): { readonly executed?: readonly string[] } {
  const executed = checks
    .filter((check) => check.byRunning)
    .map(({ name, status }) => `${name} ${status === 'not-executed' ? 'not executed' : status}`);
  return executed.length === 0 ? {} : { executed };
}

/** What the ledger calls the way a job ended. */
export function outcomeOf(end: JobEnd): ReceiptOutcome {
  switch (end.kind) {
    case 'applied':
    case 'shown':
      return 'accepted';
    case 'kept':
    case 'cancelled':
    case 'superseded':
    case 'failed':
      return end.kind;
  }
}
