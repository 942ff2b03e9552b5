// Prompts for any chat model. What all calls of one job share comes first, byte for byte, so that engines reuse it; what differs
// comes last. Wording is short on purpose: small models follow few rules well (SEEDS S3).

import type { ChatMessage, JsonSchema } from '../../models/engine.ts';
import type { ActionId, Task } from '../task.ts';
import type { AssembleInput, JudgeInput, PromptFamily, Question, RepairInput, WorkerInput } from './family.ts';

/** Where a family's models differ from the general case. */
export interface ChatHabits {
  /** Models without a system role get its text at the top of the first user message. */
  readonly systemRole: boolean;
  /** Appended to the last user message, e.g. a switch that turns thinking off. */
  readonly suffix?: string;
}

/** A planner's outline is cut here (SEEDS S1: "capped at 250 tokens"). */
const outlineTokens = 250;
/** Enough for eight subtasks with a sentence each. */
const planTokens = 700;

/** A verdict with two sources and one sentence. */
const judgeTokens = 200;

export const general: PromptFamily = { id: 'general', matches: () => true, ...chatPrompts({ systemRole: true }) };

/** The question-making half of a family, for chat models with the given habits. */
export function chatPrompts(habits: ChatHabits): Omit<PromptFamily, 'id' | 'matches'> {
  const ask = (input: WorkerInput, tail: string, more: Partial<Question> = {}): Question => ({
    prompt: { kind: 'chat', messages: messages(habits, input, tail) },
    prefill: '',
    stop: [],
    ...more,
  });
  return {
    unfit: () => undefined,
    worker: (input) => ask(input, workerTail(input), input.task.actionId === 'document' ? { maxTokens: 500 } : {}),
    repair: (input) => ask(input, repairTail(input)),
    outline: (input) => ask(input, outlineTail(input), { maxTokens: outlineTokens }),
    plan: (input, schema: JsonSchema) => ask(input, planTail(input), { schema, maxTokens: planTokens }),
    assemble: (input) => ask(input, assembleTail(input)),
    judge: (input, schema: JsonSchema) => ask(input, judgeTail(input), { schema, maxTokens: judgeTokens }),
    writesBlocks: true,
  };
}

function messages(habits: ChatHabits, input: WorkerInput, tail: string): ChatMessage[] {
  const user = [sharedHead(input), tail, habits.suffix ?? ''].filter((text) => text !== '').join('\n\n');
  if (!habits.systemRole) return [{ role: 'user', content: `${system(input.task)}\n\n${user}` }];
  return [
    { role: 'system', content: system(input.task) },
    { role: 'user', content: user },
  ];
}

function system(task: Task): string {
  return `You write ${languageName(task)} inside an editor. Do exactly what is asked: no extra features, no invented functions, no explanation.`;
}

/** Identical for planner, workers, assembler and repair of one job. */
function sharedHead({ task, context, targetText }: WorkerInput): string {
  const parts = [`File: ${task.fileName}`];
  if (context !== '') parts.push(`Already in the file:\n${fenced(task, context)}`);
  parts.push(`${targetTitle(task)}:\n${fenced(task, targetText)}`);
  if (task.findings.length > 0)
    parts.push(`Reported problems:\n${task.findings.map((finding) => `- ${finding.message}`).join('\n')}`);
  if (task.otherFile?.text)
    parts.push(`Existing tests in ${task.otherFile.path}:\n${fenced(task, task.otherFile.text.slice(-3000))}`);
  return parts.join('\n\n');
}

function targetTitle(task: Task): string {
  const titles: Record<ActionId, string> = {
    implement: 'To be written',
    fix: 'Code with the problem',
    document: 'Code to document',
    test: 'Code to test',
    rewrite: 'Code to change',
    explain: 'Code to explain',
  };
  return titles[task.actionId];
}

function fenced(task: Task, text: string): string {
  const fence = text.includes('```') ? '~~~~' : '```';
  return `${fence}${languageTag(task)}\n${text}\n${fence}`;
}

function workerTail(input: WorkerInput): string {
  const { task, outline, part } = input;
  if (part !== undefined) return partTail(input, part);
  const plan = outline === undefined ? '' : `Follow this outline:\n${outline}\n\n`;
  return plan + wish(task) + answerForm(task, input.form);
}

function wish(task: Task): string {
  const name = task.target.kind === 'symbol' ? `\`${task.target.symbol.name}\`` : 'this code';
  const said = task.instruction.trim();
  const request = said === '' ? '' : `\nRequest: ${said}`;
  switch (task.actionId) {
    case 'implement':
      return task.target.kind === 'after'
        ? `Write the code that this comment asks for.${request}`
        : `Implement ${name}. Keep its signature.${request}`;
    case 'fix':
      return `Fix ${name}. Keep its name and signature; change as little as possible.${request}`;
    case 'document':
      return `Write the documentation of ${name}: what it does, its parameters, what it returns, what it raises.${request}`;
    case 'test':
      return `Write tests for ${name} with real assertions.${importHint(task)}${request}`;
    case 'rewrite':
      return `Change ${name} as requested.${request}`;
    case 'explain':
      return `Explain ${name} to a colleague: what it does, how, and what to watch out for. Markdown, at most 200 words.${request}`;
  }
}

function importHint(task: Task): string {
  return task.otherFile === undefined
    ? ' They go into the same file.'
    : ` They go into ${task.otherFile.path}; the code is in ${task.fileName}.`;
}

function answerForm(task: Task, form: WorkerInput['form'] = 'whole'): string {
  if (form === 'blocks') return blocksForm;
  const fence = `one \`\`\`${languageTag(task)} block`;
  if (task.actionId === 'explain') return '';
  if (task.actionId === 'document') return '\nAnswer with the documentation text only, without code.';
  if (task.actionId === 'test') return `\nAnswer with the test code only, in ${fence}.`;
  if (task.target.kind === 'symbol') return `\nAnswer with the complete ${task.target.symbol.kind} only, in ${fence}.`;
  return `\nAnswer with the new code for these lines only, in ${fence}.`;
}

const blocksForm = [
  '\nAnswer with search-and-replace blocks only, nothing else:',
  '<<<<<<< SEARCH',
  'lines exactly as they stand above, enough of them to stand there only once',
  '=======',
  'the new lines',
  '>>>>>>> REPLACE',
  'One block for each place that changes, as few lines as possible.',
].join('\n');

function partTail({ task }: WorkerInput, part: NonNullable<WorkerInput['part']>): string {
  const done = part.done.map((entry) => fenced(task, entry.code)).join('\n');
  const others = part.all
    .filter((subtask) => subtask.id !== part.subtask.id && subtask.provides !== '')
    .map((subtask) => subtask.provides);
  const provides = part.subtask.provides === '' ? '' : ` It defines \`${part.subtask.provides}\`.`;
  return [
    done === '' ? '' : `Already written:\n${done}\n\n`,
    `Write only this part: ${part.subtask.goal}${provides}`,
    others.length > 0 ? `\nOthers write: ${others.join(', ')}. Do not write them.` : '',
    `\nAnswer with the code of this part only, in one \`\`\`${languageTag(task)} block.`,
  ].join('');
}

function planTail(input: WorkerInput): string {
  return [
    wish(input.task),
    'Do not write code. Plan the work for small workers who see only the text above and their own part.',
    'Use mode "direct" with no subtasks if one worker can do it in one go.',
    'Otherwise mode "split": as few parts as possible, each a self-contained definition with a clear goal, `provides` naming the one symbol it defines, `needs` listing ids of parts whose code it calls. Together they must be the complete answer, with nothing that was not asked for.',
    'Answer with JSON only.',
  ].join('\n');
}

function outlineTail(input: WorkerInput): string {
  return `${wish(input.task)}\nDo not write code. Write a short outline of the solution for a colleague who will write it: steps, data structures, edge cases. At most 150 words.`;
}

function assembleTail(input: AssembleInput): string {
  const parts = input.parts.map((part) => `${part.subtask.goal}:\n${fenced(input.task, part.code)}`).join('\n\n');
  return `These parts were written for the request:\n\n${parts}\n\n${wish(input.task)}\nPut the parts together into one coherent answer and change nothing else.${answerForm(input.task)}`;
}

function repairTail(input: RepairInput): string {
  const answer = input.answer.length > 8000 ? `${input.answer.slice(0, 8000)}\n…` : input.answer;
  return `${wish(input.task)}\nThis answer was not right:\n${fenced(input.task, answer)}\nWhat is wrong:\n${input.evidence.map((line) => `- ${line}`).join('\n')}\nMend it.${answerForm(input.task, input.form)}`;
}

function judgeTail({ task, code }: JudgeInput): string {
  return [
    wish(task),
    `This is the answer of somebody else:\n${fenced(task, code.slice(0, 12_000))}`,
    'Do not mend it. Say whether it does what was asked and uses only what is shown above, the standard library and itself: "grounded". Or whether it does something else, or leans on what does not exist: "ungrounded". Or whether it is talk instead of an answer: "small talk".',
    '`sources`: the names from above that it rests on. `reason`: one sentence.',
    'Answer with JSON only.',
  ].join('\n');
}

function languageTag(task: Task): string {
  return task.languageId === 'typescriptreact'
    ? 'tsx'
    : task.languageId === 'javascriptreact'
      ? 'jsx'
      : task.languageId;
}

function languageName(task: Task): string {
  const names: Record<string, string> = {
    python: 'Python',
    typescript: 'TypeScript',
    typescriptreact: 'TypeScript with JSX',
    javascript: 'JavaScript',
    javascriptreact: 'JavaScript with JSX',
    go: 'Go',
    rust: 'Rust',
  };
  return names[task.languageId] ?? task.languageId;
}
