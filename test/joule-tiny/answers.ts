// Greedy answers from llama.cpp through the project's own embedded engine, with the least probability of their tokens. Judges nothing.

import { collect, engineWith, request } from '../support/embedded.ts';
import { prefillOf, type Row } from './rows.ts';

export interface Answered {
  readonly row: Row;
  /** With its prefill. */
  readonly out: string;
  readonly lowestProbability: number;
}

export interface Answerer {
  answer(row: Row): Promise<Answered>;
  /** Works off a plan as the product does: parts in order, the first lines of the helpers' own answers as context. */
  module(plan: Answered): Promise<Answered>;
  close(): Promise<void>;
}

interface Plan {
  readonly subtasks?: readonly {
    readonly id: number;
    readonly goal: string;
    readonly provides: string;
    readonly needs?: readonly number[];
  }[];
}

export function createAnswerer(path: string): Answerer {
  const engine = engineWith([{ name: 'joule-tiny', family: 'joule-tiny', path }]);

  async function answer(row: Row): Promise<Answered> {
    const prefill = prefillOf(row);
    const { chunks, text } = await collect(engine, request(row.prompt + prefill, { maxTokens: 300 }));
    const probabilities = chunks.map((chunk) => (chunk.kind === 'text' ? (chunk.lowestProbability ?? 0) : 1));
    return { row, out: prefill + text, lowestProbability: Math.min(1, ...probabilities) };
  }

  async function module(plan: Answered): Promise<Answered> {
    const row: Row = { ...plan.row, job: 'module', set: plan.row.set.replace('plan', 'plan to module') };
    const codes = new Map<number, string>();
    let { lowestProbability } = plan;
    for (const { id, goal, provides, needs = [] } of partsOf(plan.out)) {
      const helpers = needs.map((need) => codes.get(need)).filter((code) => code !== undefined);
      const context = helpers.map((code) => `${code.split('\n', 1)[0]} ...\n`).join('');
      const part = await answer({
        job: 'part',
        set: '',
        prompt: `<|code|>${context}${goal}\nname: ${provides}<|out|>`,
      });
      codes.set(id, part.out);
      lowestProbability = Math.min(lowestProbability, part.lowestProbability);
    }
    return { row, out: [...codes.values()].join('\n\n'), lowestProbability };
  }

  return { answer, module, close: () => engine.close() };
}

function partsOf(text: string): NonNullable<Plan['subtasks']> {
  try {
    return (JSON.parse(text) as Plan).subtasks ?? [];
  } catch {
    return [];
  }
}
