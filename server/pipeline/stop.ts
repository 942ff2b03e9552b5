// Which stop filters end the generation of an answer to a task.

import {
  type StopFilter,
  stopAfterFence,
  stopAtProse,
  stopAtRepetition,
  stopAtSecondDefinition,
} from '../gateway/stop-filters.ts';
import type { Task } from './task.ts';

/** A looping model is stopped always; a code answer also ends where code can't go on. */
export function stopFiltersFor(task: Task): readonly StopFilter[] {
  if (task.actionId === 'explain' || task.actionId === 'document') return [stopAtRepetition()];
  const codeFilters = [stopAtRepetition(), stopAtProse()];
  if (task.actionId === 'test') return codeFilters;
  if (task.target.kind !== 'symbol') return [...codeFilters, stopAfterFence()];
  const { name } = task.target.symbol;
  return [...codeFilters, stopAtSecondDefinition(name), onlyBehind(name, stopAfterFence())];
}

/** A first block may hold only an import or an example: the filter counts once the name has been written. */
function onlyBehind(name: string, filter: StopFilter): StopFilter {
  return {
    name: filter.name,
    decide: (text) => {
      const decision = filter.decide(text);
      return decision !== undefined && text.slice(0, decision.keep).includes(name) ? decision : undefined;
    },
  };
}
