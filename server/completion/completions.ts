// The one place where a question of the editor becomes an offer, or nothing: what is known already is given again, what runs is
// waited for, and a model is asked only when neither helps. Every question is answered, whatever becomes of the model.

import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Gateway, ModelCall, ModelRef } from '../gateway/model-call.ts';
import type { ModelProfile } from '../models/engine.ts';
import { createCache } from './cache.ts';
import { worthAsking } from './gate.ts';
import { generate } from './generate.ts';
import type {
  CompletionAnswer,
  CompletionOffer,
  CompletionOutcome,
  CompletionRecord,
  CompletionRequest,
  CompletionSettings,
  Completions,
} from './port.ts';
import type { PromptParts } from './prompt.ts';
import { replacedLength } from './replace-range.ts';
import { type Generated, type Running, type StopReason, startRunning } from './running.ts';
import { createShown } from './shown.ts';
import { type Site, siteOf } from './site.ts';

export interface Seat {
  readonly ref: ModelRef;
  readonly profile: ModelProfile;
}

export interface CompletionDependencies {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly settings: () => CompletionSettings;
  /** Who completes: from memory where it is known, else the engines are asked. Or the sentence why nobody does. */
  readonly seat: (signal: AbortSignal) => Promise<Seat | { readonly why: string }>;
  /** The raw prompt of a model whose engine does not write it. */
  readonly infillText: (model: string, parts: PromptParts) => string | undefined;
  readonly record: CompletionRecord;
}

const nothing: CompletionAnswer = { offers: [], unfinished: false };

/** An inline request is answered after this time at the latest; what it asked for goes on. */
const inlineMilliseconds = 20_000;

/** An editor cancels its old question and asks the new one behind a key stroke: what runs is kept so long. */
const graceMilliseconds = 300;
/** Without a key stroke it is stopped after this time. */
const overtakingMilliseconds = 25;

/** A question that waits for its answer. */
interface Waiter {
  readonly surface: CompletionRequest['surface'];
  /** Aborted once nobody waits any more, except when only its time is over. */
  readonly left: AbortController;
}

export function createCompletions(dependencies: CompletionDependencies): Completions {
  const { clock, log, record, newId } = dependencies;
  const cache = createCache();
  const shown = createShown(record);
  const noted = new Set<string>();
  const unfit = new Set<string>();
  const calls = new Map<string, ModelCall>();
  const waiters = new Set<Waiter>();
  const working = new Set<Promise<unknown>>();
  let running: Running | undefined;
  let closed = false;

  async function ask(request: CompletionRequest, signal: AbortSignal): Promise<CompletionAnswer> {
    for (const other of waiters) if (other.surface === request.surface) other.left.abort();
    if (closed || signal.aborted) return nothing;
    const waiter: Waiter = { surface: request.surface, left: new AbortController() };
    waiters.add(waiter);
    const over = new AbortController();
    const onCancel = (): void => waiter.left.abort('cancelled');
    signal.addEventListener('abort', onCancel, { once: true });
    try {
      return await Promise.race([
        answer(request, waiter.left.signal),
        aborted(waiter.left.signal).then(() => nothing),
        clock.sleep(patience(request), over.signal).then(
          () => ({ offers: [], unfinished: true }),
          () => nothing,
        ),
      ]);
    } catch (error) {
      log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a completion broke');
      return nothing;
    } finally {
      over.abort();
      signal.removeEventListener('abort', onCancel);
      waiters.delete(waiter);
      if (waiter.left.signal.reason === 'cancelled') void release();
    }
  }

  function patience({ surface }: CompletionRequest): number {
    return surface === 'menu' ? dependencies.settings().menuMilliseconds : inlineMilliseconds;
  }

  /**
   * Nobody waits for what runs any more. It goes on only while the user types what it says, and not for long. A cancel overtakes the
   * change of the document that was the reason for it, hence the first moment.
   */
  async function release(): Promise<void> {
    const current = running;
    if (current === undefined) return;
    const isAlone = (): boolean => running === current && waiters.size === 0;
    if (!(await paused(overtakingMilliseconds, current.signal)) || !isAlone()) return;
    if (current.moved && (!(await paused(graceMilliseconds, current.signal)) || !isAlone())) return;
    stopRunning('cancelled');
  }

  function stopRunning(reason: StopReason): void {
    running?.stop(reason);
    running = undefined;
  }

  async function answer(request: CompletionRequest, left: AbortSignal): Promise<CompletionAnswer> {
    const { place } = request;
    const settings = dependencies.settings();
    if (settings.isOff(place.languageId)) return nothing;
    const site = siteOf(place);
    if ('unfit' in site) {
      stopRunning('superseded');
      log.debug({ path: place.path, why: site.unfit }, 'no completion');
      return nothing;
    }
    const seat = await dependencies.seat(left);
    if (left.aborted) return nothing;
    if ('why' in seat) return note(seat.why);
    const modelKey = `${seat.ref.engineId}/${seat.ref.model}`;
    if (unfit.has(modelKey)) return nothing;
    const known = fromCache(request, site, modelKey);
    if (known !== undefined) return known;
    if (running !== undefined && running.modelKey === modelKey && running.follows(site) !== undefined) {
      await running.finished;
      return left.aborted ? nothing : (fromCache(request, site, modelKey) ?? nothing);
    }
    stopRunning('superseded');
    if (!request.invoked) {
      if (!settings.automatic || !worthAsking(site).ask) return nothing;
      if (!(await paused(settings.pauseMilliseconds, left))) return nothing;
    }
    running = start(request, { site, seat, modelKey, settings });
    await running.finished;
    return left.aborted ? nothing : (fromCache(request, site, modelKey) ?? nothing);
  }

  async function paused(milliseconds: number, left: AbortSignal): Promise<boolean> {
    return clock.sleep(milliseconds, left).then(
      () => true,
      () => false,
    );
  }

  function start(
    request: CompletionRequest,
    { site, seat, modelKey, settings }: { site: Site; seat: Seat; modelKey: string; settings: CompletionSettings },
  ): Running {
    const { place } = request;
    const of = { receiptId: newId(), path: place.path };
    const started: Running = startRunning({
      ...of,
      uri: place.uri,
      modelKey,
      site,
      hypothetical: request.hypothetical,
      work: async ({ signal, heard, base }): Promise<Generated> => {
        const { answer, text, why, unfitModel } = await generate(
          { place, site, neighbours: request.neighbours(), model: seat, settings, heard },
          dependencies,
          signal,
        );
        if (running === started) running = undefined;
        if (answer !== undefined) {
          remember(of.receiptId, answer.call);
          record.call(of, answer.call);
        }
        if (unfitModel) {
          unfit.add(modelKey);
          note(why);
        } else if (answer?.failure !== undefined) note(why);
        const outcome = outcomeOf(signal, text, answer?.failure !== undefined);
        if (outcome !== undefined && answer !== undefined) record.outcome(of, outcome, why);
        if (signal.aborted || answer?.failure !== undefined) return { kind: 'nothing', why };
        cache.add({ base, receiptId: of.receiptId, modelKey, text: text ?? '' });
        return text === undefined ? { kind: 'nothing', why } : { kind: 'text', text };
      },
    });
    working.add(started.finished);
    started.finished
      .catch((error: unknown) => log.error({ error: String(error) }, 'a completion broke'))
      .finally(() => working.delete(started.finished));
    return started;
  }

  function fromCache(request: CompletionRequest, site: Site, modelKey: string): CompletionAnswer | undefined {
    const found = cache.find(site, modelKey);
    if (found === undefined) return undefined;
    const { place } = request;
    const { receiptId } = found.answer;
    shown.next(receiptId);
    if (found.rest === '') return nothing;
    const replaced = replacedLength(found.rest, site.lineAfter);
    const word = /[\p{L}\p{N}_$]*$/u.exec(site.lineBefore)?.[0] ?? '';
    if (!request.hypothetical) {
      shown.offer({
        receiptId,
        path: place.path,
        uri: place.uri,
        start: place.offset - word.length,
        before: word + site.lineAfter.slice(0, replaced),
        after: word + found.rest,
      });
    }
    const call = calls.get(receiptId);
    const offer: CompletionOffer = {
      receiptId,
      edit: { start: place.offset, end: place.offset + replaced, text: found.rest },
      further: [],
      model: call?.model ?? modelKey,
      joules: call?.joules.gross ?? { status: 'unknown', why: 'no call is on record' },
    };
    return { offers: [offer], unfinished: false };
  }

  function remember(receiptId: string, call: ModelCall): void {
    calls.set(receiptId, call);
    const [oldest] = calls.keys();
    if (calls.size > mostCalls && oldest !== undefined) calls.delete(oldest);
  }

  /** Once each, in the log alone: the editor goes on. */
  function note(why: string): CompletionAnswer {
    if (!noted.has(why) && noted.size < mostNotes) {
      noted.add(why);
      log.warn({ why }, 'no completions');
    }
    return nothing;
  }

  return {
    ask,
    accepted: (receiptId) => shown.accepted(receiptId),
    documentChanged(uri, edits) {
      if (running?.uri === uri && !running.edited(edits)) stopRunning('superseded');
      shown.edited(uri, edits);
    },
    documentClosed(uri) {
      if (running?.uri === uri) stopRunning('superseded');
      shown.closed(uri);
    },
    async close() {
      closed = true;
      for (const waiter of waiters) waiter.left.abort();
      stopRunning('cancelled');
      await Promise.allSettled(working);
    },
  };
}

/** As many as the cache has answers, and some. */
const mostCalls = 100;
const mostNotes = 50;

function outcomeOf(signal: AbortSignal, text: string | undefined, failed: boolean): CompletionOutcome | undefined {
  if (signal.aborted) return signal.reason === 'cancelled' ? 'cancelled' : 'superseded';
  if (failed) return 'failed';
  return text === undefined ? 'rejected' : undefined;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
