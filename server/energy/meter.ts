// The meter: snapshots of all counters at the edges of calls, and for each call its energy once the engine has told its times.
// Knows calls by number and edge only. Nothing is opened before the first call, nothing is read when none runs.

import { type CounterRoots, type EnergySource, totalDomains } from '../../native-bindings/energy-source.ts';
import type { openSources } from '../../native-bindings/index.ts';
import { type Clock, secondsBetween } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import {
  integrationRelativeError,
  restsOnBattery,
  type SourceShare,
  toCallEnergy,
  unknownCall,
  whyNothing,
} from './call-energy.ts';
import { type CallState, isRunning, type Mark, toWindow } from './call-state.ts';
import { hasLoaded, toEngineTimes } from './call-window.ts';
import { estimateFlagOf, estimateRelativeError, openProcessEstimate } from './estimate.ts';
import type { IdleKind, IdlePower } from './idle-power.ts';
import type { CallEnergy, Joules, UnknownJoules } from './joules.ts';
import { flagOtherLoad, flagOtherTenants, readLoad } from './machine-load.ts';
import { createNeighbours, hasEdgeAfter, isDuring, type Neighbour } from './neighbours.ts';
import type { CallFacts, CounterView, Edge, EnergyMeter, MeteredCall } from './port.ts';
import { progressJoules } from './progress.ts';
import { createResidency, type Residency } from './residency.ts';
import { type EdgeBoard, noEdgeBoard } from './shared-edges.ts';
import { createSnapshots, type Snapshots } from './snapshots.ts';
import { type Books, type Snapshot, SourceAccount } from './source-account.ts';
import { createSourceSet, type SourceSet } from './source-set.ts';
import { createWatch, type Watch } from './watch.ts';

export interface MeterOptions {
  readonly roots: CounterRoots;
  readonly clock: Clock;
  readonly log: Log;
  /** Replaces the real openers in tests. */
  readonly open?: typeof openSources;
  /** Where the servers of this machine tell each other of their calls. Default: nowhere. */
  readonly edges?: EdgeBoard;
  /** Counters that may come up later than we do are looked for again. */
  readonly reopens?: boolean;
}

/** What one counter has shown so far, and where it went. */
export interface SourceAudit {
  readonly sourceId: string;
  /** measured = attributed + idle + unattributed, over all segments in which calls ran. */
  readonly books: Readonly<Books>;
  readonly idlePower: IdlePower | undefined;
  readonly coldIdlePower: IdlePower | undefined;
}

export interface AuditedMeter extends EnergyMeter {
  audit(): readonly SourceAudit[];
}

/** Counters of this machine, attributed to calls. Opening waits for the first `begin` or `inventory`. */
export function createMeter(options: MeterOptions): AuditedMeter {
  return new Meter(options);
}

/** What the request may wait for its first reading. A counter answers within 1 ms; opening a driver takes longer, once. */
const sentMilliseconds = 5;

class Meter implements AuditedMeter {
  readonly #roots: CounterRoots;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #set: SourceSet;
  readonly #snapshots: Snapshots;
  readonly #watch: Watch;
  readonly #accounts = new Map<EnergySource, SourceAccount>();
  readonly #estimates = new Map<number, EnergySource>();
  readonly #calls = new Map<number, CallState>();
  readonly #residency: Residency = createResidency();
  readonly #edges: EdgeBoard;
  readonly #neighbours: () => readonly Neighbour[];
  #lastSnapshotNanoseconds = 0n;
  #nextCall = 1;
  #lastEdgeIndex = 0;

  constructor(options: MeterOptions) {
    this.#roots = options.roots;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#set = createSourceSet(options);
    this.#edges = options.edges ?? noEdgeBoard;
    this.#neighbours = createNeighbours(this.#edges);
    this.#snapshots = createSnapshots(
      options.clock,
      () => this.#readAll(),
      (error) => options.log.error({ error }, 'reading the energy counters failed'),
    );
    this.#watch = createWatch({
      clock: options.clock,
      integrates: () => this.#set.sources.some((source) => source.method === 'integrated-power'),
      read: () => this.#snapshots.take(),
      rest: () => this.#set.rest(),
      secondsToUnload: () => this.#residency.secondsLeft(options.clock.nowNanoseconds()),
    });
  }

  begin(view: CounterView): MeteredCall {
    if (!view.seen) {
      const { seen: _, ...rest } = view;
      return unseen({ status: 'unknown', ...rest });
    }
    // The call's own account is another meter's: counters of this machine say nothing of it.
    if (view.remoteMeter !== undefined)
      return unseen({ status: 'unknown', why: `nothing is known of a meter at ${view.remoteMeter}` });
    const state: CallState = { call: this.#nextCall++, pid: view.pid, interrupted: false, hadNeighbours: false };
    this.#calls.set(state.call, state);
    void this.#set.ready();
    return {
      mark: (edge) =>
        edge === 'sent' ? this.#within(sentMilliseconds, this.#mark(state, edge)) : this.#mark(state, edge),
      sample: () => this.#sample(state),
      finish: (facts) => this.#finish(state, facts),
      hadNeighbours: () => state.hadNeighbours,
    };
  }

  async inventory(): ReturnType<EnergyMeter['inventory']> {
    await this.#set.ready();
    return { sources: this.#counters(), missing: [...this.#set.missing], sharing: this.#edges.status() };
  }

  audit(): readonly SourceAudit[] {
    const now = this.#clock.nowNanoseconds();
    return [...this.#accounts.values()].map((account) => ({
      sourceId: account.source.id,
      books: { ...account.books },
      idlePower: ofKind('warm', account.idlePower(now, 'warm')),
      coldIdlePower: ofKind('cold', account.idlePower(now, 'cold')),
    }));
  }

  async close(): Promise<void> {
    this.#watch.stop();
    this.#edges.close();
    await this.#set.close();
  }

  async #within(milliseconds: number, reading: Promise<void>): Promise<void> {
    const stop = new AbortController();
    const timeout = this.#clock.sleep(milliseconds, stop.signal).catch(() => undefined);
    const read = reading.catch((error: unknown) => this.#log.error({ error }, 'reading at the start of a call failed'));
    await Promise.race([read, timeout]);
    stop.abort();
  }

  async #mark(state: CallState, edge: Edge): Promise<void> {
    const eventNanoseconds = this.#clock.nowNanoseconds();
    const { call, pid } = state;
    const isKnown = edge === 'sent' && pid !== undefined;
    this.#edges.publish({ edge, call, atNanoseconds: eventNanoseconds, ...(isKnown ? { pid } : {}) });
    const load = state.pid === undefined || edge === 'first-token' ? undefined : readLoad(this.#roots, state.pid);
    await this.#set.ready();
    if (edge === 'sent') this.#estimateWithoutCounters(state.pid);
    await this.#snapshots.take((snapshot) => {
      const mark: Mark = { snapshot, eventNanoseconds, load };
      if (edge === 'sent') state.sent ??= mark;
      else if (edge === 'first-token') state.firstToken ??= mark;
      else state.done ??= mark;
      this.#lastEdgeIndex = snapshot.index;
      this.#watch.set([...this.#calls.values()].some(isRunning));
    });
  }

  async #sample(state: CallState): Promise<Joules> {
    await this.#snapshots.take();
    return progressJoules(state.call, this.#accountsOf(state), this.#set.missing);
  }

  async #finish(state: CallState, facts: CallFacts): Promise<CallEnergy> {
    try {
      if (state.done === undefined) await this.#mark(state, 'done');
      const energy = await this.#close(state, facts);
      return energy;
    } catch (error) {
      this.#log.error({ error }, 'the meter failed on a call');
      return unknownCall({ status: 'unknown', why: 'the meter failed; the log says how' });
    } finally {
      if (state.done !== undefined) this.#residency.keep(state.done.eventNanoseconds, facts.keepAliveSeconds);
      this.#calls.delete(state.call);
      this.#watch.set([...this.#calls.values()].some(isRunning));
    }
  }

  async #close(state: CallState, facts: CallFacts): Promise<CallEnergy> {
    const { sent, done } = state;
    if (sent === undefined || done === undefined)
      return unknownCall({ status: 'unknown', why: 'the request was never sent' });
    const accounts = this.#accountsOf(state);
    const tenants = await this.#flagTenants(accounts, done.load?.pids ?? []);
    state.facts = facts;
    const { call } = state;
    const times = facts.engine === undefined ? {} : { times: toEngineTimes(facts.engine) };
    this.#edges.publish({ edge: 'facts', call, ...times, keepAliveSeconds: facts.keepAliveSeconds });
    const neighbours = this.#neighbours();
    state.hadNeighbours = neighbours.some((one) => isDuring(one, sent.eventNanoseconds, done.eventNanoseconds));
    const windows = [...this.#calls.values()].flatMap(toWindow);
    const own = windows.find((window) => window.call === state.call);
    if (own === undefined) return unknownCall({ status: 'unknown', why: 'the request was never sent' });
    for (const account of accounts) account.confirmCold(own);
    const shares = accounts.map((account): SourceShare => {
      const concerned = windows.filter((window) => account.concerns(this.#calls.get(window.call)?.pid));
      return {
        source: account.source,
        status: account.isEstimate ? 'estimated' : 'measured',
        share: account.settle(
          own,
          concerned,
          neighbours.filter((one) => account.concerns(one.pid)),
        ),
        highestWatts: account.highestWatts,
      };
    });
    this.#forget(state);
    const isEstimate = accounts.some((account) => account.isEstimate) && !restsOnBattery(shares);
    const flags = [
      ...(isEstimate ? [] : accounts.map(({ source }) => source.caveat)),
      ...(isEstimate ? [estimateFlagOf('the engine'), `no counters: ${whyNothing(this.#set.missing).why}`] : tenants),
      isEstimate ? undefined : flagOtherLoad(sent.load, done.load),
      state.interrupted ? 'the machine slept or its clock was set while this ran' : undefined,
    ].filter((flag) => flag !== undefined);
    return toCallEnergy({
      shares,
      missing: this.#set.missing,
      windowSeconds: secondsBetween(sent.snapshot.atNanoseconds, done.snapshot.atNanoseconds),
      loadSeconds: facts.engine?.loadSeconds ?? 0,
      loadedModel: hasLoaded(own.times),
      flags,
    });
  }

  /** Reads everything; what is returned runs before any mark of the same snapshot counts. */
  async #readAll(): Promise<(snapshot: Snapshot) => void> {
    await this.#set.ready();
    const readings = await this.#set.readAll();
    return (snapshot) => {
      const running = [...this.#calls.values()].filter(isRunning);
      if (snapshot.interrupted) for (const state of running) state.interrupted = true;
      const since = this.#lastSnapshotNanoseconds;
      const neighbours = this.#neighbours();
      for (const { doneNanoseconds, keepAliveSeconds } of neighbours) {
        if (doneNanoseconds !== undefined && keepAliveSeconds !== undefined)
          this.#residency.keep(doneNanoseconds, keepAliveSeconds);
      }
      const meanwhile = neighbours.filter((one) => isDuring(one, since, snapshot.atNanoseconds));
      if (meanwhile.some((one) => hasEdgeAfter(one, since))) this.#lastEdgeIndex = snapshot.index;
      // A call that waits for its first token may turn out to have queued: until then every reading is kept.
      const isUnsure = running.some((state) => state.firstToken === undefined);
      const lastEdgeIndex = isUnsure ? snapshot.index : this.#lastEdgeIndex;
      const residency = this.#residency.during(since, snapshot.atNanoseconds);
      this.#lastSnapshotNanoseconds = snapshot.atNanoseconds;
      for (const [source, reading] of readings) {
        const account = this.#accountFor(source);
        const active = [...running, ...meanwhile].filter((one) => account.concerns(one.pid)).map((one) => one.call);
        account.observe(snapshot, reading, {
          active,
          lastEdgeIndex,
          ...(residency === undefined ? {} : { residency }),
        });
        const isWanted = [...this.#calls.values()].some((state) => account.concerns(state.pid));
        if (account.isEstimate && !isWanted && 'reason' in reading) this.#dropEstimate(source);
      }
      if (![...this.#calls.values()].some((state) => state.sent !== undefined)) this.#forgetBefore(snapshot.index);
    };
  }

  #counters(): readonly EnergySource[] {
    return this.#set.sources.filter((source) => this.#accounts.get(source)?.isEstimate !== true);
  }

  #accountsOf(state: CallState): readonly SourceAccount[] {
    return [...this.#accounts.values()].filter((account) => account.concerns(state.pid));
  }

  #accountFor(source: EnergySource): SourceAccount {
    const known = this.#accounts.get(source);
    if (known !== undefined) return known;
    const relativeError = source.method === 'integrated-power' ? integrationRelativeError : 0;
    const account = new SourceAccount(source, { relativeError });
    this.#accounts.set(source, account);
    return account;
  }

  /** With nothing to read, the engine's CPU time stands in, as one more source that only its own calls share. */
  #estimateWithoutCounters(pid: number | undefined): void {
    if (pid === undefined || this.#estimates.has(pid)) return;
    if (this.#counters().some((source) => totalDomains.includes(source.domain))) return;
    const source = openProcessEstimate(this.#roots, pid, () => this.#clock.nowNanoseconds());
    if (source === undefined) return;
    this.#estimates.set(pid, source);
    this.#accounts.set(source, new SourceAccount(source, { relativeError: estimateRelativeError, onlyPid: pid }));
    this.#set.add(source);
  }

  /** The process has ended and no call waits for it any more. */
  #dropEstimate(source: EnergySource): void {
    for (const [pid, one] of this.#estimates) if (one === source) this.#estimates.delete(pid);
    this.#accounts.delete(source);
    this.#set.remove(source);
  }

  async #flagTenants(accounts: readonly SourceAccount[], engine: readonly number[]): Promise<readonly string[]> {
    if (engine.length === 0) return [];
    const flags = await Promise.all(
      accounts.map(async ({ source }) => {
        const pids = await this.#set.processesOf(source);
        return pids === undefined ? undefined : flagOtherTenants(source.label, pids, engine);
      }),
    );
    return flags.filter((flag) => flag !== undefined);
  }

  #forget(finished: CallState): void {
    const others = [...this.#calls.values()].filter((state) => state !== finished);
    const starts = others.flatMap((state) => (state.sent === undefined ? [] : [state.sent.snapshot.index]));
    this.#forgetBefore(Math.min(this.#snapshots.lastIndex, ...starts));
  }

  #forgetBefore(index: number): void {
    for (const account of this.#accounts.values()) account.forget(index);
  }
}

/** A call that no counter of this meter can tell anything of. */
function unseen(unknown: UnknownJoules): MeteredCall {
  return {
    mark: async () => {},
    sample: async () => unknown,
    finish: async () => unknownCall(unknown),
    hadNeighbours: () => false,
  };
}

function ofKind(kind: IdleKind, idlePower: IdlePower | undefined): IdlePower | undefined {
  return idlePower?.kind === kind ? idlePower : undefined;
}
