// Verdicts as rows of a table: how many were right, with a 95 % interval, and how many of those the model was sure of. Asks nobody.

import { wilsonInterval } from '../../server/energy/wilson.ts';
import { type Answered, gate } from './answers.ts';

/** The verdict on answers for which there is no right one. */
export const notJudged = 'not judged';

export interface Judged extends Answered {
  readonly verdict: string;
}

export interface Share {
  readonly count: number;
  readonly right: number;
  /** Wilson, 95 %, in percent; 0 to 100 where nothing was counted. */
  readonly low: number;
  readonly high: number;
}

export interface TableRow {
  readonly set: string;
  readonly all: Share;
  /** Only answers that pass the product's gate. */
  readonly sure: Share;
  /** How often each other verdict was given. */
  readonly wrong: Readonly<Record<string, number>>;
}

export function tableOf(judged: readonly Judged[]): TableRow[] {
  const sets = [...new Set(judged.map(({ row }) => row.set))];
  return sets.map((set) => {
    const answers = judged.filter(({ row }) => row.set === set);
    const wrong: Record<string, number> = {};
    for (const { verdict } of answers) if (verdict !== 'right') wrong[verdict] = (wrong[verdict] ?? 0) + 1;
    const sure = answers.filter((answer) => answer.sure);
    return { set, all: share(answers), sure: share(sure), wrong };
  });
}

function share(judged: readonly Judged[]): Share {
  const right = judged.filter(({ verdict }) => verdict === 'right').length;
  const { low, high } = wilsonInterval(right, judged.length);
  return { count: judged.length, right, low: 100 * low, high: 100 * high };
}

export function markdown(rows: readonly TableRow[]): string {
  const lines = rows.map(({ set, all, sure, wrong }) => {
    const judged = (wrong[notJudged] ?? 0) === 0;
    const right = judged ? shown(all) : `${all.count} not judged`;
    return `| ${set} | ${right} | ${sure.count} | ${judged ? shown(sure) : '–'} |`;
  });
  return [`| set | right | sure (≥ ${gate}, and agreed) | right of those |`, '|---|---|---|---|', ...lines].join('\n');
}

function shown({ count, right, low, high }: Share): string {
  if (count === 0) return '–';
  return `${right} of ${count}: ${((100 * right) / count).toFixed(0)} % (${low.toFixed(0)} to ${high.toFixed(0)})`;
}
