// Counts receipts by day, action, strategy, verdict and outcome from events in any order, in some thirty bytes for each. Knows no file.

import type { ReceiptOutcome } from './events.ts';
import { createIdTable, hashText } from './id-table.ts';
import { stages } from './receipt.ts';
import type { Skimmed } from './skim.ts';

export interface ReceiptSum {
  /** `2026-11-20`, UTC, on which they began. */
  readonly day: string;
  readonly actionId: string;
  readonly strategy: string | undefined;
  readonly verdict: string;
  readonly outcome: string;
  readonly receipts: number;
}

export interface ReceiptTally {
  /** @returns false for a call that this receipt has already. */
  add(event: Skimmed): boolean;
  /** @param within told the wall milliseconds at which a receipt began. */
  readonly sums: (within: (wallMilliseconds: number) => boolean) => readonly ReceiptSum[];
}

/** Words as whole numbers; 0 is none. */
interface Words {
  numberOf(word: string | undefined): number;
  readonly word: (number: number) => string | undefined;
}

/** @param expected how many receipts there will be, roughly. */
export function createReceiptTally(expected = 0): ReceiptTally {
  const ids = createIdTable(expected);
  const words = createWords();
  const timeOf = createTimeReader();
  let lastId = '';
  let lastIndex = 0;
  let room = 1 << 10;
  /** Wall milliseconds of a receipt's first event. */
  let began = new Float64Array(room);
  /** Hashes of its first call's id, which for most is the only one; those of further calls are in a table. */
  let firstCalls = new Int32Array(room * 2);
  const furtherCalls = createIdTable();
  /** Its action, which is that of its first outcome, without one of its first event; and its last words. */
  let action = createSayings(room);
  let outcome = createSayings(room);
  let strategy = createSayings(room);
  let verdict = createSayings(room);

  function makeRoom(): void {
    room *= 2;
    const more = new Float64Array(room);
    more.set(began);
    began = more;
    const moreCalls = new Int32Array(room * 2);
    moreCalls.set(firstCalls);
    firstCalls = moreCalls;
    [action, outcome, strategy, verdict] = [grown(action), grown(outcome), grown(strategy), grown(verdict)];
  }

  function isNewCall(index: number, callId: string): boolean {
    const hash = hashText(callId);
    const low = hash.low | 0;
    const high = hash.high | 0;
    const firstLow = firstCalls[index * 2];
    const firstHigh = firstCalls[index * 2 + 1];
    if (firstLow === 0 && firstHigh === 0) {
      firstCalls[index * 2] = low;
      firstCalls[index * 2 + 1] = high;
      return true;
    }
    if (firstLow === low && firstHigh === high) return false;
    const before = furtherCalls.size();
    return furtherCalls.numberOf({ low: low ^ index, high }) === before;
  }

  return {
    add(event) {
      const before = ids.size();
      // Lines of one receipt mostly stand together.
      const index = event.receiptId === lastId ? lastIndex : ids.numberOf(hashText(event.receiptId));
      lastId = event.receiptId;
      lastIndex = index;
      if (index >= room) makeRoom();
      const at = timeOf(event.at);
      if (index === before || at < (began[index] ?? 0)) began[index] = at;
      say(action, index, event.kind === 'outcome' ? -at : -at - afterEverything, words.numberOf(event.actionId));
      if (event.kind === 'call') return isNewCall(index, event.callId);
      // Below a millisecond, which times are whole numbers of.
      const when = at + (stages.indexOf(event.outcome as ReceiptOutcome) + 1) / 16;
      say(outcome, index, when, words.numberOf(event.outcome));
      say(strategy, index, when, words.numberOf(event.strategy));
      say(verdict, index, when, words.numberOf(event.verdict));
      return true;
    },
    sums(within) {
      const sums = new Map<number | string, { -readonly [Key in keyof ReceiptSum]: ReceiptSum[Key] }>();
      for (let index = 0; index < ids.size(); index++) {
        const at = began[index] ?? 0;
        if (!within(at)) continue;
        const said = (of: Sayings): number => of.words[index] ?? 0;
        const key = keyOf(Math.floor(at / 86_400_000), said(action), said(strategy), said(verdict), said(outcome));
        const sum = sums.get(key);
        if (sum !== undefined) sum.receipts++;
        else {
          sums.set(key, {
            day: dayText(at),
            actionId: words.word(said(action)) ?? '',
            strategy: words.word(said(strategy)),
            verdict: words.word(said(verdict)) ?? 'none',
            outcome: words.word(said(outcome)) ?? 'open',
            receipts: 1,
          });
        }
      }
      return [...sums.values()].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
    },
  };
}

/** A number while the words are few, because a million texts would take as long as all the rest. */
function keyOf(day: number, first: number, second: number, third: number, fourth: number): number | string {
  const most = 512;
  if (day < 0 || day >= 60_000 || Math.max(first, second, third, fourth) >= most)
    return `${day} ${first} ${second} ${third} ${fourth}`;
  return (((day * most + first) * most + second) * most + third) * most + fourth;
}

/** One word for each receipt, and how it ranks. */
interface Sayings {
  readonly ranks: Float64Array;
  readonly words: Uint16Array;
}

function createSayings(room: number): Sayings {
  return { ranks: new Float64Array(room), words: new Uint16Array(room) };
}

function grown(sayings: Sayings): Sayings {
  const larger = createSayings(sayings.words.length * 2);
  larger.ranks.set(sayings.ranks);
  larger.words.set(sayings.words);
  return larger;
}

/** A word takes the place of one that ranks lower, or the same. */
function say({ ranks, words }: Sayings, index: number, rank: number, word: number): void {
  if (word === 0 || (words[index] !== 0 && rank < (ranks[index] ?? 0))) return;
  ranks[index] = rank;
  words[index] = word;
}

/** More milliseconds than any time of ISO 8601 with four digits of the year. */
const afterEverything = 1e15;

function createWords(): Words {
  const numbers = new Map<string, number>();
  const words: (string | undefined)[] = [undefined];
  return {
    word: (number) => words[number],
    numberOf(word) {
      if (word === undefined) return 0;
      // The first few are nearly all there are, and comparing is faster than hashing.
      const few = Math.min(words.length, 16);
      for (let number = 1; number < few; number++) if (words[number] === word) return number;
      const known = numbers.get(word);
      if (known !== undefined) return known;
      // Nobody has so many; a ledger that was made to would not take the memory.
      if (words.length > 0xffff) return 0;
      // A piece of a text would keep all of it in memory.
      const copy = Buffer.from(word, 'utf8').toString('utf8');
      words.push(copy);
      numbers.set(copy, words.length - 1);
      return words.length - 1;
    },
  };
}

/** Wall milliseconds of `2026-11-20T10:00:04.000Z`, day by day, which is how lines come; of any other form as the platform reads it. */
function createTimeReader(): (at: string) => number {
  let day = ' ';
  let midnight = 0;
  return (at) => {
    if (at.length !== 24 || at.charCodeAt(23) !== 90) return Date.parse(at) || 0;
    if (!at.startsWith(day)) {
      day = Buffer.from(at.slice(0, 11)).toString();
      midnight = Date.parse(`${day}00:00:00Z`) || 0;
    }
    const digit = (place: number): number => at.charCodeAt(place) - 48;
    const minutes = (digit(11) * 10 + digit(12)) * 60 + digit(14) * 10 + digit(15);
    const seconds = minutes * 60 + digit(17) * 10 + digit(18);
    return midnight + seconds * 1000 + digit(20) * 100 + digit(21) * 10 + digit(22);
  };
}

function dayText(wallMilliseconds: number): string {
  const time = new Date(wallMilliseconds);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(0, 10);
}
