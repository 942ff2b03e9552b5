// What is offered where, and for what, in every language with a grammar and without one.

import assert from 'node:assert/strict';
import { actions } from '../../server/actions/index.ts';
import type { Target } from '../../server/pipeline/task.ts';
import { markedPlace } from '../support/marked-place.ts';

interface Case {
  readonly name: string;
  readonly language: string;
  readonly text: string;
  /** Titles in order. */
  readonly offered: readonly string[];
  /** What the first action's target holds. */
  readonly target?: string;
}

const cases: readonly Case[] = [
  {
    name: 'the body of a stub',
    language: 'python',
    text: 'import os\n\n\ndef mean(values):\n    """Average."""\n    pa│ss\n',
    offered: ['Implement mean'],
    target: 'def mean(values):\n    """Average."""\n    pass',
  },
  {
    name: "a stub's name line",
    language: 'python',
    text: 'def me│an(values):\n    pass\n',
    offered: ['Implement mean', 'Document mean', 'Write tests for mean', 'Explain mean'],
  },
  {
    name: "the indentation before a method's name",
    language: 'python',
    text: 'class Box:\n │   def put(self, thing):\n        self.things.append(thing)\n',
    offered: ['Document Box.put', 'Write tests for Box.put', 'Explain Box.put'],
  },
  {
    name: 'the documentation above a stub',
    language: 'go',
    text: 'package a\n\n// Mean is the │average.\nfunc Mean(values []float64) float64 {\n\tpanic("not implemented")\n}\n',
    offered: ['Implement Mean'],
  },
  {
    name: 'nothing in the middle of finished code',
    language: 'rust',
    text: 'fn mean(values: &[f64]) -> f64 {\n    values.iter().sum::<f64>() / va│lues.len() as f64\n}\n',
    offered: [],
  },
  {
    name: 'nothing between definitions',
    language: 'javascript',
    text: 'const a = 1;\n│\nfunction b() {\n  return a;\n}\n',
    offered: [],
  },
  {
    name: 'a TODO in finished code',
    language: 'typescript',
    text: 'function total(items: number[]) {\n  let sum = 0;\n  // TODO: add │them up\n  return sum;\n}\n',
    offered: ['Implement “add them up”'],
    target: '',
  },
  {
    name: 'a TODO behind code',
    language: 'go',
    text: 'package a\n\nfunc f() int {\n\tx := 1 // TODO(me): dou│ble it\n\treturn x\n}\n',
    offered: ['Implement “double it”'],
  },
  {
    name: 'no TODO that is only mentioned',
    language: 'python',
    text: 'x = 1\n# see the TODO │below\ny = 2\n',
    offered: [],
  },
  {
    name: 'a joule: comment over several lines',
    language: 'rust',
    text: 'fn f() -> i32 {\n    let a = 1;\n    // joule: multiply by two\n    // and ad│d three\n    a\n}\n',
    offered: ['Implement “multiply by two and add three”', 'Rewrite f: “multiply by two and add three”'],
  },
  {
    name: 'a joule: comment above finished code',
    language: 'python',
    text: '# joule: use │a set\ndef unique(words):\n    return list(dict.fromkeys(words))\n',
    offered: ['Rewrite unique: “use a set”'],
    target: 'def unique(words):\n    return list(dict.fromkeys(words))',
  },
  {
    name: 'a joule: comment above a stub',
    language: 'python',
    text: '# joule: keep │the order\ndef unique(words):\n    ...\n',
    offered: ['Implement unique'],
  },
  {
    name: 'the name line below a joule: comment',
    language: 'javascript',
    text: '// joule: no loop\nfunction su│m(xs) {\n  let s = 0;\n  for (const x of xs) s += x;\n  return s;\n}\n',
    offered: ['Rewrite sum: “no loop”', 'Renew the documentation of sum', 'Write tests for sum', 'Explain sum'],
  },
  {
    name: 'a class with several stubs',
    language: 'python',
    text: 'class Sta│ck:\n    def push(self, x):\n        pass\n\n    def pop(self):\n        ...\n\n    def size(self):\n        return 0\n',
    offered: ['Implement 2 stubs of Stack', 'Document Stack', 'Write tests for Stack', 'Explain Stack'],
  },
  {
    name: 'a class whose method has a joule: comment',
    language: 'python',
    text: 'class Bo│x:\n    """Things."""\n    def put(self, thing):\n        # joule: sort\n        self.things.append(thing)\n',
    offered: ['Renew the documentation of Box', 'Write tests for Box', 'Explain Box'],
  },
  {
    name: 'a class with a joule: comment of its own',
    language: 'python',
    text: 'class Bo│x:\n    # joule: use a heap\n\n    def put(self, thing):\n        self.things.append(thing)\n',
    offered: ['Rewrite Box: “use a heap”', 'Document Box', 'Write tests for Box', 'Explain Box'],
  },
  {
    name: 'a class with one stub',
    language: 'typescript',
    text: 'class Sta│ck {\n  push(x: number): void {\n    throw new Error("not implemented");\n  }\n  size(): number {\n    return 0;\n  }\n}\n',
    offered: ['Implement Stack.push', 'Document Stack', 'Write tests for Stack', 'Explain Stack'],
  },
  {
    name: 'a selection over two stubs',
    language: 'go',
    text: 'package a\n\n├func A() int {\n\tpanic("not implemented")\n}\n\nfunc B() int {\n\tpanic("not implemented")\n}\n┤',
    offered: ['Implement 2 stubs', 'Rewrite these 7 lines', 'Explain these 7 lines'],
    target: 'func A() int {\n\tpanic("not implemented")\n}\n\nfunc B() int {\n\tpanic("not implemented")\n}',
  },
  {
    name: 'a selection of finished lines',
    language: 'python',
    text: 'def f():\n├    a = 1\n    b = 2\n┤    return a + b\n',
    offered: ['Rewrite these 2 lines', 'Explain these 2 lines'],
    target: '    a = 1\n    b = 2',
  },
  {
    name: 'a selected definition',
    language: 'javascript',
    text: '├function one() {\n  return 1;\n}\n┤\nfunction two() {\n  return 2;\n}\n',
    offered: ['Rewrite one', 'Document one', 'Write tests for one', 'Explain one'],
    target: 'function one() {\n  return 1;\n}',
  },
  { name: 'nothing on a selection of blanks', language: 'python', text: 'a = 1\n├\n\n┤b = 2\n', offered: [] },
  {
    name: 'a diagnostic inside a definition',
    language: 'python',
    text: 'def mean(values):\n    return sum(╟va│lue╢) / len(values)\n',
    offered: ['Fix “undefined name”'],
    target: 'def mean(values):\n    return sum(value) / len(values)',
  },
  {
    name: 'a diagnostic on another part of the line',
    language: 'python',
    text: 'def mean(values):\n │   return sum(╟value╢) / len(values)\n',
    offered: ['Fix “undefined name”'],
  },
  {
    name: 'a diagnostic outside any definition',
    language: 'python',
    text: 'a = 1\n\nb = 2\nc│ = ╟d╢\ne = 3\n\nf = 4\n',
    offered: ['Fix “undefined name”'],
    target: 'b = 2\nc = d\ne = 3',
  },
  {
    name: 'no diagnostic elsewhere',
    language: 'python',
    text: 'a = │1\n\nc = ╟d╢\n',
    offered: [],
  },
  {
    name: 'a TODO without a grammar',
    language: 'lua',
    text: 'local sum = 0\n-- TODO: add │up\nreturn sum\n',
    offered: ['Implement “add up”'],
  },
  {
    name: 'a selection with a TODO without a grammar',
    language: 'ruby',
    text: '├def total(items)\n  # TODO: add them up\nend┤\n',
    offered: ['Implement “add them up”', 'Rewrite these 3 lines', 'Explain these 3 lines'],
    target: 'def total(items)\n  # TODO: add them up\nend',
  },
  {
    name: 'a diagnostic without a grammar',
    language: 'lua',
    text: 'local a = ╟b╢│\n',
    offered: ['Fix “undefined name”'],
    target: 'local a = b',
  },
  { name: 'no heading called TODO', language: 'markdown', text: '# TODO│\n\n* TODO: buy milk\n', offered: [] },
  {
    name: 'the definition that holds the cursor on a line of several',
    language: 'javascript',
    text: 'function one(){re│turn 1} function two(){return 2}\n',
    offered: ['Document one', 'Write tests for one', 'Explain one'],
  },
  {
    name: 'the class around several methods on one line',
    language: 'javascript',
    text: 'class A { one(){return 1} │ two(){return 2} }\n',
    offered: ['Document A', 'Write tests for A', 'Explain A'],
  },
  { name: 'an empty document', language: 'python', text: '│', offered: [] },
];

describe('what is offered', () => {
  for (const { name, language, text, offered, target } of cases) {
    it(`${language}: ${name}`, async () => {
      const place = await markedPlace(language, text);
      const offers = actions.flatMap((action) => action.offer(place, false) ?? []);
      assert.deepEqual(
        offers.map((offer) => offer.title),
        offered,
      );
      const [first] = offers;
      if (target !== undefined && first !== undefined) assert.equal(targetText(first.target, place), target);
      for (const { expected } of offers) {
        assert.ok(expected.in > 0 && expected.outLow > 0 && expected.outHigh >= expected.outLow);
      }
    });

    it(`${language}: ${name}: the task is for what was offered`, async () => {
      const place = await markedPlace(language, text);
      for (const action of actions) {
        const offer = action.offer(place, false);
        if (offer === undefined) continue;
        const task = action.task(place, undefined);
        assert.deepEqual(task?.target, offer.target);
        assert.equal(task?.actionId, action.id);
        assert.equal(task?.text, place.text);
      }
    });
  }
});

function targetText(target: Target, place: { slice(range: { start: number; end: number }): string }): string {
  if (target.kind === 'symbol') return place.slice(target.symbol.range);
  return target.kind === 'lines' ? place.slice(target.range) : '';
}
