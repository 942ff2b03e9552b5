// The policy as the text of its file: JSON that a person can read and change, read back with every number in its bounds. Opens nothing.

import { type GateWeights, gateFeatureNames } from './gate-weights.ts';
import type { Logistic } from './logistic.ts';
import { bounded } from './online.ts';
import { defaultPolicy, type Policy, policyVersion } from './policy.ts';

/** The dial is a setting, not part of the file. */
export function policyText(policy: Policy): string {
  const { dial: _, ...kept } = policy;
  const readable = (_key: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value;
  return `${JSON.stringify(kept, readable, 2)}\n`;
}

/** @returns the policy with the prior wherever a field is missing or no figure; or the sentence why nothing of it can be used. */
export function readPolicy(text: string): Policy | { readonly why: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { why: 'it is not JSON' };
  }
  const file = recordOf(value);
  if (file.version !== policyVersion) return { why: `it is not of version ${policyVersion}` };
  const { size, stop, learned } = defaultPolicy;
  const fileGate = recordOf(file.gate);
  const fileSize = recordOf(file.size);
  const fileStop = recordOf(file.stop);
  const fileUnsure = recordOf(fileStop.unsure);
  const fileLearned = recordOf(file.learned);
  const { typicalJoules } = fileGate;
  return {
    ...defaultPolicy,
    gate: {
      weights: weightsOf(recordOf(fileGate.weights)),
      ...(typeof typicalJoules === 'number' && typicalJoules > 0 ? { typicalJoules } : {}),
    },
    size: {
      smallIsRight: curveOf(fileSize.smallIsRight, size.smallIsRight),
      largeMends: within(fileSize.largeMends, size.largeMends, 0, 1),
    },
    stop: {
      mode: fileStop.mode === 'never' ? 'never' : 'early',
      block: fileStop.block === 'own' ? 'own' : 'surrounding',
      unsure: {
        quantile: within(fileUnsure.quantile, stop.unsure.quantile, 0, 0.9),
        fewestPieces: Math.round(within(fileUnsure.fewestPieces, stop.unsure.fewestPieces, 1, 100)),
        isRight: curveOf(fileUnsure.isRight, stop.unsure.isRight),
      },
    },
    learned: {
      examples: Math.round(within(fileLearned.examples, learned.examples, 0, 1e9)),
      updates: Math.round(within(fileLearned.updates, learned.updates, 0, 1e9)),
      from: fileLearned.from === 'ledger' || fileLearned.from === 'simulator' ? fileLearned.from : 'prior',
    },
  };
}

function weightsOf(file: Readonly<Record<string, unknown>>): GateWeights {
  const entries = gateFeatureNames.map((name): readonly [string, number] => [
    name,
    bounded(name, numberOf(file[name])),
  ]);
  return { ...defaultPolicy.gate.weights, ...Object.fromEntries(entries) };
}

/** Far outside of what can be learned from real probabilities. */
const steepest = 100;

function curveOf(value: unknown, prior: Logistic): Logistic {
  const { intercept, slope } = recordOf(value);
  return {
    intercept: within(intercept, prior.intercept, -steepest, steepest),
    slope: within(slope, prior.slope, 0, steepest),
  };
}

function within(value: unknown, prior: number, least: number, most: number): number {
  const number = numberOf(value);
  return Number.isFinite(number) ? Math.min(most, Math.max(least, number)) : prior;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
