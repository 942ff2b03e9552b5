// A script for chain-gguf.ts: a "fix" that copies a function of 240 words and changes three places. For what prompt lookup is good for.

const length = 240;
const changed: Readonly<Record<string, string>> = {
  '<w80>': '<x0>',
  '<x0>': '<x1>',
  '<x1>': '<w83>',
  '<w160>': '<x2>',
  '<x2>': '<w161>',
};
const numbered = Array.from({ length }, (_, at) => `<w${at}>`);

export const copyingWords: readonly string[] = [...numbered, '<out>', '<x0>', '<x1>', '<x2>'];
export const copyingPrompt = `${numbered.join('')}<out>`;

export function successorInCopy(word: string): string | undefined {
  if (word === '<out>') return '<w0>';
  const at = numbered.indexOf(word);
  return changed[word] ?? (at === -1 ? undefined : numbered[at + 1]);
}

/** The whole answer. */
export const copyingAnswer = (() => {
  let text = '';
  for (let word = successorInCopy('<out>'); word !== undefined; word = successorInCopy(word)) text += word;
  return text;
})();
