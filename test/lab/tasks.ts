// Requests of the laboratory as real tasks on real text: modules with stubs, and what right and wrong answers to them look like.

import type { Task } from '../../server/pipeline/task.ts';
import type { SyntaxFacts } from '../../server/syntax/facts.ts';
import type { LabRequest } from './files.ts';

/** How an answer is wrong: `visible` to syntax, or `subtle`, which only running it would show. */
export type Quality = 'right' | 'subtle' | 'visible';

export function sourceOf({ parts, words }: LabRequest): string {
  const filler = words <= 10 ? '' : ` ${'with every case of it handled '.repeat(Math.ceil((words - 10) / 5)).trim()}`;
  return `${Array.from({ length: parts }, (_, index) => `def step_${index + 1}(value):\n    """Step ${index + 1}${filler}."""\n    pass\n`).join('\n\n')}`;
}

export function taskOf(request: LabRequest, text: string, facts: SyntaxFacts): Task {
  const [symbol] = facts.symbols;
  if (symbol === undefined) throw new Error('a module of the laboratory has no function');
  return {
    actionId: 'implement',
    languageId: 'python',
    fileName: 'steps.py',
    text,
    facts,
    target:
      request.parts === 1 ? { kind: 'symbol', symbol } : { kind: 'lines', range: { start: 0, end: text.length - 1 } },
    instruction: '',
    findings: [],
  };
}

/** The code of some steps, as a model would fence it. */
export function answerFor(steps: readonly number[], quality: Quality): string {
  return `\`\`\`python\n${steps.map((step) => codeOf(step, quality)).join('\n\n\n')}\n\`\`\``;
}

/** A helper that a plan of too many parts asks for and nobody needs. */
export function helperFor(name: string): string {
  return `\`\`\`python\ndef ${name}(value):\n    return value\n\`\`\``;
}

function codeOf(step: number, quality: Quality): string {
  const body = { right: `return value + ${step}`, subtle: `return value - ${step}`, visible: 'return value +' }[
    quality
  ];
  return `def step_${step}(value):\n    ${body}`;
}

/** Whether a module does what was asked, which the pipeline can't know. */
export function isRight(text: string, { parts }: LabRequest): boolean {
  return Array.from({ length: parts }, (_, index) => index + 1).every((step) =>
    text.includes(`return value + ${step}\n`),
  );
}

export function planFor(steps: readonly (readonly number[])[], helpers: readonly string[]): string {
  const subtasks = [
    ...steps.map((group, index) => ({
      id: `p${index + 1}`,
      goal: group.map((step) => `step_${step}`).join(' and '),
      provides: `step_${group[0]}`,
      needs: [] as string[],
    })),
    ...helpers.map((name, index) => ({ id: `h${index + 1}`, goal: name, provides: name, needs: [] as string[] })),
  ];
  return JSON.stringify({ mode: 'split', subtasks });
}
