// What the rest of completion/ uses of the policy.

export { type CompletionEvidence, evidenceOf } from './evidence.ts';
export { decideToAsk, type GateDecision, type GateFeatures } from './gate.ts';
export { afterCall, afterOutcome, afterSilence } from './online.ts';
export { type CompletionPlace, type Cursor, isMultiLine, placeOf, textFeatures } from './place.ts';
export { defaultPolicy, neverStopping, type Policy, withDial } from './policy.ts';
export { type GateSavings, nothingSaved, savingsAfter } from './savings.ts';
export { decideNextSize, type SizeEvidence } from './size.ts';
export { cutAfterwards, stopFiltersFor } from './stop.ts';
