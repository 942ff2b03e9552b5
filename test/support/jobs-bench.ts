// Jobs with everything around them in the test's hands: a fake editor, a pipeline that answers when told to, a clock turned by hand,
// the real grammars and a real ledger that writes nothing.

import assert from 'node:assert/strict';
import type { OffsetEdit } from '../../server/base/text.ts';
import type { Gateway } from '../../server/gateway/model-call.ts';
import type { Job, JobEvent, JobRequest } from '../../server/jobs/job.ts';
import { createJobs, type JobsOptions } from '../../server/jobs/jobs.ts';
import type { Jobs } from '../../server/jobs/ports.ts';
import { openLedger } from '../../server/ledger/ledger.ts';
import type { Ledger } from '../../server/ledger/port.ts';
import type { PipelineDependencies } from '../../server/pipeline/port.ts';
import type { Draft, PipelineEvent, PipelineResult, Task, Verdict } from '../../server/pipeline/task.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { createParsing } from '../../server/syntax/parse.ts';
import { FakeEditor } from './fake-editor.ts';
import { ensureGrammars } from './grammars.ts';
import { type KeptLog, keptLog } from './kept-log.ts';
import { ManualClock } from './manual-clock.ts';
import { morning, sampleCall } from './sample-events.ts';

export const uri = 'file:///project/words.py';
export const path = '/project/words.py';
export const stub = 'import os\n\n\ndef mean(values):\n    """Average."""\n    pass\n\n\nprint(os.name)\n';
export const done = stub.replace('    pass', '    return sum(values) / len(values)');
export const passed: Verdict = { ok: true, checks: [{ name: 'syntax', status: 'passed' }] };

/** One run of the pipeline, waiting for the test to end it. */
export interface Run {
  readonly task: Task;
  readonly signal: AbortSignal;
  readonly options: object;
  listen(event: PipelineEvent): void;
  /** A model call that cost `joules`. */
  call(id: string, joules?: number): void;
  finish(result: PipelineResult): void;
  answer(draft: Partial<Draft>): void;
  break(error: Error): void;
}

export interface Bench {
  readonly editor: FakeEditor;
  readonly clock: ManualClock;
  readonly log: KeptLog;
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  readonly events: { readonly job: Job; readonly event: JobEvent }[];
  /** The next run that begins, or the oldest that nobody took yet. */
  run(): Promise<Run>;
  /** Submits at the first `mark` of the document's text. */
  submit(at?: string, fields?: Partial<JobRequest>): Job;
  ended(job: Job): Promise<void>;
  kinds(job: Job): string[];
}

ensureGrammars();
const parsing = createParsing();
export const syntax: Syntax = {
  supports: (languageId) => languageId === 'python',
  parse: ({ languageId, text }) => parsing.facts(languageId, text),
  close: async () => {},
};

export const dependencies: PipelineDependencies = {
  gateway: { call: () => Promise.reject(new Error('the pipeline is scripted')) } satisfies Gateway,
  syntax,
  clock: new ManualClock(),
  random: () => 0.5,
  roles: {
    worker: {
      ref: { engineId: 'ollama', model: 'gemma3:4b' },
      profile: {
        name: 'gemma3:4b',
        engineId: 'ollama',
        digest: '',
        family: 'gemma3',
        parameters: 4e9,
        activeParameters: 4e9,
        bitsPerWeight: 4,
        weightBytes: 3e9,
        contextLength: 8192,
        canInfill: false,
        canThink: false,
        canGenerate: true,
      },
    },
  },
  settings: {
    strategy: 'auto',
    frugality: 0.5,
    exploration: false,
    judge: false,
    reuse: true,
    temperature: 0.1,
    topP: 0.95,
    contextTokens: 8192,
    outputTokens: 2048,
    think: [],
    seed: 1,
  },
};

export function bench(overrides: Partial<JobsOptions> = {}): Bench {
  const editor = new FakeEditor();
  const clock = new ManualClock(0n, morning);
  const log = keptLog();
  const ledger = overrides.ledger ?? openLedger({ directory: '/nowhere', enabled: () => false, clock, log });
  const runs: Run[] = [];
  const takers: ((run: Run) => void)[] = [];
  let lastId = 0;
  const jobs = createJobs({
    editor,
    prepare: async () => dependencies,
    syntax,
    ledger,
    clock,
    log,
    newId: () => `job-${++lastId}`,
    runPipeline: (_dependencies, task, options, listen, signal) =>
      new Promise((resolve, reject) => {
        const run: Run = {
          task,
          signal,
          options,
          listen,
          call: (id, joules = 10) => listen({ kind: 'call', call: callOf(id, joules) }),
          finish: resolve,
          answer: (draft) => resolve({ kind: 'draft', draft: draftOf(draft), verdict: passed }),
          break: reject,
        };
        signal.addEventListener('abort', () => resolve({ kind: 'cancelled', text: '' }), { once: true });
        const taker = takers.shift();
        if (taker) taker(run);
        else runs.push(run);
      }),
    ...overrides,
  });
  editor.jobs = jobs;
  const events: Bench['events'] = [];
  const waiting = new Map<string, () => void>();
  jobs.subscribe((job, event) => {
    events.push({ job, event });
    if (event.kind === 'ended') waiting.get(job.id)?.();
  });

  return {
    editor,
    clock,
    log,
    ledger,
    jobs,
    events,
    run: () => {
      const run = runs.shift();
      return run ? Promise.resolve(run) : new Promise((resolve) => takers.push(resolve));
    },
    submit(at = 'pass', fields = {}) {
      const document = editor.document(fields.uri ?? uri);
      assert.ok(document);
      const start = document.text.indexOf(at);
      assert.notEqual(start, -1, `"${at}" is not in the document`);
      const answer = jobs.submit({
        actionId: 'implement',
        uri,
        version: document.version,
        range: { start, end: start },
        findings: [],
        ...fields,
      });
      assert.ok('job' in answer, 'refused' in answer ? answer.refused : '');
      return answer.job;
    },
    ended: (job) =>
      job.end !== undefined ? Promise.resolve() : new Promise((resolve) => waiting.set(job.id, resolve)),
    kinds: (job) => events.filter((one) => one.job.id === job.id).map((one) => one.event.kind),
  };
}

/** The edit that turns `search` into `text`, for a task's text. */
export function edit(text: string, search: string, replacement: string): OffsetEdit {
  const start = text.indexOf(search);
  assert.notEqual(start, -1);
  return { start, end: start + search.length, text: replacement };
}

export function draftOf(draft: Partial<Draft>): Draft {
  const edits = draft.edits ?? [];
  return {
    edits,
    regionEdits: edits.map((_, index) => index),
    code: edits.map((one) => one.text).join('\n'),
    cautions: [],
    ...draft,
  };
}

/** The body of `mean`, as an answer to a task about `stub`. */
export function meanBody(task: Task): Draft {
  return draftOf({ edits: [edit(task.text, '    pass', '    return sum(values) / len(values)')] });
}

function callOf(id: string, joules: number) {
  const figure = { status: 'measured', joules, plusMinusJoules: 0, scope: 'machine', coverage: ['gpu'] } as const;
  return sampleCall({ id, joules: { gross: figure, net: figure, bySource: [], flags: [] } });
}
