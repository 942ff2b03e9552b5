// The real completion room with the real gateway, a fake engine behind them, and a record of what was written down. One document, asked
// at its end or at a cursor.

import type { Log } from '../../server/base/log.ts';
import { silentLog } from '../../server/base/log.ts';
import { type CompletionDependencies, createCompletions } from '../../server/completion/completions.ts';
import { defaultPolicy, type Policy, withDial } from '../../server/completion/policy/index.ts';
import type { CompletionAnswer, CompletionOutcome, Completions, OutcomeDetails } from '../../server/completion/port.ts';
import { createGateway } from '../../server/gateway/gateway.ts';
import type { ModelCall } from '../../server/gateway/model-call.ts';
import type { EngineChunk, GenerateRequest, ModelProfile } from '../../server/models/engine.ts';
import { createAllowance } from '../../server/pipeline/budget.ts';
import { createFakeEngine, type FakeEngine, recordingMeter } from './fake-engine.ts';
import { ManualClock } from './manual-clock.ts';

export interface RoomOptions {
  readonly models: readonly ModelProfile[];
  readonly answer: (request: GenerateRequest) => AsyncIterable<EngineChunk>;
  readonly dial?: number;
  readonly log?: Log;
  readonly more?: Partial<CompletionDependencies>;
}

export interface Room {
  readonly completions: Completions;
  readonly clock: ManualClock;
  readonly engine: FakeEngine;
  readonly calls: { readonly receiptId: string; readonly call: ModelCall }[];
  readonly outcomes: {
    readonly receiptId: string;
    readonly outcome: CompletionOutcome;
    readonly details: OutcomeDetails;
  }[];
  /** `│` is the cursor. */
  ask(marked: string, how?: { readonly invoked?: boolean; readonly signal?: AbortSignal }): Promise<CompletionAnswer>;
}

/** The first model completes; the second one, where there is one, is the larger. */
export function openRoom({ models, answer, dial = 0.25, log = silentLog, more = {} }: RoomOptions): Room {
  const clock = new ManualClock();
  const engine = createFakeEngine({ models, answer });
  const gateway = createGateway({
    engines: new Map([['fake', engine]]),
    meter: recordingMeter(),
    clock,
    log,
    keepAliveSeconds: 300,
  });
  const calls: Room['calls'][number][] = [];
  const outcomes: Room['outcomes'][number][] = [];
  let policy: Policy = defaultPolicy;
  let ids = 0;
  const [small, larger] = models.map((profile) => ({ ref: { engineId: 'fake', model: profile.name }, profile }));
  const completions = createCompletions({
    gateway,
    clock,
    log,
    newId: () => `r${++ids}`,
    syntax: { supports: () => false, parse: async () => undefined, close: async () => {} },
    settings: () => ({
      automatic: true,
      isOff: () => false,
      menuMilliseconds: 800,
      pauseMilliseconds: 0,
      promptTokens: 1024,
      contextTokens: 8192,
      temperature: 0.1,
      topP: 0.95,
      seed: 1,
    }),
    seat: async () => (small === undefined ? { why: 'nobody' } : { ...small, larger }),
    infillText: () => undefined,
    runTask: async () => ({ kind: 'unready', why: 'no pipeline here' }),
    record: {
      call: ({ receiptId }, call) => void calls.push({ receiptId, call }),
      outcome: ({ receiptId }, outcome, details) => void outcomes.push({ receiptId, outcome, details }),
    },
    policy: {
      current: () => withDial(policy, dial),
      update(change) {
        policy = change(policy);
      },
    },
    price: ({ model }, tokens) => tokens.outHigh * ((models.find(({ name }) => name === model)?.parameters ?? 0) / 1e9),
    allowance: () => createAllowance(undefined),
    onBattery: () => false,
    ...more,
  });
  return {
    completions,
    clock,
    engine,
    calls,
    outcomes,
    async ask(marked, { invoked = true, signal = new AbortController().signal } = {}) {
      const offset = marked.indexOf('│');
      const text = marked.replace('│', '');
      const uri = 'file:///project/asked.py';
      const place = { uri, path: uri, languageId: 'python', text, offset, facts: undefined, factsAreStale: true };
      const common = { surface: 'inline', typedHere: true, hypothetical: false, place } as const;
      const answered = completions.ask(
        { ...common, invoked, neighbours: () => [], taskHere: async () => undefined },
        signal,
      );
      await clock.advanceAndSettle(10);
      return answered;
    },
  };
}
