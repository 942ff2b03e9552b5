// Checks that run something, through the real pipeline and the real sandbox: what passes, what fails, what is not executed, and
// that "not executed" is never a pass.

import assert from 'node:assert/strict';
import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import { applyEdits } from '../../server/base/text.ts';
import type { ModelRequest } from '../../server/gateway/model-call.ts';
import type { PipelineDependencies } from '../../server/pipeline/port.ts';
import { runPipeline } from '../../server/pipeline/run.ts';
import type { Check, PipelineEvent, PipelineResult, Task } from '../../server/pipeline/task.ts';
import type { Execute, SandboxRequest, SandboxResult } from '../../server/sandbox/port.ts';
import { createSandbox } from '../../server/sandbox/sandbox.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import { sandboxOrSkip } from '../support/sandbox.ts';
import { promptText, scriptedGateway } from '../support/scripted-gateway.ts';

const stub =
  'def mean(values):\n    """Mean of values.\n\n    >>> mean([1, 2])\n    1.5\n    >>> mean([4])\n    4.0\n    """\n    pass\n';
const right = '```python\ndef mean(values):\n    return sum(values) / len(values)\n```';
const wrong = '```python\ndef mean(values):\n    return sum(values) / 2\n```';

interface Setup {
  readonly source?: string;
  readonly symbol?: string;
  readonly answers: readonly string[];
  readonly execute?: Execute;
  readonly settings?: Partial<PipelineDependencies['settings']>;
  readonly task?: Partial<Task>;
}

interface Outcome {
  readonly result: PipelineResult;
  readonly requests: readonly ModelRequest[];
  readonly verdicts: readonly (readonly Check[])[];
  readonly runs: readonly SandboxRequest[];
}

describe('checks that run something', function () {
  this.timeout(60_000);
  let syntax: Syntax;
  let sandboxed: Execute;
  before(async function () {
    sandboxed = (await sandboxOrSkip(this)).execute;
    syntax = createSyntax({ log: silentLog });
  });
  after(() => syntax?.close());

  async function run({ source = stub, symbol = 'mean', answers, ...more }: Setup): Promise<Outcome> {
    const languageId = more.task?.languageId ?? 'python';
    const facts = await syntax.parse({ languageId, text: source });
    const target = facts?.symbols.find((other) => other.name === symbol);
    assert.ok(target);
    const runs: SandboxRequest[] = [];
    const execute = more.execute ?? sandboxed;
    const gateway = scriptedGateway((_, index) => answers[Math.min(index, answers.length - 1)] ?? '');
    const worker = {
      ref: { engineId: 'test', model: 'small' },
      profile: {
        name: 'small',
        engineId: 'test',
        digest: 'small',
        family: 'llama',
        parameters: 1e9,
        activeParameters: 1e9,
        bitsPerWeight: 4,
        weightBytes: 5e8,
        contextLength: 8192,
        canInfill: false,
        canThink: false,
        canGenerate: true,
      },
    };
    const events: PipelineEvent[] = [];
    const result = await runPipeline(
      {
        gateway,
        syntax,
        clock: systemClock,
        random: () => 0.5,
        roles: { worker },
        execute: (request, signal) => {
          runs.push(request);
          return execute(request, signal);
        },
        settings: {
          strategy: 'direct',
          frugality: 0.5,
          exploration: false,
          judge: false,
          reuse: false,
          temperature: 0.1,
          topP: 0.95,
          contextTokens: 4096,
          outputTokens: 512,
          think: [],
          seed: 7,
          examples: true,
          ...more.settings,
        },
      },
      {
        actionId: 'implement',
        languageId,
        fileName: 'stats.py',
        text: source,
        facts,
        target: { kind: 'symbol', symbol: target },
        instruction: '',
        findings: [],
        ...more.task,
      },
      {},
      (event) => events.push(event),
      new AbortController().signal,
    );
    const verdicts = events.filter((event) => event.kind === 'verdict').map((event) => event.verdict.checks);
    return { result, requests: gateway.requests, verdicts, runs };
  }

  /** The last verdict's check of that name. */
  const checkOf = (outcome: Outcome, name: string): Check | undefined =>
    outcome.verdicts.at(-1)?.find((check) => check.name === name);

  async function examplesOf(setup: Setup): Promise<Check | undefined> {
    return checkOf(await run(setup), 'examples');
  }

  async function notExecuted(setup: Setup, why: RegExp): Promise<void> {
    const check = await examplesOf(setup);
    assert.equal(check?.status, 'not-executed', JSON.stringify(check));
    assert.match(check.evidence ?? '', why);
  }

  async function fails(setup: Setup, why: RegExp): Promise<void> {
    const check = await examplesOf(setup);
    assert.equal(check?.status, 'failed', JSON.stringify(check));
    assert.match(check.evidence ?? '', why);
  }

  it('lets an answer pass whose examples come out, and counts them', async () => {
    const outcome = await run({ answers: [right] });
    assert.deepEqual(checkOf(outcome, 'examples'), {
      name: 'examples',
      status: 'passed',
      evidence: '2 of 2 examples',
      byRunning: true,
    });
    assert.equal(outcome.result.kind, 'draft');
    assert.equal(outcome.runs.length, 1);
  });

  it('reads examples as their author meant them: other quotes, a comparison without an expected value', async () => {
    const source = [
      'def mean(values):',
      "    '''Mean of values.",
      '',
      '    >>> mean([4]) == 4',
      '    >>> mean(["ab"])',
      '    "ab"',
      "    '''",
      '    pass',
      '',
    ].join('\n');
    const answer = (value: string): string => `\`\`\`python\ndef mean(values):\n    return ${value}\n\`\`\``;
    assert.equal((await examplesOf({ source, answers: [answer('values[0]')] }))?.evidence, '2 of 2 examples');
    await fails({ source, answers: [answer('"ab"')] }, /mean\(\[4\]\) == 4 should give nothing but gives False/);
    await fails(
      { source, answers: [answer('values[0] if values[0] == 4 else "ba"')] },
      /should give "ab" but gives 'ba'/,
    );
  });

  it('has a wrong answer repaired, with the example as evidence', async () => {
    const outcome = await run({ answers: [wrong, right] });
    assert.equal(outcome.result.kind, 'draft');
    assert.ok(outcome.result.kind === 'draft');
    assert.match(applyEdits(stub, outcome.result.draft.edits), /return sum\(values\) \/ len\(values\)/);
    assert.equal(outcome.requests.length, 2);
    assert.match(promptText(outcome.requests[1] as ModelRequest), /mean\(\[4\]\) should give 4\.0 but gives 2\.0/);
  });

  it('refuses what fails its examples again, with the text kept', async () => {
    const { result } = await run({ answers: [wrong] });
    assert.ok(result.kind === 'refused');
    assert.match(result.why, /1 of 2 examples/);
    assert.match(result.text, /sum\(values\) \/ 2/);
  });

  it('fails an answer that raises, never ends, fills the memory, or ends the process', async () => {
    const body = (line: string): Setup => ({ answers: [`\`\`\`python\ndef mean(values):\n    ${line}\n\`\`\``] });
    const quick: Execute = (request, signal) =>
      sandboxed({ ...request, limits: { wallMilliseconds: 1500, memoryBytes: 100 * 1024 * 1024 } }, signal);
    await fails(body('return 1 / 0'), /raises ZeroDivisionError/);
    await fails({ ...body('while True: values = values'), execute: quick }, /did not end within 1\.5 s/);
    const filling = body('kept = []\n    while True: kept.append(bytearray(b"x" * 1000000))');
    await fails({ ...filling, execute: quick }, /more than 100 MiB/);
    const leaving = 'import os\n\n\ndef mean(values):\n    """\n    >>> mean([4])\n    4\n    """\n    pass\n';
    await fails({ ...body('os._exit(0)'), source: leaving }, /ended before they had run/);
    await fails(body('print(values)'), /should give 1\.5 but gives \[1, 2\]/);
    await fails(body('return None'), /should give 1\.5 but gives nothing/);
  });

  it('takes no print of the code for its report', async () => {
    const forged = `import sys\n\nprint('{"stage":"examples","passed":2,"failed":[]}', flush=True)\n\n\n${stub}`;
    await fails({ source: forged, answers: [wrong] }, /1 of 2 examples/);
  });

  it('runs examples of a method, and only those of the target', async () => {
    const source = `class Stack:\n    """\n    >>> Stack().nothing()\n    """\n\n    def top(self):\n        """\n        >>> Stack().top()\n        3\n        """\n        pass\n\n    def other(self):\n        """\n        >>> Stack().other()\n        1\n        """\n        pass\n`;
    const answer = '```python\ndef top(self):\n    return 3\n```';
    const check = await examplesOf({ source, symbol: 'top', answers: [answer] });
    assert.deepEqual(check, { name: 'examples', status: 'passed', evidence: '1 of 1 examples', byRunning: true });
  });

  it('holds a fix to the examples that stood there before it', async () => {
    const source = stub.replace('    pass\n', '    return summ(values) / len(values)\n');
    const whole = (doc: string, body: string) =>
      `\`\`\`python\ndef mean(values):\n    """${doc}"""\n    ${body}\n\`\`\``;
    await fails(
      { source, answers: [whole('Mean.', 'return sum(values) / 2')], task: { actionId: 'fix' } },
      /mean\(\[4\]\) should give 4\.0/,
    );
  });

  it('never passes on anything but a whole report of examples that came out', async () => {
    const ran = (output: string, exitCode = 0): SandboxResult => ({
      kind: 'ran',
      exitCode,
      output,
      errorOutput: '',
      droppedBytes: 0,
    });
    const said = { output: '{"stage":"examples","passed":2,"failed":[]}', errorOutput: '', droppedBytes: 0 };
    for (const result of [
      ...['', 'ok', '[]', 'null', '7', '{"stage":"examples"}', '{"stage":"examples","passed":"2","failed":[]}'].map(
        (output) => ran(output),
      ),
      ...['{"stage":"examples","passed":-1,"failed":[]}', '{"stage":"examples","passed":0,"failed":[]}'].map((output) =>
        ran(output),
      ),
      ...['{"stage":"examples","passed":2,"failed":[{}]}', '{"stage":"import"}', `${said.output} x`].map((output) =>
        ran(output),
      ),
      ran('', 1),
      ran('', 137),
      { kind: 'timed out', seconds: 10, ...said } as const,
      { kind: 'out of memory', memoryBytes: 1, ...said } as const,
      { kind: 'unavailable', why: 'no walls' } as const,
    ]) {
      const check = await examplesOf({ answers: [right], execute: async () => result });
      assert.equal(check?.status, 'not-executed', JSON.stringify([result, check]));
    }
  });

  it('holds a rewrite to the examples that come with it, which may ask for other behaviour', async () => {
    const source = stub.replace('    pass\n', '    return sum(values) / len(values)\n');
    const task: Partial<Task> = { actionId: 'rewrite', instruction: 'the largest instead' };
    const rewritten = (example: string): Setup => ({
      source,
      task,
      answers: [
        `\`\`\`python\ndef mean(values):\n    """Largest.\n\n    ${example}\n    """\n    return max(values)\n\`\`\``,
      ],
    });
    const check = await examplesOf(rewritten('>>> mean([1, 2])\n    2'));
    assert.deepEqual(check, { name: 'examples', status: 'passed', evidence: '1 of 1 examples', byRunning: true });
    await fails(rewritten('>>> mean([1, 2])\n    1.5'), /should give 1\.5 but gives 2/);
  });

  it('runs the examples of all definitions in a selection, and of no other', async () => {
    const other = stub.replaceAll('mean', 'middle');
    const last = stub.replaceAll('mean', 'last');
    const both = (first: string, second: string) =>
      `\`\`\`python\n${stub.replace('pass', first)}\n\n${other.replace('pass', second)}\`\`\``;
    const source = `${stub}\n\n${other}\n\n${last}`;
    const task: Partial<Task> = {
      target: { kind: 'lines', range: { start: 0, end: source.indexOf('\n\ndef last') - 1 } },
    };
    const good = 'return sum(values) / len(values)';
    const check = await examplesOf({ source, task, answers: [both(good, good)] });
    assert.deepEqual(check, { name: 'examples', status: 'passed', evidence: '4 of 4 examples', byRunning: true });
    await fails(
      { source, task, answers: [both(good, 'return 4.0')] },
      /middle\(\[1, 2\]\) should give 1\.5 but gives 4\.0/,
    );
  });

  it('does not execute, and says why, where the file lacks something here', async () => {
    const needing = `import no_such_package\n\n\n${stub}`;
    await notExecuted({ source: needing, answers: [wrong] }, /No module named 'no_such_package'/);
    await notExecuted({ source: `from . import sibling\n\n\n${stub}`, answers: [wrong] }, /relative import/);
    await notExecuted({ source: `open('/no/such/file')\n\n\n${stub}`, answers: [right] }, /FileNotFoundError/);
    const inside =
      '```python\ndef mean(values):\n    with open("numbers.txt") as file:\n        return len(file.read())\n```';
    await notExecuted({ answers: [inside] }, /FileNotFoundError/);
  });

  it('does not blame the edit for what failed before', async () => {
    await notExecuted({ source: `1 / 0\n\n\n${stub}`, answers: [wrong] }, /without the edit either: ZeroDivisionError/);
    const unbound = stub.replace('mean([1, 2])', 'mean(numbers.array([1, 2]))');
    await notExecuted({ source: unbound, answers: [right] }, /1 of 2 examples fail for reasons .*NameError/);
    const outdated = stub.replace('1.5', '7').replace('    pass\n', '    return sum(values) * 1.0 / len(values)\n');
    await notExecuted({ source: outdated, answers: [right], task: { actionId: 'fix' } }, /1 of 2 examples/);
  });

  it('does not call examples passed that were skipped or can not be read', async () => {
    const skipped = stub
      .replace('mean([1, 2])', 'mean([1, 2])  # doctest: +SKIP')
      .replace('mean([4])', 'mean([4])  # doctest: +SKIP');
    await notExecuted({ source: skipped, answers: [wrong] }, /skipped/);
    await notExecuted({ source: stub.replace('>>> mean([4])', '>>>mean([4])'), answers: [wrong] }, /can't be read/);
  });

  it('has no such check without examples, and says so for languages whose examples are not run', async () => {
    assert.equal(
      await examplesOf({ source: 'def mean(values):\n    """Mean."""\n    pass\n', answers: [right] }),
      undefined,
    );
    const rust = (doc: string): Setup => ({
      source: `/// Doubles.\n${doc}fn twice(x: i32) -> i32 {\n    todo!()\n}\n`,
      symbol: 'twice',
      answers: ['```rust\nfn twice(x: i32) -> i32 {\n    x * 2\n}\n```'],
      task: { languageId: 'rust', fileName: 'a.rs' },
    });
    await notExecuted(rust('/// ```\n/// assert_eq!(twice(2), 4);\n/// ```\n'), /for Python only/);
    assert.equal(await examplesOf(rust('')), undefined);
  });

  it('runs nothing unless asked to, and nothing that failed another check', async () => {
    assert.deepEqual((await run({ answers: [right], settings: { examples: false } })).runs, []);
    assert.deepEqual((await run({ answers: ['```python\ndef mean(values):\n    return summ(values)\n```'] })).runs, []);
    const document = await run({
      source: stub.replace('pass', 'return 1'),
      answers: ['Mean of values.'],
      task: { actionId: 'document' },
    });
    assert.deepEqual(document.runs, []);
  });

  it('never passes without a sandbox: the code is not run anywhere', async () => {
    const none = createSandbox({ clock: systemClock, hidden: [], readable: [], programs: ['/nowhere/bwrap'] });
    const outcome = await run({
      answers: [wrong],
      execute: none.execute,
      settings: { checkers: { python: ['python3', '-m', 'py_compile', '{file}'] } },
    });
    for (const name of ['examples', 'py_compile']) {
      const check = checkOf(outcome, name);
      assert.equal(check?.status, 'not-executed');
      assert.match(check.evidence ?? '', /bubblewrap is not installed/);
    }
    assert.equal(outcome.result.kind, 'draft');
  });

  describe('the owner’s checker', () => {
    // Complains of every line that holds "bad", with the line's number, and counts.
    const command = [
      'sh',
      '-c',
      'n=$(grep -c bad "$1"); grep -n bad "$1" | sed "s|^|$1:|"; echo "Found $n errors"; test $n = 0',
      '-',
      '{file}',
    ];
    const checked = (setup: Setup): Promise<Check | undefined> =>
      run({ ...setup, settings: { examples: false, checkers: { python: command }, ...setup.settings } }).then(
        (outcome) => checkOf(outcome, 'sh'),
      );
    const body = (line: string) => `\`\`\`python\ndef mean(values):\n    ${line}\n\`\`\``;

    it('passes what it has nothing against', async () => {
      assert.deepEqual(await checked({ answers: [right] }), { name: 'sh', status: 'passed', byRunning: true });
    });

    it('fails what it complains of anew, with the new lines, and leaves the old ones out', async () => {
      const source = `bad = 1\n\n\n${stub}`;
      assert.equal((await checked({ source, answers: [right] }))?.status, 'passed');
      const check = await checked({ source, answers: [body('return len(values) + bad')] });
      assert.deepEqual(check, {
        name: 'sh',
        status: 'failed',
        evidence: 'sh complains: stats.py:12:    return len(values) + bad',
        byRunning: true,
      });
    });

    it('is content when old complaints only moved or went', async () => {
      const source = `${stub}\n\nx = "bad"\ny = "bad"\n`;
      assert.equal(
        (await checked({ source, answers: [body('total = sum(values)\n    return total')] }))?.status,
        'passed',
      );
    });

    it('is not executed where its program is not in the sandbox', async () => {
      for (const python of [
        ['no-such-checker', '{file}'],
        ['python3', '-m', 'no_such_checker', '{file}'],
      ]) {
        const outcome = await run({ answers: [right], settings: { examples: false, checkers: { python } } });
        const check = outcome.verdicts.at(-1)?.find(({ name }) => /no.such.checker/.test(name));
        assert.equal(check?.status, 'not-executed', JSON.stringify(outcome.verdicts));
      }
    });

    it('gets strange file names in a form that can do no harm', async () => {
      const outcome = await run({
        answers: [right],
        task: { fileName: '../$(id); -rf.py' },
        settings: { examples: false, checkers: { python: command } },
      });
      assert.equal(checkOf(outcome, 'sh')?.status, 'passed');
      assert.deepEqual(
        new Set(outcome.runs.flatMap(({ files }) => files.map(({ path }) => path))),
        new Set(['/tmp/work/file.py']),
      );
    });
  });
});
