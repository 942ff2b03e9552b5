// The pipeline on one small Python file with a gateway that answers by script: shared by the tests of its ways.

import assert from 'node:assert/strict';
import { systemClock } from '../../server/base/clock.ts';
import { applyEdits } from '../../server/base/text.ts';
import type { ModelRequest } from '../../server/gateway/model-call.ts';
import type { ModelProfile } from '../../server/models/engine.ts';
import type { PipelineDependencies, PipelineOptions } from '../../server/pipeline/port.ts';
import { runPipeline } from '../../server/pipeline/run.ts';
import type { PipelineEvent, PipelineResult, RoleAssignment, Task } from '../../server/pipeline/task.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { type ScriptedReply, scriptedGateway } from './scripted-gateway.ts';

export const text = 'def mean(values):\n    """Mean of values."""\n    pass\n';
export const good = '```python\ndef mean(values):\n    return sum(values) / len(values)\n```';
export const done = 'def mean(values):\n    """Mean of values."""\n    return sum(values) / len(values)\n';

export function seat(name: string, parameters: number, family = 'llama'): RoleAssignment['worker'] {
  const profile: ModelProfile = {
    name,
    engineId: 'test',
    digest: name,
    family,
    parameters,
    activeParameters: parameters,
    bitsPerWeight: 4,
    weightBytes: parameters / 2,
    contextLength: 8192,
    canInfill: false,
    canThink: false,
    canGenerate: true,
  };
  return { ref: { engineId: 'test', model: name }, profile };
}

export const small = seat('small', 1e9);
export const middle = seat('middle', 4e9);
export const large = seat('large', 27e9);

export const settings: PipelineDependencies['settings'] = {
  strategy: 'auto',
  frugality: 0.5,
  exploration: false,
  judge: false,
  reuse: true,
  temperature: 0.1,
  topP: 0.95,
  contextTokens: 4096,
  outputTokens: 512,
  think: [],
  seed: 7,
};

export interface Outcome {
  readonly result: PipelineResult;
  readonly events: readonly PipelineEvent[];
  readonly requests: readonly ModelRequest[];
  /** Sentences of the decisions, in order. */
  readonly decisions: readonly string[];
}

export interface RunMore {
  readonly roles?: RoleAssignment;
  readonly options?: PipelineOptions;
  readonly task?: Partial<Task>;
  readonly source?: string;
  readonly symbol?: string;
  readonly signal?: AbortSignal;
  readonly settings?: Partial<PipelineDependencies['settings']>;
  readonly dependencies?: Partial<PipelineDependencies>;
}

export type Script = (
  request: ModelRequest,
  index: number,
  signal: AbortSignal,
) => ScriptedReply | Promise<ScriptedReply>;

export async function run(syntax: Syntax, script: Script, more: RunMore = {}): Promise<Outcome> {
  const source = more.source ?? text;
  const facts = await syntax.parse({ languageId: 'python', text: source });
  const symbol = facts?.symbols.find((other) => other.name === (more.symbol ?? 'mean'));
  assert.ok(symbol);
  const task: Task = {
    actionId: 'implement',
    languageId: 'python',
    fileName: 'a.py',
    text: source,
    facts,
    target: { kind: 'symbol', symbol },
    instruction: '',
    findings: [],
    ...more.task,
  };
  const gateway = scriptedGateway(script);
  const dependencies: PipelineDependencies = {
    gateway,
    syntax,
    clock: systemClock,
    random: () => 0.5,
    roles: more.roles ?? { worker: small },
    settings: {
      ...settings,
      ...more.settings,
    },
    ...more.dependencies,
  };
  const events: PipelineEvent[] = [];
  const signal = more.signal ?? new AbortController().signal;
  const result = await runPipeline(dependencies, task, more.options ?? {}, (event) => events.push(event), signal);
  const decisions = events.flatMap((event) => (event.kind === 'decision' ? [event.sentence] : []));
  return { result, events, requests: gateway.requests, decisions };
}

export function edited(outcome: Outcome, source = text): string {
  assert.equal(outcome.result.kind, 'draft', JSON.stringify(outcome.result));
  return outcome.result.kind === 'draft' ? applyEdits(source, outcome.result.draft.edits) : '';
}
