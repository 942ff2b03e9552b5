// Real functions in four languages: HumanEvalPack (MIT), read from the folder that JOULE_LS_DATA names.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataSetFolder } from '../../server/exercises/data-set.ts';
import type { SymbolFacts, SyntaxFacts } from '../../server/syntax/facts.ts';
import { createParsing } from '../../server/syntax/parse.ts';
import { ensureGrammars } from '../support/grammars.ts';

interface Row {
  readonly task_id: string;
  readonly prompt: string;
  readonly canonical_solution: string;
  readonly buggy_solution: string;
  readonly test: string;
  readonly test_setup?: string;
  readonly entry_point: string;
  readonly signature: string;
}

const sets = [
  {
    file: 'python',
    languageId: 'python',
    stubs: ['    pass\n', '    ...\n', '    raise NotImplementedError\n', '', '    # TODO\n'],
  },
  {
    file: 'js',
    languageId: 'javascript',
    stubs: ['}\n', '  // TODO\n}\n', "  throw new Error('Not implemented');\n}\n", '  // TODO\n  return null;\n}\n'],
  },
  {
    file: 'go',
    languageId: 'go',
    stubs: ['}\n', '    panic("not implemented")\n}\n', '    // TODO: implement\n}\n'],
  },
  { file: 'rust', languageId: 'rust', stubs: ['}\n', '    todo!()\n}\n', '    unimplemented!("later");\n}\n'] },
] as const;

/** Names that the data set itself leaves unbound, looked at one by one: imports that only its tests bring, and one bug. */
const trulyFree: Readonly<Record<string, readonly string[]>> = {
  'Go/17': ['strings'],
  'Go/20': ['math', 'sort'],
  'Go/59': ['math'],
  'Go/65': ['strconv'],
  'Go/75': ['math'],
  'JavaScript/26': ['x'],
};

const folder = dataSetFolder(process.env.JOULE_LS_DATA);

describe('syntax on HumanEvalPack', function () {
  this.timeout(60_000);
  const parsing = createParsing();

  before(function () {
    if (folder === undefined || !existsSync(join(folder, 'python.jsonl'))) {
      console.log('SKIPPED: syntax on HumanEvalPack because JOULE_LS_DATA names no folder with its .jsonl files');
      this.skip();
    }
    ensureGrammars();
  });

  for (const set of sets) {
    const rows = (): Row[] =>
      readFileSync(join(folder ?? '', `${set.file}.jsonl`), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Row);
    const facts = async (text: string): Promise<SyntaxFacts> => {
      const found = await parsing.facts(set.languageId, text);
      assert.ok(found);
      return found;
    };
    const entry = (found: SyntaxFacts, row: Row): SymbolFacts => {
      const name = nameOf(row);
      const symbol = found.symbols.find((each) => each.name === name);
      assert.ok(symbol, `${row.task_id}: ${name} not found`);
      return symbol;
    };

    it(`${set.file}: finds every solution's parts and no error`, async () => {
      const problems: string[] = [];
      for (const row of rows()) {
        const text = row.prompt + row.canonical_solution;
        const found = await facts(text);
        const symbol = entry(found, row);
        const say = (what: string): number => problems.push(`${row.task_id}: ${what}`);
        if (found.errors.length > 0)
          say(`errors ${JSON.stringify(found.errors.map((at) => text.slice(at.start, at.end)))}`);
        if (
          symbol.body === undefined ||
          !text.slice(symbol.body.start, symbol.body.end).includes(row.canonical_solution.trim().split('\n')[0] ?? '')
        )
          say('body');
        if (symbol.documentation === undefined && row.task_id !== 'Rust/32') say('documentation');
        if (symbol.isStub) say('solution taken for a stub');
        const signature = text.slice(symbol.signature.start, symbol.signature.end);
        // One Python row's signature has an import before the colon.
        const flat = (source: string): string => source.replace(/import math|[\s:]|->|=>/g, '');
        if (!flat(signature).includes(flat(row.signature).slice(0, 40))) say(`signature ${signature}`);
        const inner = row.signature.slice(row.signature.indexOf(nameOf(row)));
        const declared = declaredParameters(inner);
        if (declared.join() !== symbol.parameters.join()) say(`parameters ${symbol.parameters} for ${inner}`);
      }
      assert.deepEqual(problems, []);
    });

    it(`${set.file}: recognises every stub`, async () => {
      const missed: string[] = [];
      for (const row of rows()) {
        for (const stub of set.stubs) {
          const found = await facts(row.prompt + stub);
          if (!entry(found, row).isStub) missed.push(`${row.task_id} ${JSON.stringify(stub)}`);
        }
      }
      assert.deepEqual(missed, []);
    });

    it(`${set.file}: raises hardly any false alarm about free names`, async () => {
      const alarms: string[] = [];
      let texts = 0;
      for (const row of rows()) {
        for (const solution of [row.canonical_solution, row.buggy_solution]) {
          texts++;
          const found = await facts(row.prompt + solution);
          const names = found.freeNames
            .map((use) => use.name)
            .filter((name) => !trulyFree[row.task_id]?.includes(name));
          if (names.length > 0) alarms.push(`${row.task_id}: ${[...new Set(names)]}`);
        }
      }
      console.log(`    ${set.file}: ${alarms.length} of ${texts} texts with free names ${alarms.join(' | ')}`);
      assert.ok(alarms.length <= texts / 100, alarms.join('\n'));
    });
  }
});

/** The function's name: nine rows spell it differently in `entry_point` than in prompt and signature. */
function nameOf(row: Row): string {
  return /(\w+)\s*(=\s*)?\(/.exec(row.signature)?.[1] ?? row.entry_point;
}

/** The names in `f(a, b: List[int], c = 1)`, `F(a, b int, c []string)`; good enough for this data set. */
function declaredParameters(signature: string): string[] {
  const open = signature.indexOf('(');
  let depth = 0;
  let end = open;
  for (; end < signature.length; end++) {
    if ('([{'.includes(signature[end] ?? '')) depth++;
    if (')]}'.includes(signature[end] ?? '') && --depth === 0) break;
  }
  let list = signature.slice(open + 1, end);
  for (let before = ''; before !== list; ) {
    before = list;
    list = list.replace(/\[[^[\]]*\]|<[^<>]*>|\([^()]*\)/g, '');
  }
  return list
    .split(',')
    .map((part) => /^(?:mut\s+)?(\w+)/.exec(part.trim())?.[1] ?? '')
    .filter((name) => name !== '');
}
