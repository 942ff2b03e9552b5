// Numbers of the page as people read them, on axes, in tables and in the browser. Knows units, no chart.

import { formatAmount, formatWatts } from '../../energy/format.ts';
import type { Unit } from './page.ts';

/** `3.56 kJ`, `41 s`, `74 %`, `1 496`. */
export function formatNumber(value: number, unit: Unit): string {
  switch (unit) {
    case 'joules':
      return formatAmount(value);
    case 'joules per token':
      return formatAmount(value);
    case 'watts':
      return formatWatts(value);
    case 'seconds':
      if (value < 10) return `${digits(value, 2)} s`;
      return value < 120 ? `${Math.round(value)} s` : `${digits(value / 60, 3)} min`;
    case 'grams':
      return value >= 1000
        ? `${digits(value / 1000, 3)} kg`
        : value < 0.1
          ? `${digits(value * 1000, 2)} mg`
          : `${digits(value, 2)} g`;
    case 'share':
      return `${digits(value * 100, 2)} %`;
    case 'ratio':
      return digits(value, 3);
    case 'tokens':
    case 'count':
      return thousands(value);
  }
}

/** The same on an axis, where all have one unit and no trailing zeros. @param largest of the axis. */
export function formatTick(value: number, unit: Unit, largest: number): string {
  if (unit === 'joules' || unit === 'joules per token') {
    if (value === 0) return '0';
    const step = largest >= 1e6 ? 1e6 : largest >= 1e3 ? 1e3 : largest >= 1 ? 1 : 1e-3;
    const name = step === 1e6 ? 'MJ' : step === 1e3 ? 'kJ' : step === 1 ? 'J' : 'mJ';
    return `${Number((value / step).toPrecision(4))} ${name}`;
  }
  if (unit === 'share') return `${Math.round(value * 1000) / 10} %`;
  if (unit === 'seconds') return largest >= 120 ? `${digits(value / 60, 3)} min` : `${digits(value, 3)} s`;
  if (unit === 'tokens' || unit === 'count') return thousands(value);
  return formatNumber(value, unit);
}

/** On a logarithmic axis each tick has the unit that fits it. */
export function formatLogTick(value: number, unit: Unit): string {
  return formatTick(value, unit, value);
}

/** A thin space between thousands, as ISO 80000 has it. */
function thousands(value: number): string {
  const rounded = Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value);
  return String(rounded).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

function digits(value: number, significant: number): string {
  return String(Number(value.toPrecision(significant)));
}
