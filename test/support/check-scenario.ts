// Plays a scenario and says where it came out otherwise than expected: for the tests, and for the table that people read.

import type { CallEnergy, Joules } from '../../server/energy/joules.ts';
import { isKnown } from '../../server/energy/joules.ts';
import type { Expected, Scenario } from '../energy/scenarios.ts';
import { playScript } from './scenario-player.ts';

export interface ScenarioOutcome {
  /** `a 200 J ±0.1`, one per call in the order expected. */
  readonly told: readonly string[];
  readonly problems: readonly string[];
}

export async function checkScenario(scenario: Scenario): Promise<ScenarioOutcome> {
  const { energies, meters } = await playScript(scenario.script);
  const specs = Object.values(scenario.script.counters ?? {});
  // One tick at each of two edges; a counter of files counts microjoules.
  const tolerance = (2 * (specs.reduce((sum, { tick = 1 }) => sum + tick, 0) || 4)) / 1e6 + 1e-9;
  const problems: string[] = [];
  const told: string[] = [];
  for (const [name, expected] of Object.entries(scenario.calls)) {
    const energy = energies.get(name);
    if (energy === undefined) problems.push(`${name} has no figure`);
    else {
      told.push(`${name} ${textOf(energy.gross)}`);
      problems.push(...compare(energy, expected, tolerance).map((problem) => `${name}: ${problem}`));
    }
  }
  const books = meters[0]?.audit()[0]?.books;
  for (const [part, joules] of Object.entries(scenario.books ?? {})) {
    const microjoules = books?.[part as keyof typeof books];
    if (microjoules === undefined || Math.abs(Number(microjoules) / 1e6 - joules) > tolerance)
      problems.push(`books: ${part} is ${microjoules} µJ, not ${joules} J`);
  }
  for (const audit of meters.flatMap((meter) => meter.audit())) {
    const { measured, attributed, idle, unattributed } = audit.books;
    if (attributed + idle + unattributed !== measured) problems.push(`books of ${audit.sourceId} do not balance`);
  }
  return { told, problems };
}

function compare(energy: CallEnergy, expected: Expected, tolerance: number): string[] {
  const problems: string[] = [];
  const same = (what: string, figure: Joules | undefined, joules: number | undefined): void => {
    if (joules === undefined) return;
    if (figure === undefined || !isKnown(figure) || Math.abs(figure.joules - joules) > tolerance)
      problems.push(`${what} is ${textOf(figure)}, not ${joules} J`);
  };
  const unknown = (what: string, figure: Joules, why: RegExp | undefined): void => {
    if (why !== undefined && (isKnown(figure) || !why.test(figure.why)))
      problems.push(`${what} is ${textOf(figure)}, not unknown because ${why}`);
  };
  for (const what of ['gross', 'net', 'load', 'prefill', 'decode'] as const) same(what, energy[what], expected[what]);
  for (const [id, joules] of Object.entries(expected.sources ?? {}))
    same(id, energy.bySource.find((one) => one.sourceId === id)?.joules, joules);
  unknown('gross', energy.gross, expected.unknown);
  unknown('net', energy.net, expected.netUnknown);
  const { gross } = energy;
  const error = isKnown(gross) ? gross.plusMinusJoules : Number.NaN;
  const [least = 0, most = Number.POSITIVE_INFINITY] = expected.error ?? [];
  if (expected.error !== undefined && !(error >= least && error <= most))
    problems.push(`±${error} J is not ${least} to ${most}`);
  const { flag } = expected;
  if (flag !== undefined && !energy.flags.some((one) => flag.test(one)))
    problems.push(`no flag ${flag} among: ${energy.flags.join('; ')}`);
  if (expected.coverage !== undefined && (!isKnown(gross) || gross.coverage.join() !== expected.coverage.join()))
    problems.push(`coverage is ${isKnown(gross) ? gross.coverage.join() : 'unknown'}, not ${expected.coverage.join()}`);
  if (expected.idle !== undefined && energy.idle?.kind !== expected.idle)
    problems.push(`idle power is ${energy.idle?.kind}, not ${expected.idle}`);
  if (expected.status !== undefined && gross.status !== expected.status)
    problems.push(`status is ${gross.status}, not ${expected.status}`);
  if (
    [gross, energy.net, energy.load, energy.prefill, energy.decode].some(
      (one) => one !== undefined && isKnown(one) && one.joules < 0,
    )
  )
    problems.push('a figure is negative');
  return problems;
}

function textOf(figure: Joules | undefined): string {
  if (figure === undefined) return 'absent';
  if (!isKnown(figure)) return `unknown (${figure.why})`;
  return `${Number(figure.joules.toPrecision(9))} J ±${Number(figure.plusMinusJoules.toPrecision(3))}`;
}
