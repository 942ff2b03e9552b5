// Stop filters for what models write after the answer: talk, and the same thing once more. They cut only where code can't go on:
// not inside a fence, a long string or a comment, and only behind code.

import type { StopDecision, StopFilter } from './stop-filters.ts';
import { isInsideLongToken, scanFences } from './stop-scan.ts';

/** Ends behind the first fenced block that holds anything. */
export function stopAfterFence(): StopFilter {
  return {
    name: 'fence',
    decide: (text) => {
      const { closedAt } = scanFences(text);
      return closedAt === undefined ? undefined : { keep: closedAt, why: 'the code block is closed' };
    },
  };
}

/** How talk begins after code, as heard from Gemma, Llama, Qwen and Phi models. */
const talkBeginnings = [
  'Alternatively',
  'Explanation',
  'How (?:it|this) works',
  'Note(?::| that)',
  'Please note',
  "Here(?:'s| is| are)",
  '(?:This|The|Your) (?:above |updated |modified |given |complete )?' +
    '(?:function|code|implementation|solution|method|approach|version|script|class|program)',
  'In this (?:code|implementation|solution|version|example|function)',
  'In the (?:above|code)',
  'You can',
  "I (?:hope|have|'ve)",
  'Let me',
  'Key (?:points|changes)',
  'Example usage',
  'Another (?:way|approach|version)',
  'Or,? (?:you|alternatively|using)',
];

/** At the beginning of a line, behind a blank one; as a heading, in bold or in a list too. */
const talk = new RegExp(
  `\\n[ \\t]*\\r?\\n((?:#{3,4} |\\*\\*|[-*] \\*\\*)?(?:${talkBeginnings.join('|')})(?!\\w)[^\\n]*)`,
  'g',
);

/** A line that only code has: indented, ended by a bracket or semicolon, or begun by a keyword. */
const keywords = 'return|def|fn|func|function|class|import|from|const|let|if|for|while|use|pub';
const code = new RegExp(`^(?:[ \\t]+\\S.*|.*[;{}]|(?:${keywords})\\b.*)\\r?$`, 'm');

/** Ends where talk begins after code. */
export function stopAtProse(): StopFilter {
  return {
    name: 'prose',
    decide: (text) => {
      for (const match of text.matchAll(talk)) {
        const line = match[1] ?? '';
        const isComplete = text.length > match.index + match[0].length;
        // Until a few words are there, it may still be a name of the program.
        if (!isComplete && line.trim().split(/\s+/).length < 4) continue;
        if (/[=;{}]|\)\s*:?$/.test(line)) continue;
        const decision = cutBehindCode(text, match.index, 'the code is complete, talk follows');
        if (decision !== undefined) return decision;
      }
      return undefined;
    },
  };
}

/** Ends where something of this name is defined for the second time on the same level: a second attempt. */
export function stopAtSecondDefinition(name: string): StopFilter {
  const definition = definitionOf(name);
  return {
    name: 'second definition',
    decide: (text) => {
      if (text.indexOf(name) === text.lastIndexOf(name)) return undefined;
      const [first, ...others] = [...text.matchAll(definition)];
      if (first === undefined) return undefined;
      const second = others.find((other) => isSecondAttempt(text, first, other));
      return second && cutBehindCode(text, second.index, `${name} is defined a second time`);
    },
  };
}

function definitionOf(name: string): RegExp {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const modifiers =
    '(?:(?:export|default|async|pub(?:\\([^)\\n]*\\))?|static|const|unsafe|abstract|public|private|protected)\\s+)*';
  const keywords = '(?:def|fn|func|function\\s*\\*?|class|struct|enum|trait|interface|const|let|var)';
  return new RegExp(`^([ \\t]*)${modifiers}${keywords}\\s+(\\([^)\\n]*\\)\\s*)?${escaped}(?=[^\\w$])`, 'gm');
}

/** Overloads, accessors, other receivers and other containers are no second attempts. */
function isSecondAttempt(text: string, first: RegExpMatchArray, second: RegExpMatchArray): boolean {
  const [, indentation = '', receiver = ''] = first;
  if (second[1] !== indentation || (second[2] ?? '').trim() !== receiver.trim()) return false;
  const between = text.slice((first.index ?? 0) + first[0].length, second.index);
  const lines = between
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '');
  const before = lines.at(-1)?.trimStart() ?? '';
  if (before.startsWith('@') || before.startsWith('#[')) return false;
  const hasBody = between.includes('{') || lines.some((line) => /^[ \t]/.test(line.slice(indentation.length)));
  return hasBody && lines.every((line) => line.startsWith(indentation));
}

function cutBehindCode(text: string, at: number, why: string): StopDecision | undefined {
  const kept = text.slice(0, at);
  if (!code.test(kept) || isInsideLongToken(kept) || scanFences(`${kept}\n`).open !== undefined) return undefined;
  return { keep: kept.trimEnd().length, why };
}
