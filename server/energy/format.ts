// Joules and watts as people read them. Pure text; escaping is left to whoever puts it into Markdown or HTML.

import { totalDomains } from '../../native-bindings/energy-source.ts';
import { type Domain, isKnown, type Joules, type SourceEnergy, sumJoules } from './joules.ts';

/** `3.56 kJ ±2 %`, `12 J ±40 %, estimated`, `under 30 J` when nothing but an upper bound is known, `unknown: <why>`. */
export function formatJoules(figure: Joules): string {
  if (!isKnown(figure)) return `unknown: ${figure.why}`;
  const suffix = figure.status === 'measured' ? '' : `, ${figure.status}`;
  const { joules, plusMinusJoules } = figure;
  if (plusMinusJoules >= joules) return `under ${formatAmount(joules + plusMinusJoules)}${suffix}`;
  return `${formatAmount(joules)} ±${formatPercent(plusMinusJoules / joules)}${suffix}`;
}

/** `3.56 kJ`, without error or status: only beside a text that has them. */
export function formatAmount(joules: number): string {
  const unit = unitOf(joules);
  return `${inUnit(joules, unit)} ${unit.name}`;
}

/**
 * `GPU 2.94, CPU 0.62` in the unit of the total. Only what is part of the total; what is not known is left out, because the
 * total's own text says so.
 */
export function formatBreakdown(byDomain: Readonly<Record<string, Joules>>, total: Joules): string {
  if (!isKnown(total)) return '';
  const unit = unitOf(total.joules);
  return totalDomains
    .flatMap((domain) => {
      const figure = byDomain[domain];
      return figure !== undefined && isKnown(figure) ? [{ domain, figure }] : [];
    })
    .sort((a, b) => b.figure.joules - a.figure.joules)
    .map(({ domain, figure }) => `${domainLabels[domain]} ${inUnit(figure.joules, unit)}`)
    .join(', ');
}

/** Sums the sources of each domain: two cards are one `gpu`. */
export function sumByDomain(sources: readonly SourceEnergy[]): Record<string, Joules> {
  const grouped = new Map<Domain, Joules[]>();
  for (const { domain, joules } of sources) grouped.set(domain, [...(grouped.get(domain) ?? []), joules]);
  return Object.fromEntries([...grouped].map(([domain, figures]) => [domain, sumJoules(figures)]));
}

/** `87 W`, `4.2 W`, `0.35 W`. */
export function formatWatts(watts: number): string {
  return `${toDigits(watts, watts >= 10 ? 0 : 2)} W`;
}

export const domainLabels: Readonly<Record<Domain, string>> = {
  gpu: 'GPU',
  package: 'CPU',
  dram: 'memory',
  soc: 'SoC',
  psys: 'platform',
  core: 'cores',
  uncore: 'integrated GPU',
  battery: 'battery',
};

interface Unit {
  readonly name: string;
  readonly joules: number;
}

/** The unit in which a figure has one to three digits before the point; 999.6 J already reads as 1.00 kJ. */
function unitOf(joules: number): Unit {
  const size = Math.abs(joules);
  if (size >= 999_500) return { name: 'MJ', joules: 1e6 };
  if (size >= 999.5) return { name: 'kJ', joules: 1e3 };
  if (size >= 0.9995 || size === 0) return { name: 'J', joules: 1 };
  return { name: 'mJ', joules: 1e-3 };
}

/** Three significant digits from a kilojoule on, whole joules from ten on, one decimal below. Never an exponent. */
function inUnit(joules: number, unit: Unit): string {
  const value = joules / unit.joules;
  const size = Math.abs(value);
  if (unit.joules > 1) return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
  return toDigits(value, size >= 9.95 ? 0 : 1);
}

/** Without trailing zeros behind the point. */
function toDigits(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}

/** Rounded up: an error is never shown smaller than it is. */
function formatPercent(fraction: number): string {
  return `${Math.max(1, Math.ceil(fraction * 100 - 1e-9))} %`;
}
