// `joule-ls policy`: what completions have learned, as it stands; `learn` trains it anew on this machine's ledger, `never-stop` hears every answer
// to its end, `forget` goes back to the prior. Everything stays on this machine.

import { parseArgs } from 'node:util';
import { textTable } from '../base/text-table.ts';
import { type CompletionEvidence, loggedFrom } from '../completion/policy/evidence.ts';
import { gateFeatureNames } from '../completion/policy/gate-weights.ts';
import { type LoggedCompletion, trainPolicy } from '../completion/policy/learn.ts';
import { neverStopping, type Policy, withDial } from '../completion/policy/policy.ts';
import { unsureThreshold } from '../completion/policy/stop.ts';
import { policyText } from '../completion/policy/text.ts';
import type { LedgerEvent } from '../ledger/events.ts';
import { monthFiles } from '../ledger/files.ts';
import { createSkipCounter, visitEvents } from '../ledger/history.ts';
import { notAskedText, sumNotAsked } from '../ledger/not-asked.ts';
import { readNotAsked } from '../ledger/read-not-asked.ts';
import { forgetPolicy, loadPolicy, policyPath, savePolicy } from './policy-file.ts';
import { openWorkbench } from './workbench.ts';

/** Habits change: older completions are not learned from. */
const rememberedMonths = 6;

const usage = 'joule-ls policy [show | learn | stop-early | never-stop | forget] [--json]\n';
const orders = ['show', 'learn', 'stop-early', 'never-stop', 'forget'] as const;
type Order = (typeof orders)[number];

/** @returns 0; 1 when there is nothing to learn from; 2 for what makes no sense. */
export async function runPolicyCommand(args: readonly string[]): Promise<number> {
  const order = parseOrder(args);
  if (typeof order === 'string') {
    process.stderr.write(`${order}\n${usage}`);
    return 2;
  }
  const bench = await openWorkbench(process.env);
  try {
    const { ledgerDirectory } = bench;
    const path = policyPath(ledgerDirectory);
    const { policy, problem } = await loadPolicy(path);
    if (problem !== undefined) process.stderr.write(`${problem}\n`);
    if (order.word === 'forget') await forgetPolicy(path);
    const examples = order.word === 'learn' ? await completionsOf(ledgerDirectory, bench.clock.wallMilliseconds()) : [];
    if (order.word === 'learn' && examples.length === 0) {
      process.stderr.write('the ledger has no completion yet that was shown and then taken or passed over\n');
      return 1;
    }
    const changed = changedBy(order.word, policy, examples);
    if (changed !== undefined) await savePolicy(ledgerDirectory, changed);
    const now = order.word === 'forget' ? (await loadPolicy(path)).policy : (changed ?? policy);
    const notAsked = order.json ? undefined : await notAskedIn(ledgerDirectory, bench.clock.wallMilliseconds());
    process.stdout.write(order.json ? policyText(now) : lines(now, path, bench.settings.frugality, notAsked));
    return 0;
  } finally {
    await bench.close();
  }
}

function parseOrder(args: readonly string[]): { readonly word: Order; readonly json: boolean } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' } },
      allowPositionals: true,
    });
    const [said = 'show', more] = positionals;
    const word = orders.find((one) => one === said);
    if (word === undefined || more !== undefined) return 'this makes no sense:';
    return { word, json: values.json === true };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Undefined where nothing is to be written. */
function changedBy(word: Order, policy: Policy, examples: readonly LoggedCompletion[]): Policy | undefined {
  switch (word) {
    case 'learn':
      return trainPolicy(examples, policy, 'ledger');
    case 'never-stop':
      return neverStopping(policy);
    case 'stop-early':
      return { ...policy, stop: { ...policy.stop, mode: 'early' } };
    case 'show':
    case 'forget':
      return undefined;
  }
}

/** Completions that were shown, each with its last word: an editor may report an acceptance after a dismissal. */
async function completionsOf(directory: string, nowWallMilliseconds: number): Promise<readonly LoggedCompletion[]> {
  const last = new Map<string, { readonly evidence: CompletionEvidence; readonly accepted: boolean }>();
  const learnFrom = (event: LedgerEvent): void => {
    if (event.kind !== 'outcome' || event.evidence === undefined) return;
    const { receiptId, outcome, evidence } = event;
    if (outcome === 'accepted' || outcome === 'dismissed')
      last.set(receiptId, { evidence, accepted: outcome === 'accepted' });
  };
  await visitEvents(directory, monthFiles(nowWallMilliseconds, rememberedMonths), learnFrom, createSkipCounter());
  return [...last.values()].flatMap(({ evidence, accepted }) => loggedFrom(evidence, accepted) ?? []);
}

/** Of the last 30 days. */
async function notAskedIn(directory: string, nowWallMilliseconds: number): Promise<string | undefined> {
  const sinceWallMilliseconds = nowWallMilliseconds - 30 * 86_400_000;
  return notAskedText(sumNotAsked(await readNotAsked(directory, { sinceWallMilliseconds, nowWallMilliseconds })));
}

function lines(policy: Policy, path: string, frugality: number, notAsked: string | undefined): string {
  const { learned, stop, size, gate } = policy;
  const threshold = unsureThreshold(withDial(policy, frugality));
  const source = learned.examples === 0 ? 'the prior' : `${learned.examples} completions (${learned.from})`;
  const doubt =
    stop.mode === 'never' || frugality === 0
      ? 'never: answers are heard to their end'
      : `early; in doubt when ${Math.round(stop.unsure.quantile * 100)} % of the tokens are under p = ${Math.exp(threshold).toFixed(3)}`;
  const rows = [
    ['file', path],
    ['learned from', `${source}, ${learned.updates} outcomes since`],
    ['dial', `joule.frugality ${frugality}`],
    ['saved, 30 days', notAsked ?? 'nothing yet: every completion was asked'],
    ['stops', doubt],
    ['block', stop.block],
    ['larger model mends', `${Math.round(size.largeMends * 100)} % of what the small one gets wrong`],
    ['a typical call', gate.typicalJoules === undefined ? 'unknown' : `${gate.typicalJoules.toFixed(2)} J, predicted`],
    ...gateFeatureNames.map((name) => [`gate: ${name}`, gate.weights[name].toFixed(3)]),
  ];
  return `${textTable(rows).join('\n')}\n`;
}
