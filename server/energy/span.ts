// What all counters of this machine show between two moments, for whoever ran meanwhile: no call, no idle power, no split.
// Knows counters and time only.

import {
  type CounterRoots,
  type EnergyReading,
  type EnergySource,
  isUnreadable,
  totalDomains,
  type Unreadable,
} from '../../native-bindings/energy-source.ts';
import type { openSources } from '../../native-bindings/index.ts';
import { type Clock, secondsBetween } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { integrationRelativeError, scopeOf, whyNothing } from './call-energy.ts';
import { estimateFlagOf, estimateRelativeError, openProcessEstimate } from './estimate.ts';
import { isKnown, type Joules, type KnownJoules, type SourceEnergy } from './joules.ts';
import { createSourceSet } from './source-set.ts';

export interface SpanFigure extends SourceEnergy {
  readonly label: string;
}

export interface SpanReading {
  /** Since the start. */
  readonly seconds: number;
  readonly sources: readonly SpanFigure[];
  /** Packages, memory and cards together; unknown with the reason and what mends it where there is none. */
  readonly total: Joules;
  readonly flags: readonly string[];
}

export interface Span {
  /** Opens the counters and takes the first reading. */
  start(): Promise<void>;
  /** Never rejects. */
  read(): Promise<SpanReading>;
  /** The longest that may pass between two readings: a counter must not wrap twice, a power is added up by ourselves. */
  readonly longestGapMilliseconds: number;
  close(): Promise<void>;
}

export interface SpanOptions {
  readonly roots: CounterRoots;
  readonly clock: Clock;
  readonly log: Log;
  /** Whose CPU time stands in where nothing can be read: this process and everything it starts. */
  readonly pid: number;
  /** Replaces the real openers in tests. */
  readonly open?: typeof openSources;
}

/** What is known of one counter since the start. */
interface Track {
  readonly first: EnergyReading | Unreadable;
  last: EnergyReading | Unreadable;
  /** The most power between two readings. */
  highestWatts: number;
}

/** Averages hide peaks: half as much again is allowed for what flowed at an edge. */
const peak = 1.5;
const gapMilliseconds = { counter: 30_000, integratedPower: 500 } as const;
const driftMilliseconds = 1000;

export function createSpan(options: SpanOptions): Span {
  const { roots, clock, pid } = options;
  const set = createSourceSet(options);
  const tracks = new Map<EnergySource, Track>();
  let estimate: EnergySource | undefined;
  let start: { readonly atNanoseconds: bigint; readonly wallMilliseconds: number } | undefined;

  async function update(): Promise<void> {
    for (const [source, reading] of await set.readAll()) {
      const track = tracks.get(source);
      if (track !== undefined) {
        track.highestWatts = Math.max(track.highestWatts, wattsBetween(track.last, reading, source));
        track.last = reading;
      } else if (start === undefined) {
        // Only what was there from the start tells of the whole span.
        tracks.set(source, { first: reading, last: reading, highestWatts: 0 });
      }
    }
  }

  return {
    async start() {
      await set.ready();
      if (!set.sources.some((source) => totalDomains.includes(source.domain))) {
        estimate = openProcessEstimate(roots, pid, () => clock.nowNanoseconds());
        if (estimate !== undefined) set.add(estimate);
      }
      await update();
      start = { atNanoseconds: clock.nowNanoseconds(), wallMilliseconds: clock.wallMilliseconds() };
    },
    async read() {
      await update();
      const from = start ?? { atNanoseconds: clock.nowNanoseconds(), wallMilliseconds: clock.wallMilliseconds() };
      const seconds = secondsBetween(from.atNanoseconds, clock.nowNanoseconds());
      const all = [...tracks].map(([source, track]): SpanFigure & { readonly slept: boolean } => {
        const { id: sourceId, domain, label } = source;
        const joules = figureOf(source, track, source === estimate);
        return { sourceId, domain, label, joules, slept: isAsleep(track.first) && isAsleep(track.last) };
      });
      const sources = all.map(({ slept: _, ...figure }): SpanFigure => figure);
      const counted = countedIn(all.filter(({ slept }) => !slept));
      const drift = clock.wallMilliseconds() - from.wallMilliseconds - seconds * 1000;
      const total = totalOf(counted, set.missing);
      const isEstimate = total.status === 'estimated';
      return {
        seconds,
        sources,
        total,
        flags: [
          ...(isEstimate ? [estimateFlagOf('the command'), `no counters: ${whyNothing(set.missing).why}`] : []),
          ...counted.flatMap(({ joules }) =>
            isKnown(joules) || !isKnown(total) ? [] : [`lower bound: ${joules.why}`],
          ),
          ...(Math.abs(drift) > driftMilliseconds ? ['the machine slept or its clock was set meanwhile'] : []),
        ],
      };
    },
    get longestGapMilliseconds() {
      const integrates = set.sources.some((source) => source.method === 'integrated-power');
      return integrates ? gapMilliseconds.integratedPower : gapMilliseconds.counter;
    },
    close: () => set.close(),
  };
}

function wattsBetween(from: EnergyReading | Unreadable, to: EnergyReading | Unreadable, source: EnergySource): number {
  if (isUnreadable(from) || isUnreadable(to) || (from.epoch ?? 0) !== (to.epoch ?? 0)) return 0;
  const seconds = secondsBetween(from.atNanoseconds, to.atNanoseconds);
  // A stretch of less than two refreshes tells more of the refreshes than of the power.
  if (seconds <= 0 || seconds < 2 * source.resolution.updateSeconds) return 0;
  return Number(to.microjoules - from.microjoules) / 1e6 / seconds;
}

/** Each edge may be off by a step, and by what flows in a refresh and in the time that the reading took. */
function figureOf(source: EnergySource, { first, last, highestWatts }: Track, isEstimate: boolean): Joules {
  const { label, domain, method, resolution } = source;
  if (isUnreadable(first)) return unknownOf(first);
  if (isUnreadable(last)) return unknownOf(last);
  if ((first.epoch ?? 0) !== (last.epoch ?? 0)) {
    return { status: 'unknown', why: `${label}: ${last.epochBegan?.why ?? 'the counter began anew'}` };
  }
  const microjoules = Number(last.microjoules - first.microjoules);
  const seconds = secondsBetween(first.atNanoseconds, last.atNanoseconds);
  const { updateSeconds } = resolution;
  const mayRest = isEstimate || domain === 'core' || domain === 'uncore' || method === 'integrated-power';
  if (microjoules === 0 && !mayRest) {
    const why =
      seconds < 3 * updateSeconds
        ? `${label}: it took less than the ${updateSeconds} s in which the counter refreshes`
        : `${label}: the counter did not move in ${seconds.toFixed(1)} s`;
    return { status: 'unknown', why };
  }
  const watts = peak * Math.max(highestWatts, microjoules / 1e6 / Math.max(seconds, updateSeconds, 1e-3));
  const spreadSeconds = Number(first.spreadNanoseconds + last.spreadNanoseconds) / 1e9;
  const ownError = Number((last.plusMinusMicrojoules ?? 0n) - (first.plusMinusMicrojoules ?? 0n));
  const relative = isEstimate ? estimateRelativeError : method === 'integrated-power' ? integrationRelativeError : 0;
  const error = 2 * resolution.microjoules + (2 * updateSeconds + spreadSeconds) * watts * 1e6 + ownError;
  return {
    status: isEstimate ? 'estimated' : 'measured',
    joules: microjoules / 1e6,
    plusMinusJoules: (error + relative * microjoules) / 1e6,
    scope: isEstimate ? 'process' : scopeOf(domain),
    coverage: [domain],
  };
}

/** A battery shows everything, so it stands alone, and only where nothing of the total is measured and it says something. */
function countedIn(sources: readonly SpanFigure[]): readonly SpanFigure[] {
  const counted = sources.filter(({ domain }) => totalDomains.includes(domain));
  const battery = sources.find(({ domain }) => domain === 'battery');
  if (battery === undefined || counted.some(({ joules }) => joules.status === 'measured')) return counted;
  const { joules } = battery;
  return counted.length === 0 || (isKnown(joules) && joules.plusMinusJoules < joules.joules) ? [battery] : counted;
}

function totalOf(counted: readonly SpanFigure[], missing: readonly Unreadable[]): Joules {
  const figures = counted.map(({ joules }) => joules);
  const [first, ...others] = figures.filter(isKnown);
  if (first === undefined) return figures[0] ?? whyNothing(missing);
  return others.reduce(
    (sum: KnownJoules, one) => ({
      status: sum.status,
      joules: sum.joules + one.joules,
      plusMinusJoules: sum.plusMinusJoules + one.plusMinusJoules,
      scope: sum.scope === one.scope ? sum.scope : 'machine',
      coverage: [...new Set([...sum.coverage, ...one.coverage])],
    }),
    first,
  );
}

function isAsleep(reading: EnergyReading | Unreadable): boolean {
  return isUnreadable(reading) && reading.reason === 'asleep';
}

function unknownOf({ why, mend }: Unreadable): Joules {
  return mend === undefined ? { status: 'unknown', why } : { status: 'unknown', why, mend };
}
