// The replay laboratory: one policy over many simulated requests through the real pipeline, chooser, predictor and experience.
// Everything that comes out is simulated.

import { systemClock } from '../../server/base/clock.ts';
import { applyEdits } from '../../server/base/text.ts';
import { createForesight } from '../../server/commands/foresight.ts';
import { createOutlook, type LearningOutlook } from '../../server/commands/outlook.ts';
import { createExperience, type Experience } from '../../server/ledger/experience.ts';
import type { ModelProfile } from '../../server/models/engine.ts';
import type { ForecastStrategy } from '../../server/pipeline/forecast.ts';
import { runPipeline } from '../../server/pipeline/run.ts';
import type { RoleAssignment, StrategyId, StrategyRecord } from '../../server/pipeline/task.ts';
import type { Syntax, SyntaxFacts } from '../../server/syntax/facts.ts';
import { createParsing } from '../../server/syntax/parse.ts';
import { ensureGrammars } from '../support/grammars.ts';
import { createDraws, type Draws } from './draws.ts';
import type { LabMix, LabModel, LabModels, LabRequest } from './files.ts';
import { labGateway } from './scripted-models.ts';
import { isRight, sourceOf, taskOf } from './tasks.ts';

export type Policy =
  | { readonly kind: 'fixed'; readonly strategy: StrategyId; readonly alwaysThree?: boolean }
  | { readonly kind: 'auto'; readonly mind: Mind; readonly frugality: number }
  | { readonly kind: 'oracle'; readonly best: (request: LabRequest, progress: number) => StrategyId };

/** What `auto` has learned; hand it on, and the next run begins warm. */
export interface Mind {
  readonly outlook: LearningOutlook;
  readonly experience: Experience;
}

export interface LabResult {
  readonly requests: number;
  readonly joules: number;
  readonly passed: number;
  /** The same by kind of request, in the order of the mix. */
  readonly kinds: readonly Tally[];
  readonly chosen: Readonly<Record<StrategyId, number>>;
}

export interface Tally {
  requests: number;
  joules: number;
  passed: number;
}

export interface Laboratory {
  readonly models: LabModels;
  readonly roles: RoleAssignment;
  newMind(): Mind;
  run(mix: LabMix, policy: Policy, options: RunOptions): Promise<LabResult>;
  /** Mean joules and chance of one kind of request at one moment, by drawing it many times: what the oracle knows. */
  expectation(
    request: LabRequest,
    strategy: StrategyId,
    options: { readonly progress: number; readonly draws: number },
  ): Promise<{ readonly joules: number; readonly chance: number }>;
}

export interface RunOptions {
  readonly seed: number;
  readonly requests: number;
  /** Nothing drifts: the time before the run that is looked at. */
  readonly before?: boolean;
}

const day = 86_400_000;

export function createLaboratory(models: LabModels): Laboratory {
  ensureGrammars();
  const syntax = cachedSyntax();
  const roles = rolesOf(models);

  async function once(
    scene: { request: LabRequest; draws: Draws; index: number; progress: number; alwaysThree: boolean },
    how: { strategy?: StrategyId; forecast?: ForecastStrategy; frugality?: number },
    onCall: LearningOutlook['observe'] = () => {},
  ): Promise<{ joules: number; passed: boolean; choice: StrategyRecord | undefined; strategy: StrategyId }> {
    const gateway = labGateway({ models, ...scene });
    const text = sourceOf(scene.request);
    const facts = await syntax.parse({ languageId: 'python', text });
    if (facts === undefined) throw new Error('the laboratory needs the Python grammar');
    let choice: StrategyRecord | undefined;
    let strategy: StrategyId = 'direct';
    let count = 0;
    const result = await runPipeline(
      {
        gateway,
        syntax,
        clock: systemClock,
        roles,
        settings: {
          strategy: 'auto',
          frugality: how.frugality ?? 0.5,
          exploration: true,
          judge: false,
          reuse: true,
          temperature: 0.1,
          topP: 0.95,
          contextTokens: 8192,
          outputTokens: 2048,
          think: [],
          seed: scene.index,
        },
        ...(how.forecast === undefined ? {} : { forecast: how.forecast }),
        random: () => scene.draws.uniform('choice', scene.index, count++),
      },
      taskOf(scene.request, text, facts),
      {
        ...(how.strategy === undefined ? {} : { strategy: how.strategy }),
        expected: expectedOf(scene.request),
      },
      (event) => {
        if (event.kind === 'call') onCall(event.call);
        if (event.kind !== 'strategy') return;
        choice ??= event.choice;
        if (event.choice !== undefined) strategy = event.strategy;
      },
      new AbortController().signal,
    );
    const passed = result.kind === 'draft' && isRight(applyEdits(text, result.draft.edits), scene.request);
    return { joules: gateway.joules(), passed, choice, strategy };
  }

  return {
    models,
    roles,
    newMind: () => ({
      outlook: createOutlook(
        () => surveyOf(roles),
        () => 'auto',
      ),
      experience: createExperience(),
    }),
    async run(mix, policy, { seed, requests, before }) {
      const draws = createDraws(seed);
      const chosen: Record<StrategyId, number> = { direct: 0, outline: 0, split: 0, single: 0 };
      const kinds: Tally[] = mix.requests.map(() => ({ requests: 0, joules: 0, passed: 0 }));
      for (let index = 0; index < requests; index++) {
        const request = pick(mix, draws.uniform('request', index));
        const progress = before === true ? 0 : index / requests;
        // Two requests an hour, so that a run of some thousand lasts for weeks of work.
        const now = day + index * (day / 40);
        const scene = {
          request,
          draws,
          index,
          progress,
          alwaysThree: policy.kind === 'fixed' && policy.alwaysThree === true,
        };
        if (policy.kind === 'auto') {
          const { mind, frugality } = policy;
          const foresight = createForesight({
            predict: mind.outlook.interval,
            experience: mind.experience,
            wallMilliseconds: () => now,
          });
          const end = await once(scene, { forecast: foresight.forecast, frugality }, (call) =>
            mind.outlook.observe(call),
          );
          learn(mind, end, now);
          count(kinds[mix.requests.indexOf(request)], end);
          chosen[end.strategy] += 1;
        } else {
          const strategy = policy.kind === 'fixed' ? policy.strategy : policy.best(request, progress);
          const end = await once(scene, { strategy });
          count(kinds[mix.requests.indexOf(request)], end);
          chosen[strategy] += 1;
        }
      }
      const sum = (pick: (kind: Tally) => number): number => kinds.reduce((total, kind) => total + pick(kind), 0);
      return { requests, joules: sum((one) => one.joules), passed: sum((one) => one.passed), kinds, chosen };
    },
    async expectation(request, strategy, { progress, draws: count }) {
      const draws = createDraws(0x0ac1e);
      let joules = 0;
      let passed = 0;
      for (let index = 0; index < count; index++) {
        const end = await once({ request, draws, index, progress, alwaysThree: false }, { strategy });
        joules += end.joules;
        passed += end.passed ? 1 : 0;
      }
      return { joules: joules / count, chance: passed / count };
    },
  };
}

function count(tally: Tally | undefined, end: { readonly joules: number; readonly passed: boolean }): void {
  if (tally === undefined) return;
  tally.requests += 1;
  tally.joules += end.joules;
  tally.passed += end.passed ? 1 : 0;
}

/**
 * Joules until an answer passes, averaged over requests: each kind's joules over its passes, weighted by how often it is asked for.
 * The plain ratio of all joules to all passes rewards giving up on what is dear; it is shown beside.
 */
export function joulesToPass({ kinds, requests }: LabResult): number {
  return kinds.reduce((sum, kind) => sum + (kind.requests / requests) * (kind.joules / Math.max(kind.passed, 0.5)), 0);
}

function learn(
  { experience }: Mind,
  end: { joules: number; passed: boolean; choice: StrategyRecord | undefined },
  atWallMilliseconds: number,
): void {
  const { choice } = end;
  if (choice === undefined) return;
  const { strategy, models, size, languageId } = choice;
  const clean = choice.considered.find((one) => one.strategy === strategy)?.cleanJoules;
  experience.observe({
    situation: { models, size, languageId, actionId: 'implement' },
    strategy,
    passed: end.passed,
    costRatio: clean === undefined ? undefined : end.joules / clean,
    atWallMilliseconds,
  });
}

function pick({ requests }: LabMix, at: number): LabRequest {
  const total = requests.reduce((sum, one) => sum + one.weight, 0);
  let left = at * total;
  for (const one of requests) {
    left -= one.weight;
    if (left < 0) return one;
  }
  const last = requests.at(-1);
  if (last === undefined) throw new Error('the mix is empty');
  return last;
}

/** What an action would say in advance: about right, never exact. */
function expectedOf({ parts, tokensPerPart, promptTokens }: LabRequest) {
  const tokens = parts * tokensPerPart;
  return { in: promptTokens, outLow: tokens * 0.5, outHigh: tokens * 1.6 };
}

function rolesOf({ worker, planner, large }: LabModels): RoleAssignment {
  return {
    worker: seat(worker),
    ...(planner === undefined ? {} : { planner: seat(planner) }),
    ...(large === undefined ? {} : { large: seat(large) }),
  };
}

function seat(model: LabModel): RoleAssignment['worker'] {
  const { name, parameters, bitsPerWeight } = model;
  const profile: ModelProfile = {
    name,
    engineId: 'simulated',
    digest: name,
    family: 'llama',
    parameters,
    activeParameters: parameters,
    bitsPerWeight,
    weightBytes: (parameters * bitsPerWeight) / 8,
    contextLength: 8192,
    canInfill: false,
    canThink: false,
    canGenerate: true,
  };
  return { ref: { engineId: 'simulated', model: name }, profile };
}

function surveyOf(roles: RoleAssignment) {
  const models = [roles.worker, roles.planner, roles.large].flatMap((one) => (one === undefined ? [] : [one.profile]));
  return { engines: [], models, roles: { kind: 'chosen', roles, why: 'the laboratory' } as const };
}

/** The texts of the laboratory are few and come again and again. */
function cachedSyntax(): Syntax {
  const parsing = createParsing();
  const known = new Map<string, Promise<SyntaxFacts | undefined>>();
  return {
    supports: (languageId) => languageId === 'python',
    parse({ languageId, text }) {
      const key = `${languageId} ${text}`;
      const found = known.get(key) ?? parsing.facts(languageId, text);
      known.set(key, found);
      return found;
    },
    close: async () => {},
  };
}
