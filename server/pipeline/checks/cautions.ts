// Calls that touch the world which neither the request nor the code around it makes: no failure, but shown before the edit.

import type { SyntaxFacts } from '../../syntax/facts.ts';
import type { Task } from '../task.ts';

/** Calls that touch the world which neither the request nor the code around it makes: shown before the edit. */
export function cautionsOf(task: Task, before: SyntaxFacts | undefined, after: SyntaxFacts): string[] {
  const had = new Set((before ?? task.facts)?.dangerousCalls.map((call) => call.name) ?? []);
  const words = {
    process: 'starts a process',
    network: 'uses the network',
    delete: 'deletes files',
    eval: 'evaluates text as code',
  };
  const seen = new Set<string>();
  return after.dangerousCalls
    .filter(
      (call) =>
        !had.has(call.name) && !task.instruction.includes(call.name) && !seen.has(call.name) && seen.add(call.name),
    )
    .map((call) => `${call.name} ${words[call.kind]}`);
}
