// A counter that shows what a script writes into its register, read as the real ones are: units, width, refresh, failures, delays.

import type { Domain, EnergySource, UnreadableReason } from '../../native-bindings/energy-source.ts';
import { createGrowingCounter } from '../../native-bindings/growing-counter.ts';
import type { ManualClock } from './manual-clock.ts';

export interface CounterSpec {
  readonly domain: Domain;
  /** Smallest step in microjoules. Default: 1. */
  readonly tick?: number;
  readonly updateSeconds?: number;
  /** Width of the register in ticks; absent: 64 bits, which never wrap. */
  readonly modulus?: bigint;
  readonly capWatts?: number;
  /** What the register shows at first, in ticks. Default: 1 000 000. */
  readonly starts?: bigint;
  /** Power that is added up by the reader: so much of it is the reader's own error. */
  readonly integrated?: number;
}

export class ScriptedCounter {
  readonly #clock: ManualClock;
  readonly #spec: CounterSpec;
  readonly #id: string;
  #register: bigint;
  failure: UnreadableReason | 'throws' | 'hangs' | undefined;
  delayMilliseconds = 0;

  constructor(clock: ManualClock, id: string, spec: CounterSpec) {
    this.#clock = clock;
    this.#spec = spec;
    this.#id = id;
    this.#register = spec.starts ?? 1_000_000n;
  }

  /** Energy flows: the register goes on, over its end if it has one. */
  add(joules: number): void {
    const { tick = 1, modulus } = this.#spec;
    this.#register += BigInt(Math.round((joules * 1e6) / tick));
    if (modulus !== undefined) this.#register %= modulus;
  }

  /** The register shows this from now on, whatever flowed. */
  show(register: bigint): void {
    this.#register = register;
  }

  /** One process's reader: it has seen only what it has read. */
  open(): EnergySource {
    const { domain, tick = 1, updateSeconds = 0, modulus, capWatts = 1000, integrated } = this.#spec;
    const grow = createGrowingCounter({
      numerator: BigInt(tick),
      denominator: 1n,
      capWatts,
      updateSeconds,
      ...(modulus === undefined ? {} : { modulus }),
    });
    const sourceId = this.#id;
    return {
      id: sourceId,
      domain,
      method: integrated === undefined ? 'counter' : 'integrated-power',
      label: sourceId,
      resolution: { microjoules: tick, updateSeconds },
      read: async () => {
        if (this.delayMilliseconds > 0) await this.#clock.sleep(this.delayMilliseconds);
        if (this.failure === 'throws') throw new Error('scripted');
        if (this.failure === 'hangs') return new Promise(() => undefined);
        if (this.failure !== undefined) return { sourceId, reason: this.failure, why: `scripted: ${this.failure}` };
        const atNanoseconds = this.#clock.nowNanoseconds();
        const growth = grow(this.#register, atNanoseconds);
        const plusMinusMicrojoules = BigInt(Math.round(Number(growth.microjoules) * (integrated ?? 0)));
        const own = integrated === undefined ? {} : { plusMinusMicrojoules };
        return { sourceId, ...growth, atNanoseconds, spreadNanoseconds: 0n, ...own };
      },
      close() {},
    };
  }
}
