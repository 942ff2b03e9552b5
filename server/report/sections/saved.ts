// Savings with their provenance, and what they would come to over a year: only against the model that was configured for it, at the careful
// end. Knows the report.

import { promptsPerDay, workingDaysPerYear } from '../../energy/run-statistics.ts';
import type { Receipt } from '../../ledger/events.ts';
import type { Headline, Part, Section } from '../page/page.ts';
import { formatNumber } from '../page/units.ts';
import type { Report } from '../report.ts';
import type { Savings } from '../savings.ts';
import { countOf } from './summary.ts';

export function savedSection({ savings }: Report): Section {
  return { id: 'saved', title: 'Saved, and projected', parts: savedParts(savings) };
}

function savedParts(savings: Savings): Part[] {
  if (savings.status === 'none') return [{ kind: 'text', text: `No saving is claimed: ${savings.why}.` }];
  return [{ kind: 'figures', figures: [predictedFigure(savings), ...measuredFigures(savings)] }];
}

type Claimed = Savings & { readonly status: 'claimed' };

/** Figures of the savings that a receipt is behind, as links name them. */
export function savingNames(savings: Savings): (receipt: Receipt) => readonly string[] {
  if (savings.status === 'none') return () => [];
  const { behind } = savings;
  return ({ id }) => (['claimed', 'compared', 'reference'] as const).filter((name) => behind[name].has(id));
}

/** The one figure that needs no answer of the reference. */
export function predictedFigure({ reference, atLeastJoules, referenceLowJoules, answers, leftOut }: Claimed): Headline {
  const label = `Under ${reference}, predicted`;
  const basis = `${countOf(answers, 'answer')}: the least that ${reference} would have taken for the same tokens, less the most that was spent`;
  const note = `${basis}${leftOut === 0 ? '' : `; ${countOf(leftOut, 'answer')} left out`}`;
  const link = { saving: 'claimed' };
  if (atLeastJoules <= 0) return { label, value: 'no saving to claim', note, link };
  const share = formatNumber(Math.floor((100 * atLeastJoules) / referenceLowJoules) / 100, 'share');
  return { label, value: `at least ${formatNumber(atLeastJoules, 'joules')} (${share})`, note, link };
}

function measuredFigures({ measured, reference }: Claimed): Headline[] {
  const label = `Per answer, against answers of ${reference}`;
  if ('status' in measured) return [{ label, value: 'unknown', note: measured.why }];
  const { runs, referenceRuns, savedJoulesPerPrompt: saved, plusMinusJoulesPerPrompt: error, figures } = measured;
  const careful = saved - error;
  const yearly = (joules: number): string =>
    `${formatNumber((joules * promptsPerDay * workingDaysPerYear) / 3.6e6, 'ratio')} kWh`;
  const counted = `${runs} against ${referenceRuns} answers, ${figures}, to different requests; 95 % interval (Welch)`;
  return [
    {
      label,
      value:
        careful > 0
          ? `at least ${formatNumber(careful, 'joules')}`
          : saved + error < 0
            ? `a loss of ${formatNumber(-saved - error, 'joules')} or more`
            : 'no difference to be seen',
      note: `${formatNumber(saved, 'joules')} ±${formatNumber(error, 'joules')}: ${counted}`,
      link: { saving: 'compared' },
    },
    {
      label: 'Projected per developer and year',
      value: careful > 0 ? `at least ${yearly(careful)}` : 'nothing to project',
      note: `${yearly(saved)} ±${yearly(error)}, if it were ${promptsPerDay} requests on ${workingDaysPerYear} days (S1’s counts): ${counted}`,
      link: { saving: 'reference' },
    },
  ];
}
