// Which stop filters end the generation of an answer to a task.

import type { StopFilter } from '../gateway/stop-filters.ts';
import type { Task } from './task.ts';

export function stopFiltersFor(_task: Task): readonly StopFilter[] {
  return [];
}
