// Whether the parts of a plan are written one after the other or side by side, from what the engine has shown. Pure.

/** What was seen of one model at its engine; undefined is "never tried". */
export interface EngineHabits {
  /** Of calls that came while another was running, the share that waited for it. */
  readonly waitedShare: number | undefined;
  /** Of a prompt's tokens that the call before had too, the share that came from the cache. */
  readonly cachedShare: number | undefined;
}

export interface OrderQuestion {
  /** Tokens that all parts' prompts begin with, by `roughTokens`. */
  readonly sharedTokens: number;
  readonly habits: EngineHabits | undefined;
}

export interface OrderChoice {
  readonly inTurn: boolean;
  readonly why: string;
}

/**
 * Engines do not share a prefix between slots (reference/ollama.md 0.2), so that side by side every part reads it anew, while weights
 * are read once for all. From about this many tokens read anew, reading costs more than that saves.
 */
const readAgainTokens = 400;
/** llama.cpp takes all but the last tokens of a common prefix from its cache. */
const usualCachedShare = 0.9;

export function chooseOrder({ sharedTokens, habits }: OrderQuestion): OrderChoice {
  const waited = habits?.waitedShare;
  if (waited !== undefined && waited >= 0.5) {
    return { inTurn: true, why: `parts in turn: side by side, ${percent(waited)} of the calls waited for a slot` };
  }
  const share = habits?.cachedShare ?? usualCachedShare;
  const saved = Math.round(sharedTokens * share);
  const source = habits?.cachedShare === undefined ? 'as engines usually do' : `${percent(share)} as seen here`;
  return saved >= readAgainTokens
    ? { inTurn: true, why: `parts in turn: each takes some ${saved} tokens from the cache, ${source}` }
    : { inTurn: false, why: `parts side by side: in turn each would take only ${saved} tokens from the cache` };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
