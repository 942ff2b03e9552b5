// A counter over a power that the test knows: ticks, refreshes late, wraps if told so, can reset, vanish or sleep on command.

import type {
  Domain,
  EnergySource,
  OpenedSources,
  Unreadable,
  UnreadableReason,
} from '../../native-bindings/energy-source.ts';
import { createGrowingCounter } from '../../native-bindings/growing-counter.ts';
import type { ManualClock } from './manual-clock.ts';

export interface SimulatedSource extends EnergySource {
  /** From now on the hardware draws this much. */
  draw(watts: number): void;
  /** The hidden truth: microjoules between two times. */
  truth(fromNanoseconds: bigint, untilNanoseconds: bigint): number;
  /** Readings fail from now on; undefined mends it. */
  fail(reason: UnreadableReason | undefined): void;
  /** The counter starts again from zero. */
  reset(): void;
  readonly reads: number;
  /** Another process's reader of the same hardware. */
  twin(): EnergySource;
}

export interface SimulatedSpec {
  readonly id?: string;
  readonly domain?: Domain;
  readonly watts?: number;
  readonly updateSeconds?: number;
  readonly tickMicrojoules?: number;
  /** The register is so wide and starts so far below its end; the reader undoes the wrap as the real ones do. */
  readonly wraps?: { readonly modulusMicrojoules: bigint; readonly beforeEnd: bigint; readonly capWatts: number };
}

export function simulateSource(clock: ManualClock, spec: SimulatedSpec = {}): SimulatedSource {
  const { id = 'nvml:GPU-sim', domain = 'gpu', updateSeconds = 0, tickMicrojoules = 1 } = spec;
  const changes: { readonly atNanoseconds: bigint; readonly watts: number }[] = [
    { atNanoseconds: clock.nowNanoseconds(), watts: spec.watts ?? 0 },
  ];
  const born = clock.nowNanoseconds();
  const update = BigInt(Math.round(updateSeconds * 1e9));
  let failure: UnreadableReason | undefined;
  let epoch = 0;
  let reads = 0;

  const truth = (from: bigint, until: bigint): number => {
    let sum = 0;
    for (const [index, { atNanoseconds, watts }] of changes.entries()) {
      const start = atNanoseconds > from ? atNanoseconds : from;
      const next = changes[index + 1]?.atNanoseconds ?? until;
      const end = next < until ? next : until;
      if (end > start) sum += (watts * Number(end - start)) / 1000;
    }
    return sum;
  };

  const raw = (): bigint => {
    const now = clock.nowNanoseconds();
    const refreshed = update === 0n ? now : now - ((now - born) % update);
    const shown = Math.floor(truth(born, refreshed) / tickMicrojoules) * tickMicrojoules;
    return BigInt(Math.floor(shown));
  };

  const reader = (): Pick<EnergySource, 'read'> => {
    const { wraps } = spec;
    const grow =
      wraps &&
      createGrowingCounter({
        numerator: 1n,
        denominator: 1n,
        modulus: wraps.modulusMicrojoules,
        capWatts: wraps.capWatts,
        updateSeconds,
      });
    return {
      async read() {
        reads += 1;
        if (failure !== undefined) return { sourceId: id, reason: failure, why: `simulated: ${failure}` };
        const atNanoseconds = clock.nowNanoseconds();
        const reading = { sourceId: id, atNanoseconds, spreadNanoseconds: 0n };
        if (wraps !== undefined && grow !== undefined) {
          const register = (raw() + wraps.modulusMicrojoules - wraps.beforeEnd) % wraps.modulusMicrojoules;
          return { ...reading, ...grow(register, atNanoseconds) };
        }
        const began = { reason: 'reset', why: 'simulated reset' } as const;
        return { ...reading, microjoules: raw(), ...(epoch > 0 ? { epoch, epochBegan: began } : {}) };
      },
    };
  };

  const shape = {
    id,
    domain,
    method: 'counter',
    label: id,
    resolution: { microjoules: tickMicrojoules, updateSeconds },
  } as const;
  return {
    ...shape,
    ...reader(),
    draw: (watts) => changes.push({ atNanoseconds: clock.nowNanoseconds(), watts }),
    truth,
    fail: (reason) => {
      failure = reason;
    },
    reset: () => {
      epoch += 1;
    },
    get reads() {
      return reads;
    },
    twin: () => ({ ...shape, ...reader(), close() {} }),
    close() {},
  };
}

/** Takes the place of the real openers. */
export function opening(
  sources: readonly EnergySource[],
  missing: readonly Unreadable[] = [],
): () => Promise<OpenedSources> {
  return async () => ({ sources, missing });
}
