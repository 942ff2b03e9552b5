// Who does what: models for the roles, from what the engines have, what the user named, and what fits in memory. Pure.
// A model that was named but is not there is said with the command that gets it, never replaced in silence.

import { codeRank } from './code-families.ts';
import type { ModelProfile } from './engine.ts';

export type ModelRole =
  | 'planner'
  | 'worker'
  | 'assembler'
  | 'repair'
  | 'judge'
  | 'large'
  | 'completion'
  | 'completionLarge';

/** A model in a role. */
export interface Seat {
  readonly ref: { readonly engineId: string; readonly model: string };
  readonly profile: ModelProfile;
}

export type ChosenRoles = Partial<Record<ModelRole, Seat>> & { readonly worker: Seat };

export type ConfiguredRoles = Partial<Record<Exclude<ModelRole, 'repair'>, string | undefined>>;

export interface RoleQuestion {
  /** Of all engines that may answer, best engine first. */
  readonly models: readonly ModelProfile[];
  /** Names from `joule.roles`, as the engine writes them; `embedded/…` names an engine too. */
  readonly configured: ConfiguredRoles;
  /** Memory that models may take; undefined when nobody knows. */
  readonly freeBytes?: number | undefined;
}

export type RoleAnswer =
  | { readonly kind: 'chosen'; readonly roles: ChosenRoles; readonly why: string }
  /** Somebody was named who is not there or can't do it. */
  | {
      readonly kind: 'missing';
      readonly role: ModelRole;
      readonly model: string;
      readonly why: string;
      readonly mend: string;
    }
  /** No engine has a model that writes. */
  | { readonly kind: 'none'; readonly why: string; readonly mend: string };

/** Ollama puts a second model beside the first only when both need at most this share of the free memory (server/sched.go). */
const usableShare = 0.8;

/** Suggested when nothing is there: a code model of 1.9 GB that runs without a graphics card. */
const firstModel = 'qwen2.5-coder:3b';

/** Fills the roles. Unset ones: the model that costs least per token works, the next larger one that fits beside it plans. */
export function chooseRoles(question: RoleQuestion): RoleAnswer {
  const { models, configured } = question;
  const named = new Map<ModelRole, ModelProfile>();
  for (const [role, name] of Object.entries(configured) as [ModelRole, string | undefined][]) {
    if (name === undefined) continue;
    const found = findModel(models, name);
    if (found === undefined) return missing(role, name, models);
    if (!found.canGenerate) {
      const why = `${name}, set for ${role}, can't write text`;
      return { kind: 'missing', role, model: name, why, mend: `set joule.roles.${role} to another model` };
    }
    named.set(role, found);
  }
  const able = ableModels(models);
  const worker = named.get('worker') ?? able.find((model) => fits([model], question.freeBytes)) ?? able[0];
  if (worker === undefined)
    return { kind: 'none', why: 'no engine has a model that writes code', mend: `ollama pull ${firstModel}` };
  const planner = named.get('planner') ?? nextLarger(worker, able, question.freeBytes) ?? worker;
  const completion =
    named.get('completion') ?? able.find((model) => model.canInfill && model.parameters <= worker.parameters);
  const completionLarge =
    named.get('completionLarge') ??
    (worker.canInfill && worker.parameters > (completion ?? worker).parameters ? worker : undefined);
  const large = named.get('large');
  return {
    kind: 'chosen',
    roles: {
      planner: seat(planner),
      worker: seat(worker),
      assembler: seat(named.get('assembler') ?? worker),
      repair: seat(worker),
      judge: seat(named.get('judge') ?? planner),
      completion: seat(completion ?? worker),
      ...(completionLarge === undefined ? {} : { completionLarge: seat(completionLarge) }),
      ...(large === undefined ? {} : { large: seat(large) }),
    },
    why: explain(worker, planner, named),
  };
}

/** A model by its name, with or without `:latest`, with or without its engine in front. */
export function findModel(models: readonly ModelProfile[], name: string): ModelProfile | undefined {
  const same = (model: ModelProfile): boolean =>
    [name, `${name}:latest`].some((wanted) => model.name === wanted || `${model.engineId}/${model.name}` === wanted);
  return models.find(same);
}

/** Those who may be chosen unasked, cheapest token first. The tiny embedded model only when it is alone. */
function ableModels(models: readonly ModelProfile[]): ModelProfile[] {
  const writers = models.filter((model) => model.canGenerate && model.remoteHost === undefined);
  const tiny = writers.filter(isTiny);
  const real = writers.filter((model) => !isTiny(model));
  const known = real.filter((model) => codeRank(model) === 'known');
  const unknown = real.filter((model) => codeRank(model) === 'unknown');
  const chosen = [known, unknown, tiny].find((group) => group.length > 0) ?? [];
  return [...chosen].sort((a, b) => bytesPerToken(a) - bytesPerToken(b) || a.parameters - b.parameters);
}

function isTiny(model: ModelProfile): boolean {
  return model.family === 'joule-tiny';
}

/** Bytes of weights read for one token: what its joules follow (reference: energy priors, kappa × GB). Unknown sorts last. */
function bytesPerToken(model: ModelProfile): number {
  return model.activeParameters * model.bitsPerWeight || Number.MAX_VALUE;
}

/** Larger in knowledge, so by all parameters: a mixture of experts may be cheap per token and still the larger one. */
function nextLarger(
  worker: ModelProfile,
  able: readonly ModelProfile[],
  freeBytes: number | undefined,
): ModelProfile | undefined {
  return able
    .filter((model) => model.parameters > worker.parameters && fits([worker, model], freeBytes))
    .sort((a, b) => a.parameters - b.parameters)[0];
}

function fits(models: readonly ModelProfile[], freeBytes: number | undefined): boolean {
  if (freeBytes === undefined) return true;
  return models.reduce((bytes, model) => bytes + model.weightBytes, 0) <= usableShare * freeBytes;
}

function seat(profile: ModelProfile): Seat {
  return { ref: { engineId: profile.engineId, model: profile.name }, profile };
}

function missing(role: ModelRole, name: string, models: readonly ModelProfile[]): RoleAnswer {
  const here = models.map((model) => model.name).join(', ');
  const why = `${name}, set for ${role}, is not there${here === '' ? '' : `; there are ${here}`}`;
  const onlyEmbedded = name.startsWith('embedded/') || name === 'joule-tiny';
  return {
    kind: 'missing',
    role,
    model: name,
    why,
    mend: onlyEmbedded ? 'joule-ls engine install' : `ollama pull ${name}`,
  };
}

function explain(worker: ModelProfile, planner: ModelProfile, named: ReadonlyMap<ModelRole, ModelProfile>): string {
  const how = (role: ModelRole, reason: string): string => (named.has(role) ? 'as set' : reason);
  const work = `${worker.name} writes (${how('worker', 'cheapest code model here')})`;
  if (planner === worker) return `${work} and plans (no larger one fits beside it)`;
  return `${work}, ${planner.name} plans (${how('planner', 'next larger that fits')})`;
}
