// What speaks against an answer of joule-tiny beside its probabilities: words that its training never had, and what the request names but
// the answer does not use. Pure text; runs nothing and asks nobody.

import { knownWords } from './joule-tiny-words.ts';

const numberWords: Readonly<Record<string, string>> = {
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
  ten: '10',
  twelve: '12',
};

/** Quoted texts and examples: they say what comes out, not what to do. */
const quoted = /"[^"]*"|'[^'\s]*'|`[^`]*`/g;
const examples = [
  /\([^()]*(?:\([^()]*\)[^()]*)*(?:->|\b(?:gives?|becomes|yields|is)\b)[^()]*\)/g,
  /(?:\be\.g\.|\bexample\b|\bsuch as\b|\blike\b|->)[\s\S]*$/i,
  /\bso\b(?! that)[^.]*\b(?:gives|becomes|yields)\b[\s\S]*$/i,
  /\w+\([^()]*\) (?:gives|returns|is|should|==|->)[\s\S]*$/,
];
/** Numbers before these count things that are asked for; two lists or three sides do not come up in code. */
const counted =
  /^(?:characters?|letters?|digits?|elements?|items?|values?|largest|smallest|highest|lowest|biggest|longest|shortest|or)$/;
/** What comes out in a special case: `or -1 if there is none`. */
const special = /(-?\b\d+|\bNone|""|\[\]|\{\})(?= (?:if|when|for an?|otherwise)\b)/g;

/** The first word of a request that training never had. Names of the signature count as known. */
export function unknownWord(goal: string, signature: string): string | undefined {
  const names = new Set(wordsOf(signature.replaceAll('_', ' ')));
  for (const name of signature.match(/\w+/g) ?? []) names.add(name.toLowerCase());
  return wordsOf(goal.replace(quoted, ' ')).find((word) => !known(word) && !names.has(word) && !names.has(`${word}s`));
}

function known(word: string): boolean {
  return knownWords.has(word) || knownWords.has(word.replace(/'s$/, ''));
}

function wordsOf(text: string): string[] {
  return (text.match(/[a-z]+(?:'[a-z]+)?/gi) ?? []).map((word) => word.toLowerCase());
}

/** What the request or the signature names and the body does not use, as the end of a sentence: `never uses "limit"`. */
export function leftOut(goal: string, signature: string, code: string): string | undefined {
  const body = code.slice(code.indexOf('\n') + 1);
  const unused = parametersOf(signature).find((name) => !new RegExp(`\\b${name}\\b`).test(body));
  if (unused !== undefined) return `never uses ${unused}`;
  const said = examples.reduce((text, pattern) => text.replace(pattern, ' '), goal);
  const value = (said.match(special) ?? []).find((one) => !body.includes(one) && !impliedBy(one, body));
  if (value !== undefined) return `never gives ${value}`;
  const plain = said.replace(quoted, ' ');
  if (/\bValueError\b/.test(plain) && !body.includes('ValueError')) return 'never raises ValueError';
  const missing = numbersIn(plain).find((number) => !new RegExp(`(?<![\\w.])${number}(?!\\w)`).test(body));
  return missing === undefined ? undefined : `has no ${missing}`;
}

/** An empty list, sum or text comes of nothing by itself. */
function impliedBy(value: string, body: string): boolean {
  return value !== 'None' && !value.startsWith('-') && !body.includes('raise') && value !== '1';
}

/** Numbers from 2 on that the request names. */
function numbersIn(text: string): string[] {
  const words = text.split(/[^\w'.%-]+/).filter((word) => word !== '');
  return words.flatMap((word, index) => {
    const next = words[index + 1]?.replace(/[.,;]$/, '') ?? '';
    const digits = /^([2-9]|[1-9]\d+)[.,;]?$/.exec(word)?.[1];
    const said = numberWords[word.toLowerCase()];
    if (digits !== undefined) return [digits];
    return said !== undefined && (said.length > 1 || Number(said) > 4 || counted.test(next)) ? [said] : [];
  });
}

function parametersOf(signature: string): string[] {
  const inside = signature
    .slice(signature.indexOf('(') + 1, signature.lastIndexOf(')'))
    .replace(/\[[^()]*?\](?=[,)=\s]|$)/g, '');
  return inside
    .split(',')
    .map((parameter) => /^\s*\**(\w+)/.exec(parameter)?.[1])
    .filter((name) => name !== undefined);
}
