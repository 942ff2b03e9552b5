// The runners, one per language.

import type { Language } from '../../../server/exercises/languages.ts';
import { goRunner } from './go.ts';
import { scriptRunner } from './js.ts';
import type { Runner } from './program.ts';
import { pythonRunner } from './python.ts';
import { rustRunner } from './rust.ts';

export const runners: Readonly<Record<Language, Runner>> = {
  python: pythonRunner,
  js: scriptRunner,
  go: goRunner,
  rust: rustRunner,
};
