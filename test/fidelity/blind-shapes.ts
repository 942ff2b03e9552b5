// Blind dressings of the code itself: what is in the block, how it is laid out, what follows it inside the block.
// Written from experience with Gemma, Qwen Coder, Llama, DeepSeek and Code Llama, without sight of the code that undoes them.

import { dedent, indent } from '../../server/base/text.ts';
import { languageFacts } from '../../server/exercises/languages.ts';
import { type Answer, answerFunction, hasMultilineLiteral, renderDocumentation } from './answer.ts';
import { type Feature, fence, type Piece } from './grammar.ts';

const code = ['implement', 'fix'] as const;

export const blindShapes: readonly Feature[] = [
  {
    name: 'body dedented',
    slot: 'shape',
    actions: code,
    applies: (answer) => !hasMultilineLiteral(answer),
    apply: (piece) => ({ ...piece, shape: 'body', code: dedent(piece.answer.body) }),
  },
  {
    name: 'first line dedented',
    slot: 'shape',
    actions: code,
    judgement:
      'The first line lost its indentation, as when an answer is trimmed; it belongs to the level of the body.',
    apply: (piece) => ({ ...piece, shape: 'body', code: piece.answer.body.trimStart() }),
  },
  {
    name: 'body with its closing brace',
    slot: 'shape',
    languages: ['js', 'go', 'rust'],
    actions: code,
    apply: (piece) => ({ ...piece, shape: 'body', code: `${piece.answer.body}\n}` }),
  },
  {
    name: 'documentation without markers',
    slot: 'shape',
    actions: ['document'],
    excludesSlots: ['before', 'after', 'tail', 'layout'],
    apply: (piece) => ({ ...piece, shape: 'documentation', code: piece.answer.prose }),
  },
  {
    name: 'type hints added',
    slot: 'shape',
    languages: ['python'],
    applies: (answer) => /^\w+(, \w+)*$/.test(answer.parameters) && !answer.signature.includes('->'),
    judgement: "The signature in the file is the user's: hints are not taken over.",
    apply: (piece) => {
      const parameters = piece.answer.parameters.replace(/\w+/g, '$&: object');
      const signature = `def ${piece.answer.name}(${parameters}) -> object:`;
      return { ...piece, code: answerFunction(piece.answer, { signature }) };
    },
  },
  {
    name: 'docstring rewritten',
    slot: 'shape',
    languages: ['python'],
    actions: code,
    judgement: "The docstring in the file is the user's when a body is asked for.",
    apply: (piece, random) => {
      const documentation = random.pick([
        `    '''\n    ${piece.answer.name}: see the description.\n    '''`,
        '    """\n    Compute the result.\n\n    Args:\n        see the signature\n\n    Returns:\n        the result\n    """',
        `    "Returns the result of ${piece.answer.name}."`,
      ]);
      return { ...piece, code: answerFunction(piece.answer, { documentation }) };
    },
  },
  {
    name: 'comment rewritten as documentation',
    slot: 'shape',
    languages: ['js', 'rust', 'go'],
    actions: code,
    judgement: "The comment in the file is the user's when a body is asked for.",
    apply: (piece) => {
      const prose = `${piece.answer.name} computes the result.\n\nIt takes what the signature says.`;
      return {
        ...piece,
        code: answerFunction(piece.answer, { documentation: renderDocumentation(piece.answer.language, prose) }),
      };
    },
  },
  {
    name: 'export or pub changed',
    slot: 'shape',
    languages: ['js', 'rust'],
    judgement: "Visibility in the file is the user's: it is not taken over.",
    apply: (piece) => {
      const { answer } = piece;
      const signature =
        answer.language === 'js'
          ? `export ${answer.signature}`
          : /^pub /.test(answer.signature)
            ? answer.signature.slice(4)
            : `pub ${answer.signature}`;
      return { ...piece, code: answerFunction(answer, { signature }) };
    },
  },
  {
    name: 'module.exports after',
    slot: 'shape',
    languages: ['js'],
    judgement: 'The export line is no part of the function.',
    apply: (piece) => ({
      ...piece,
      code: `${answerFunction(piece.answer)}\n\nmodule.exports = { ${piece.answer.name} };`,
    }),
  },
  {
    name: 'function keyword for arrow',
    slot: 'shape',
    languages: ['js'],
    applies: (answer) => answer.signature.startsWith('const '),
    judgement: 'The function has another form than in the file; the body is the same.',
    apply: (piece) => ({
      ...piece,
      code: answerFunction(piece.answer, {
        signature: `function ${piece.answer.name}(${piece.answer.parameters}) {`,
      }),
    }),
  },
  {
    name: 'whole file repeated',
    slot: 'shape',
    apply: (piece) => ({ ...piece, shape: 'file', code: piece.answer.wholeFile.replace(/\n+$/, '') }),
  },
  {
    name: 'existing code elided',
    slot: 'shape',
    apply: (piece, random) => {
      const mark = languageFacts[piece.answer.language].lineComment;
      const words = random.pick(['... existing code ...', '... (rest of the code remains unchanged)', '...']);
      const parts = [`${mark} ${words}`, answerFunction(piece.answer), `${mark} ${words}`];
      return { ...piece, code: parts.join('\n\n') };
    },
  },
  {
    name: 'fence inside the documentation',
    slot: 'shape',
    languages: ['python', 'rust', 'js'],
    apply: (piece) => {
      const { answer } = piece;
      const prose = `${answer.prose}\n\n${fence(answer.calls[0] ?? answer.name, '')}`;
      return {
        ...piece,
        code: answerFunction(answer, { documentation: renderDocumentation(answer.language, prose) }),
      };
    },
  },
  {
    name: 'imports brought',
    slot: 'shape',
    actions: ['implement'],
    bringsImports: true,
    applies: (answer) => answer.imports !== '' && answer.onlyBodyNeedsImports,
    apply: (piece) => ({ ...piece, code: `${piece.answer.imports}\n\n${answerFunction(piece.answer)}` }),
  },
];

export const blindLayouts: readonly Feature[] = [
  {
    name: 'line numbers',
    slot: 'layout',
    actions: code,
    needsFunction: true,
    apply: (piece, random) => {
      const style = random.pick([': ', ' | ', '. ', '  ']);
      const lines = piece.code.split('\n');
      const width = String(lines.length).length;
      return {
        ...piece,
        code: lines.map((line, index) => `${String(index + 1).padStart(width)}${style}${line}`).join('\n'),
      };
    },
  },
  {
    name: 'diff',
    slot: 'layout',
    actions: code,
    needsFunction: true,
    excludesSlots: ['inside'],
    excludes: [
      'whole file repeated',
      'existing code elided',
      'imports brought',
      'JSON string',
      'JSON object',
      'JSON with explanation',
    ],
    judgement: 'Lines with + are the new code, lines with - go, the rest stays.',
    apply: (piece, random) => diffPiece(piece, random.chance(0.5)),
  },
  {
    name: 'REPL prompts',
    slot: 'layout',
    languages: ['python'],
    actions: code,
    needsFunction: true,
    excludesSlots: ['inside'],
    excludes: ['whole file repeated', 'existing code elided', 'imports repeated', 'module.exports after'],
    apply: (piece) => {
      const [first = '', ...rest] = piece.code.split('\n');
      return { ...piece, code: [`>>> ${first}`, ...rest.map((line) => `... ${line}`), '...'].join('\n') };
    },
  },
  {
    name: 'trailing whitespace',
    slot: 'layout',
    applies: (answer) => !hasMultilineLiteral(answer),
    apply: (piece, random) => ({
      ...piece,
      code: piece.code
        .split('\n')
        .map((line) => (random.chance(0.4) ? `${line}  ` : line))
        .join('\n'),
    }),
  },
  {
    name: 'comment banner',
    slot: 'layout',
    needsFunction: true,
    apply: (piece, random) => {
      const { lineComment, extension } = languageFacts[piece.answer.language];
      const banner = random.pick([
        `${lineComment} ${'='.repeat(30)}\n${lineComment} ${piece.answer.name}\n${lineComment} ${'='.repeat(30)}`,
        `${lineComment} main.${extension}`,
        `${lineComment} Solution`,
      ]);
      return { ...piece, code: `${banner}\n\n${piece.code}` };
    },
  },
  {
    name: 'over-indented',
    slot: 'layout',
    applies: (answer) => !hasMultilineLiteral(answer),
    apply: (piece) => ({ ...piece, code: indent(piece.code, '    ') }),
  },
];

export const blindInsides: readonly Feature[] = [
  {
    name: 'usage in the same block',
    slot: 'inside',
    needsFunction: true,
    judgement: 'Example calls show how the function is used; they are no part of it.',
    apply: (piece) => {
      const { answer } = piece;
      const { lineComment, print } = languageFacts[answer.language];
      const usage = answer.calls.slice(0, 2).map(print).join('\n');
      return { ...piece, code: `${piece.code}\n\n${lineComment} Example usage:\n${usage}` };
    },
  },
  {
    name: 'main function',
    slot: 'inside',
    needsFunction: true,
    excludes: ['whole file repeated'],
    judgement: 'The main function shows how the answer is used; it is no part of it.',
    apply: (piece) => ({ ...piece, code: `${piece.code}\n\n${mainFunction(piece.answer)}` }),
  },
  {
    name: 'tests in the same block',
    slot: 'inside',
    needsFunction: true,
    judgement: 'Tests were not asked for.',
    apply: (piece) => ({ ...piece, code: `${piece.code}\n\n${testFunction(piece.answer)}` }),
  },
  {
    name: 'runs on into another function',
    slot: 'inside',
    needsFunction: true,
    judgement: 'A base model goes on writing: what follows has nothing to do with the request and may be cut off.',
    apply: (piece, random) => {
      const full = anotherFunction(piece.answer);
      const cut = random.chance(0.5) ? full.slice(0, full.length - Math.min(18, full.length >> 1)) : full;
      return { ...piece, code: `${piece.code}\n\n${cut}` };
    },
  },
];

function diffPiece(piece: Piece, withHeader: boolean): Piece {
  const { answer } = piece;
  const { extension } = languageFacts[answer.language];
  const [head, tail] = functionAround(answer, piece.code);
  const lines = (text: string, mark: string): string[] => (text === '' ? [] : text.split('\n').map((l) => mark + l));
  const count = piece.code.split('\n').length;
  const header = [`--- a/main.${extension}`, `+++ b/main.${extension}`, `@@ -1,${count} +1,${count} @@`];
  const all = [
    ...(withHeader ? header : []),
    ...lines(head, ' '),
    ...lines(answer.presentBody, '-'),
    ...lines(answer.body, '+'),
    ...lines(tail, ' '),
  ];
  return { ...piece, fenceName: 'diff', code: all.join('\n') };
}

/** The code before and after the right body. */
function functionAround(answer: Answer, text: string): [string, string] {
  const at = text.indexOf(answer.body);
  if (at === -1) throw new Error(`${answer.name}: the body is not in its function`);
  return [text.slice(0, at).replace(/\n$/, ''), text.slice(at + answer.body.length).replace(/^\n/, '')];
}

function mainFunction(answer: Answer): string {
  const call = answer.calls[0] ?? `${answer.name}()`;
  switch (answer.language) {
    case 'python':
      return `if __name__ == "__main__":\n    print(${call})`;
    case 'js':
      return `function main() {\n  console.log(${call});\n}\n\nmain();`;
    case 'go':
      return `func main() {\n\tfmt.Println(${call})\n}`;
    case 'rust':
      return `fn main() {\n    println!("{:?}", ${call});\n}`;
  }
}

function testFunction(answer: Answer): string {
  const call = answer.calls[0] ?? `${answer.name}()`;
  switch (answer.language) {
    case 'python':
      return `def test_${answer.name}():\n    result = ${call}\n    assert result == ${call}\n    print("All tests passed!")\n\n\ntest_${answer.name}()`;
    case 'js':
      return `describe('${answer.name}', () => {\n  it('works', () => {\n    expect(${call}).toEqual(${call});\n  });\n});`;
    case 'go':
      return `func Test${answer.name}(t *testing.T) {\n\tif got := ${call}; got != ${call} {\n\t\tt.Errorf("got %v", got)\n\t}\n}`;
    case 'rust':
      return `#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn it_works() {\n        assert_eq!(${call}, ${call});\n    }\n}`;
  }
}

function anotherFunction(answer: Answer): string {
  switch (answer.language) {
    case 'python':
      return 'def count_vowels(text):\n    """ Count the vowels of a text. """\n    return sum(1 for letter in text if letter in "aeiou")';
    case 'js':
      return '/* Count the vowels of a text. */\nconst countVowels = (text) => {\n  return [...text].filter((letter) => "aeiou".includes(letter)).length;\n}';
    case 'go':
      return "// CountVowels counts the vowels of a text.\nfunc CountVowels(text string) int {\n\tcount := 0\n\tfor _, letter := range text {\n\t\tif letter == 'a' {\n\t\t\tcount++\n\t\t}\n\t}\n\treturn count\n}";
    case 'rust':
      return '/// Counts the vowels of a text.\nfn count_vowels(text: &str) -> usize {\n    text.chars().filter(|letter| "aeiou".contains(*letter)).count()\n}';
  }
}
