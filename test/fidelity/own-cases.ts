// A dozen functions of our own, three per language, so that fidelity is always tested, with or without the data set. Each has
// something in it that an edit easily gets wrong.

import type { Language } from '../../server/exercises/languages.ts';
import type { Source } from '../../server/exercises/source.ts';

type Given = Omit<
  Source,
  | 'id'
  | 'language'
  | 'header'
  | 'definitionsBefore'
  | 'definitionsAfter'
  | 'symptom'
  | 'testIsSteady'
  | 'imports'
  | 'onlyBodyNeedsImports'
> &
  Partial<Source>;

function own(language: Language, given: Given): Source {
  return {
    header: language === 'go' ? 'package solution' : '',
    imports: '',
    onlyBodyNeedsImports: false,
    definitionsBefore: '',
    definitionsAfter: '',
    symptom: 'test failed: wrong result',
    testIsSteady: true,
    ...given,
    id: `own/${language}/${given.name}`,
    language,
  };
}

const goTest = (test: string, ...packages: string[]): string =>
  `package solution\n\nimport (\n${['testing', ...packages].map((name) => `\t"${name}"`).join('\n')}\n)\n\n${test}`;

export const ownCases: readonly Source[] = [
  own('python', {
    name: 'running_total',
    parameters: 'amounts, start=0',
    documentation: '    """Sums so far, one for each amount."""',
    prose: 'Sums so far, one for each amount.',
    signature: 'def running_total(amounts, start=0):',
    body: `    total = start
    sums = []
    for amount in amounts:
        total += amount
        if total < 0:
            # never below zero
            total = 0
        sums.append(total)
    return sums`,
    buggyBody: `    total = start
    sums = []
    for amount in amounts:
        total = amount
        sums.append(total)
    return sums`,
    calls: ['running_total([1, 2, 3])', 'running_total([], 5)'],
    test: 'assert running_total([1, 2, -9, 4], 1) == [2, 4, 0, 4]',
  }),
  own('python', {
    name: 'letter',
    parameters: 'name: str, items: list',
    imports: 'import textwrap',
    onlyBodyNeedsImports: true,
    documentation: '',
    prose: 'A short letter that lists the items.',
    signature: 'def letter(name: str, items: list) -> str:',
    body: `    lines = "\\n".join(f"- {item}" for item in items)
    text = """Dear {name},

  please find:
{lines}
\`\`\`
end
\`\`\`"""
    return textwrap.dedent(text.format(name=name, lines=lines))`,
    buggyBody: `    lines = ", ".join(items)
    return f"Dear {name}: {lines}"`,
    calls: ['letter("Ada", ["ink"])'],
    test: 'assert letter("Ada", ["ink", "pen"]) == "Dear Ada,\\n\\n  please find:\\n- ink\\n- pen\\n```\\nend\\n```"',
  }),
  own('python', {
    name: 'flatten',
    parameters: 'nested',
    documentation: `    '''
    All leaves of nested lists, in order.

    >>> flatten([1, [2, [3]]])
    [1, 2, 3]
    '''`,
    prose: 'All leaves of nested lists, in order.\n\n>>> flatten([1, [2, [3]]])\n[1, 2, 3]',
    signature: 'def flatten(nested):',
    body: `    def walk(item):
        if isinstance(item, list):
            for child in item:
                yield from walk(child)
        else:
            yield item

    return list(walk(nested))`,
    buggyBody: '    return [leaf for child in nested for leaf in child]',
    calls: ['flatten([1, [2, [3]]])'],
    test: 'assert flatten([1, [2, [3, []]], "ab"]) == [1, 2, 3, "ab"]',
  }),
  own('js', {
    name: 'groupBy',
    parameters: 'items, keyOf',
    documentation: '/** Items by key, in order of first appearance. */',
    prose: 'Items by key, in order of first appearance.',
    signature: 'function groupBy(items, keyOf) {',
    body: `  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;`,
    buggyBody: '  return new Map(items.map((item) => [keyOf(item), [item]]));',
    calls: ['groupBy([1, 2, 3], (n) => n % 2)'],
    test: "console.assert(JSON.stringify([...groupBy([1, 2, 3], (n) => n % 2)]) === '[[1,[1,3]],[0,[2]]]')",
  }),
  own('js', {
    name: 'page',
    parameters: 'title, rows',
    documentation: '',
    prose: 'A small HTML page with a table.',
    signature: 'const page = (title, rows) => {',
    body: `  const cells = rows.map((row) => \`<td>\${row.join('</td><td>')}</td>\`);
  return \`<h1>\${title}</h1>
<table>
  <tr>\${cells.join('</tr>\\n  <tr>')}</tr>
</table>\`;`,
    buggyBody: '  return title + rows;',
    calls: ["page('Tides', [[1, 2]])"],
    test: "console.assert(page('T', [[1, 2], [3]]) === '<h1>T</h1>\\n<table>\\n  <tr><td>1</td><td>2</td></tr>\\n  <tr><td>3</td></tr>\\n</table>')",
  }),
  own('js', {
    name: 'braces',
    parameters: 'text',
    documentation: '// Whether braces and brackets close in order.',
    prose: 'Whether braces and brackets close in order.',
    signature: 'const braces = (text) => {',
    body: `  const pairs = { '}': '{', ']': '[', ')': '(' };
  const open = [];
  for (const character of text) {
    if ('{[('.includes(character)) {
      open.push(character);
    } else if (pairs[character] && open.pop() !== pairs[character]) {
      return false; // e.g. "{ )"
    }
  }
  return open.length === 0;`,
    buggyBody: "  return text.split('{').length === text.split('}').length;",
    calls: ["braces('{[]}')", "braces('{)')"],
    test: "console.assert(braces('{[()]}') && !braces('}{') && !braces('(') && !braces('{[}]'))",
  }),
  own('go', {
    name: 'WordCount',
    parameters: 'text string',
    imports: 'import "strings"',
    onlyBodyNeedsImports: true,
    documentation: '// WordCount counts how often each word occurs, in lower case.',
    prose: 'WordCount counts how often each word occurs, in lower case.',
    signature: 'func WordCount(text string) map[string]int {',
    body: `\tcounts := make(map[string]int)
\tfor _, word := range strings.Fields(strings.ToLower(text)) {
\t\tcounts[word]++
\t}
\treturn counts`,
    buggyBody: `\tcounts := make(map[string]int)
\tfor _, word := range strings.Fields(text) {
\t\tcounts[word] = 1
\t}
\treturn counts`,
    calls: ['WordCount("a b A")'],
    test: goTest(`func TestWordCount(t *testing.T) {
\tif got := WordCount("a b A"); got["a"] != 2 || got["b"] != 1 || len(got) != 2 {
\t\tt.Fatal(got)
\t}
}`),
  }),
  own('go', {
    name: 'Template',
    parameters: 'name string',
    documentation: '',
    prose: 'Template is a greeting with fences in it.',
    signature: 'func Template(name string) string {',
    body: `\tconst open, close = "{", "}"
\tif name == "" {
\t\treturn \`\`
\t}
\treturn open + "\`\`\`" + name + \`\\n\` + close`,
    buggyBody: '\treturn name',
    calls: ['Template("x")'],
    test: goTest(`func TestTemplate(t *testing.T) {
\tif got := Template("x"); got != "{\`\`\`x\\\\n}" || Template("") != "" {
\t\tt.Fatal(got)
\t}
}`),
  }),
  own('go', {
    name: 'MinMax',
    parameters: 'numbers []int',
    imports: 'import (\n\t"errors"\n\t"sort"\n)',
    documentation: '// MinMax finds the smallest and the largest number.\n// An empty list is an error.',
    prose: 'MinMax finds the smallest and the largest number.\nAn empty list is an error.',
    definitionsBefore: 'var errEmpty = errors.New("no numbers")',
    signature: 'func MinMax(numbers []int) (int, int, error) {',
    body: `\tif len(numbers) == 0 {
\t\treturn 0, 0, errEmpty
\t}
\tsorted := append([]int(nil), numbers...)
\tsort.Ints(sorted)
\treturn sorted[0], sorted[len(sorted)-1], nil`,
    buggyBody: `\tsort.Ints(numbers)
\treturn numbers[0], numbers[0], nil`,
    calls: ['MinMax([]int{3, 1, 2})'],
    test: goTest(`func TestMinMax(t *testing.T) {
\tlow, high, err := MinMax([]int{3, 1, 2})
\tif low != 1 || high != 3 || err != nil {
\t\tt.Fatal(low, high, err)
\t}
\tif _, _, err := MinMax(nil); err == nil {
\t\tt.Fatal("no error")
\t}
}`),
  }),
  own('rust', {
    name: 'longest',
    parameters: "words: &[&'a str]",
    documentation: '/// The longest word; the first of several.',
    prose: 'The longest word; the first of several.',
    signature: "pub fn longest<'a>(words: &[&'a str]) -> Option<&'a str> {",
    body: `    let mut best: Option<&'a str> = None;
    for word in words {
        match best {
            Some(found) if found.len() >= word.len() => {}
            _ => best = Some(word),
        }
    }
    best`,
    buggyBody: '    words.last().copied()',
    calls: ['longest(&["a", "bcd"])'],
    test: rustTest('assert_eq!(longest(&["a", "bcd", "efg"]), Some("bcd"));\n        assert_eq!(longest(&[]), None);'),
  }),
  own('rust', {
    name: 'histogram',
    parameters: 'values: &[u32]',
    imports: 'use std::collections::BTreeMap;',
    documentation: '',
    prose: 'How often each value occurs.',
    signature: 'fn histogram(values: &[u32]) -> BTreeMap<u32, usize> {',
    body: `    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(*value).or_insert(0) += 1;
    }
    counts`,
    buggyBody: `    let mut counts = BTreeMap::new();
    for value in values {
        counts.insert(*value, 1);
    }
    counts`,
    calls: ['histogram(&[1, 1, 2])'],
    test: rustTest('assert_eq!(histogram(&[1, 1, 2]).get(&1), Some(&2));'),
  }),
  own('rust', {
    name: 'unescape',
    parameters: 'text: &str',
    documentation: '/*\n Turns the two characters `\\n` into a line break; an open brace stays.\n*/',
    prose: 'Turns the two characters `\\n` into a line break; an open brace stays.',
    signature: 'pub fn unescape(text: &str) -> String {',
    body: `    let mut out = String::new();
    let mut escaped = false;
    for character in text.chars() {
        match (escaped, character) {
            (false, '\\\\') => escaped = true,
            (true, 'n') => { out.push('\\n'); escaped = false; }
            (_, '{') => out.push('{'),
            _ => { out.push(character); escaped = false; }
        }
    }
    out`,
    buggyBody: '    text.to_string()',
    calls: ['unescape("a{")'],
    test: rustTest('assert_eq!(unescape("a\\\\nb{}"), "a\\nb{}");'),
  }),
];

function rustTest(assertions: string): string {
  return `#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn works() {
        ${assertions}
    }
}`;
}
