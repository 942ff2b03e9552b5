// One line of the benchmark table, and what a benchmark is handed. Knows no server.

import type { Summary } from './statistics.ts';

export interface Row {
  readonly name: string;
  /** As DESIGN writes it: `≤ 1.25 × floor`. */
  readonly aim: string;
  /** The figure that is compared with the aim, in words: `1.18 × (92 ms over 78 ms)`. */
  readonly got: string;
  /** Undefined: not measured, and `got` says why. */
  readonly met: boolean | undefined;
  /** Everything behind `got`. Names carry their units. */
  readonly figures: Readonly<Record<string, number | string | Summary | readonly string[]>>;
}

export interface BenchContext {
  /** The built server and the floor: how each is started, up to its arguments. */
  readonly server: readonly string[];
  readonly floor: readonly string[];
  /** Runs per benchmark; undefined for each one's own default. */
  readonly runs: number | undefined;
  say(progress: string): void;
}

export interface Benchmark {
  readonly name: string;
  /** One sentence for `--list`. */
  readonly what: string;
  run(context: BenchContext): Promise<readonly Row[]>;
}

/** `12.3 ± 0.4 ms`: median and half the distance between the quartiles. */
export function inMilliseconds({ median, spread }: Summary): string {
  return `${figure(median)} ± ${figure(spread)} ms`;
}

/** Three significant digits, without an exponent. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}
