// `joule-ls ledger forget`: says what goes, asks, and takes it off the ledger.

import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { carryOut, type ForgetOrder, type ForgetPlan, planForget } from '../ledger/forget.ts';
import { finishReplacing, lockForget } from '../ledger/replace-file.ts';
import { skippedText } from './ledger-export.ts';

export interface ForgetCommand extends ForgetOrder {
  readonly yes: boolean;
  readonly json: boolean;
}

/** @returns 0 when all of it is gone; 1 when something stayed, or nobody said yes. Rejects with the system's error. */
export async function forgetFromLedger(directory: string, order: ForgetCommand): Promise<number> {
  const said: ForgetOrder = { ...order, path: order.path === undefined ? undefined : pathInLedger(order.path) };
  const plan = await planForget(directory, said);
  if (!order.json) process.stdout.write(`${planText(plan).join('\n')}\n`);
  for (const one of plan.unreadable) process.stderr.write(`nothing goes from ${skippedText(one)}\n`);
  if (plan.files.length + plan.sums.length === 0) return finish(order, plan, [], plan.unreadable.length === 0);
  if (!order.yes && !(await agreed(order))) {
    process.stderr.write('nothing was removed; say --yes to remove it\n');
    return finish(order, plan, [], false);
  }
  const unlock = await lockForget(directory, process.pid);
  if (typeof unlock === 'string') {
    process.stderr.write(`${unlock}\n`);
    return finish(order, plan, [], false);
  }
  try {
    await finishReplacing(directory, process.pid);
    const done = await carryOut(plan, said);
    const problems = done.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    const gone = done.filter(({ problem }) => problem === undefined).map(({ file }) => file);
    return finish(order, plan, gone, problems.length + plan.unreadable.length === 0);
  } finally {
    await unlock();
  }
}

/** A uri stays: documents that were never saved have no path. */
function pathInLedger(path: string): string {
  return /^[a-z][a-z0-9+.-]+:/i.test(path) ? path : resolve(path);
}

function planText({ files, receipts, from, to, directory, sums }: ForgetPlan): string[] {
  if (files.length + sums.length === 0) return [`nothing in ${directory} is to be forgotten`];
  const span = from === undefined || to === undefined ? '' : `, begun from ${from.slice(0, 10)} to ${to.slice(0, 10)}`;
  const rows = files.map(({ file, removedLines, keptLines }) =>
    keptLines === 0
      ? `  ${file}: all ${removedLines} lines`
      : `  ${file}: ${removedLines} of ${removedLines + keptLines} lines`,
  );
  rows.push(...sums.map((file) => `  ${file}: counts of completions that were not asked`));
  return [`to be removed from ${directory}: ${receipts} ${receipts === 1 ? 'receipt' : 'receipts'}${span}`, ...rows];
}

async function agreed({ json }: ForgetCommand): Promise<boolean> {
  if (json || !process.stdin.isTTY || !process.stdout.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question('Remove them for good? [y/N] ')).trim());
  } finally {
    lines.close();
  }
}

function finish(order: ForgetCommand, plan: ForgetPlan, gone: readonly string[], isDone: boolean): number {
  const { directory, files, receipts, from, to, unreadable } = plan;
  if (order.json) {
    process.stdout.write(`${JSON.stringify({ directory, files, receipts, from, to, unreadable, gone, isDone })}\n`);
  } else if (gone.length > 0) {
    process.stdout.write(`removed from ${gone.join(', ')}\n`);
    process.stdout.write('servers that run now know what they have read until they end\n');
    if (order.all === true) process.stdout.write('what completions have learned stays: joule-ls policy forget\n');
  }
  return isDone ? 0 : 1;
}
