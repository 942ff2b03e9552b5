// What is known in advance, from memory: predicted joules for titles and receipts, the next larger model, what is missing.
// Learns from the ledger's calls and from every new one. Knows no protocol.

import type { ExpectedTokens } from '../actions/action.ts';
import { isKnown, type Joules } from '../energy/joules.ts';
import { createPredictor, formatPrediction, type PredictedJoules, predictionToJoules } from '../energy/prediction.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import type { Receipt } from '../ledger/events.ts';
import type { Outlook } from '../lsp/core.ts';
import type { ChosenRoles } from '../models/choose-roles.ts';
import type { ModelProfile } from '../models/engine.ts';
import type { Price } from '../pipeline/budget.ts';
import type { RoleAssignment } from '../pipeline/task.ts';
import type { Claim } from '../report/savings.ts';
import { largerModel, type Survey } from './engine-room.ts';

export interface LearningOutlook extends Outlook {
  /** One finished call; of those whose joules or model nobody knows nothing is learned. */
  observe(call: ModelCall): void;
  /** A finished receipt: how its prediction turned out. Only answers of one call tell of one model. */
  settle(receipt: Receipt): void;
  /** Joules of one clean run of a strategy; undefined while the size of a model is not known. */
  interval(tokens: ExpectedTokens, roles: RoleAssignment, strategy: string): PredictedJoules | undefined;
  /** Middle of the interval for one call, in joules; undefined while the size of the model is not known. */
  readonly price: Price;
  /** What the configured large model would have taken for a receipt's answer; undefined where nothing can be said. */
  claim(receipt: Receipt): Claim | undefined;
  /** The prediction that goes on a receipt. */
  expected(tokens: ExpectedTokens, roles: RoleAssignment, strategy: string): Joules | undefined;
}

/** Tokens of a plan or outline: SEEDS S1 caps outlines at 250. */
const planTokens = { low: 60, high: 250 } as const;
/** Parts of a split plan that read the context again (SEEDS S1: up to three). */
const splitParts = 3;
/** A saving smaller than this is within what nobody should be told. */
const smallestSaving = 0.05;

/** @param strategy of the settings, at the moment of asking. */
export function createOutlook(survey: () => Survey | undefined, strategy: () => string): LearningOutlook {
  const predictor = createPredictor();
  const profiles = (): readonly ModelProfile[] => survey()?.models ?? [];
  const chosen = (): ChosenRoles | undefined => {
    const roles = survey()?.roles;
    return roles?.kind === 'chosen' ? roles.roles : undefined;
  };

  function predictStep(model: ModelProfile, tokens: ExpectedTokens): PredictedJoules | undefined {
    const prediction = predictor.predict({
      activeGigabytes: activeGigabytes(model),
      tokensIn: tokens.in,
      tokensOutLow: tokens.outLow,
      tokensOutHigh: tokens.outHigh,
      key: keyOf(model.engineId, model.name),
    });
    return prediction.status === 'unknown' ? undefined : prediction;
  }
  function predictAll(tokens: ExpectedTokens, roles: RoleAssignment, how: string): PredictedJoules | undefined {
    const steps = stepsOf(tokens, roles, how).map(({ model, expected }) => predictStep(model, expected));
    return steps.reduce((sum, step) => sum && step && add(sum, step));
  }

  return {
    predict(_actionId, expected, model) {
      const roles = chosen();
      if (roles === undefined) return undefined;
      const other = model === undefined ? undefined : profiles().find((profile) => profile.name === model);
      if (model !== undefined && other === undefined) return undefined;
      const prediction = other === undefined ? predictAll(expected, roles, strategy()) : predictStep(other, expected);
      return prediction && formatPrediction(prediction);
    },
    expected(tokens, roles, how) {
      const prediction = predictAll(tokens, roles, how);
      return prediction && predictionToJoules(prediction);
    },
    interval: predictAll,
    price({ engineId, model }, tokens) {
      const profile = profiles().find((one) => one.engineId === engineId && one.name === model);
      return profile && predictStep(profile, tokens)?.middleJoules;
    },
    observe(call) {
      const model = profiles().find((profile) => profile.name === call.model && profile.engineId === call.engine);
      const { gross } = call.joules;
      if (model === undefined || !isKnown(gross) || call.outcome === 'failed' || call.outcome === 'cancelled') return;
      predictor.observe({
        activeGigabytes: activeGigabytes(model),
        uncachedTokensIn: call.tokens.in - call.tokens.cached,
        tokensOut: call.tokens.out,
        seconds: call.seconds.total - call.seconds.load,
        // Loading is a line of its own: it comes once, whatever the answer's length.
        joules: gross.joules - loadJoules(call),
        key: keyOf(call.engine, call.model),
      });
    },
    settle({ calls, predicted, totals }) {
      const [call] = calls;
      if (call === undefined || calls.length > 1 || predicted === undefined) return;
      if (!isKnown(predicted) || !isKnown(totals.gross) || call.outcome === 'cancelled' || call.outcome === 'failed')
        return;
      predictor.calibrate({
        key: keyOf(call.engine, call.model),
        lowJoules: predicted.joules - predicted.plusMinusJoules,
        highJoules: predicted.joules + predicted.plusMinusJoules,
        joules: totals.gross.joules - loadJoules(call),
      });
    },
    larger() {
      const last = survey();
      return last && largerModel(last)?.name;
    },
    saving(receipt) {
      const claim = claimOf(receipt, chosen()?.large?.profile, predictStep);
      return claim && savingText(claim);
    },
    claim: (receipt) => claimOf(receipt, chosen()?.large?.profile, predictStep),
    missingModel() {
      const last = survey();
      if (last === undefined || last.roles.kind === 'chosen') return undefined;
      const canPull = last.engines.some((report) => report.id === 'ollama' && report.state !== undefined);
      return canPull ? /^ollama pull (\S+)$/.exec(last.roles.mend)?.[1] : undefined;
    },
  };
}

/** Bytes of weights read for one token, in gigabytes; 0 when the engine does not say. */
export function activeGigabytes(model: ModelProfile): number {
  return (model.activeParameters * model.bitsPerWeight) / 8 / 1e9;
}

interface Step {
  readonly model: ModelProfile;
  readonly expected: ExpectedTokens;
}

/** The calls that a strategy is expected to make. `auto` is one worker: only several definitions at once are split. */
function stepsOf(tokens: ExpectedTokens, roles: RoleAssignment, strategy: string): readonly Step[] {
  const worker: Step = { model: roles.worker.profile, expected: tokens };
  const planner = roles.planner?.profile;
  if (strategy === 'single') return [{ model: roles.large?.profile ?? worker.model, expected: tokens }];
  if (planner === undefined || (strategy !== 'outline' && strategy !== 'split')) return [worker];
  const plan: Step = { model: planner, expected: { in: tokens.in, outLow: planTokens.low, outHigh: planTokens.high } };
  if (strategy === 'outline') return [plan, worker];
  return [plan, { model: worker.model, expected: { ...tokens, in: tokens.in * splitParts } }];
}

function add(a: PredictedJoules, b: PredictedJoules): PredictedJoules {
  return {
    status: 'estimated',
    lowJoules: a.lowJoules + b.lowJoules,
    highJoules: a.highJoules + b.highJoules,
    middleJoules: a.middleJoules + b.middleJoules,
    runs: Math.min(a.runs, b.runs),
  };
}

/**
 * What the large model would at least have taken for the same answer, against what was at most spent: the careful end of both. Nothing is
 * said where the large model took part itself.
 */
function claimOf(
  receipt: Receipt,
  large: ModelProfile | undefined,
  predict: (model: ModelProfile, tokens: ExpectedTokens) => PredictedJoules | undefined,
): Claim | undefined {
  const { gross } = receipt.totals;
  if (large === undefined || !isKnown(gross) || receipt.calls.some((call) => call.model === large.name))
    return undefined;
  const workers = receipt.calls.filter((call) => call.role === 'worker');
  const tokensOut = workers.reduce((sum, call) => sum + call.tokens.out, 0);
  const tokensIn = Math.max(0, ...workers.map((call) => call.tokens.in));
  const reference = predict(large, { in: tokensIn, outLow: tokensOut, outHigh: tokensOut });
  if (reference === undefined || tokensOut === 0) return undefined;
  const spentHighJoules = gross.joules + gross.plusMinusJoules;
  return { reference: large.name, referenceLowJoules: reference.lowJoules, spentHighJoules };
}

function savingText({ reference, referenceLowJoules, spentHighJoules }: Claim): string | undefined {
  const saved = 1 - spentHighJoules / referenceLowJoules;
  return saved < smallestSaving ? undefined : `at least ${Math.floor(saved * 100)} % under ${reference}, predicted`;
}

function loadJoules({ joules: { load } }: ModelCall): number {
  return load !== undefined && isKnown(load) ? load.joules : 0;
}

function keyOf(engine: string, model: string): string {
  return `${engine} ${model}`;
}
