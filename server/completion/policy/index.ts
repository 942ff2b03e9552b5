// What the rest of completion/ uses of the policy.

export { type CompletionEvidence, evidenceOf } from './evidence.ts';
export { decideToAsk, type GateDecision, type GateFeatures } from './gate.ts';
export { afterCall, afterOutcome, afterSilence } from './online.ts';
export { defaultPolicy, type Policy, withDial } from './policy.ts';
export { type GateSavings, nothingSaved, savingsAfter } from './savings.ts';
export { decideNextSize, type SizeEvidence } from './size.ts';
export { type StopPlace, stopFiltersFor } from './stop.ts';
