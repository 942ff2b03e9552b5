// Reads what a summary needs from a ledger line as our own writers form it, several times faster than JSON: the whole line has to have exactly
// that form, so that nothing is taken on trust; any other line is for `parseLine`. Pure.

import { isKnown } from '../energy/joules.ts';
import { type LedgerEvent, ledgerSchema } from './events.ts';

/** What a summary takes from a call's line. */
export interface SkimmedCall {
  readonly kind: 'call';
  readonly at: string;
  readonly receiptId: string;
  readonly actionId: string;
  readonly callId: string;
  readonly role: string;
  readonly model: string;
  readonly tokensIn: number;
  readonly tokensCached: number;
  readonly tokensOut: number;
  readonly seconds: number;
  /** Gross; undefined while unknown. */
  readonly joules: number | undefined;
  readonly plusMinusJoules: number;
  /** Scope and coverage of the figure as they are written, `machine","coverage":["gpu"]`: equal ones of one status add up. */
  readonly status: string;
  readonly reach: string;
}

export interface SkimmedOutcome {
  readonly kind: 'outcome';
  readonly at: string;
  readonly receiptId: string;
  readonly actionId: string;
  readonly outcome: string;
  readonly strategy: string | undefined;
  readonly verdict: string | undefined;
}

export type Skimmed = SkimmedCall | SkimmedOutcome;

/** Finds the lines of a text one behind the other. */
export interface Skimmer {
  /** The line that begins at `start` and ends with a line break, or undefined when it has another form. */
  at(text: string, start: number): Skimmed | undefined;
  /** Behind the line that was found last. */
  readonly next: () => number;
}

// Texts without escapes: what is taken is ASCII, what is passed over may have the bytes of UTF-8, one a character.
const taken = '[ !#-\\[\\]-~]+';
const passed = '[ !#-\\[\\]-~\\x80-\\xff]*';
const named = '[ !#-\\[\\]-~\\x80-\\xff]+';
/** As JSON.stringify writes finite numbers (ECMA-262, Number::toString). */
const number = '-?(?!0\\d)\\d+(?:\\.\\d+)?(?:e[+-]\\d\\d?)?';
const listOf = (item: string): string => `\\[(?:${item}(?:,${item})*)?\\]`;
const texts = listOf(`"${named}"`);
const status = 'measured|estimated|simulated';
const scope = 'machine|device|process';
const known = `\\{"status":"(?:${status})","joules":${number},"plusMinusJoules":${number},"scope":"(?:${scope})","coverage":${texts}\\}`;
const unknown = `\\{"status":"unknown","why":"${passed}"(?:,"mend":"${passed}")?\\}`;
const figure = `(?:${known}|${unknown})`;
const takenFigure = `(?:\\{"status":"(${status})","joules":(${number}),"plusMinusJoules":(${number}),"scope":"((?:${scope})","coverage":${texts})\\}|${unknown})`;
const head = (kind: string): string =>
  `\\{"schema":${ledgerSchema},"kind":"${kind}","at":"(${taken})","receiptId":"(${taken})","actionId":"(${taken})","path":"${named}"`;

const callLine = [
  `${head('call')},"call":\\{"id":"(${taken})","role":"(${taken})","engine":"${passed}","engineVersion":"${passed}"`,
  `,"model":"(${taken})","digest":"${passed}","atWallMilliseconds":${number}`,
  `,"tokens":\\{"in":(${number}),"cached":(${number}),"out":(${number})\\}`,
  `,"seconds":\\{"total":(${number}),"queue":${number},"load":${number},"prefill":${number},"decode":${number},"source":"${passed}"\\}`,
  `,"joules":\\{"gross":${takenFigure},"net":${figure}`,
  `(?:,"load":${figure})?(?:,"prefill":${figure})?(?:,"decode":${figure})?`,
  `(?:,"idle":\\{"kind":"(?:cold|warm|mixed)","watts":${number},"plusMinusWatts":${number},"ageSeconds":${number}\\})?`,
  `,"bySource":${listOf(`\\{"sourceId":"${named}","domain":"${named}","joules":${figure}\\}`)},"flags":${texts}\\}`,
  `,"sampling":\\{"temperature":${number},"topP":${number},"seed":${number}\\}(?:,"lowestTokenProbability":${number})?`,
  `,"outcome":"${named}"(?:,"why":"${passed}")?\\}\\}\\n`,
].join('');

const region = [
  `\\{"path":"${named}","hash":"${named}","length":${number},"lineCount":${number},"firstLine":${number}`,
  `,"firstLineHash":"${named}"(?:,"firstLineLength":${number})?`,
  `(?:,"marks":\\{"lines":"${passed}","of":${number},"above":"${passed}","below":"${passed}"\\})?(?:,"kept":${number})?\\}`,
].join('');

const choice = [
  `\\{"strategy":"${named}","languageId":"${named}","size":"${named}","models":"${passed}","considered":`,
  listOf(
    `\\{"strategy":"${named}"${['cleanJoules', 'lowJoules', 'highJoules', 'meanJoules', 'chance', 'runs'].map((key) => `,"${key}":${number}`).join('')}\\}`,
  ),
  '\\}',
].join('');

const environment = [
  `\\{(?:"machine":"${named}",)?"server":"${passed}","node":"${passed}","platform":"${named}"`,
  `,"devices":${listOf(`"${passed}"`)}(?:,"onBattery":(?:true|false))?\\}`,
].join('');

/** In the orders in which jobs and completions write them. */
const outcomeLine = [
  `${head('outcome')},"outcome":"(${taken})"(?:,"strategy":"(${taken})")?(?:,"why":"${passed}")?(?:,"verdict":"(${taken})")?`,
  `,"regions":${listOf(region)}(?:,"verdict":"(${taken})")?(?:,"strategy":"(${taken})")?(?:,"why":"${passed}")?`,
  `(?:,"predicted":${figure})?(?:,"choice":${choice})?(?:,"recalledFrom":"${named}")?(?:,"decisions":${texts})?(?:,"executed":${texts})?`,
  `(?:,"evidence":\\{(?:"${named}":${number}(?:,"${named}":${number})*)?\\})?(?:,"environment":${environment})?\\}\\n`,
].join('');

/** Where the kind's first letter stands in a line of ours. */
const kindAt = `{"schema":${ledgerSchema},"kind":"`.length;
const letterC = 'c'.charCodeAt(0);

export function createSkimmer(): Skimmer {
  const call = new RegExp(callLine, 'y');
  const outcome = new RegExp(outcomeLine, 'y');
  let end = 0;
  return {
    next: () => end,
    at(text, start) {
      const isCall = text.charCodeAt(start + kindAt) === letterC;
      const line = isCall ? call : outcome;
      line.lastIndex = start;
      const found = line.exec(text);
      if (found === null) return undefined;
      end = line.lastIndex;
      return isCall ? callOf(found) : outcomeOf(found);
    },
  };
}

// By index: destructuring an array goes through its iterator, which is half the time of a summary.

function callOf(found: RegExpExecArray): SkimmedCall {
  const joules = found[12];
  return {
    kind: 'call',
    at: found[1] ?? '',
    receiptId: found[2] ?? '',
    actionId: found[3] ?? '',
    callId: found[4] ?? '',
    role: found[5] ?? '',
    model: found[6] ?? '',
    tokensIn: Number(found[7]),
    tokensCached: Number(found[8]),
    tokensOut: Number(found[9]),
    seconds: Number(found[10]),
    status: found[11] ?? 'unknown',
    joules: joules === undefined ? undefined : Number(joules),
    plusMinusJoules: joules === undefined ? 0 : Number(found[13]),
    reach: found[14] ?? '',
  };
}

function outcomeOf(found: RegExpExecArray): SkimmedOutcome {
  return {
    kind: 'outcome',
    at: found[1] ?? '',
    receiptId: found[2] ?? '',
    actionId: found[3] ?? '',
    outcome: found[4] ?? '',
    strategy: found[5] ?? found[8],
    verdict: found[6] ?? found[7],
  };
}

/** The same from an event that was read in full. */
export function skimmedFrom(event: LedgerEvent): Skimmed {
  const { at, receiptId, actionId } = event;
  if (event.kind === 'outcome') {
    const { outcome, strategy, verdict } = event;
    return { kind: 'outcome', at, receiptId, actionId, outcome, strategy, verdict };
  }
  const { id, role, model, tokens, seconds, joules } = event.call;
  const { gross } = joules;
  const figure = isKnown(gross)
    ? {
        joules: gross.joules,
        plusMinusJoules: gross.plusMinusJoules,
        reach: `${gross.scope}","coverage":${JSON.stringify(gross.coverage)}`,
      }
    : { joules: undefined, plusMinusJoules: 0, reach: '' };
  return {
    kind: 'call',
    at,
    receiptId,
    actionId,
    callId: id,
    role,
    model,
    tokensIn: tokens.in,
    tokensCached: tokens.cached,
    tokensOut: tokens.out,
    seconds: seconds.total,
    status: gross.status,
    ...figure,
  };
}
