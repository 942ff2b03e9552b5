// Prompts for joule-tiny, the 5 M parameter model of this package (server/models/joule-tiny/README.md): raw text with one special
// token per job. It knows small Python functions and nothing else, so most of this file says what it is not asked.

import type { SymbolFacts } from '../../syntax/facts.ts';
import type { StrategyId, Task } from '../task.ts';
import type { PromptFamily, Question, WorkerInput } from './family.ts';
import { leftOut, unknownWord } from './joule-tiny-doubt.ts';

/** Longest function it is shown, in UTF-16 units. Its context is 512 tokens of three to four units, for prompt and answer. */
const longestFunction = 600;
/** Longest request, one paragraph. Its training requests are one to three sentences. */
const longestGoal = 300;
/** Longest request for several functions: its plan writes the goals again, and prompt and plan share the 512 tokens. */
const longestList = 560;
/** As its training had it. */
const mostParts = 4;

export const jouleTiny: PromptFamily = {
  id: 'joule-tiny',
  matches: (profile) => profile.family === 'joule-tiny',
  unfit,
  worker,
  repair: () => undefined,
  outline: () => undefined,
  plan,
  assemble: () => undefined,
  judge: () => undefined,
  testsByCalls: true,
  writesBlocks: false,
  /** Read off greedy answers to made requests and to those of two development sets in free wording (model card). */
  lowestTokenProbability: 0.9,
  /** A part has no signature yet, and `list[int]` against `list` is a draw of 88 to 12 in its training: 0.85 is usual there. */
  lowestPartProbability: 0.8,
  doubt,
  again,
};

function unfit(task: Task, strategy: StrategyId): string | undefined {
  const list = strategy === 'split' ? listOf(task) : undefined;
  if (list !== undefined) return neverSaw(unknownInList(list));
  if (task.languageId !== 'python') return `joule-tiny knows only Python, not ${task.languageId}`;
  if (!['implement', 'fix', 'document', 'test'].includes(task.actionId)) {
    return `joule-tiny can implement, fix, document and test a function, it can't ${task.actionId}`;
  }
  const symbol = functionOf(task);
  if (symbol === undefined) return 'joule-tiny works only on one whole function outside any class';
  const text = task.text.slice(symbol.range.start, symbol.range.end);
  if (!text.startsWith('def') || !/^def\b[^#]*:$/.test(signatureOf(task, symbol))) {
    return 'joule-tiny knows only plain functions, no async or decorated ones';
  }
  if (text.length > longestFunction) return `${symbol.name} is too long for joule-tiny, which sees 512 tokens`;
  if ((text + task.instruction).includes('<|')) return 'the text holds marks that joule-tiny takes for its own';
  if (task.actionId === 'fix' && task.findings.length === 0) return 'joule-tiny needs a reported problem to fix';
  if (task.actionId === 'implement' && goalOf(task.instruction) === undefined) {
    return `joule-tiny understands one paragraph of at most ${longestGoal} characters, ${symbol.name} asks for more`;
  }
  return task.actionId === 'implement' ? neverSaw(unknownIn(task, symbol)) : undefined;
}

function neverSaw(word: string | undefined): string | undefined {
  return word === undefined
    ? undefined
    : `joule-tiny never saw the word "${word}" in its training, and would ignore it`;
}

/** Names of the file's functions that the request names are shown to it. */
function unknownIn(task: Task, symbol: SymbolFacts): string | undefined {
  const goal = goalOf(task.instruction) ?? '';
  return unknownWord(goal, helpersNamed(task, symbol, goal) + signatureOf(task, symbol));
}

/** Names of the list's functions count as known, since later ones may speak of earlier ones. */
function unknownInList(list: string): string | undefined {
  const items = list.split('\n').slice(1);
  const names = items.map((item) => /[a-z_]\w*/i.exec(item)?.[0] ?? '').join(' ');
  return items.map((item) => unknownWord(item, names)).find((word) => word !== undefined);
}

/** One line that says what is wanted, then `- name: goal` for each function. Undefined for any other request. */
function listOf(task: Task): string | undefined {
  if (task.languageId !== 'python' || task.actionId !== 'implement' || task.target.kind !== 'after') return undefined;
  if (task.target.indentation !== '' || task.instruction.includes('<|')) return undefined;
  const [intro = '', ...items] = task.instruction.split('\n').map((line) => oneLine(line));
  const listed = items.every((item) => /^(?:[-*] |\d\. )?[a-z_]\w*(?:\(\))?(?::| -) \S/i.test(item));
  if (!listed || items.length < 2 || items.length > mostParts) return undefined;
  const list = [intro.replace(/[.:]?$/, ':'), ...items].join('\n');
  return list.length > longestList ? undefined : list;
}

function plan({ task }: WorkerInput): Question | undefined {
  const list = listOf(task);
  return list === undefined ? undefined : { ...question(`<|plan|>${list}<|out|>`, ''), maxTokens: 400 };
}

function worker(input: WorkerInput): Question {
  const { task } = input;
  const symbol = functionOf(task);
  if (input.part !== undefined) {
    const { subtask, done } = input.part;
    const helpers = done.map((part) => `${firstLine(part.code)} ...\n`).join('');
    return question(`<|code|>${helpers}${subtask.goal}\nname: ${subtask.provides}<|out|>`, '');
  }
  if (symbol === undefined) return question(`<|code|>${task.instruction}<|out|>`, '');
  const signature = signatureOf(task, symbol);
  if (task.actionId === 'document') return question(`<|doc|>${withoutDocstring(input, symbol)}<|out|>`, '');
  if (task.actionId === 'test') return question(`<|test|>${withoutDocstring(input, symbol)}<|out|>`, '');
  const prefill = `${signature}\n`;
  if (task.actionId === 'fix') {
    const error = oneLine(task.findings[0]?.message ?? '').slice(0, 160);
    return question(`<|fix|>${input.targetText}\n# error: ${error}<|out|>`, prefill);
  }
  return question(`<|code|>${implementRequest(task, symbol, signature)}<|out|>`, prefill);
}

/** Its three forms, best first where there is a choice: docstring under the signature, words above it, the name alone. */
function implementRequest(task: Task, symbol: SymbolFacts, signature: string): string {
  const goal = goalOf(task.instruction) ?? '';
  const helpers = helpersNamed(task, symbol, goal);
  if (goal === '') return signature;
  if (helpers !== '' || symbol.documentation === undefined) return `${helpers}${goal}\n${signature}`;
  return `${signature}\n    """${goal}"""`;
}

function doubt(task: Task, answer: string): string | undefined {
  const symbol = functionOf(task);
  if (task.actionId !== 'implement' || symbol === undefined) return undefined;
  const missing = leftOut(goalOf(task.instruction) ?? '', signatureOf(task, symbol), answer);
  return missing === undefined ? undefined : `the answer ${missing}`;
}

/** The other of its two forms, another beginning and end of the sentence, another name for the function. */
function again(input: WorkerInput): readonly (Question & { readonly calls: string })[] {
  const { task } = input;
  const symbol = functionOf(task);
  if (task.actionId !== 'implement' || symbol === undefined || input.part !== undefined) return [];
  const goal = goalOf(task.instruction) ?? '';
  if (goal === '' || helpersNamed(task, symbol, goal) !== '') return [];
  return otherForms(goal, signatureOf(task, symbol), symbol.documentation !== undefined).map(
    ({ wish, signature, calls }) => ({ ...question(`<|code|>${wish}<|out|>`, `${signature}\n`), calls }),
  );
}

/** @param inDocstring whether the request was put as a docstring, not above the signature */
export function otherForms(
  goal: string,
  signature: string,
  inDocstring: boolean,
): readonly { readonly wish: string; readonly signature: string; readonly calls: string }[] {
  const calls = /def (\w+)/.exec(signature)?.[1] ?? '';
  const short = signature.replace(`def ${calls}(`, 'def f(');
  const put = (words: string, line: string, docstring: boolean): string =>
    docstring ? `${line}\n    """${words}"""` : `${words}\n${line}`;
  return [
    { wish: put(goal, signature, !inDocstring), signature, calls },
    { wish: put(otherwiseEnded(goal), signature, inDocstring), signature, calls },
    { wish: put(goal, short, inDocstring), signature: short, calls: 'f' },
  ];
}

/** With a capital where there was none, and the other way round; with a full stop or without. */
function otherwiseEnded(goal: string): string {
  const first = goal.charAt(0);
  const begun = (first === first.toUpperCase() ? first.toLowerCase() : first.toUpperCase()) + goal.slice(1);
  if (/[?!]$/.test(begun)) return begun;
  return begun.endsWith('.') ? begun.slice(0, -1) : `${begun}.`;
}

function question(text: string, prefill: string): Question {
  return {
    prompt: { kind: 'raw', text: text + prefill },
    prefill,
    stop: ['<|im_end|>'],
    maxTokens: 256,
    temperature: 0, // the bound on probabilities holds for greedy answers
  };
}

function functionOf({ target }: Task): SymbolFacts | undefined {
  if (target.kind !== 'symbol') return undefined;
  return target.symbol.kind === 'function' && target.symbol.container.length === 0 ? target.symbol : undefined;
}

/** On one line, as its training had it. */
function signatureOf(task: Task, symbol: SymbolFacts): string {
  const signature = oneLine(task.text.slice(symbol.signature.start, symbol.signature.end));
  return signature.replace(/\( /g, '(').replace(/,? \)/g, ')');
}

/**
 * The first paragraph as one line; examples after it are left out. `undefined` when more is asked than that: leaving a demand
 * out would make a wrong answer look sure.
 */
function goalOf(instruction: string): string | undefined {
  const asked = instruction.replace(/^[ \t]*>>>[\s\S]*$/m, '').trim();
  if (/\n[ \t]*\n/.test(asked)) return undefined;
  const goal = oneLine(asked).replaceAll('"""', "'''");
  return goal.length > longestGoal ? undefined : goal;
}

/** Signatures of functions of this file that the request names, in the form that its training had: `def f(x: int): ...`. */
function helpersNamed(task: Task, target: SymbolFacts, goal: string): string {
  const named = (task.facts?.symbols ?? []).filter(
    (symbol) =>
      symbol.kind === 'function' &&
      symbol.container.length === 0 &&
      symbol.name !== target.name &&
      new RegExp(`\\b${symbol.name}\\b`).test(goal),
  );
  return named.map((symbol) => `${signatureOf(task, symbol)} ...\n`).join('');
}

function withoutDocstring(input: WorkerInput, symbol: SymbolFacts): string {
  const { text } = input.task;
  const documented = symbol.documentationInBody ? symbol.documentation : undefined;
  if (documented === undefined) return input.targetText;
  const before = text.slice(symbol.range.start, documented.start).trimEnd();
  return `${before}\n${text.slice(documented.end, symbol.range.end).replace(/^\s*\n/, '')}`;
}

function firstLine(code: string): string {
  return code.trimStart().split('\n', 1)[0] ?? '';
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
