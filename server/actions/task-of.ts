// The fields of a Task that every action fills in the same way.

import type { ActionId, Finding, Target, Task } from '../pipeline/task.ts';
import type { Place } from './action.ts';

export interface Order {
  readonly actionId: ActionId;
  readonly target: Target;
  readonly instruction: string;
  readonly findings?: readonly Finding[];
}

/** Facts of an older text never reach the pipeline: their offsets would lie. */
export function taskOf(place: Place, order: Order): Task {
  return {
    actionId: order.actionId,
    languageId: place.languageId,
    fileName: place.path.split(/[/\\]/).at(-1) || 'untitled',
    text: place.text,
    facts: place.factsAreStale ? undefined : place.facts,
    target: order.target,
    instruction: order.instruction,
    findings: order.findings ?? [],
  };
}
