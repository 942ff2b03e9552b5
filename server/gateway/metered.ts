// The meter's side of one call, made harmless: whatever goes wrong in it costs the figures of this call, never the answer.

import type { Log } from '../base/log.ts';
import type { CallEnergy, Joules } from '../energy/joules.ts';
import type { CallFacts, CounterView, Edge, EnergyMeter, MeteredCall } from '../energy/port.ts';

/** A metered call that never rejects. */
export function beginMetering(meter: EnergyMeter, view: CounterView, log: Log): MeteredCall {
  const failed = (error: unknown): Joules & { readonly status: 'unknown' } => {
    log.error({ error: String(error) }, 'metering a call failed');
    return { status: 'unknown', why: 'the meter failed; the log says how' };
  };
  let call: MeteredCall;
  try {
    call = meter.begin(view);
  } catch (error) {
    const unknown = failed(error);
    return {
      mark: async () => {},
      sample: async () => unknown,
      finish: async () => energyOf(unknown),
      hadNeighbours: () => false,
    };
  }
  return {
    mark: async (edge: Edge) => {
      try {
        await call.mark(edge);
      } catch (error) {
        failed(error);
      }
    },
    sample: async () => {
      try {
        return await call.sample();
      } catch (error) {
        return failed(error);
      }
    },
    finish: async (facts: CallFacts) => {
      try {
        return await call.finish(facts);
      } catch (error) {
        return energyOf(failed(error));
      }
    },
    hadNeighbours: () => call.hadNeighbours(),
  };
}

function energyOf(unknown: Joules): CallEnergy {
  return { gross: unknown, net: unknown, bySource: [], flags: [] };
}
