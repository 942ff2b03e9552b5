// Joules so far of a call that still runs: provisional, for progress texts only. The receipt comes from settled accounts.

import { totalDomains, type Unreadable } from '../../native-bindings/energy-source.ts';
import { whyNothing } from './call-energy.ts';
import type { Domain, Joules } from './joules.ts';
import type { SourceAccount } from './source-account.ts';

/** What the call would have on its receipt if it ended now and had been served from the start. */
export function progressJoules(
  call: number,
  accounts: readonly SourceAccount[],
  missing: readonly Unreadable[],
): Joules {
  let joules = 0;
  let plusMinusJoules = 0;
  const coverage = new Set<Domain>();
  let isEstimate = false;
  // As on the receipt, a battery stands for the total only where nothing else is part of it.
  const others = accounts.some(({ source }) => totalDomains.includes(source.domain));
  const counts = (domain: Domain): boolean => (others ? totalDomains.includes(domain) : domain === 'battery');
  for (const account of accounts) {
    const { source } = account;
    const microjoules = account.provisionalMicrojoules(call);
    if (microjoules === undefined || !counts(source.domain)) continue;
    joules += microjoules / 1e6;
    const { resolution } = source;
    plusMinusJoules += 2 * (resolution.microjoules / 1e6 + resolution.updateSeconds * account.highestWatts);
    plusMinusJoules += (account.relativeError * microjoules) / 1e6;
    coverage.add(source.domain);
    isEstimate ||= account.isEstimate;
  }
  if (coverage.size === 0) {
    return accounts.length === 0
      ? whyNothing(missing)
      : { status: 'unknown', why: 'no counter has been read twice yet' };
  }
  const onlyDevice = [...coverage].every((domain) => domain === 'gpu');
  return {
    status: isEstimate ? 'estimated' : 'measured',
    joules,
    plusMinusJoules,
    scope: isEstimate ? 'process' : onlyDevice ? 'device' : 'machine',
    coverage: [...coverage],
  };
}
