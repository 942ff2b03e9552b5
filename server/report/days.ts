// Days, weeks, months or years between two times, as the calendar of this machine has them. Knows no receipt.

const millisecondsPerDay = 86_400_000;
/** More columns than these can't be told apart on a page. */
const mostSteps = 62;

export type StepKind = 'day' | 'week' | 'month' | 'year';

export interface Steps {
  readonly kind: StepKind;
  /** `2026-11-27`, `week of 2026-11-23`, `2026-11`, `2026`: from the first to the last without a gap. */
  readonly names: readonly string[];
  /** Short names for an axis: `27 Nov`, `Nov 2026`. */
  readonly ticks: readonly string[];
  /** The step that a time is in; of one before or after all, the first or the last: clocks jump. */
  nameOf(wallMilliseconds: number): string;
}

export function stepsBetween(firstWallMilliseconds: number, lastWallMilliseconds: number): Steps {
  const days = Math.floor((lastWallMilliseconds - firstWallMilliseconds) / millisecondsPerDay) + 1;
  const kind: StepKind =
    days <= mostSteps ? 'day' : days <= mostSteps * 7 ? 'week' : days <= mostSteps * 30 ? 'month' : 'year';
  const names: string[] = [];
  const ticks: string[] = [];
  let start = startOf(firstWallMilliseconds, kind);
  while (start.getTime() <= lastWallMilliseconds) {
    names.push(nameOf(start, kind));
    ticks.push(tickOf(start, kind));
    start = next(start, kind);
  }
  const within = (at: number): number => Math.max(firstWallMilliseconds, Math.min(lastWallMilliseconds, at));
  return { kind, names, ticks, nameOf: (at) => nameOf(startOf(within(at), kind), kind) };
}

/** Midnight, this machine's. */
export function startOfDay(wallMilliseconds: number): number {
  return startOf(wallMilliseconds, 'day').getTime();
}

/** `2026-11-27 10:05`, this machine's time. */
export function minuteOf(wallMilliseconds: number): string {
  const at = new Date(wallMilliseconds);
  return `${dayName(at)} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

function startOf(wallMilliseconds: number, kind: StepKind): Date {
  const at = new Date(wallMilliseconds);
  at.setHours(0, 0, 0, 0);
  // Weeks begin on Monday (ISO 8601).
  if (kind === 'week') at.setDate(at.getDate() - ((at.getDay() + 6) % 7));
  if (kind === 'month') at.setDate(1);
  if (kind === 'year') at.setMonth(0, 1);
  return at;
}

/** By the calendar, because a day may have 23 hours. */
function next(start: Date, kind: StepKind): Date {
  const at = new Date(start.getTime());
  if (kind === 'year') at.setFullYear(at.getFullYear() + 1);
  else if (kind === 'month') at.setMonth(at.getMonth() + 1);
  else at.setDate(at.getDate() + (kind === 'week' ? 7 : 1));
  return at;
}

function nameOf(start: Date, kind: StepKind): string {
  if (kind === 'year') return String(start.getFullYear());
  if (kind === 'month') return dayName(start).slice(0, 7);
  return kind === 'week' ? `week of ${dayName(start)}` : dayName(start);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function tickOf(start: Date, kind: StepKind): string {
  const month = months[start.getMonth()] ?? '';
  if (kind === 'year') return String(start.getFullYear());
  return kind === 'month' ? `${month} ${start.getFullYear()}` : `${start.getDate()} ${month}`;
}

function dayName(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
