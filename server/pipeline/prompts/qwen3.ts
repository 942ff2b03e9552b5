// Qwen 3 thinks unless told not to, and the engine's own switch is not always enough (reference/language-servers.md 5, 3): the
// soft switch `/no_think` of its chat format goes with every question.

import type { PromptFamily } from './family.ts';
import { chatPrompts } from './general.ts';

export const qwen3: PromptFamily = {
  id: 'qwen3',
  matches: (profile) => /^qwen-?3(?!.*coder)/i.test(profile.family) || /(?:^|\/)qwen-?3(?!.*coder)/i.test(profile.name),
  ...chatPrompts({ systemRole: true, suffix: '/no_think' }),
};
