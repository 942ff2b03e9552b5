// The predictor of acceptance in numbers: what each cheap feature adds to the odds, before anything was learned. Pure.

/** Names of the features, in the order that files and tables show them. */
export const gateFeatureNames = [
  'always',
  'previousAccepted',
  'secondsSinceOutcome',
  'lineLength',
  'blankAfterCursor',
  'documentShare',
  'midWord',
  'inComment',
  'inString',
  'justDismissed',
] as const;

export type GateFeatureName = (typeof gateFeatureNames)[number];
export type GateWeights = Readonly<Record<GateFeatureName, number>>;

/**
 * Copilot's published coefficients where there is one (2405.14753, in reference: ollama.md D): previous label, log time, log length of
 * the line, white space after the cursor, share of the document. The intercept puts an empty line half-way down a file, half
 * a minute after a dismissal, at 0.35, about what is published of acceptance. The last four are ours: what a person
 * expects, to be learned from there.
 */
export const priorWeights: GateWeights = {
  always: -0.3,
  previousAccepted: 0.997,
  secondsSinceOutcome: -0.174,
  lineLength: -0.23,
  blankAfterCursor: 0.7,
  documentShare: 0.419,
  midWord: -1,
  inComment: -1,
  inString: -1,
  justDismissed: -1,
};
