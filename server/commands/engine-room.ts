// Which engines answer, with which models in which roles, as they are now and as they were when last asked.
// Knows engines and settings; knows no job and no joule.

import { totalmem } from 'node:os';
import { type Clock, secondsBetween } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { remoteMeterName } from '../energy/remote/remote-meter.ts';
import type { Unready } from '../jobs/ports.ts';
import { type ChosenRoles, chooseRoles, findModel, type RoleAnswer, type Seat } from '../models/choose-roles.ts';
import { type Engine, EngineFailure, type EngineState, type ModelProfile } from '../models/engine.ts';
import { createEngines } from '../models/index.ts';
import type { EditorSettings, OwnerSettings } from '../settings.ts';
import { type MendHere, mendsHere } from './mends.ts';

/** One engine, asked. */
export interface EngineReport {
  readonly id: string;
  readonly state: EngineState | undefined;
  /** Why it gave no state. */
  readonly failure: { readonly message: string; readonly mend: string | undefined } | undefined;
}

export interface Survey {
  readonly engines: readonly EngineReport[];
  /** Of all engines that may answer, best engine first. */
  readonly models: readonly ModelProfile[];
  readonly roles: RoleAnswer;
}

export interface EngineRoom {
  readonly engines: readonly Engine[];
  engine(id: string): Engine | undefined;
  /** Asks every engine that the settings allow. Rejects only when `signal` aborts. */
  survey(settings: EditorSettings, signal: AbortSignal): Promise<Survey>;
  /** The last survey, from memory. */
  last(): Survey | undefined;
  /** Requests that the worker's engine serves side by side, as last heard. */
  slots(): number;
  close(): Promise<void>;
}

export interface EngineRoomOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly owner: OwnerSettings;
  readonly clock: Clock;
  readonly log: Log;
}

/** A survey that found everything it needed is believed for this long. */
const freshSeconds = 10;

/** Engines connect, start or load when they are first asked. */
export function createEngineRoom(options: EngineRoomOptions): EngineRoom {
  const { clock } = options;
  const { remoteMeter } = options.owner;
  const named = remoteMeter === undefined ? {} : { remoteMeter: remoteMeterName(remoteMeter) };
  const engines = createEngines({ ...options, ...named, random: Math.random });
  const here = mendsHere(options.env);
  let last: Survey | undefined;
  let lastFor = '';
  let lastNanoseconds = 0n;
  return {
    engines,
    engine: (id) => engines.find((engine) => engine.id === id),
    async survey(settings, signal) {
      const question = JSON.stringify([settings.engine, settings.roles]);
      const age = secondsBetween(lastNanoseconds, clock.nowNanoseconds());
      if (last?.roles.kind === 'chosen' && lastFor === question && age < freshSeconds) return last;
      const asked = engines.filter((engine) => settings.engine === 'auto' || settings.engine === engine.id);
      const reports = await Promise.all(asked.map((engine) => ask(engine, signal, here)));
      const models = reports.flatMap((report) => report.state?.models ?? []);
      const roles = chooseRoles({ models, configured: settings.roles, freeBytes: totalmem() });
      last = { engines: reports, models, roles: 'mend' in roles ? mended(roles, reports, here) : roles };
      lastFor = question;
      lastNanoseconds = clock.nowNanoseconds();
      return last;
    },
    last: () => last,
    slots() {
      const worker = last?.roles.kind === 'chosen' ? last.roles.roles.worker.ref.engineId : undefined;
      return last?.engines.find((report) => report.id === worker)?.state?.slots ?? 1;
    },
    async close() {
      await Promise.allSettled(engines.map((engine) => engine.close()));
    },
  };
}

/** The roles, or the sentence and the command that mend their absence. A model named by the request works instead of the worker. */
export function rolesFor(survey: Survey, model: string | undefined): ChosenRoles | Unready {
  const { roles } = survey;
  if (roles.kind === 'missing') return { why: roles.why, mend: roles.mend };
  if (roles.kind === 'none') return nobody(survey, roles);
  if (model === undefined) return roles.roles;
  const found = findModel(survey.models, model);
  if (found === undefined) return { why: `${model} is not there`, mend: `ollama pull ${model}` };
  const seat: Seat = { ref: { engineId: found.engineId, model: found.name }, profile: found };
  return { ...roles.roles, worker: seat, repair: seat };
}

/** The smallest model that is larger than the worker and could work in its place. */
export function largerModel({ roles, models }: Survey): ModelProfile | undefined {
  if (roles.kind !== 'chosen') return undefined;
  const { profile } = roles.roles.worker;
  const { planner, large } = roles.roles;
  const named = [planner, large].flatMap((seat) => (seat === undefined ? [] : [seat.profile]));
  const isLarger = (model: ModelProfile): boolean => model.canGenerate && model.parameters > profile.parameters;
  const bySize = (a: ModelProfile, b: ModelProfile): number => a.parameters - b.parameters;
  return named.filter(isLarger).sort(bySize)[0] ?? models.filter(isLarger).sort(bySize)[0];
}

async function ask(engine: Engine, signal: AbortSignal, here: MendHere): Promise<EngineReport> {
  try {
    return { id: engine.id, state: await engine.state(signal), failure: undefined };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof EngineFailure)) throw error;
    const mend = error.mend === undefined ? undefined : here(error.mend);
    return { id: engine.id, state: undefined, failure: { message: error.message, mend } };
  }
}

/** A model that was named with its engine in front can't be pulled by Ollama: what that engine says is said instead. */
function mended(
  roles: Exclude<RoleAnswer, { kind: 'chosen' }>,
  reports: readonly EngineReport[],
  here: MendHere,
): RoleAnswer {
  const model = roles.kind === 'missing' ? roles.model : '';
  const named = reports.find(({ id }) => model.startsWith(`${id}/`));
  if (named === undefined || named.id === 'ollama' || named.id === 'embedded')
    return { ...roles, mend: here(roles.mend) };
  const { failure } = named;
  if (failure === undefined) return { ...roles, mend: here('joule-ls models') };
  return { ...roles, why: failure.message, mend: failure.mend ?? here('joule-ls models') };
}

/** Every engine's own reason, and every way out. */
function nobody({ engines }: Survey, none: Unready): Unready {
  const failures = engines.flatMap((report) => (report.failure === undefined ? [] : [report.failure]));
  const reachable = engines.some((report) => report.id === 'ollama' && report.state !== undefined);
  const why = [...(reachable || failures.length === 0 ? [none.why] : []), ...failures.map((one) => one.message)].join(
    '; ',
  );
  const mends = [...(reachable ? [none.mend] : []), ...failures.map((one) => one.mend)].filter(
    (one) => one !== undefined,
  );
  return { why, mend: mends.join(', or: ') };
}
