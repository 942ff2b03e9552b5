// Tests whose expected values were seen by running the function: through the real pipeline and the real sandbox.

import assert from 'node:assert/strict';
import { silentLog } from '../../server/base/log.ts';
import type { Execute } from '../../server/sandbox/port.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import { type Outcome, run, seat } from '../support/pipeline-bench.ts';
import { sandboxOrSkip } from '../support/sandbox.ts';

const source =
  'import random\n\n\ndef mean(values):\n    print("seen")\n    return sum(values) / len(values)\n\n\ndef dice(sides):\n    return random.randint(1, sides)\n';
const calls = [
  'mean([1, 2])',
  'mean([])',
  'mean(values)',
  'mean(__import__("os").listdir("/"))',
  'mean([4])',
  'os.exit()',
];

describe('tests from calls', function () {
  this.timeout(60_000);
  let syntax: Syntax;
  let execute: Execute;
  before(async function () {
    execute = (await sandboxOrSkip(this)).execute;
    syntax = createSyntax({ log: silentLog });
  });
  after(() => syntax?.close());

  async function asked(
    answer: string,
    more: { symbol?: string; examples?: boolean; execute?: Execute } = {},
  ): Promise<Outcome> {
    const facts = await syntax.parse({ languageId: 'python', text: source });
    const symbol = facts?.symbols.find(({ name }) => name === (more.symbol ?? 'mean'));
    assert.ok(symbol);
    return run(syntax, () => ({ text: answer, lowestTokenProbability: 0.99 }), {
      source,
      roles: { worker: seat('joule-tiny', 5e6, 'joule-tiny') },
      settings: { examples: more.examples ?? true },
      dependencies: { execute: more.execute ?? execute },
      task: {
        actionId: 'test',
        fileName: 'stats.py',
        otherFile: { path: 'test_stats.py', text: undefined },
        target: { kind: 'symbol', symbol },
      },
    });
  }

  it('hold what came out; calls that raise or hold more than literals are left out', async () => {
    const { result, requests } = await asked(calls.join('\n'));
    assert.ok(result.kind === 'draft', JSON.stringify(result));
    assert.equal(
      result.draft.newFile?.text,
      'from stats import mean\n\n\ndef test_mean() -> None:\n    assert mean([1, 2]) == 1.5\n    assert mean([4]) == 4.0\n',
    );
    assert.deepEqual(requests[0]?.prompt, {
      kind: 'raw',
      text: '<|test|>def mean(values):\n    print("seen")\n    return sum(values) / len(values)<|out|>',
    });
  });

  it('are refused where nothing comparable came out', async () => {
    const { result } = await asked('dice(1000000000)', { symbol: 'dice' });
    assert.match(result.kind === 'refused' ? result.why : '', /no call of dice gave a value/);
    const nothing = await asked('I would call it with a list.');
    assert.match(nothing.result.kind === 'refused' ? nothing.result.why : '', /named no call of mean/);
  });

  it('are not begun where the owner has not allowed running', async () => {
    const { result, requests } = await asked(calls[0] ?? '', { examples: false });
    assert.equal(requests.length, 0);
    assert.match(result.kind === 'refused' ? result.why : '', /"examples": "on" in config\.json/);
  });

  it('are refused with what mends it where there is no sandbox', async () => {
    const none: Execute = async () => ({ kind: 'unavailable', why: 'no bubblewrap', mend: 'apt install bubblewrap' });
    const { result } = await asked(calls[0] ?? '', { execute: none });
    assert.match(result.kind === 'refused' ? result.why : '', /no bubblewrap \(apt install bubblewrap\)/);
  });
});
