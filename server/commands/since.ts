// Times as people write them on the command line: `7d` ago, or a date. Knows no clock but the one it is told.

const unitMilliseconds: Readonly<Record<string, number>> = {
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  m: 30 * 86_400_000,
  y: 365 * 86_400_000,
};

/**
 * `90h`, `7d`, `4w`, `6m` (of 30 days), `1y` (of 365) before now, or a date or time of ISO 8601, which without a zone is local.
 * @returns wall milliseconds, or what is wrong as a sentence.
 */
export function parseSince(text: string, nowWallMilliseconds: number): number | string {
  const ago = /^(\d{1,6})([hdwmy])$/.exec(text);
  if (ago !== null) return nowWallMilliseconds - Number(ago[1]) * (unitMilliseconds[ago[2] ?? ''] ?? 0);
  if (/^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) {
    const time = Date.parse(text.includes('T') ? text : `${text}T00:00:00`);
    if (!Number.isNaN(time)) return time;
  }
  return `${JSON.stringify(text)} is no time: say 7d, 12h, 4w, or a date as 2026-11-20`;
}
