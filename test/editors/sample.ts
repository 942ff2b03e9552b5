// The project that editors open, and what the fake engine answers about it.

import type { ReplyScript } from '../support/fake-ollama.ts';

/** `sums.py`. Line 0: a stub. Line 5: a function with a mistake that the second server and pyright see in line 7. */
export const sumsText = `def add(a, b):
    """Sum of a and b."""
    pass


def mean(values):
    """Arithmetic mean, after 🌱é中."""
    return sum(value) / len(values)
`;

export const addDone = 'def add(a, b):\n    """Sum of a and b."""\n    return a + b\n';
export const meanDone =
  'def mean(values):\n    """Arithmetic mean, after 🌱é中."""\n    return sum(values) / len(values)\n';

/** `sums.py` after implement at line 0. */
export const sumsImplemented = sumsText.replace('    pass\n', '    return a + b\n');
/** `sums.py` after fix at line 7. */
export const sumsFixed = sumsText.replace('sum(value)', 'sum(values)');

/** `words.py`: complete, for tests to be written. */
export const wordsText = `def slug(title):
    """Lower-case words joined by hyphens."""
    return "-".join(title.lower().split())
`;
export const wordsTests = `from words import slug


def test_slug_joins_words_by_hyphens():
    assert slug("A Title") == "a-title"
`;

/** What is completed in `sums.py`: a line above the last one, begun and finished. */
export const begunLine = 'total = ';
export const completion = 'sum(values)';
export const sumsCompleted = sumsText.replace('    return sum', `    ${begunLine}${completion}\n    return sum`);

/** Answers by what the request is about. */
export const sampleReply: ReplyScript = (request) => {
  if (request.endpoint === 'generate') return completion;
  if (/\btest_|\btests?\b/i.test(request.text) && request.text.includes('slug')) return wordsTests;
  if (request.text.includes('sum(value)') && /not defined|mistake|fix/i.test(request.text)) return meanDone;
  return addDone;
};
