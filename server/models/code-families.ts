// Which models are known to write code, in one table with its reason. A model not listed still works when it is configured; the
// table only decides who is asked when nobody was named.

import type { ModelProfile } from './engine.ts';

interface CodeFamily {
  /** Tested against the model's name without registry, user and tag, and against its family. */
  readonly pattern: RegExp;
  /** Below this many parameters a model of the family is not chosen by itself. */
  readonly minimumParameters: number;
  readonly why: string;
}

const codeFamilies: readonly CodeFamily[] = [
  {
    pattern:
      /coder|codellama|codegemma|codestral|devstral|starcoder|granite-code|codeqwen|codegeex|stable-code|opencoder|replit-code/i,
    minimumParameters: 0.4e9,
    why: 'trained on code above all (S2: code-specific models are more accurate on average)',
  },
  {
    pattern:
      /^(gemma[34n]?|gemma3n|qwen[23]|llama[34]|phi[34]|mistral|ministral|granite[34]|deepseek|gpt-?oss|glm|cogito|exaone|olmo)/i,
    minimumParameters: 1.5e9,
    why: 'general models whose makers publish code results, and S1 measured one of them as planner and worker',
  },
];

/** Needs no chance at code: embedders, classifiers, guards, translators, vision-only models. */
const otherTrades =
  /embed|bge-|minilm|rerank|guard|shield|ocr|moondream|llava|bakllava|math|medllama|meditron|sqlcoder|translate|function|nimble/i;

export type CodeRank = 'known' | 'unknown' | 'unsuited';

/** What the table says of a model. `unknown`: chosen only when no known one is there. */
export function codeRank(model: ModelProfile): CodeRank {
  const name = model.name.split('/').at(-1)?.split(':')[0] ?? model.name;
  if (!model.canGenerate || otherTrades.test(name)) return 'unsuited';
  const family =
    codeFamilies.find(({ pattern }) => pattern.test(name)) ??
    codeFamilies.find(({ pattern }) => pattern.test(model.family));
  if (family === undefined) return 'unknown';
  return model.parameters === 0 || model.parameters >= family.minimumParameters ? 'known' : 'unknown';
}
