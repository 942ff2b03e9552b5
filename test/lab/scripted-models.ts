// The scripted models: what they answer and what it costs. Costs follow a law that the predictor does not have (context makes
// decoding dearer, tails are heavy, parameters drift); all of it is simulated.

import type { Gateway, ModelAnswer, ModelRequest } from '../../server/gateway/model-call.ts';
import { promptText } from '../support/scripted-gateway.ts';
import type { Draws } from './draws.ts';
import type { LabModel, LabModels, LabRequest } from './files.ts';
import { answerFor, helperFor, planFor, type Quality } from './tasks.ts';

export interface LabScene {
  readonly models: LabModels;
  readonly request: LabRequest;
  readonly draws: Draws;
  /** Number of the request; names its luck. */
  readonly index: number;
  /** How far the run has come, 0 to 1. */
  readonly progress: number;
  /** S1 as published: every plan has exactly three parts. */
  readonly alwaysThree: boolean;
}

/** Tokens of a plan's entry, and of an outline (S1 caps it at 250). */
const planTokensPerPart = 45;
const outlineTokens = 200;

export function labGateway(scene: LabScene): Gateway & { readonly joules: () => number } {
  const { request, draws, index } = scene;
  let spent = 0;
  let calls = 0;
  return {
    joules: () => spent,
    async call(asked) {
      const model = modelNamed(scene, asked.model.model);
      const name = [index, model.name, asked.role, calls++] as const;
      const { text, tokens } = reply(scene, asked, model, name);
      const out = Math.max(4, Math.round(tokens * model.verbosity * Math.exp(0.25 * draws.normal('tokens', ...name))));
      const joules = costOf(scene, model, { in: request.promptTokens, out }, name);
      spent += joules;
      return answered(asked, { text, out, joules, in: request.promptTokens, id: name.join('-') });
    },
  };
}

function reply(
  scene: LabScene,
  asked: ModelRequest,
  model: LabModel,
  name: readonly (string | number)[],
): { readonly text: string; readonly tokens: number } {
  const { request, models } = scene;
  const all = Array.from({ length: request.parts }, (_, step) => step + 1);
  const said = promptText(asked);
  if (asked.role === 'planner' && asked.schema !== undefined) return plan(scene, model, all);
  if (asked.role === 'planner' && /outline/i.test(said) && !/Outline:/.test(said)) {
    return { text: 'Write each step, then check it.', tokens: outlineTokens };
  }
  const goal = /Write only this part: (.*?)\.? It defines/.exec(said)?.[1];
  if (goal !== undefined) {
    const steps = [...goal.matchAll(/step_(\d+)/g)].map((match) => Number(match[1]));
    if (steps.length === 0) return { text: helperFor(goal), tokens: 40 };
    const quality = qualityOf(scene, model, { steps: steps.length, bonus: models.pieceEasier }, [...name, goal]);
    return { text: answerFor(steps, quality), tokens: steps.length * request.tokensPerPart };
  }
  const bonus =
    (asked.role === 'repair' ? models.evidenceHelps : 0) + (/check it\./.test(said) ? models.outlineHelps : 0);
  const quality = qualityOf(scene, model, { steps: request.parts, bonus }, name);
  return { text: answerFor(all, quality), tokens: request.parts * request.tokensPerPart };
}

/** A planner as able as its task is hard; a weak plan is prose, which the pipeline goes on without. */
function plan(scene: LabScene, model: LabModel, all: readonly number[]): { text: string; tokens: number } {
  const quality = qualityOf(scene, model, { steps: 1, bonus: 1 }, ['plan', scene.index]);
  if (quality === 'visible') return { text: 'I would write the steps one after the other.', tokens: 60 };
  if (!scene.alwaysThree) {
    return {
      text: planFor(
        all.map((step) => [step]),
        [],
      ),
      tokens: all.length * planTokensPerPart,
    };
  }
  const groups: number[][] = [[], [], []];
  for (const [position, step] of all.entries()) groups[position % 3]?.push(step);
  const filled = groups.filter((group) => group.length > 0);
  const helpers = ['_prepare', '_finish'].slice(0, 3 - filled.length);
  return { text: planFor(filled, helpers), tokens: 3 * planTokensPerPart };
}

function qualityOf(
  { models, request, draws, index, progress }: LabScene,
  model: LabModel,
  { steps, bonus }: { readonly steps: number; readonly bonus: number },
  name: readonly (string | number)[],
): Quality {
  const drifted = models.drift
    .filter((change) => change.model === model.name && progress >= change.at)
    .reduce((sum, change) => sum + change.ability, 0);
  const luck =
    Math.sqrt(models.sharedLuck) * draws.normal('shared', index) +
    Math.sqrt(1 - models.sharedLuck) * draws.normal('own', ...name);
  const harder = models.manyPiecesHarder * Math.log(steps);
  if (model.ability + drifted + bonus - request.difficulty - harder + luck > 0) return 'right';
  return draws.uniform('fault', ...name) < models.visibleFaults ? 'visible' : 'subtle';
}

function costOf(
  { models, draws, progress }: LabScene,
  model: LabModel,
  tokens: { readonly in: number; readonly out: number },
  name: readonly (string | number)[],
): number {
  const dearer = models.drift
    .filter((change) => change.model === model.name && progress >= change.at)
    .reduce((product, change) => product * change.joulesFactor, 1);
  const context = 1 + 0.4 * Math.min(1, (tokens.in + tokens.out / 2) / 4000);
  const clean = model.joulesPerToken * tokens.out * context + model.joulesPerPromptToken * tokens.in ** 0.95;
  const tail = draws.uniform('outlier', ...name) < models.outlierShare ? models.outlierFactor : 1;
  return clean * dearer * tail * Math.exp(models.costSpread * draws.normal('cost', ...name));
}

function modelNamed({ models }: LabScene, name: string): LabModel {
  const found = [models.worker, models.planner, models.large].find((model) => model?.name === name);
  if (found === undefined) throw new Error(`the laboratory has no model ${name}`);
  return found;
}

function answered(
  request: ModelRequest,
  { text, in: tokensIn, out, joules, id }: { text: string; in: number; out: number; joules: number; id: string },
): ModelAnswer {
  const figure = {
    status: 'simulated',
    joules,
    plusMinusJoules: 0,
    scope: 'device',
    coverage: ['gpu'],
  } as const;
  return {
    text,
    call: {
      id,
      role: request.role,
      engine: request.model.engineId,
      engineVersion: 'simulated',
      model: request.model.model,
      digest: request.model.model,
      atWallMilliseconds: 0,
      tokens: { in: tokensIn, cached: 0, out },
      seconds: { total: 1, queue: 0, load: 0, prefill: 0.2, decode: 0.8, source: 'clock' },
      joules: { gross: figure, net: figure, bySource: [], flags: [] },
      sampling: request.sampling,
      outcome: 'completed',
    },
  };
}
