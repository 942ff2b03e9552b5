// What comes off a model's answer before anyone looks for code in it.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fencesOf } from '../../server/pipeline/answer/fences.ts';
import { codeIslands } from '../../server/pipeline/answer/islands.ts';
import { codeInJson } from '../../server/pipeline/answer/json-answer.ts';
import { plainLines } from '../../server/pipeline/answer/line-decoration.ts';
import { candidatesOf, proseOf } from '../../server/pipeline/answer/undress.ts';

const code = 'def add(a, b):\n    return a + b';

describe('undressing an answer', () => {
  const dressings: Record<string, string> = {
    bare: code,
    fenced: `\`\`\`\n${code}\n\`\`\``,
    'fenced with language': `\`\`\`python\n${code}\n\`\`\``,
    'fenced with tildes': `~~~py\n${code}\n~~~`,
    'prose around a fence': `Sure, here it is:\n\n\`\`\`python\n${code}\n\`\`\`\n\nIt adds two numbers.`,
    'a fence that never closes': `Here:\n\`\`\`python\n${code}`,
    'a fence inside a list': `1. The function:\n   \`\`\`python\n   def add(a, b):\n       return a + b\n   \`\`\``,
    'one JSON string': JSON.stringify(code),
    'a JSON object': JSON.stringify({ explanation: 'adds', code }),
    'JSON inside a fence': `\`\`\`json\n${JSON.stringify({ code })}\n\`\`\``,
    'JSON with raw line breaks': `"${code}"`,
    thinking: `<think>\nThe user wants def add(a, b): return 1\n</think>\n${code}`,
    'thinking whose start was eaten': `I should add them.\n</think>\n\n${code}`,
    CRLF: `\`\`\`python\r\n${code.replace(/\n/g, '\r\n')}\r\n\`\`\`\r\n`,
    'a chat token at the end': `${code}<|im_end|>`,
    'an end-of-turn token': `\`\`\`python\n${code}\n\`\`\`<end_of_turn>`,
    'answer tags': `<answer>\n${code}\n</answer>`,
    'line numbers': code
      .split('\n')
      .map((line, index) => `${index + 1} | ${line}`)
      .join('\n'),
    'diff signs': code
      .split('\n')
      .map((line) => `+${line}`)
      .join('\n'),
    'interpreter prompts': `>>> def add(a, b):\n...     return a + b`,
    'a quoted block': code
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n'),
    'a byte order mark': `\uFEFF${code}`,
  };
  for (const [name, answer] of Object.entries(dressings)) {
    it(`takes off ${name}`, () => {
      assert.equal(candidatesOf(answer)[0]?.trim(), code);
    });
  }

  it('offers the widest reading when a docstring holds a fence', () => {
    const tricky = 'def f():\n    """Use it:\n\n    ```\n    f()\n    ```\n    """\n    return 1';
    assert.ok(candidatesOf(`\`\`\`python\n${tricky}\n\`\`\``).some((text) => text.trim() === tricky));
  });

  it('has nothing to say about an empty answer', () => {
    assert.deepEqual(candidatesOf(' \n'), []);
    assert.deepEqual(candidatesOf('<think>and then I'), []);
  });

  it('keeps prose as prose for explanations', () => {
    assert.equal(proseOf('<think>hm</think>\n# How it works\n\nIt `adds`.'), '# How it works\n\nIt `adds`.');
  });

  it('is bounded, pure and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const candidates = candidatesOf(text);
        assert.ok(candidates.length <= 12);
        assert.deepEqual(candidatesOf(text), candidates);
        fencesOf(text, 'close');
        fencesOf(text, 'belong to the code');
        codeInJson(text);
        plainLines(text);
        codeIslands(text, 'python');
        codeIslands(text, 'rust');
      }),
      { numRuns: 500 },
    );
  });

  it('gives back any code that was fenced, whatever the code', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('x = 1', '    y()', '', 'if a:', '\treturn b', '# é🌱'), { minLength: 1 }),
        (lines) => {
          const text = lines.join('\n');
          fc.pre(text.trim() !== '');
          assert.equal(candidatesOf(`Well:\n\`\`\`\n${text}\n\`\`\``)[0], text);
        },
      ),
    );
  });
});

describe('code islands', () => {
  it('finds Python definitions and imports between sentences', () => {
    const text =
      'To do this, import math first:\nimport math\n\nThen define it:\n\n@cache\ndef area(r):\n    """Area.\n\nnot indented\n    """\n    return math.pi * r\n\nNow call it like area(3). Alternatively:\n\ndef area(r):\n    return 0\n';
    assert.equal(
      codeIslands(text, 'python'),
      'import math\n\n@cache\ndef area(r):\n    """Area.\n\nnot indented\n    """\n    return math.pi * r\n',
    );
  });

  const braces: [string, string, string][] = [
    ['javascript', 'const add = (a, b) => {\n  return a + b;\n};', 'const add = (a, b) => {\n  return a + b;\n};'],
    ['typescript', 'export function add(a: number): number {\n  const s = "}";\n  return a; // }\n}', ''],
    ['go', 'func Add(a, b int) int {\n\tif a > b {\n\t\treturn a\n\t}\n\treturn b\n}', ''],
    ['rust', "pub fn add<'a>(a: &'a str) -> char {\n    let c = '}';\n    c\n}", ''],
  ];
  for (const [language, definition] of braces) {
    it(`finds ${language} definitions between sentences`, () => {
      const text = `Here is the function you asked for:\n\n${definition}\n\nIt works by adding. I hope that helps!\n`;
      assert.equal(codeIslands(text, language), `${definition}\n`);
    });
  }

  it('says nothing where there is no code or no known language', () => {
    assert.equal(codeIslands('I am sorry, I can not do that.', 'python'), undefined);
    assert.equal(codeIslands('def f(): pass', 'cobol'), undefined);
  });
});
