// The ordered list of prompt families. A new family is one file and one line here.

import type { ModelProfile } from '../../models/engine.ts';
import type { PromptFamily } from './family.ts';
import { gemma } from './gemma.ts';
import { general } from './general.ts';
import { jouleTiny } from './joule-tiny.ts';
import { qwen3 } from './qwen3.ts';

export const families: readonly PromptFamily[] = [jouleTiny, gemma, qwen3, general];

/** The first family that matches; `general` matches everything. */
export function familyOf(profile: ModelProfile): PromptFamily {
  return families.find((family) => family.matches(profile)) ?? general;
}
