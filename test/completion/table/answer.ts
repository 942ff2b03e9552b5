// One answer of a model as it streams, token by token with probabilities, to its own end or its bound. From a script or from a real model.

/** A token as the engine shows it; some engines show several at once. */
export interface StreamedToken {
  readonly text: string;
  /** Natural logarithm; undefined where the engine does not say. */
  readonly logProbability: number | undefined;
  /** How many tokens it is; 1 where it is left out. */
  readonly count?: number;
}

export interface StreamedAnswer {
  readonly tokens: readonly StreamedToken[];
  /** Whether the model ended by itself, or was cut at its bound. */
  readonly ended: 'itself' | 'bound';
}

/** Cuts code into pieces of about the size that the byte-level tokenizers of code models make: words, digits, marks, white space. */
export function tokensOf(text: string): string[] {
  return text.match(/ ?[\p{L}_]{1,8}|\d|\r?\n[ \t]*|[ \t]+|[^\s\p{L}\d_]{1,2}|[\s\S]/gu) ?? [];
}
