// Small functions that `experiment batch` asks for where no data set was named. Ours; they have no tests, so that quality is not run.

import type { BatchQuestion } from './batch.ts';

const wanted: readonly (readonly [signature: string, words: string])[] = [
  ['count_negatives(numbers)', 'Count the negative numbers.'],
  ['longest_word(words)', 'The longest of the words; the first of several.'],
  ['is_sorted(values)', 'Whether the values never fall.'],
  ['mean(values)', 'Arithmetic mean of the values; 0 for none.'],
  ['unique(items)', 'The items in their order, each once.'],
  ['clamp(value, low, high)', 'The value, limited to the range from low to high.'],
  ['reverse_words(text)', 'The words of the text in reverse order.'],
  ['sum_of_digits(number)', 'Sum of the decimal digits of a number that is not negative.'],
];

/** @param count of requests; beyond the list names are told apart by a number. */
export function batchRequests(count: number): readonly BatchQuestion[] {
  return Array.from({ length: count }, (_, index) => {
    const [signature = '', words = ''] = wanted[index % wanted.length] ?? [];
    const turn = Math.floor(index / wanted.length);
    const renamed = turn === 0 ? signature : signature.replace('(', `_${turn + 1}(`);
    return {
      name: renamed.slice(0, renamed.indexOf('(')),
      text: `def ${renamed}:\n    """${words}"""\n    pass\n`,
      position: { line: 0, character: 4 },
      source: undefined,
    };
  });
}
