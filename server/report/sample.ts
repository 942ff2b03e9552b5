// The synthetic ledger that `--sample` shows: made up by a seeded generator, every figure called simulated. Pure: the same receipts for
// the same seed and time.

import type { CallEnergy, IdleBaseline, Joules, KnownJoules } from '../energy/joules.ts';
import type { ModelCall, Role } from '../gateway/model-call.ts';
import type { ModelSize } from '../ledger/books.ts';
import type { LedgerEvent, OutcomeEvent, Receipt } from '../ledger/events.ts';
import { foldReceipt } from '../ledger/receipt.ts';
import type { ActionId, StrategyId } from '../pipeline/task.ts';
import { startOfDay } from './days.ts';
import type { Claim } from './savings.ts';

export interface SampleOptions {
  readonly seed: number;
  /** The last receipt is a little before it. */
  readonly nowWallMilliseconds: number;
  readonly days: number;
  readonly answersPerDay: number;
}

export const sampleOptions = { seed: 20_261_127, days: 30, answersPerDay: 14 } as const;

/** Models of Gemma 3's sizes in four bits, with SEEDS S1's roles: parameters, and bytes a token reads, in gigabytes. */
const models = {
  'gemma3:4b': { parameters: 4.3e9, gigabytes: 2.6 },
  'gemma3:12b': { parameters: 12.2e9, gigabytes: 7.3 },
  'gemma3:27b': { parameters: 27.4e9, gigabytes: 16.4 },
} as const;
type ModelName = keyof typeof models;

/** The model that the sample's savings are counted against. */
export const sampleReference: ModelName = 'gemma3:27b';

/** About SEEDS S1's 4.3 J for a token of the large model: 0.26 J for each gigabyte read; a token read costs a thirtieth of one written. */
const joulesPerGigabyte = 0.26;
const readingShare = 1 / 30;
/** Seconds for each gigabyte and token: 22 tokens a second of the large one, as in S1. */
const secondsPerGigabyte = 0.0028;
const idleWatts = 31;
const actions: readonly ActionId[] = ['implement', 'implement', 'fix', 'fix', 'document', 'test', 'rewrite', 'explain'];
const files = ['words.py', 'stats.py', 'parser.ts', 'store.ts', 'server.go', 'router.rs', 'models.py', 'cli.ts'];
/** Chance to pass, least and most tokens of the answer. */
const ways: readonly { strategy: StrategyId; weight: number; chance: number }[] = [
  { strategy: 'direct', weight: 0.5, chance: 0.66 },
  { strategy: 'outline', weight: 0.22, chance: 0.79 },
  { strategy: 'split', weight: 0.16, chance: 0.74 },
  { strategy: 'single', weight: 0.12, chance: 0.81 },
];

export function sampleReceipts(options: SampleOptions): Receipt[] {
  const receipts = sampleEvents(options).map(foldReceipt);
  return receipts.filter((receipt) => receipt !== undefined).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

export function sampleSizeOf({ model }: Pick<ModelCall, 'model'>): ModelSize | undefined {
  const known = Object.hasOwn(models, model) ? models[model as ModelName] : undefined;
  return known && { activeParameters: known.parameters, bitsPerWeight: (known.gigabytes * 8e9) / known.parameters };
}

/** As from a prediction whose interval begins a sixth below its middle. */
export function sampleClaim({ calls, totals: { gross } }: Receipt): Claim | undefined {
  const workers = calls.filter(({ role }) => role === 'worker');
  if (gross.status === 'unknown' || workers.length === 0) return undefined;
  const tokensIn = Math.max(...workers.map(({ tokens }) => tokens.in));
  const tokensOut = workers.reduce((sum, { tokens }) => sum + tokens.out, 0);
  const referenceLowJoules = joulesFor(sampleReference, tokensIn, tokensOut) * (5 / 6);
  return { reference: sampleReference, referenceLowJoules, spentHighJoules: gross.joules + gross.plusMinusJoules };
}

/** @returns the events of each receipt. */
export function sampleEvents({ seed, nowWallMilliseconds: now, days, answersPerDay }: SampleOptions): LedgerEvent[][] {
  const random = randomFrom(seed);
  const found: LedgerEvent[][] = [];
  for (let day = days - 1; day >= 0; day--) {
    const weekday = (new Date(now - day * 86_400_000).getUTCDay() + 6) % 7;
    const busy = (weekday > 4 ? 0.2 : 1) * (0.6 + 0.8 * random());
    const count = Math.round(answersPerDay * busy);
    for (let index = 0; index < count; index++) {
      const end = now - day * 86_400_000;
      // Nine hours of work; what there was of today.
      const begin = Math.max(end - 9 * 3_600_000, day === 0 ? startOfDay(now) : 0);
      const at = begin + ((end - begin) * (index + random())) / Math.max(1, count);
      found.push(answer(random, at, nameFrom(random)));
      if (random() < 0.6) found.push(completion(random, at + 60_000 * random(), nameFrom(random)));
    }
  }
  return found;
}

type Random = () => number;

/** Begins like the ids of real receipts, and ends unlike any. */
function nameFrom(random: Random): string {
  return `${Math.floor(random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0')}-synthetic`;
}

function answer(random: Random, atWall: number, name: string): LedgerEvent[] {
  const way = pick(random);
  const actionId = actions[Math.floor(random() * actions.length)] ?? 'implement';
  const path = `/sample/${files[Math.floor(random() * files.length)]}`;
  const tokensIn = Math.round(300 + 900 * random());
  const tokensOut = Math.round(50 + 450 * random() ** 2);
  const passed = random() < way.chance;
  const cancelled = random() < 0.06;
  const repaired = !passed && !cancelled && random() < 0.7;
  const steps: { role: Role; model: ModelName; tokensIn: number; tokensOut: number }[] = [];
  const worker: ModelName = way.strategy === 'single' ? 'gemma3:27b' : 'gemma3:4b';
  if (way.strategy === 'outline' || way.strategy === 'split')
    steps.push({ role: 'planner', model: 'gemma3:12b', tokensIn, tokensOut: Math.round(60 + 120 * random()) });
  const pieces = way.strategy === 'split' ? 2 : 1;
  for (let piece = 0; piece < pieces; piece++)
    steps.push({
      role: way.strategy === 'single' ? 'large' : 'worker',
      model: worker,
      tokensIn,
      tokensOut: Math.round(tokensOut / pieces),
    });
  if (way.strategy === 'split' && random() < 0.3)
    steps.push({ role: 'assembler', model: 'gemma3:4b', tokensIn: tokensOut, tokensOut });
  if (repaired) steps.push({ role: 'repair', model: worker, tokensIn: tokensIn + tokensOut, tokensOut });
  const unreadable = random() < 0.03;
  let at = atWall;
  const calls = steps.map((step, index) => {
    const last = index === steps.length - 1;
    const call = modelCall(random, { ...step, at, id: `${name}-${index}`, cut: cancelled && last, unreadable });
    at += call.seconds.total * 1000 + 20;
    return call;
  });
  const expected = steps
    .filter(({ role }) => role !== 'repair')
    .reduce((sum, step) => sum + joulesFor(step.model, step.tokensIn, step.tokensOut), 0);
  const miss = Math.exp(0.22 * normal(random));
  return eventsOf({
    name,
    actionId,
    path,
    atWall,
    endWall: at,
    calls,
    outcome: {
      outcome: cancelled ? 'cancelled' : passed || repaired ? 'accepted' : random() < 0.5 ? 'undone' : 'rejected',
      strategy: way.strategy,
      verdict: cancelled ? 'none' : passed || (repaired && random() < 0.6) ? 'ok' : 'failed',
      predicted: simulated(expected * miss, expected * miss * 0.42),
    },
  });
}

function completion(random: Random, atWall: number, name: string): LedgerEvent[] {
  const call = modelCall(random, {
    role: 'completion',
    model: 'gemma3:4b',
    tokensIn: 400,
    tokensOut: Math.round(6 + 30 * random()),
    at: atWall,
    id: `${name}-c`,
    cut: false,
    unreadable: false,
  });
  return eventsOf({
    name,
    actionId: 'completion',
    path: `/sample/${files[Math.floor(random() * files.length)]}`,
    atWall,
    endWall: atWall + 2_000,
    calls: [call],
    outcome: { outcome: random() < 0.4 ? 'accepted' : random() < 0.5 ? 'dismissed' : 'superseded', verdict: 'none' },
  });
}

interface Told {
  readonly name: string;
  readonly actionId: OutcomeEvent['actionId'];
  readonly path: string;
  readonly atWall: number;
  readonly endWall: number;
  readonly calls: readonly ModelCall[];
  readonly outcome: Pick<OutcomeEvent, 'outcome' | 'verdict' | 'strategy' | 'predicted'>;
}

function eventsOf({ name, actionId, path, endWall, calls, outcome }: Told): LedgerEvent[] {
  const head = { schema: 1, receiptId: name, actionId, path } as const;
  const environment = {
    server: 'synthetic',
    node: 'synthetic',
    platform: 'synthetic',
    devices: ['synthetic GPU', 'synthetic CPU'],
  };
  return [
    ...calls.map(
      (call): LedgerEvent => ({
        ...head,
        kind: 'call',
        at: iso(call.atWallMilliseconds + call.seconds.total * 1000),
        call,
      }),
    ),
    { ...head, kind: 'outcome', at: iso(endWall + 5), regions: [], environment, ...outcome },
  ];
}

interface Step {
  readonly role: Role;
  readonly model: ModelName;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly at: number;
  readonly id: string;
  /** Cancelled half-way. */
  readonly cut: boolean;
  readonly unreadable: boolean;
}

function modelCall(random: Random, step: Step): ModelCall {
  const { role, model, tokensIn, at, id, cut } = step;
  const tokensOut = cut ? Math.ceil(step.tokensOut / 2) : step.tokensOut;
  const { gigabytes } = models[model];
  const loads = random() < 0.07;
  const load = loads ? gigabytes * 0.35 : 0;
  const decode = tokensOut * gigabytes * secondsPerGigabyte;
  const prefill = (tokensIn * gigabytes * secondsPerGigabyte) / 40;
  const total = load + prefill + decode;
  const work = joulesFor(model, tokensIn, tokensOut) * Math.exp(0.1 * normal(random));
  return {
    id,
    role,
    engine: 'synthetic',
    engineVersion: '0',
    model,
    digest: `synthetic ${model}`,
    atWallMilliseconds: Math.round(at),
    tokens: { in: tokensIn, cached: 0, out: tokensOut },
    seconds: { total, queue: 0, load, prefill, decode, source: 'engine' },
    joules: step.unreadable ? unknownEnergy : energyOf(work, loads ? load * 45 : 0, total),
    sampling: { temperature: 0.1, topP: 0.95, seed: 1 },
    outcome: cut ? 'cancelled' : 'completed',
  };
}

const unknownEnergy: CallEnergy = {
  gross: { status: 'unknown', why: 'the synthetic card was asleep', mend: 'none: this is a sample' },
  net: { status: 'unknown', why: 'the synthetic card was asleep' },
  bySource: [],
  flags: [],
};

function energyOf(work: number, load: number, seconds: number): CallEnergy {
  const gross = work + load;
  const plusMinus = 0.02 * gross + 3;
  const idle = Math.min(0.6 * gross, idleWatts * seconds);
  const baseline: IdleBaseline = { kind: 'warm', watts: idleWatts, plusMinusWatts: 2, ageSeconds: 120 };
  return {
    gross: simulated(gross, plusMinus),
    net: simulated(gross - idle, plusMinus + 0.06 * idle),
    load: simulated(load, 0.02 * load),
    bySource: [
      { sourceId: 'synthetic:gpu', domain: 'gpu', joules: simulated(0.8 * gross, 0.8 * plusMinus) },
      { sourceId: 'synthetic:package', domain: 'package', joules: simulated(0.2 * gross, 0.2 * plusMinus) },
    ],
    idle: baseline,
    flags: [],
  };
}

function joulesFor(model: ModelName, tokensIn: number, tokensOut: number): number {
  return joulesPerGigabyte * models[model].gigabytes * (tokensOut + tokensIn * readingShare);
}

function simulated(joules: number, plusMinusJoules: number): KnownJoules & Joules {
  return { status: 'simulated', joules, plusMinusJoules, scope: 'machine', coverage: ['gpu', 'package'] };
}

function pick(random: Random): (typeof ways)[number] {
  let left = random();
  for (const way of ways) {
    left -= way.weight;
    if (left < 0) return way;
  }
  return ways[0] as (typeof ways)[number];
}

function iso(wallMilliseconds: number): string {
  return new Date(Math.round(wallMilliseconds)).toISOString();
}

/** Sum of twelve less six (Irwin and Hall): near enough to a normal for a sample. */
function normal(random: Random): number {
  let sum = -6;
  for (let index = 0; index < 12; index++) sum += random();
  return sum;
}

/** Mulberry32, in the public domain: a stream of numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
