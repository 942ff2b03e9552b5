// One line of a ledger file to an event, or why not. Whatever is on disk, nothing that is not an event gets through,
// and the fold can trust what does.

import type { LedgerEvent } from './events.ts';
import { ledgerSchema } from './events.ts';
import { migrate } from './migrate.ts';

export type ParsedLine =
  | { readonly event: LedgerEvent }
  /** Written by a newer version: left alone. */
  | { readonly newer: true }
  | { readonly broken: string };

export function parseLine(line: string): ParsedLine {
  let written: unknown;
  try {
    written = JSON.parse(line);
  } catch {
    return { broken: 'is not JSON' };
  }
  if (!isRecord(written)) return { broken: 'is not an object' };
  if (!isNumber(written.schema)) return { broken: 'has no schema' };
  if (Number(written.schema) > ledgerSchema) return { newer: true };
  const value = written.schema === ledgerSchema ? written : migrate(written);
  if (value === undefined) return { broken: 'has a schema that never was' };
  if (!isText(value.at) || !isText(value.receiptId) || !isText(value.actionId) || !isText(value.path)) {
    return { broken: 'lacks at, receiptId, actionId or path' };
  }
  if (value.kind === 'call')
    return isCall(value.call) ? { event: eventOf(value) } : { broken: 'has no model call in it' };
  if (value.kind === 'outcome') {
    const whole = isText(value.outcome) && Array.isArray(value.regions) && value.regions.every(isRegion);
    const figures = isOptionalFigure(value.predicted) && isOptionalChoice(value.choice);
    const seen = isOptionalNumber(value.stillThere) && [undefined, true, false].some((one) => one === value.retried);
    const texts = [value.decisions, value.executed].every(isOptionalTexts) && isOptionalText(value.recalledFrom);
    const words = [value.strategy, value.why, value.verdict].every(
      (word) => word === undefined || typeof word === 'string',
    );
    const rest = isOptionalNumbers(value.evidence) && isOptionalEnvironment(value.environment);
    if (!whole || !figures || !texts || !seen || !words || !rest) return { broken: 'has no outcome in it' };
    return { event: eventOf(value) };
  }
  // A kind that this version does not know yet.
  return { newer: true };
}

/** The one place where checked plain data becomes the typed event: every field that the fold reads was looked at. */
function eventOf(value: Record<string, unknown>): LedgerEvent {
  return value as unknown as LedgerEvent;
}

function isOptionalEnvironment(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    isRecord(value) &&
    isText(value.platform) &&
    isOptionalText(value.machine) &&
    Array.isArray(value.devices) &&
    value.devices.every((device) => typeof device === 'string')
  );
}

function isOptionalNumbers(value: unknown): boolean {
  return value === undefined || (isRecord(value) && Object.values(value).every(isNumber));
}

function isCall(value: unknown): boolean {
  if (
    !isRecord(value) ||
    ![value.id, value.model, value.role, value.outcome].every(isText) ||
    !isNumber(value.atWallMilliseconds)
  )
    return false;
  const { tokens, seconds, joules } = value;
  return (
    isRecord(tokens) &&
    [tokens.in, tokens.cached, tokens.out].every(isNumber) &&
    isRecord(seconds) &&
    isNumber(seconds.total) &&
    isRecord(joules) &&
    isFigure(joules.gross) &&
    isFigure(joules.net) &&
    [joules.load, joules.prefill, joules.decode].every(isOptionalFigure) &&
    isOptionalIdle(joules.idle) &&
    Array.isArray(joules.bySource) &&
    joules.bySource.every(isSourceEnergy) &&
    Array.isArray(joules.flags) &&
    joules.flags.every(isText)
  );
}

function isSourceEnergy(value: unknown): boolean {
  return isRecord(value) && isText(value.sourceId) && isText(value.domain) && isFigure(value.joules);
}

function isFigure(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (value.status === 'unknown') return typeof value.why === 'string';
  return (
    (value.status === 'measured' || value.status === 'estimated' || value.status === 'simulated') &&
    isNumber(value.joules) &&
    isNumber(value.plusMinusJoules) &&
    (value.scope === 'machine' || value.scope === 'device' || value.scope === 'process') &&
    Array.isArray(value.coverage) &&
    value.coverage.every(isText)
  );
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || isText(value);
}

function isOptionalTexts(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isText));
}

function isOptionalFigure(value: unknown): boolean {
  return value === undefined || isFigure(value);
}

function isOptionalIdle(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    isRecord(value) &&
    (value.kind === 'cold' || value.kind === 'warm' || value.kind === 'mixed') &&
    [value.watts, value.plusMinusWatts, value.ageSeconds].every(isNumber)
  );
}

function isOptionalChoice(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    isRecord(value) &&
    [value.strategy, value.languageId, value.size].every(isText) &&
    typeof value.models === 'string' &&
    Array.isArray(value.considered) &&
    value.considered.every(isConsidered)
  );
}

function isConsidered(value: unknown): boolean {
  return (
    isRecord(value) &&
    isText(value.strategy) &&
    [value.cleanJoules, value.lowJoules, value.highJoules, value.meanJoules, value.chance, value.runs].every(isNumber)
  );
}

function isRegion(value: unknown): boolean {
  return (
    isRecord(value) &&
    [value.path, value.hash, value.firstLineHash].every(isText) &&
    [value.length, value.lineCount, value.firstLine].every(isNumber) &&
    isOptionalNumber(value.kept) &&
    isOptionalMarks(value.marks)
  );
}

function isOptionalMarks(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    isRecord(value) &&
    [value.lines, value.above, value.below, value.shapes ?? ''].every((marks) => typeof marks === 'string') &&
    isNumber(value.of)
  );
}

function isOptionalNumber(value: unknown): boolean {
  return value === undefined || isNumber(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}
