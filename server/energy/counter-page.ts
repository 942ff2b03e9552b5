// This machine's counters as a page in the Prometheus text format, for an editor on another machine. Rounded to whole joules and looked
// at once a second at most: a finer view of power tells what a processor computes (PLATYPUS). Knows no HTTP.

import { type EnergyReading, type EnergySource, isUnreadable } from '../../native-bindings/energy-source.ts';
import { type Clock, secondsBetween } from '../base/clock.ts';
import { oneLine } from '../base/escape.ts';
import { createShared } from './remote/shared.ts';
import type { SourceSet } from './source-set.ts';

export interface CounterPage {
  /** Never rejects. The page of less than a second ago, or a new one; whoever asks meanwhile gets the same. */
  text(): Promise<string>;
}

const refreshSeconds = 1;

/** Where one counter's shown value began: at the first look, and again whenever what flowed since the last one is not known. */
interface Beginning {
  readonly epoch: number;
  readonly microjoules: bigint;
  readonly wallSeconds: number;
}

/** @param version of the program, shown on the page. */
export function createCounterPage(set: SourceSet, clock: Clock, version: string): CounterPage {
  const beginnings = new Map<EnergySource, Beginning>();
  let last: { readonly text: string; readonly atNanoseconds: bigint } | undefined;

  const sinceBeginning = (source: EnergySource, reading: EnergyReading): { joules: bigint; created: number } => {
    const epoch = reading.epoch ?? 0;
    let beginning = beginnings.get(source);
    if (beginning === undefined || beginning.epoch !== epoch) {
      beginning = { epoch, microjoules: reading.microjoules, wallSeconds: clock.wallMilliseconds() / 1000 };
      beginnings.set(source, beginning);
    }
    return { joules: (reading.microjoules - beginning.microjoules) / 1_000_000n, created: beginning.wallSeconds };
  };

  async function build(): Promise<string> {
    await set.ready();
    const joules: string[] = [];
    const created: string[] = [];
    const reasons = set.missing.map(({ sourceId, why }) => `${sourceId}: ${why}`);
    for (const [source, reading] of await set.readAll()) {
      // A power that we would have to add up ourselves needs somebody to look all the time.
      if (source.method !== 'counter') reasons.push(`${source.label}: it shows power, not energy`);
      else if (isUnreadable(reading)) reasons.push(reading.why);
      else {
        const labels = `{source="${escapeLabel(source.id)}",domain="${source.domain}"}`;
        const shown = sinceBeginning(source, reading);
        joules.push(`joule_ls_energy_joules_total${labels} ${shown.joules}`);
        created.push(`joule_ls_energy_joules_created${labels} ${shown.created}`);
      }
    }
    return [
      '# HELP joule_ls_build_info Version of joule-ls.',
      '# TYPE joule_ls_build_info gauge',
      `joule_ls_build_info{version="${escapeLabel(version)}"} 1`,
      '# HELP joule_ls_energy_joules_total Energy that a counter of this machine has shown, in whole joules.',
      '# TYPE joule_ls_energy_joules_total counter',
      ...joules,
      '# HELP joule_ls_energy_joules_created When that count began, in seconds since 1970; anew when a stretch is not known.',
      '# TYPE joule_ls_energy_joules_created gauge',
      ...created,
      ...reasons.map((reason) => `# not shown: ${oneLine(reason, 300)}`),
      '',
    ].join('\n');
  }

  const refreshed = createShared(async () => {
    const text = await build();
    last = { text, atNanoseconds: clock.nowNanoseconds() };
    return text;
  });

  return {
    text: async () =>
      last !== undefined && secondsBetween(last.atNanoseconds, clock.nowNanoseconds()) < refreshSeconds
        ? last.text
        : refreshed(),
  };
}

function escapeLabel(text: string): string {
  return oneLine(text, 200).replace(/\\/g, '\\\\').replace(/"/g, '\\"');
}
