// `joule-ls models --rank`: which strategy with which models did best here, by quality, latency and energy as the user weighs them.

import { oneLine } from '../base/escape.ts';
import { textTable } from '../base/text-table.ts';
import { formatAmount } from '../energy/format.ts';
import { type Ranking, rank, type Weights } from '../ledger/ranking.ts';
import { secondsText } from '../ledger/receipt-text.ts';
import type { Workbench } from './workbench.ts';

/** SEEDS S3 leaves the weights to whoever ranks: nothing said, all count the same. */
const equalWeights: Weights = { quality: 1, latency: 1, energy: 1 };

/** `quality=2,latency=0.5,energy=1`; what is not named counts 0. @returns a sentence when it makes no sense. */
export function parseWeights(text: string | undefined): Weights | string {
  if (text === undefined) return equalWeights;
  const weights: { -readonly [Key in keyof Weights]: number } = { quality: 0, latency: 0, energy: 0 };
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=').map((side) => side.trim());
    const number = Number(value);
    if (!(name === 'quality' || name === 'latency' || name === 'energy') || value === '' || !(number >= 0))
      return `--weights takes quality, latency and energy with numbers from 0 on, as in quality=2,latency=0.5,energy=1; not “${oneLine(part, 60)}”`;
    weights[name] = number;
  }
  const sum = weights.quality + weights.latency + weights.energy;
  return sum > 0 && Number.isFinite(sum) ? weights : '--weights: one of them has to count for something';
}

/** @param sinceWallMilliseconds receipts before it are left out. @returns 0, or 1 when nothing can be ranked yet. */
export function printRanking(
  { ledger, clock }: Pick<Workbench, 'ledger' | 'clock'>,
  order: { readonly weights: Weights; readonly sinceWallMilliseconds: number; readonly json: boolean },
  print: (text: string) => void,
): number {
  const ranking = rank(ledger.receiptsSince(order.sinceWallMilliseconds), order.weights, clock.wallMilliseconds());
  print(
    order.json
      ? `${JSON.stringify({ ...ranking, weights: order.weights }, undefined, 2)}\n`
      : `${linesOf(ranking).join('\n')}\n`,
  );
  return ranking.ways.length > 0 ? 0 : 1;
}

function linesOf({ ways, reference, tooFew, leftOut }: Ranking): string[] {
  const rest = [
    ...(tooFew === 0 ? [] : [`${tooFew} with fewer than five decided answers`]),
    ...(leftOut === 0 ? [] : [`${leftOut} answers without a figure or not decided yet`]),
  ];
  const unranked = rest.length === 0 ? [] : [`not ranked: ${rest.join(', ')}`];
  if (reference === undefined)
    return ['nothing to rank yet: no way of answering has five decided answers', ...unranked];
  const head = ['OM', 'strategy', 'models', 'answers', 'passed', 'each', '', 'per passed answer', 'figures'];
  const rows = ways.map((way) => [
    way.overallMetric.toFixed(2),
    way.strategy,
    oneLine(way.models, 60),
    String(way.runs),
    `${Math.round(100 * way.passShare)} % ±${Math.round(100 * way.passPlusMinus)}`,
    secondsText(way.seconds),
    formatAmount(way.joules),
    way.joulesPerPassed === undefined ? 'none passed' : formatAmount(way.joulesPerPassed),
    way.status,
  ]);
  const against = `OM above 1 beats ${reference.strategy} with ${oneLine(reference.models, 60)}, which has the most answers`;
  return [...textTable([head, ...rows]), '', against, ...unranked];
}
