// What `auto` chooses, and says of it, given what is known of joules and chances.

import assert from 'node:assert/strict';
import type { Forecast, ForecastStrategy } from '../../server/pipeline/forecast.ts';
import type { PromptFamily } from '../../server/pipeline/prompts/family.ts';
import { familyOf } from '../../server/pipeline/prompts/index.ts';
import { chooseStrategy, partsOf, type StrategyQuestion, sizeOf } from '../../server/pipeline/strategy.ts';
import type { RoleAssignment, StrategyId, Task } from '../../server/pipeline/task.ts';
import { createParsing } from '../../server/syntax/parse.ts';
import { ensureGrammars } from '../support/grammars.ts';

function seat(model: string, parameters: number): RoleAssignment['worker'] {
  return {
    ref: { engineId: 'test', model },
    profile: {
      name: model,
      engineId: 'test',
      digest: `digest of ${model}`,
      family: 'llama',
      parameters,
      activeParameters: parameters,
      bitsPerWeight: 4,
      weightBytes: parameters / 2,
      contextLength: 8192,
      canInfill: false,
      canThink: false,
      canGenerate: true,
    },
  };
}

const worker = seat('small', 3e9);
const planner = seat('middle', 12e9);
const large = seat('large', 27e9);
const family: PromptFamily = familyOf(planner.profile);
const everybody: RoleAssignment = { worker, planner, large };

const oneStub = 'def mean(values):\n    """Mean of values."""\n    pass\n';
const module = (count: number): string =>
  Array.from({ length: count }, (_, index) => `def f${index}(value):\n    pass\n`).join('\n\n');

ensureGrammars();
const parsing = createParsing();

async function taskFor(text: string, more: Partial<Task> = {}): Promise<Task> {
  const facts = await parsing.facts('python', text);
  assert.ok(facts);
  const [symbol] = facts.symbols;
  assert.ok(symbol);
  const whole = { kind: 'lines', range: { start: 0, end: text.length - 1 } } as const;
  return {
    actionId: 'implement',
    languageId: 'python',
    fileName: 'a.py',
    text,
    facts,
    target: facts.symbols.length === 1 ? { kind: 'symbol', symbol } : whole,
    instruction: '',
    findings: [],
    ...more,
  };
}

/** `joules` and `chance` by strategy. */
function known(table: Partial<Record<StrategyId, readonly [joules: number, chance: number]>>): ForecastStrategy {
  return (strategy) => {
    const row = table[strategy];
    if (row === undefined) return undefined;
    const [joules, chance] = row;
    const forecast: Forecast = {
      cleanJoules: joules,
      lowJoules: joules / 2,
      highJoules: joules * 2,
      meanJoules: joules,
      chance,
      runs: 12,
      draw: (random) => ({ joules, chance: random() }),
    };
    return forecast;
  };
}

function question(task: Task, more: Partial<StrategyQuestion> & { frugality?: number; exploration?: boolean } = {}) {
  const { frugality = 0.5, exploration = false, ...rest } = more;
  const settings = {
    strategy: 'auto',
    frugality,
    exploration,
    judge: false,
    reuse: true,
    temperature: 0.1,
    topP: 0.95,
    contextTokens: 8192,
    outputTokens: 2048,
    think: [],
    seed: 1,
  } as const;
  return {
    task,
    settings,
    options: {},
    roles: everybody,
    plannerFamily: family,
    workerFamily: family,
    forecast: undefined,
    expected: undefined,
    random: () => 0,
    ...rest,
  } satisfies StrategyQuestion;
}

describe('the choice of a strategy', () => {
  it('never plans one small definition, whatever the forecasts say', async () => {
    const forecast = known({ direct: [100, 0.1], outline: [1, 1], split: [1, 1], single: [500, 0.9] });
    const choice = chooseStrategy(question(await taskFor(oneStub), { forecast }));
    assert.deepEqual(
      choice.considered.map((one) => one.strategy),
      ['single', 'direct'],
    );
  });

  it('takes the fewest joules per passed answer at the middle of the dial, and says the figures', async () => {
    const forecast = known({ direct: [300, 0.3], outline: [900, 0.8], split: [700, 0.9], single: [1500, 0.95] });
    const choice = chooseStrategy(question(await taskFor(module(5)), { forecast }));
    assert.equal(choice.strategy, 'split');
    assert.equal(
      choice.why,
      'split 780 J per passed answer, predicted (700 J, 90 % pass, 12 runs); direct 1000 J, outline 1100 J, single 1600 J',
    );
  });

  for (const [frugality, strategy] of [
    [0, 'single'],
    [0.5, 'split'],
    [1, 'direct'],
  ] as const) {
    it(`chooses ${strategy} with the dial at ${frugality}`, async () => {
      const forecast = known({ direct: [300, 0.3], outline: [900, 0.8], split: [700, 0.9], single: [1500, 0.95] });
      assert.equal(chooseStrategy(question(await taskFor(module(5)), { forecast, frugality })).strategy, strategy);
    });
  }

  it('tries the second best only when exploring, only one time in five, and says so', async () => {
    const forecast = known({ direct: [300, 0.9], outline: [320, 0.8], split: [310, 0.8], single: [9000, 0.9] });
    const task = await taskFor(module(5));
    const draws = (first: number, ...chances: number[]) => {
      const numbers = [first, ...chances];
      return () => numbers.shift() ?? 0.5;
    };
    const lucky = { forecast, random: draws(0.1, 0.1, 0.2, 0.9) };
    const explored = chooseStrategy(question(task, { ...lucky, exploration: true }));
    assert.notEqual(explored.strategy, 'direct');
    assert.match(explored.why, /^tried to learn more: .*; the best known is direct 330 J/);
    assert.equal(
      chooseStrategy(question(task, { forecast, random: draws(0.21, 0.1, 0.2, 0.9), exploration: true })).strategy,
      'direct',
    );
    assert.equal(
      chooseStrategy(question(task, { forecast, random: draws(0.1, 0.1, 0.2, 0.9), exploration: false })).strategy,
      'direct',
    );
  });

  it('never explores at more than twice the joules of a passed answer', async () => {
    const forecast = known({ direct: [300, 0.9], outline: [700, 0.8], split: [800, 0.8], single: [9000, 0.9] });
    const numbers = [0.05, 0.0001, 0.9, 0.9, 0.9];
    const choice = chooseStrategy(
      question(await taskFor(module(5)), { forecast, exploration: true, random: () => numbers.shift() ?? 0.9 }),
    );
    assert.equal(choice.strategy, 'direct');
  });

  it('falls back to the rule while nothing is known', async () => {
    assert.equal(chooseStrategy(question(await taskFor(module(5)))).strategy, 'split');
    assert.equal(chooseStrategy(question(await taskFor(oneStub))).strategy, 'direct');
    const alone = chooseStrategy(question(await taskFor(module(5)), { roles: { worker }, plannerFamily: undefined }));
    assert.deepEqual([alone.strategy, alone.why], ['direct', 'no planner beside the worker']);
  });

  it('keeps the forecast of a strategy that was asked for, to learn from it', async () => {
    const forecast = known({ single: [1500, 0.95] });
    const choice = chooseStrategy(question(await taskFor(oneStub), { forecast, options: { strategy: 'single' } }));
    assert.deepEqual([choice.strategy, choice.why], ['single', 'as asked']);
    assert.deepEqual(
      choice.considered.map((one) => [one.strategy, one.cleanJoules]),
      [['single', 1500]],
    );
  });

  const sizes: readonly [name: string, text: string, parts: number, size: string][] = [
    ['one stub', oneStub, 1, 'small'],
    ['a long one', oneStub.replace('Mean of values.', 'Every case. '.repeat(100)), 1, 'large'],
    ['two stubs', module(2), 2, 'several'],
    ['five stubs', module(5), 5, 'many'],
  ];
  for (const [name, text, parts, size] of sizes) {
    it(`sees ${parts} piece(s), ${size}, in ${name}`, async () => {
      const task = await taskFor(text);
      assert.deepEqual([partsOf(task), sizeOf(task, partsOf(task))], [parts, size]);
    });
  }
});
