// What drives the joules of a call, by SEEDS S2's regression on the calls here. Knows the report.

import type { Coefficient, RegressionFit } from '../../energy/regression.ts';
import type { Section } from '../page/page.ts';
import { formatNumber } from '../page/units.ts';
import type { Report } from '../report.ts';
import { captionOf } from './by-day.ts';

const predictors = [
  ['intercept', 'at the means'],
  ['activeParameters', 'active parameters (P)'],
  ['tokensOut', 'tokens out (O)'],
  ['bitsPerWeight', 'bits per weight (W)'],
  ['tokensIn', 'tokens in (I)'],
] as const;

export function driversSection(report: Report): Section {
  const { regressions } = report;
  const fitted = regressions.flatMap(({ action, fit }) => (fit.status === 'fitted' ? [{ action, fit }] : []));
  const reasons = regressions.flatMap(({ action, fit }) => (fit.status === 'fitted' ? [] : [`${action}: ${fit.why}`]));
  return {
    id: 'drivers',
    title: 'What drives the joules',
    parts: [
      ...(fitted.length === 0
        ? []
        : [
            {
              kind: 'table',
              caption: captionOf(
                report,
                'S2’s regression on the calls here, loading left out: joules for one standard deviation of each, ± its standard error; p < 0.001 where none is given',
              ),
              head: ['action', ...predictors.map(([, name]) => name), 'R² (adjusted)', 'calls'],
              rows: fitted.map(({ action, fit }) => [
                { text: action, link: { action } },
                ...predictors.map(([of]) => coefficientText(fit, of)),
                `${fit.rSquared.toFixed(2)} (${fit.adjustedRSquared.toFixed(2)})`,
                String(fit.runs),
              ]),
            } as const,
          ]),
      ...(reasons.length === 0 ? [] : [{ kind: 'text', text: `Not fitted: ${reasons.join('; ')}.` } as const]),
      ...(regressions.length === 0 ? [{ kind: 'text', text: 'No answer yet.' } as const] : []),
    ],
  };
}

function coefficientText(fit: RegressionFit, of: Coefficient['of']): string {
  const found = fit.coefficients.find((one) => one.of === of);
  if (found === undefined) return fit.leftOut.find(({ predictor }) => predictor === of)?.why ?? '–';
  const p = found.p < 0.001 ? '' : ` (p ${found.p.toFixed(3)})`;
  return `${formatNumber(found.joules, 'joules')} ±${formatNumber(found.standardError, 'joules')}${p}`;
}
