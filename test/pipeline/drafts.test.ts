// From an answer to the edit it means: the same function in every dress, in every language, at every kind of place.

import assert from 'node:assert/strict';
import { silentLog } from '../../server/base/log.ts';
import { applyEdits } from '../../server/base/text.ts';
import { draftsOf } from '../../server/pipeline/draft/drafts.ts';
import type { ActionId, Target, Task } from '../../server/pipeline/task.ts';
import { verify } from '../../server/pipeline/verify.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';

interface Case {
  name: string;
  languageId?: string;
  actionId?: ActionId;
  /** The file; the target is the symbol called `symbol`. */
  before: string;
  symbol?: string;
  target?: Target;
  answer: string;
  after: string;
  finding?: string;
}

const python = 'import os\n\n\ndef mean(values):\n    """Mean of values."""\n    pass\n\n\nprint(os.name)\n';
const pythonDone =
  'import os\n\n\ndef mean(values):\n    """Mean of values."""\n    return sum(values) / len(values)\n\n\nprint(os.name)\n';

const cases: Case[] = [
  { name: 'a bare body', before: python, answer: 'return sum(values) / len(values)', after: pythonDone },
  {
    name: 'an indented bare body',
    before: python,
    answer: '    return sum(values) / len(values)\n',
    after: pythonDone,
  },
  {
    name: 'the whole function with another docstring',
    before: python,
    answer: 'def mean(values):\n    """Average."""\n    return sum(values) / len(values)',
    after: pythonDone,
  },
  {
    name: 'type hints added by the model',
    before: python,
    answer: 'def mean(values: list[float]) -> float:\n    return sum(values) / len(values)',
    after: pythonDone,
  },
  {
    name: 'tabs',
    before: python,
    answer: '```python\ndef mean(values):\n\treturn sum(values) / len(values)\n```',
    after: pythonDone,
  },
  {
    name: 'unfenced prose around the function',
    before: python,
    answer:
      'Here is the function:\n\ndef mean(values):\n    return sum(values) / len(values)\n\nThis divides the sum by the length.',
    after: pythonDone,
  },
  {
    name: 'prose around a bare body',
    before: python,
    answer: 'The body should be:\n\n    return sum(values) / len(values)\n\nThat is all.',
    after: pythonDone,
  },
  {
    name: 'a second attempt',
    before: python,
    answer:
      'def mean(values):\n    return sum(values) / len(values)\n\nAlternatively:\n\ndef mean(values):\n    return 0\n',
    after: pythonDone,
  },
  {
    name: 'a usage example behind it',
    before: python,
    answer: '```python\ndef mean(values):\n    return sum(values) / len(values)\n\nprint(mean([1, 2]))\n```',
    after: pythonDone,
  },
  {
    name: 'a first line that lost its indentation',
    before: python,
    answer: 'total = 0\n    for value in values:\n        total += value\n    return total',
    after: pythonDone.replace(
      'return sum(values) / len(values)',
      'total = 0\n    for value in values:\n        total += value\n    return total',
    ),
  },
  {
    name: 'an import and a helper that it needs, not those it does not',
    before: python,
    answer:
      'import math\nimport json\nfrom os import path\n\ndef half(x):\n    return x / 2\n\ndef unused():\n    pass\n\ndef mean(values):\n    return half(math.fsum(values))',
    after:
      'import math\nimport os\n\n\ndef half(x):\n    return x / 2\n\n\ndef mean(values):\n    """Mean of values."""\n    return half(math.fsum(values))\n\n\nprint(os.name)\n',
  },
  {
    name: 'CRLF files',
    before: python.replace(/\n/g, '\r\n'),
    answer: '```\ndef mean(values):\n    total = sum(values)\n    return total / len(values)\n```',
    after: pythonDone.replace('return sum(values)', 'total = sum(values)\n    return total').replace(/\n/g, '\r\n'),
  },
  {
    name: 'a method',
    before:
      'class Box:\n    def __init__(self, items):\n        self.items = items\n\n    def mean(self):\n        ...\n\n    def size(self):\n        return len(self.items)\n',
    answer: '```python\nclass Box:\n    def mean(self):\n        return sum(self.items) / self.size()\n```',
    after:
      'class Box:\n    def __init__(self, items):\n        self.items = items\n\n    def mean(self):\n        return sum(self.items) / self.size()\n\n    def size(self):\n        return len(self.items)\n',
  },
  {
    name: 'a multi-line string that must not move',
    before: 'class A:\n    def mean(self):\n        pass\n',
    answer: 'def mean(self):\n    return """\n one\n    two"""',
    after: 'class A:\n    def mean(self):\n        return """\n one\n    two"""\n',
  },
  {
    name: 'a JavaScript arrow function',
    languageId: 'javascript',
    before: 'const fs = require("fs");\n\n// Mean.\nconst mean = (values) => {\n};\n\nmodule.exports = { mean };\n',
    answer:
      'Sure!\n```js\nconst mean = (values) => {\n    let total = 0;\n    for (const v of values) {\n        total += v;\n    }\n    return total;\n};\n```\nDone.',
    after:
      'const fs = require("fs");\n\n// Mean.\nconst mean = (values) => {\n  let total = 0;\n  for (const v of values) {\n    total += v;\n  }\n  return total;\n};\n\nmodule.exports = { mean };\n',
  },
  {
    name: 'a JavaScript body with the closing brace',
    languageId: 'javascript',
    before: 'function mean(values) {\n}\n',
    answer: '  return values.length;\n}\n',
    after: 'function mean(values) {\n  return values.length;\n}\n',
  },
  {
    name: 'a TypeScript method answered alone',
    languageId: 'typescript',
    before:
      'export class Box {\n  items: number[] = [];\n  mean(): number {\n    throw new Error("not implemented");\n  }\n}\n',
    answer: 'mean(): number {\n  return this.items.length;\n}',
    after: 'export class Box {\n  items: number[] = [];\n  mean(): number {\n    return this.items.length;\n  }\n}\n',
  },
  {
    name: 'a Go function with an import',
    languageId: 'go',
    before:
      'package main\n\nimport (\n\t"fmt"\n)\n\n// Mean of values.\nfunc mean(values []float64) float64 {\n\tpanic("not implemented")\n}\n\nfunc main() {\n\tfmt.Println(mean(nil))\n}\n',
    answer:
      '```go\npackage main\n\nimport (\n\t"fmt"\n\t"math"\n)\n\nfunc mean(values []float64) float64 {\n    return math.Abs(values[0])\n}\n```',
    after:
      'package main\n\nimport (\n\t"fmt"\n\t"math"\n)\n\n// Mean of values.\nfunc mean(values []float64) float64 {\n\treturn math.Abs(values[0])\n}\n\nfunc main() {\n\tfmt.Println(mean(nil))\n}\n',
  },
  {
    name: 'a Go call of a function in another file of the package',
    languageId: 'go',
    before: 'package a\n\nfunc mean() int {\n\tpanic("not implemented")\n}\n',
    answer: 'func mean() int {\n\treturn total() / 2\n}',
    after: 'package a\n\nfunc mean() int {\n\treturn total() / 2\n}\n',
  },
  {
    name: 'a Rust method',
    languageId: 'rust',
    before:
      'struct Box2 { items: Vec<f64> }\n\nimpl Box2 {\n    /// Mean.\n    pub fn mean(&self) -> f64 {\n        todo!()\n    }\n}\n',
    answer: 'impl Box2 {\n  pub fn mean(&self) -> f64 {\n    self.items.iter().sum()\n  }\n}',
    after:
      'struct Box2 { items: Vec<f64> }\n\nimpl Box2 {\n    /// Mean.\n    pub fn mean(&self) -> f64 {\n        self.items.iter().sum()\n    }\n}\n',
  },
  {
    name: 'a fix that keeps signature and docstring',
    actionId: 'fix',
    before: python.replace('pass', 'return sum(values) / len(value)'),
    answer: '```python\ndef mean(values: list) -> float:\n    return sum(values) / len(values)\n```',
    after: pythonDone,
  },
  {
    name: 'documentation as sentences',
    actionId: 'document',
    before: pythonDone.replace('    """Mean of values."""\n', ''),
    answer: 'Here is the docstring:\n\nMean of values.',
    after: pythonDone,
  },
  {
    name: 'documentation as the whole function',
    actionId: 'document',
    before: pythonDone.replace('    """Mean of values."""\n', ''),
    answer: '```python\ndef mean(values):\n    """Mean of values."""\n    return 1\n```',
    after: pythonDone,
  },
  {
    name: 'documentation in a file whose steps are mixed',
    actionId: 'document',
    before: 'def mean(values):\n    if values:\n      return 1\n    if not values:\n      return 2\n',
    answer: 'Mean of values.',
    after:
      'def mean(values):\n    """Mean of values."""\n    if values:\n      return 1\n    if not values:\n      return 2\n',
  },
  {
    name: 'a fix that changes nothing but a space in a string',
    actionId: 'fix',
    before: 'def mean(values):\n    return " ".join(values)\n',
    answer: 'def mean(values):\n    return "".join(values)\n',
    after: 'def mean(values):\n    return "".join(values)\n',
  },
  {
    name: 'documentation in Go',
    actionId: 'document',
    languageId: 'go',
    before: 'package a\n\nfunc mean() int {\n\treturn 1\n}\n',
    answer: '// mean returns one.\n//\n// Always.\n',
    after: 'package a\n\n// mean returns one.\n//\n// Always.\nfunc mean() int {\n\treturn 1\n}\n',
  },
  {
    name: 'documentation in TypeScript over an old one',
    actionId: 'document',
    languageId: 'typescript',
    before: '// old\nfunction mean(): number {\n  return 1;\n}\n',
    answer: '/**\n * Returns one.\n * @returns one\n */',
    after: '/**\n * Returns one.\n * @returns one\n */\nfunction mean(): number {\n  return 1;\n}\n',
  },
  {
    name: 'lines after a comment, indented like it',
    before: 'def f(values):\n    # TODO: sum them\n    return total\n',
    target: { kind: 'after', offset: 20, indentation: '    ' },
    answer: '```python\ntotal = 0\nfor v in values:\n  total += v\n```',
    after:
      'def f(values):\n    # TODO: sum them\n    total = 0\n    for v in values:\n        total += v\n    return total\n',
  },
  {
    name: 'several stubs of a class at once',
    before: 'class Stack:\n    def push(self, x):\n        pass\n\n    def pop(self):\n        pass\n',
    symbol: 'Stack',
    answer:
      '```python\nclass Stack:\n    def pop(self):\n        return self.items.pop()\n\n    def push(self, x):\n        self.items.append(x)\n```',
    after:
      'class Stack:\n    def push(self, x):\n        self.items.append(x)\n\n    def pop(self):\n        return self.items.pop()\n',
  },
  {
    name: 'a language without a grammar',
    languageId: 'lua',
    before: 'local function mean(values)\n  -- TODO\nend\n',
    target: { kind: 'lines', range: { start: 28, end: 37 } },
    answer: '```lua\nreturn #values\n```',
    after: 'local function mean(values)\n  return #values\nend\n',
  },
];

describe('from an answer to an edit', () => {
  let syntax: Syntax;
  before(() => {
    syntax = createSyntax({ log: silentLog });
  });
  after(() => syntax.close());

  for (const entry of cases) {
    it(`understands ${entry.name}`, async () => {
      const { signal } = new AbortController();
      const languageId = entry.languageId ?? 'python';
      const facts = await syntax.parse({ languageId, text: entry.before });
      const symbol = facts?.symbols.find((other) => other.name === (entry.symbol ?? 'mean'));
      const target = entry.target ?? (symbol && { kind: 'symbol' as const, symbol });
      assert.ok(target);
      const task: Task = {
        actionId: entry.actionId ?? 'implement',
        languageId,
        fileName: 'sample',
        text: entry.before,
        facts,
        target,
        instruction: '',
        findings: [],
      };
      const seen: string[] = [];
      for await (const draft of draftsOf({ task, answer: entry.answer, required: [] }, syntax, signal)) {
        const { verdict } = await verify({ task, draft, promised: [], cutOff: false }, syntax, signal);
        const text = applyEdits(entry.before, draft.edits);
        if (verdict.ok) {
          assert.equal(text, entry.after);
          return;
        }
        seen.push(`${JSON.stringify(verdict.checks.filter((check) => check.status === 'failed'))}\n${text}`);
      }
      assert.fail(`no draft passed:\n${seen.join('\n---\n')}`);
    });
  }
});
