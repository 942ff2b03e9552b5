// One file typed into the completion room over a clock that is turned by hand: the real room and the real gateway, a scripted model behind
// them, and an editor before them that asks at each key, cancels its last question, shows what comes, and takes what the user wants.

import { silentLog } from '../../../server/base/log.ts';
import { applyEdits } from '../../../server/base/text.ts';
import { createCompletions } from '../../../server/completion/completions.ts';
import { defaultPolicy, type Policy, withDial } from '../../../server/completion/policy/index.ts';
import type {
  CompletionAnswer,
  CompletionOffer,
  CompletionOutcome,
  Completions,
} from '../../../server/completion/port.ts';
import { createGateway } from '../../../server/gateway/gateway.ts';
import { createAllowance } from '../../../server/pipeline/budget.ts';
import { createFakeEngine, profileNamed, recordingMeter } from '../../support/fake-engine.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type CoderParameters, createCoder, defaultCoder, type Intention, type Spent } from './scripted-coder.ts';
import { keysFor } from './typing.ts';

export interface ReplayOptions {
  readonly languageId: string;
  /** The finished file, and the part of it that is typed. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly random: () => number;
  readonly frugality: number;
  readonly automatic: boolean;
  readonly coder?: CoderParameters;
}

export interface Replayed {
  readonly keys: number;
  readonly charactersTyped: number;
  readonly charactersAccepted: number;
  readonly questions: number;
  readonly unanswered: number;
  /** Offers that did not belong to the text on the screen: shown ones must not exist; late ones were held back for their version. */
  readonly staleShown: number;
  readonly late: number;
  /** Answers that were offered, each counted once however often the rest of it was shown again. */
  readonly offered: number;
  readonly accepted: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly callsNotMade: number;
  readonly spent: Spent;
  /** The text is, letter by letter, the file. */
  readonly faithful: boolean;
}

/** What the user needs to see what is offered, and then to press the key. */
const readingMilliseconds = 250;
/** Offers of less are typed faster than taken. */
const worthTaking = 3;

export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { text: whole, from, to, random, languageId } = options;
  const clock = new ManualClock();
  const behind = whole.slice(to);
  const target = whole.slice(from, to);
  const uri = 'file:///project/replayed';
  let text = whole.slice(0, from) + behind;
  let cursor = from;
  let version = 0;
  let policy: Policy = defaultPolicy;
  const intention = (): Intention => {
    const written = text.slice(from, cursor);
    return target.startsWith(written) ? { text: target.slice(written.length), behind } : undefined;
  };
  const coder = createCoder(options.coder ?? defaultCoder, { clock, random, intention });
  const engine = createFakeEngine({ models: [profileNamed('coder', { canInfill: true })], answer: coder.answer });
  const meter = recordingMeter();
  const gateway = createGateway({
    engines: new Map([['fake', engine]]),
    meter,
    clock,
    log: silentLog,
    keepAliveSeconds: 300,
  });
  const outcomes: Record<string, number> = {};
  let ids = 0;
  const completions: Completions = createCompletions({
    gateway,
    clock,
    log: silentLog,
    newId: () => `r${++ids}`,
    syntax: { supports: () => false, parse: async () => undefined, close: async () => {} },
    settings: () => ({
      automatic: options.automatic,
      isOff: () => false,
      menuMilliseconds: 800,
      pauseMilliseconds: 150,
      promptTokens: 1024,
      contextTokens: 8192,
      temperature: 0.1,
      topP: 0.95,
      seed: 1,
    }),
    seat: async () => ({
      ref: { engineId: 'fake', model: 'coder' },
      profile: profileNamed('coder', { canInfill: true }),
    }),
    infillText: () => undefined,
    runTask: async () => ({ kind: 'unready', why: 'no pipeline here' }),
    record: {
      call() {},
      outcome(_of, outcome: CompletionOutcome) {
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      },
    },
    policy: {
      current: () => withDial(policy, options.frugality),
      update(change) {
        policy = change(policy);
      },
    },
    price: (_model, tokens) => tokens.outHigh,
    allowance: () => createAllowance(undefined),
    onBattery: () => false,
  });

  const counts = { keys: 0, typed: 0, acceptedCharacters: 0, questions: 0, stale: 0, late: 0, accepted: 0 };
  const offered = new Set<string>();
  const pending = new Set<Promise<void>>();
  let question: AbortController | undefined;
  let screen: { readonly offer: CompletionOffer; readonly version: number } | undefined;

  function change(start: number, end: number, inserted: string): void {
    text = text.slice(0, start) + inserted + text.slice(end);
    cursor = start + inserted.length;
    version++;
    completions.documentChanged(uri, [{ start, end, text: inserted }]);
  }

  /** As editors do: the old question is cancelled, the new one asked at once. */
  function askAgain(invoked: boolean): void {
    question?.abort();
    question = new AbortController();
    screen = undefined;
    const asked = { version, text, cursor };
    counts.questions++;
    const place = { uri, path: uri, languageId, text, offset: cursor, facts: undefined, factsAreStale: true };
    const common = { surface: 'inline', typedHere: true, hypothetical: false, place } as const;
    const answered = completions
      .ask({ ...common, invoked, neighbours: () => [], taskHere: async () => undefined }, question.signal)
      .then((answer) => show(answer, asked));
    pending.add(answered);
    answered.finally(() => pending.delete(answered)).catch(() => {});
  }

  function show({ offers }: CompletionAnswer, asked: { version: number; text: string; cursor: number }): void {
    const [offer] = offers;
    if (offer === undefined) return;
    if (asked.version !== version) {
      counts.late++;
      return;
    }
    offered.add(offer.receiptId);
    if (asked.text !== text || offer.edit.start !== cursor) counts.stale++;
    screen = { offer, version };
  }

  /** What is offered is what the user was about to write. */
  function wants(offer: CompletionOffer): boolean {
    const written = applyEdits(text, [offer.edit]);
    const stands = written.slice(0, offer.edit.start + offer.edit.text.length);
    return (
      offer.edit.text.length >= worthTaking &&
      `${whole.slice(0, to)}${behind}`.startsWith(stands) &&
      stands.length <= to
    );
  }

  let written = 0;
  while (written < target.length) {
    let jumped = false;
    for (const key of keysFor(target.slice(written), random)) {
      await clock.advanceAndSettle(key.afterMilliseconds);
      const shownNow = screen?.version === version ? screen.offer : undefined;
      if (shownNow !== undefined && wants(shownNow) && random() < 0.85) {
        await clock.advanceAndSettle(readingMilliseconds);
        const { edit, receiptId } = shownNow;
        change(edit.start, edit.end, edit.text);
        completions.accepted(receiptId);
        counts.accepted++;
        counts.acceptedCharacters += edit.text.length;
        written = cursor - from;
        askAgain(false);
        jumped = true;
        break;
      }
      counts.keys++;
      if (key.kind === 'type') {
        change(cursor, cursor, key.text);
        counts.typed += key.text.length;
      } else change(cursor - key.count, cursor, '');
      askAgain(false);
    }
    if (!jumped) break;
  }
  await clock.advanceAndSettle(60_000);
  question?.abort();
  await clock.advanceAndSettle(60_000);
  const unanswered = pending.size;
  await Promise.all([completions.close(), clock.advanceAndSettle(1_000)]);
  return {
    keys: counts.keys,
    charactersTyped: counts.typed,
    charactersAccepted: counts.acceptedCharacters,
    questions: counts.questions,
    unanswered,
    staleShown: counts.stale,
    late: counts.late,
    offered: offered.size,
    accepted: counts.accepted,
    outcomes,
    callsNotMade: completions.saved().callsNotMade,
    spent: coder.spent,
    faithful: text === whole,
  };
}
