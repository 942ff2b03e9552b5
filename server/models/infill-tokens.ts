// How models that fill in the middle want prefix and suffix marked, by name, for engines that leave it to the client. Each row is
// from the model's own card or tokenizer. Pure.

interface InfillFamily {
  readonly pattern: RegExp;
  readonly write: (prefix: string, suffix: string) => string;
}

const families: readonly InfillFamily[] = [
  {
    pattern: /qwen.*coder|codeqwen|codegemma|joule-tiny/i,
    write: (prefix, suffix) => `<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`,
  },
  {
    pattern: /starcoder|granite/i,
    write: (prefix, suffix) => `<fim_prefix>${prefix}<fim_suffix>${suffix}<fim_middle>`,
  },
  {
    pattern: /deepseek-?coder/i,
    write: (prefix, suffix) => `<｜fim▁begin｜>${prefix}<｜fim▁hole｜>${suffix}<｜fim▁end｜>`,
  },
  { pattern: /code-?llama/i, write: (prefix, suffix) => `<PRE> ${prefix} <SUF>${suffix} <MID>` },
  { pattern: /codestral/i, write: (prefix, suffix) => `[SUFFIX]${suffix}[PREFIX]${prefix}` },
];

/** The raw prompt; undefined for a model whose tokens are not in the table. */
export function infillText(model: string, { prefix, suffix }: { prefix: string; suffix: string }): string | undefined {
  return families.find(({ pattern }) => pattern.test(model))?.write(prefix, suffix);
}
