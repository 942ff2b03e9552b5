// Models by script: the right text, the right text with one slip, or nonsense; then an end, or a run-on that writes the code after the cursor
// again or goes on with other code. How often what, and how sure it is of it, comes from a file.

import { createDraws, type Draws } from '../../lab/draws.ts';
import { type StreamedAnswer, type StreamedToken, tokensOf } from './answer.ts';
import type { InfillTask } from './data.ts';

/** ln of minus a log-probability is normal: most tokens are nearly certain, some are not. */
interface SureDistribution {
  /** Median of the log-probability. */
  readonly median: number;
  /** Standard deviation of ln(−log-probability). */
  readonly spread: number;
}

type Part = 'truth' | 'slip' | 'afterSlip' | 'nonsense' | 'runOn';

export interface ScriptedModel {
  readonly name: string;
  /** Of any unit: only ratios count. */
  readonly joulesPerToken: number;
  /** How often each kind of answer comes; sums to 1. */
  readonly answers: { readonly truth: number; readonly slip: number; readonly nonsense: number };
  /** How often it does not end by itself, and then how often it writes the suffix again. */
  readonly runOn: { readonly share: number; readonly writesSuffixAgain: number };
  readonly sure: Readonly<Record<Part, SureDistribution>>;
  /** Share of slips of which the model is as sure as of the truth. */
  readonly unnoticedSlips: number;
}

export interface ModelsFile {
  readonly note: string;
  /** Bounds on an answer, by whether one line or several are wanted. */
  readonly maxTokens: { readonly single: number; readonly several: number };
  /** From small to large. */
  readonly models: readonly ScriptedModel[];
}

export interface ScriptOptions {
  readonly model: ScriptedModel;
  readonly maxTokens: number;
  readonly seed: number;
  /** Where other code comes from. */
  readonly others: readonly InfillTask[];
}

/** The same task, model and seed always give the same answer; models share the luck of a task, as hard places are hard for all. */
export function scriptedAnswer(task: InfillTask, options: ScriptOptions): StreamedAnswer {
  const { model, maxTokens, seed } = options;
  const draws = createDraws(seed);
  const parts = [...answerParts(task, options, draws)];
  const runsOn = draws.uniform(task.id, model.name, 'runs on') < model.runOn.share;
  if (runsOn) parts.push(...runOnParts(task, options, draws));
  const tokens = parts.flatMap(({ text, part }, piece) =>
    tokensOf(text).map((token, index): StreamedToken => {
      const { median, spread } = model.sure[part];
      const normal = draws.normal(task.id, model.name, 'sure', piece, index);
      return { text: token, logProbability: median * Math.exp(spread * normal) };
    }),
  );
  return { tokens: tokens.slice(0, maxTokens), ended: tokens.length > maxTokens ? 'bound' : 'itself' };
}

interface TextPart {
  readonly text: string;
  readonly part: Part;
}

function answerParts(task: InfillTask, options: ScriptOptions, draws: Draws): readonly TextPart[] {
  const { answers } = options.model;
  // Half of the luck is the task's, half the model's own.
  const shared = draws.uniform(task.id, 'shared luck') < 0.5;
  const luck = shared ? draws.uniform(task.id, 'luck') : draws.uniform(task.id, options.model.name, 'luck');
  if (luck < answers.truth) return [{ text: task.truth, part: 'truth' }];
  if (luck < answers.truth + answers.slip) return slipped(task, options, draws);
  const other = otherTask(task, options, draws, 'nonsense');
  return [{ text: reindented(other.truth, task.truth), part: 'nonsense' }];
}

/** One token of the truth is another one of the file. */
function slipped(task: InfillTask, options: ScriptOptions, draws: Draws): readonly TextPart[] {
  const tokens = tokensOf(task.truth);
  const words = tokens.flatMap((token, index) => (/[\p{L}\d]/u.test(token) ? [index] : []));
  const at = words[Math.floor(draws.uniform(task.id, options.model.name, 'where') * words.length)];
  if (at === undefined) return [{ text: `${task.truth.trimEnd()} + 1`, part: 'slip' }];
  const wrong = tokensOf(task.prefix + task.suffix).filter(
    (token) => /^ ?\p{L}+$/u.test(token) && token !== tokens[at],
  );
  const chosen = wrong[Math.floor(draws.uniform(task.id, options.model.name, 'what') * wrong.length)] ?? ' other';
  const noticed = draws.uniform(task.id, options.model.name, 'noticed') >= options.model.unnoticedSlips;
  const blank = tokens[at]?.startsWith(' ') === true ? ' ' : '';
  return [
    { text: tokens.slice(0, at).join(''), part: 'truth' },
    { text: blank + chosen.trimStart(), part: noticed ? 'slip' : 'truth' },
    { text: tokens.slice(at + 1).join(''), part: noticed ? 'afterSlip' : 'truth' },
  ];
}

function runOnParts(task: InfillTask, options: ScriptOptions, draws: Draws): readonly TextPart[] {
  const { model } = options;
  const more = [0, 1, 2, 3, 4, 5].map((index) => {
    const other = otherTask(task, options, draws, `run-on ${index}`);
    return `${other.prefix.trimStart()}${other.truth}${other.suffix}\n\n`;
  });
  if (draws.uniform(task.id, model.name, 'suffix again') < model.runOn.writesSuffixAgain)
    return [{ text: `${task.suffix}\n\n${more.join('')}`, part: 'runOn' }];
  // Other code: lines as deep as the ones before, then less deep, then definitions.
  const other = otherTask(task, options, draws, 'run-on');
  const line = reindented(other.truth.trim(), task.truth);
  const begin = task.truth.endsWith('\n') ? '' : '\n';
  return [{ text: `${begin}${line}\n${other.suffix}\n\n${more.join('')}`, part: 'runOn' }];
}

function otherTask(task: InfillTask, options: ScriptOptions, draws: Draws, what: string): InfillTask {
  const { others, model } = options;
  const at = Math.floor(draws.uniform(task.id, model.name, what) * others.length);
  const foreign = [others[at], others[(at + 1) % others.length]].find((one) => one !== undefined && one.id !== task.id);
  return foreign ?? task;
}

/** The first line as deep as the truth's last one, the others moved with it. */
function reindented(text: string, like: string): string {
  const wanted = /(?:^|\n)([ \t]*)\S[^\n]*\s*$/.exec(like)?.[1] ?? '';
  const own = /^[ \t]*/.exec(text)?.[0] ?? '';
  return text
    .split('\n')
    .map((line) => (line.startsWith(own) ? wanted + line.slice(own.length) : line))
    .join('\n');
}
