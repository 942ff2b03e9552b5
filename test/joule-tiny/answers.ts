// Greedy answers from llama.cpp through the project's own embedded engine, and whether they pass the product's gate. Judges nothing.

import { jouleTiny, otherForms } from '../../server/pipeline/prompts/joule-tiny.ts';
import { leftOut, unknownWord } from '../../server/pipeline/prompts/joule-tiny-doubt.ts';
import { collect, engineWith, request } from '../support/embedded.ts';
import { prefillOf, type Row, wishOf } from './rows.ts';

/** The product's bound on the least probable token. */
export const gate = jouleTiny.lowestTokenProbability ?? 1;

export interface Answered {
  readonly row: Row;
  /** With its prefill. */
  readonly out: string;
  readonly lowestProbability: number;
  /** Whether the product would show it: the bound, and for requests in words what `joule-tiny.ts` asks beyond it. */
  readonly sure: boolean;
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

  async function written(prompt: string): Promise<{ text: string; lowestProbability: number }> {
    const { chunks, text } = await collect(engine, request(prompt, { maxTokens: 300 }));
    const probabilities = chunks.map((chunk) => (chunk.kind === 'text' ? (chunk.lowestProbability ?? 0) : 1));
    return { text, lowestProbability: Math.min(1, ...probabilities) };
  }

  async function answer(row: Row): Promise<Answered> {
    const prefill = prefillOf(row);
    const { text, lowestProbability } = await written(row.prompt + prefill);
    const sure = lowestProbability >= gate && (await standsByIt(row, text));
    return { row, out: prefill + text, lowestProbability, sure };
  }

  async function standsByIt(row: Row, text: string): Promise<boolean> {
    const wish = wishOf(row);
    if (wish === undefined) return true;
    const { goal, signature, inDocstring } = wish;
    if (unknownWord(goal, signature) !== undefined) return false;
    if (leftOut(goal, signature, `${signature}\n${text}`) !== undefined) return false;
    const body = (code: string, name: string): string => code.replaceAll(`${name}(`, '(').replace(/\s+/g, '');
    for (const form of otherForms(goal, signature, inDocstring)) {
      const other = await written(`<|code|>${form.wish}<|out|>${form.signature}\n`);
      if (other.lowestProbability < gate || body(other.text, form.calls) !== body(text, row.name ?? '')) return false;
    }
    return true;
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
    return { row, out: [...codes.values()].join('\n\n'), lowestProbability, sure: lowestProbability >= gate };
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
