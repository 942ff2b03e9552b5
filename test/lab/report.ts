// What the laboratory says of one mix: means over seeds with their 95 % intervals, and whether the aims are met. Pure.

export interface PolicyReport {
  readonly policy: string;
  /** One figure per seed. */
  readonly joulesToPass: readonly number[];
  readonly joulesPerPass: readonly number[];
  readonly passRate: readonly number[];
  readonly chosen: Readonly<Record<string, number>>;
}

export interface MixReport {
  readonly mix: string;
  readonly note: string;
  readonly uniform: boolean;
  readonly models: string;
  readonly policies: readonly PolicyReport[];
}

export interface Interval {
  readonly mean: number;
  readonly plusMinus: number;
}

/** 95 % interval of a mean, by the normal: there are thirty seeds. */
export function intervalOf(values: readonly number[]): Interval {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, plusMinus: 1.96 * Math.sqrt(variance / values.length) };
}

/** Ratio of two policies, seed by seed: both met the same luck. */
export function ratioOf(report: MixReport, policy: string, other: string): Interval {
  const [a, b] = [policy, other].map((name) => report.policies.find((one) => one.policy === name)?.joulesToPass ?? []);
  return intervalOf((a ?? []).map((value, index) => value / (b?.[index] ?? Number.NaN)));
}

export function bestFixed(report: MixReport): string {
  const fixed = report.policies.filter(({ policy }) => !policy.startsWith('auto') && policy !== 'oracle');
  const ordered = [...fixed].sort((a, b) => intervalOf(a.joulesToPass).mean - intervalOf(b.joulesToPass).mean);
  return ordered[0]?.policy ?? '';
}

export function reportLines(report: MixReport): string[] {
  const best = bestFixed(report);
  const text = ({ mean, plusMinus }: Interval, digits = 0): string =>
    `${mean.toFixed(digits)} ± ${plusMinus.toFixed(digits)}`;
  const rows = report.policies.map((one) => {
    const total = Object.values(one.chosen).reduce((sum, count) => sum + count, 0);
    const shares = Object.entries(one.chosen)
      .filter(([, count]) => count > 0)
      .map(([strategy, count]) => `${strategy} ${((100 * count) / total).toFixed(0)} %`);
    const percent = intervalOf(one.passRate.map((rate) => rate * 100));
    return `| ${one.policy} | ${text(intervalOf(one.joulesToPass))} | ${text(intervalOf(one.joulesPerPass))} | ${text(percent, 1)} % | ${shares.join(', ')} |`;
  });
  const cold = ratioOf(report, 'auto cold', best);
  const warm = ratioOf(report, 'auto warm', 'oracle');
  const warmBest = ratioOf(report, 'auto warm', best);
  return [
    `**${report.mix}** (${report.models}): ${report.note}`,
    '',
    '| policy | joules until passed | all joules ÷ all passes | pass rate | chosen |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    `auto cold ÷ best fixed (${best}) ${text(cold, 3)}; auto warm ÷ best fixed ${text(warmBest, 3)}; auto warm ÷ oracle ${text(warm, 3)}`,
  ];
}
