// The words of the status bar item: what runs, else what today cost. Pure.

import type { RunningJob } from './job-notices.ts';

export interface Today {
  readonly answers: number;
  /** `1.52 kJ in 4 answers` */
  readonly text: string;
  /** `41 completions not asked, some 120 J (estimated)` */
  readonly notAsked?: string;
}

export interface StatusFacts {
  readonly running: readonly RunningJob[];
  /** Undefined until the server has said so. */
  readonly today: Today | undefined;
  /** The last receipt of this window, in one line. */
  readonly last: string | undefined;
}

/** Longest text in the bar, in UTF-16 units: other items need room too. */
const longest = 90;

export function statusText({ running, today }: StatusFacts): string {
  const [newest, ...others] = running;
  if (newest !== undefined) {
    const more = others.length === 0 ? '' : ` (+${others.length})`;
    return `$(loading~spin) ${shortened([plain(newest.title), newest.message].filter(Boolean).join(' · '))}${more}`;
  }
  return today === undefined || today.answers === 0 ? '$(zap) joule' : `$(zap) ${shortened(today.text)}`;
}

export function statusTooltip({ running, today, last }: StatusFacts): string {
  return [
    today === undefined ? 'today: not asked yet' : `today: ${today.answers === 0 ? 'no answers yet' : today.text}`,
    ...(today?.notAsked === undefined ? [] : [`not worth their joules: ${today.notAsked}`]),
    ...(last === undefined ? [] : [`last: ${last}`]),
    running.length > 0 ? 'Click to cancel what runs.' : 'Click to run an action here.',
  ].join('\n');
}

function plain(title: string): string {
  return title.replace(/^joule: /, '');
}

/** Also keeps `$(…)` in a model's name from becoming an icon. */
function shortened(text: string): string {
  const harmless = text.replaceAll('$(', '$ (');
  return harmless.length > longest ? `${harmless.slice(0, longest - 1)}…` : harmless;
}
