// Gemma has no system role: what would stand there opens the first user message (Google's model card for Gemma 3).

import type { PromptFamily } from './family.ts';
import { chatPrompts } from './general.ts';

export const gemma: PromptFamily = {
  id: 'gemma',
  matches: (profile) => /^gemma/i.test(profile.family) || /(?:^|\/)(?:code)?gemma/i.test(profile.name),
  ...chatPrompts({ systemRole: false }),
};
