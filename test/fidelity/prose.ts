// What models say around code: openings, explanations, second thoughts. Own sentences, no product knowledge.

import { type Answer, answerFunction } from './answer.ts';
import { fence, usualFenceName } from './grammar.ts';
import type { Random } from './random.ts';

/** A short sentence or paragraph before the code. */
export function opening(answer: Answer, random: Random): string {
  const { name } = answer;
  const things = { implement: 'implementation', fix: 'corrected version', document: 'documented version' } as const;
  const thing = things[answer.action];
  return random.pick([
    `Here is the ${thing} of \`${name}\`:`,
    `Here's the ${thing}:`,
    `To solve this, we go through the input once and keep what we need. For an empty input the result follows from the loop not running at all.\n\nThe ${thing}:`,
    `The function \`${name}(${answer.parameters})\` should do the following:\n\n- read its input\n- return the result\n\nHere is the code:`,
    `I'll write ${name} step by step.\n\nFirst we look at the arguments, then we compute the result; if nothing matches, the default is returned.`,
    `You can ${answer.action} \`${name}\` like this:`,
    `**${name}**`,
  ]);
}

/** One or more paragraphs after the code; some lines begin like code on purpose, as models' lines do. */
export function explanation(answer: Answer, random: Random): string {
  const { name } = answer;
  const call = answer.calls[0] ?? `${name}()`;
  return random.pick([
    `This function takes \`${answer.parameters}\` and returns the result described above.`,
    `Explanation:\n- \`${name}\` looks at every element once.\n- If a condition holds, it returns early.\n- Otherwise it returns the value at the end.`,
    `In this implementation:\n\n1. The input is checked.\n2. The loop collects what is needed.\n3. The result is returned.\n\nFor example, \`${call}\` works as expected.`,
    `for each element the loop does a constant amount of work, so the running time is O(n).\nreturn value and arguments are as described in the documentation.`,
    `Note that the function does not change its arguments. Let me know if you need anything else!`,
    `The key idea is to compare neighbours: if they differ, we are done; else we go on.\n\nHope this helps!`,
  ]);
}

export function secondAttemptIntroduction(random: Random): string {
  return random.pick([
    'Alternatively, you can write it like this:',
    'Alternatively, a shorter version:',
    'Alternatively, if you prefer another style, you could use the following code:',
    'Another way to do it:',
    'Or, more simply:',
  ]);
}

/** What a thinking model mutters: prose, perhaps with a draft of code that is wrong. */
export function thought(answer: Answer, wrong: string, random: Random): string {
  const draft = random.pick([wrong, fence(wrong, usualFenceName(answer)), answerFunction(answer, { body: '    ...' })]);
  return random.pick([
    `Okay, the user wants me to ${answer.action} ${answer.name}. Let me see. The parameters are ${answer.parameters}.`,
    `Hmm, maybe like this:\n\n${draft}\n\nNo wait, that does not handle everything. Let me do it properly.`,
    `We need to ${answer.action} \`${answer.name}\`.\n\nFirst idea:\n\n${draft}\n\nThat would be wrong for the second example. So the final answer has to be different.`,
    '',
  ]);
}
