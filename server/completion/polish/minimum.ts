// Too little to be worth showing: white space alone, or nothing. Closing brackets are worth a key stroke, so one character is enough.

import type { PolishFilter } from './filter.ts';

export const minimum: PolishFilter = {
  name: 'too little',
  apply: (text) => (text.trim() === '' ? undefined : text),
};
