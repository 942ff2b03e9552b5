// From what each counter says of one call to the figure on its receipt: totals without double counting, coverage, flags.
// Pure; knows shares and reasons, not how they were read.

import type { Domain, EnergySource, Unreadable } from '../../native-bindings/energy-source.ts';
import { totalDomains } from '../../native-bindings/energy-source.ts';
import {
  type CallEnergy,
  type FigureStatus,
  type IdleBaseline,
  isKnown,
  type Joules,
  type KnownJoules,
  type UnknownJoules,
} from './joules.ts';
import type { Amount, CallShare, KnownShare, Phase } from './share.ts';

export interface SourceShare {
  readonly source: EnergySource;
  readonly share: CallShare;
  readonly status: FigureStatus;
  /** What this source may have drawn at most, for the error when its part is not known. */
  readonly highestWatts: number;
}

export interface CallEnergyParts {
  readonly shares: readonly SourceShare[];
  readonly missing: readonly Unreadable[];
  readonly windowSeconds: number;
  readonly loadSeconds: number;
  /** Whether weights were read for it: its net then leaves out the idle power of a machine without a model. */
  readonly loadedModel: boolean;
  readonly flags: readonly string[];
}

/** Sampled power sensors read 2 to 6 % low in the steady state (arXiv 2312.02741). */
export const integrationRelativeError = 0.06;

/** Shown instead of net while the machine's idle power is not known. */
export const idleUnknown: UnknownJoules = {
  status: 'unknown',
  why: 'idle power is not known yet: it is learned in quiet gaps of at least 5 s between calls',
};

export function toCallEnergy(parts: CallEnergyParts): CallEnergy {
  const { shares } = parts;
  const counted = countedIn(shares);
  const lost = counted.filter(({ share }) => !share.known);
  const flags = [...parts.flags];
  for (const { share } of lost) if (!share.known) flags.push(`lower bound: ${share.why}`);
  if (counted.some(({ share }) => share.known && share.wasShared))
    flags.push('split with calls that ran at the same time');
  if (counted.some(({ share }) => share.known && share.isShort))
    flags.push('low confidence: it ran for few refreshes of a counter');
  const lostJoules = lost.reduce((sum, { highestWatts }) => sum + highestWatts * parts.windowSeconds, 0);
  const total = (pick: Pick): Joules => totalOf(counted, pick, { lostJoules, missing: parts.missing });
  const gross = total((share) => share.gross);
  const phase = (name: Phase): Joules => total((share) => share.phases[name]);
  const idle = idleOf(counted);
  const wanted = parts.loadedModel ? 'cold' : 'warm';
  if (idle !== undefined && idle.kind !== wanted) flags.push(otherIdle[wanted]);
  return {
    gross,
    net: total((share) => share.net),
    ...(parts.loadSeconds > 0 ? { load: phase('load') } : {}),
    ...(isKnown(gross) ? { prefill: phase('prefill'), decode: phase('decode') } : {}),
    ...(idle === undefined ? {} : { idle }),
    bySource: shares.map(({ source, share, status }) => ({
      sourceId: source.id,
      domain: source.domain,
      joules: share.known ? figure(share.gross, { source, status }) : unknownOf(share),
    })),
    flags,
  };
}

/** What the total is made of. A battery shows everything, so it stands alone, and only where no counter is part of the total. */
function countedIn(shares: readonly SourceShare[]): readonly SourceShare[] {
  if (restsOnBattery(shares)) return shares.filter(({ source }) => source.domain === 'battery');
  return shares.filter(({ source, share }) => {
    const slept = !share.known && share.reason === 'asleep';
    return totalDomains.includes(source.domain) && !slept;
  });
}

/**
 * Whether a call's total is the battery's figure: without counters, and where an estimate exists too, only if the call was long
 * enough for the slow gauge to say more than an upper bound.
 */
export function restsOnBattery(shares: readonly SourceShare[]): boolean {
  const battery = shares.find(({ source }) => source.domain === 'battery')?.share;
  const others = shares.filter(({ source }) => totalDomains.includes(source.domain));
  if (battery === undefined || others.some(({ status }) => status === 'measured')) return false;
  return others.length === 0 || (battery.known && battery.gross.error < battery.gross.microjoules);
}

/** Why a call on this machine has no figure at all, from the reasons of every counter. */
export function whyNothing(missing: readonly Unreadable[]): UnknownJoules {
  const reasons = missing.filter((one, index) => missing.findIndex((other) => other.reason === one.reason) === index);
  const mend = missing.find((one) => one.mend !== undefined)?.mend;
  return {
    status: 'unknown',
    why: reasons.length === 0 ? 'this machine has no energy counters' : reasons.map((one) => one.why).join('; '),
    ...(mend === undefined ? {} : { mend }),
  };
}

/** The same unknown for every figure of a call. */
export function unknownCall(why: UnknownJoules, flags: readonly string[] = []): CallEnergy {
  return { gross: why, net: why, bySource: [], flags };
}

type Pick = (share: KnownShare) => Amount | undefined;

const otherIdle = {
  cold: 'net leaves out idle power with a model in memory: without one it is not known now',
  warm: 'net leaves out idle power without a model in memory: with one it is not known now',
} as const;

/** Over all counters of the total; undefined when one of them does not know its own. An estimate has no idle power in it. */
function idleOf(counted: readonly SourceShare[]): IdleBaseline | undefined {
  const used = counted.flatMap(({ share, status }) => (share.known && status !== 'estimated' ? [share.idle] : []));
  const known = used.filter((idle) => idle !== undefined);
  const [first] = known;
  if (first === undefined || known.length < used.length) return undefined;
  return {
    kind: known.every((idle) => idle.kind === first.kind) ? first.kind : 'mixed',
    watts: known.reduce((sum, idle) => sum + idle.watts, 0),
    plusMinusWatts: known.reduce((sum, idle) => sum + idle.plusMinusWatts, 0),
    ageSeconds: Math.max(...known.map((idle) => idle.ageSeconds)),
  };
}

function totalOf(
  counted: readonly SourceShare[],
  pick: Pick,
  context: { readonly lostJoules: number; readonly missing: readonly Unreadable[] },
): Joules {
  const figures: KnownJoules[] = [];
  for (const { source, share, status } of counted) {
    if (!share.known) continue;
    const amount = pick(share);
    if (amount === undefined) return idleUnknown;
    figures.push(figure(amount, { source, status }));
  }
  if (figures.length === 0) {
    const unknown = counted.find(({ share }) => !share.known)?.share;
    return unknown !== undefined && !unknown.known ? unknownOf(unknown) : whyNothing(context.missing);
  }
  return {
    status: figures.some((one) => one.status === 'estimated') ? 'estimated' : 'measured',
    joules: figures.reduce((sum, one) => sum + one.joules, 0),
    plusMinusJoules: figures.reduce((sum, one) => sum + one.plusMinusJoules, context.lostJoules),
    scope:
      (['machine', 'device', 'process'] as const).find((scope) => figures.some((one) => one.scope === scope)) ??
      'machine',
    coverage: [...new Set(figures.flatMap((one) => one.coverage))],
  };
}

function figure(amount: Amount, of: { readonly source: EnergySource; readonly status: FigureStatus }): KnownJoules {
  return {
    status: of.status,
    joules: amount.microjoules / 1e6,
    plusMinusJoules: amount.error / 1e6,
    scope: of.status === 'estimated' ? 'process' : scopeOf(of.source.domain),
    coverage: [of.source.domain],
  };
}

/** A card is a device; every other counter sees whatever runs on the machine. */
export function scopeOf(domain: Domain): KnownJoules['scope'] {
  return domain === 'gpu' ? 'device' : 'machine';
}

function unknownOf({ why, mend }: { readonly why: string; readonly mend?: string }): UnknownJoules {
  return mend === undefined ? { status: 'unknown', why } : { status: 'unknown', why, mend };
}
