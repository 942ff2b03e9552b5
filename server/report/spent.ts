// What a receipt's calls were spent on: planning, working, assembling, repair, loading, what was cancelled or failed. Each joule is in
// one part; idle power lies across all of them and is told apart. Knows receipts.

import { isKnown, type Joules } from '../energy/joules.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import type { Receipt } from '../ledger/events.ts';
import { type Sum, sumOf } from './sums.ts';

export const parts = [
  'planning',
  'working',
  'assembling',
  'repair',
  'judging',
  'completions',
  'loading',
  'cancelled',
  'failed',
] as const;
export type Part = (typeof parts)[number];

export interface SpentOn {
  readonly part: Part;
  readonly sum: Sum;
}

export interface Spent {
  /** Those that had any calls, in the order above. */
  readonly on: readonly SpentOn[];
  /** Gross less net over the calls that have both: what the machine would have drawn anyway. */
  readonly idle: Sum;
}

/** A call's joules, each with its part: the load apart from the rest, where it is known. */
export function partsOf(
  call: ModelCall,
  receipt: Receipt,
): readonly { readonly part: Part; readonly joules: Joules }[] {
  const { gross, load } = call.joules;
  const dropped = receipt.outcome === 'cancelled' || receipt.outcome === 'superseded';
  if (call.outcome === 'cancelled' || dropped) return [{ part: 'cancelled', joules: gross }];
  if (call.outcome === 'failed') return [{ part: 'failed', joules: gross }];
  const part = partOfRole(call, receipt);
  const loaded = load !== undefined && isKnown(load) && load.joules > 0 && isKnown(gross);
  if (!loaded) return [{ part, joules: gross }];
  const rest = { ...gross, joules: gross.joules - load.joules };
  return [
    { part, joules: { ...rest, plusMinusJoules: Math.max(0, gross.plusMinusJoules - load.plusMinusJoules) } },
    { part: 'loading', joules: load },
  ];
}

/** A large model that answers after others did is a step up: part of the repair. */
function partOfRole({ role }: ModelCall, receipt: Receipt): Part {
  switch (role) {
    case 'planner':
      return 'planning';
    case 'assembler':
      return 'assembling';
    case 'repair':
      return 'repair';
    case 'judge':
      return 'judging';
    case 'completion':
      return 'completions';
    case 'large':
      return receipt.calls[0]?.role === 'large' ? 'working' : 'repair';
    case 'worker':
      return 'working';
    // A role of a version to come.
    default:
      return 'working';
  }
}

export function spentOn(receipts: readonly Receipt[]): Spent {
  const figures = new Map<Part, Joules[]>();
  const idle: Joules[] = [];
  for (const receipt of receipts)
    for (const call of receipt.calls) {
      for (const { part, joules } of partsOf(call, receipt)) {
        const known = figures.get(part);
        if (known === undefined) figures.set(part, [joules]);
        else known.push(joules);
      }
      idle.push(idleOf(call));
    }
  return {
    on: parts.flatMap((part) => {
      const found = figures.get(part);
      return found === undefined ? [] : [{ part, sum: sumOf(found) }];
    }),
    idle: sumOf(idle),
  };
}

function idleOf({ joules: { gross, net, idle } }: ModelCall): Joules {
  if (!isKnown(net)) return net;
  if (!isKnown(gross)) return gross;
  const joules = Math.max(0, gross.joules - net.joules);
  // What the baseline's spread leaves open, in the share that its power has of it.
  const share = idle === undefined || idle.watts <= 0 ? 1 : Math.min(1, idle.plusMinusWatts / idle.watts);
  return { ...net, joules, plusMinusJoules: joules * share };
}
