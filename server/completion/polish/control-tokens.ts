// Tokens by which a model family marks its prompts. Where one shows up in the text, the answer ended before it.

import type { PolishFilter } from './filter.ts';

/** As the families write them: `<|fim_suffix|>`, `<fim_middle>`, `<｜fim▁end｜>`, `<EOT>`, `[SUFFIX]`, `</s>`. */
const token =
  /<\|[a-z_▁]{2,40}\|>|<｜[^｜\n]{2,40}｜>|<\/?fim_[a-z]+>|<(?:EOT|PRE|SUF|MID|eot_id|file_sep|repo_name)>|<\/s>|\[(?:SUFFIX|PREFIX|MIDDLE)\]/;

export const controlTokens: PolishFilter = {
  name: 'control tokens',
  apply(text) {
    const at = text.search(token);
    return at === -1 ? text : text.slice(0, at);
  },
};
