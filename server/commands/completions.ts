// Puts the completion room together: who completes, from the last survey of the engines; what was spent, as lines of the ledger.

import { randomInt, randomUUID } from 'node:crypto';
import { type Clock, secondsBetween } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type CompletionDependencies, createCompletions } from '../completion/completions.ts';
import { defaultPolicy, withDial } from '../completion/policy/index.ts';
import type { CompletionRecord, CompletionSettings, Completions, PolicyKeeper } from '../completion/port.ts';
import type { Seats } from '../completion/sizes.ts';
import type { RunTask } from '../completion/whole-answers.ts';
import type { Gateway } from '../gateway/model-call.ts';
import type { PreparePipeline } from '../jobs/ports.ts';
import { ledgerSchema } from '../ledger/events.ts';
import type { NotAsked } from '../ledger/not-asked.ts';
import type { Ledger } from '../ledger/port.ts';
import { infillText } from '../models/infill-tokens.ts';
import { type Allowance, createAllowance, type Price } from '../pipeline/budget.ts';
import type { RunPipeline } from '../pipeline/port.ts';
import type { EditorSettings } from '../settings.ts';
import { createSyntax } from '../syntax/syntax.ts';
import { type EngineRoom, rolesFor, type Survey } from './engine-room.ts';
import { createNotAskedKeeper } from './not-asked.ts';
import { createOnBattery } from './on-battery.ts';
import { loadPolicy, policyPath, savePolicy } from './policy-file.ts';
import { budgetsOf } from './preparation.ts';

export interface CompletionOptions {
  readonly rooms: EngineRoom;
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  readonly prepare: PreparePipeline;
  readonly runPipeline: RunPipeline;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => EditorSettings;
  readonly price: Price;
  /** Where what is learned outlives the session. */
  readonly stateDirectory: string;
  /** Undefined where nobody knows. */
  readonly runsOnBattery: () => Promise<boolean | undefined>;
  /** A call of the completion model has ended. */
  readonly observe: CompletionRecord['call'];
}

/** Seeds are below 2³¹, which every engine takes. */
const seedLimit = 2_147_483_647;

export interface ComposedCompletions extends Completions {
  /** What the gate did not ask for today. */
  notAskedToday(): NotAsked;
}

export function composeCompletions(options: CompletionOptions): ComposedCompletions {
  const { rooms, gateway, clock, log, ledger } = options;
  const seed = randomInt(seedLimit);
  const syntax = createSyntax({ log, clock });
  const keeper = createKeeper(options);
  const behind = behindTheAnswer();
  const completions = createCompletions({
    gateway,
    clock,
    log,
    newId: randomUUID,
    settings: () => completionSettings(options.settings(), seed),
    seat: createSeat(rooms, options.settings, log),
    infillText,
    syntax,
    runTask: runTaskWith(options.prepare, options.runPipeline),
    record: recordIn(ledger, clock, { later: behind.later, observe: options.observe }),
    policy: keeper,
    price: options.price,
    allowance: allowancesOf(options),
    onBattery: createOnBattery(clock, options.runsOnBattery),
  });
  const notAsked = createNotAskedKeeper({
    saved: completions.saved,
    directory: options.stateDirectory,
    enabled: () => options.settings().ledger === 'on',
    clock,
    log,
  });
  return {
    ...completions,
    async ask(request, signal) {
      const answer = await completions.ask(request, signal);
      notAsked.note();
      return answer;
    },
    notAskedToday: notAsked.today,
    async close() {
      await completions.close();
      await Promise.all([syntax.close(), keeper.close(), notAsked.close(), behind.done()]);
    },
  };
}

/** What others have spent is read this often at the most, behind a question: a key waits for no file. */
const otherServersSeconds = 30;

function allowancesOf({ settings, ledger, clock }: CompletionOptions): () => Allowance {
  let readNanoseconds: bigint | undefined;
  return () => {
    const { budget } = settings();
    if (budget.hourJoules === undefined && budget.dayJoules === undefined)
      return createAllowance(() => ({ ...budget, spans: [] }));
    const now = clock.nowNanoseconds();
    if (readNanoseconds === undefined || secondsBetween(readNanoseconds, now) >= otherServersSeconds) {
      readNanoseconds = now;
      void ledger.ready().then(() => ledger.refresh());
    }
    const budgets = budgetsOf(budget, ledger);
    return createAllowance(() => budgets);
  };
}

/** The same preparation and the same pipeline as for a code action. */
function runTaskWith(prepare: PreparePipeline, runPipeline: RunPipeline): RunTask {
  return async ({ task, expected }, languageId, listen, signal) => {
    const prepared = await prepare({ languageId }, signal);
    if ('why' in prepared) return { kind: 'unready', why: prepared.why };
    return runPipeline(prepared, task, { expected }, listen, signal);
  };
}

/**
 * What earlier sessions learned, and this one after it; the dial is the settings'. Of two servers that end one after the other the later
 * one's stays. Where no ledger is kept, this is not kept either.
 */
function createKeeper({ settings, stateDirectory, log }: CompletionOptions): PolicyKeeper & { close(): Promise<void> } {
  let policy = defaultPolicy;
  let learned = false;
  const loaded = loadPolicy(policyPath(stateDirectory)).then((stored) => {
    if (stored.problem !== undefined) log.warn({ why: stored.problem }, 'the policy of completions begins anew');
    if (!learned) policy = stored.policy;
  });
  return {
    current: () => withDial(policy, settings().frugality),
    update(change) {
      learned = true;
      policy = change(policy);
    },
    async close() {
      await loaded;
      if (!learned || settings().ledger === 'off') return;
      await savePolicy(stateDirectory, policy).catch((error: unknown) =>
        log.warn({ error: String(error) }, 'what completions learned could not be kept'),
      );
    },
  };
}

/** One seed per session unless the settings fix one: the same place is answered the same way. */
function completionSettings(settings: EditorSettings, seed: number): CompletionSettings {
  const { completion, contextTokens, temperature, topP } = settings;
  return {
    automatic: completion.automatic === 'on',
    isOff: (languageId) => completion.languages[languageId] === 'off',
    menuMilliseconds: completion.menuMilliseconds,
    pauseMilliseconds: completion.pauseMilliseconds,
    promptTokens: Math.min(completion.contextTokens, Math.floor(contextTokens / 2)),
    contextTokens,
    temperature,
    topP,
    seed: settings.seed ?? seed,
  };
}

/**
 * A key stroke must not wait for an engine to list its models: what the last survey found serves while a new one is made. Only changed
 * settings, and a survey that found nobody, are waited for.
 */
function createSeat(rooms: EngineRoom, settings: () => EditorSettings, log: Log): CompletionDependencies['seat'] {
  let foundFor = '';
  let renewing = false;
  return async (signal) => {
    const now = settings();
    const question = JSON.stringify([now.engine, now.roles]);
    const last = rooms.last();
    if (last?.roles.kind === 'chosen' && foundFor === question) {
      if (!renewing) {
        renewing = true;
        rooms
          .survey(now, new AbortController().signal)
          .catch((error: unknown) => log.debug({ error: String(error) }, 'a survey of the engines failed'))
          .finally(() => {
            renewing = false;
          });
      }
      return seatOf(last);
    }
    const survey = await rooms.survey(now, signal);
    foundFor = question;
    return seatOf(survey);
  };
}

function seatOf(survey: Survey): Seats | { readonly why: string } {
  const roles = rolesFor(survey, undefined);
  if ('why' in roles) return { why: roles.why };
  return { ...(roles.completion ?? roles.worker), larger: roles.completionLarge };
}

/** The answer goes out first: a key stroke does not wait for a file to be opened. In the order of what happened. */
function behindTheAnswer(): { readonly later: (work: () => void) => void; readonly done: () => Promise<void> } {
  let last: Promise<void> = Promise.resolve();
  return {
    later(work) {
      last = new Promise((resolve) => {
        setImmediate(() => {
          work();
          resolve();
        });
      });
    },
    done: () => last,
  };
}

function recordIn(
  ledger: Ledger,
  clock: Clock,
  { later, observe }: { readonly later: (work: () => void) => void; readonly observe: CompletionRecord['call'] },
): CompletionRecord {
  const head = ({ receiptId, path }: { readonly receiptId: string; readonly path: string }) => ({
    schema: ledgerSchema as typeof ledgerSchema,
    at: new Date(clock.wallMilliseconds()).toISOString(),
    receiptId,
    path,
    actionId: 'completion' as const,
  });
  return {
    call(of, call) {
      const event = { ...head(of), kind: 'call', call } as const;
      later(() => {
        ledger.append(event);
        observe(of, call);
      });
    },
    outcome(of, outcome, { why, evidence, decision }) {
      const event = {
        ...head(of),
        kind: 'outcome',
        outcome,
        regions: [],
        verdict: 'none',
        ...(why === undefined || why === '' ? {} : { why }),
        ...(decision === undefined ? {} : { decisions: [decision] }),
        ...(evidence === undefined ? {} : { evidence }),
      } as const;
      later(() => ledger.append(event));
    },
  };
}
