// The table of what exporters call their energy counters: metric, unit, which label says the domain, which labels tell one counter
// from the next, how often it is refreshed. A new exporter is one row here. Knows no HTTP and no file.

import type { Domain } from '../../../native-bindings/energy-source.ts';

export interface MetricRow {
  readonly exporter: string;
  readonly metric: string;
  readonly microjoulesPerUnit: number;
  /** One domain for all, or by the value of a label (up to the socket's number); other values are not read. */
  readonly domain: Domain | { readonly label: string; readonly values: Readonly<Record<string, Domain>> };
  /** Samples that agree in these labels show the same counter, however often they are repeated. */
  readonly key: readonly string[];
  /** How often the exporter looks at the hardware, unless it was started with another interval. */
  readonly refreshSeconds: number;
  /** Smallest step of the counter, in microjoules. */
  readonly stepMicrojoules: number;
  /** Label that names it for a person. */
  readonly label?: string;
}

/** As long as RAPL takes to refresh its counters. */
const rapl = { refreshSeconds: 0.001, stepMicrojoules: 61 } as const;

/** In order of preference: where several exporters share a page, each domain is read from the first that has it. */
export const metricRows: readonly MetricRow[] = [
  {
    exporter: 'joule-ls',
    metric: 'joule_ls_energy_joules_total',
    microjoulesPerUnit: 1e6,
    domain: {
      label: 'domain',
      values: {
        gpu: 'gpu',
        package: 'package',
        dram: 'dram',
        psys: 'psys',
        core: 'core',
        uncore: 'uncore',
        soc: 'soc',
        battery: 'battery',
      },
    },
    key: ['source'],
    refreshSeconds: 1,
    stepMicrojoules: 1e6,
    label: 'source',
  },
  {
    // Repeated for every MIG instance and pod of a card, always with the card's total (dcgm-exporter #317). Default interval: -c 30000.
    exporter: 'dcgm-exporter',
    metric: 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION',
    microjoulesPerUnit: 1e3,
    domain: 'gpu',
    key: ['UUID'],
    refreshSeconds: 30,
    stepMicrojoules: 1e3,
    label: 'modelName',
  },
  {
    // Only its NVML backend has it. The card refreshes its counter about ten times a second.
    exporter: 'nvidia_gpu_exporter',
    metric: 'nvidia_smi_energy_joules_total',
    microjoulesPerUnit: 1e6,
    domain: 'gpu',
    key: ['uuid'],
    refreshSeconds: 0.1,
    stepMicrojoules: 1e3,
    label: 'uuid',
  },
  {
    // Zones contain each other (package ⊃ core, uncore), so they are never summed here.
    exporter: 'Kepler',
    metric: 'kepler_node_cpu_joules_total',
    microjoulesPerUnit: 1e6,
    domain: {
      label: 'zone',
      values: { package: 'package', dram: 'dram', psys: 'psys', core: 'core', uncore: 'uncore' },
    },
    key: ['zone', 'path'],
    refreshSeconds: 5,
    stepMicrojoules: 61,
    label: 'zone',
  },
  {
    exporter: 'Kepler',
    metric: 'kepler_node_gpu_joules_total',
    microjoulesPerUnit: 1e6,
    domain: 'gpu',
    key: ['gpu_uuid'],
    refreshSeconds: 5,
    stepMicrojoules: 1e3,
    label: 'gpu_name',
  },
  ...(['package', 'dram', 'psys', 'core', 'uncore'] as const).map(
    (domain): MetricRow => ({
      // Reads the counters when it is asked. Without their range it can't undo a wrap, so that a wrap here is a reset.
      exporter: 'node_exporter',
      metric: `node_rapl_${domain}_joules_total`,
      microjoulesPerUnit: 1e6,
      domain,
      key: ['index', 'path'],
      ...rapl,
    }),
  ),
  {
    // Its sum of the machine: psys where there is one, else packages and memory. Looks again at most every 2 s.
    exporter: 'Scaphandre',
    metric: 'scaph_host_energy_microjoules',
    microjoulesPerUnit: 1,
    domain: 'package',
    key: [],
    refreshSeconds: 2,
    stepMicrojoules: 61,
  },
];

/** Metrics that look like counters of joules and must not be used as such, with the reason. */
export const unusableMetrics: readonly { readonly metric: RegExp; readonly why: string }[] = [
  {
    metric: /^(alumet_)?rapl_consumed_energy/,
    why: 'Alumet shows the joules since its own last look, not a counter that only grows: what flowed between its looks and ours can not be told',
  },
  {
    metric: /^node_rapl_package_\d+_die_\d+_joules_total$/,
    why: 'the packages are listed die by die: some processors mirror one counter on every die, and node_exporter does not say which',
  },
];

/** The same zone once more, through memory-mapped registers. */
export const mirroredPath = /intel-rapl-mmio/;

/** A page with several of one of these shows several machines. */
export const machineLabels: readonly string[] = ['instance', 'Hostname', 'hostname', 'node_name', 'node'];
