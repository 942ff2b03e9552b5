// The plan: its JSON schema, reading one out of whatever a planner said, and putting it in order. Pure.

import type { JsonSchema } from '../models/engine.ts';
import { codeInJson, objectIn } from './answer/json-answer.ts';
import { candidatesOf } from './answer/undress.ts';
import { mendPlan, type PlanScope } from './plan-repair.ts';
import type { Plan, Subtask } from './task.ts';

/** Most parts that are ever run; SEEDS S1 had three, always. What is longer after mending is refused. */
export const maximumSubtasks = 8;
/** A longer list is not looked at: a planner that repeats itself is not mended. */
const maximumListed = 64;

export const planSchema: JsonSchema = {
  type: 'object',
  properties: {
    mode: { type: 'string', enum: ['direct', 'split'] },
    subtasks: {
      type: 'array',
      maxItems: maximumSubtasks,
      items: {
        type: 'object',
        properties: {
          id: { type: 'string' },
          goal: { type: 'string' },
          provides: { type: 'string' },
          needs: { type: 'array', items: { type: 'string' } },
        },
        required: ['id', 'goal', 'provides', 'needs'],
      },
    },
  },
  required: ['mode', 'subtasks'],
};

export type PlanReading =
  | {
      readonly plan: Plan;
      /** What was mended, a sentence each. */
      readonly repairs: readonly string[];
    }
  | { readonly problem: string };

const nothingKnown: PlanScope = { existing: new Set(), asked: [], parts: 1 };

/**
 * Reads and checks a planner's answer. What can be mended without a model is (unknown needs dropped, ids made unique, `needs`
 * by provided name, and all that `mendPlan` does); the rest is a problem in words.
 */
export function readPlan(answer: string, scope: PlanScope = nothingKnown): PlanReading {
  for (const text of candidatesOf(answer)) {
    const value =
      objectIn(text) ??
      codeInJson(text)
        .map(objectIn)
        .find((entry) => entry !== undefined);
    if (value !== undefined) return planOf(value, scope);
  }
  return { problem: 'the planner did not answer with JSON' };
}

/** Subtasks in layers: each layer needs only earlier ones. Undefined when the needs go round in a circle. */
export function layersOf(subtasks: readonly Subtask[]): Subtask[][] | undefined {
  const layers: Subtask[][] = [];
  const done = new Set<string>();
  let left = [...subtasks];
  while (left.length > 0) {
    const ready = left.filter((subtask) => subtask.needs.every((need) => done.has(need)));
    if (ready.length === 0) return undefined;
    layers.push(ready);
    for (const subtask of ready) done.add(subtask.id);
    left = left.filter((subtask) => !done.has(subtask.id));
  }
  return layers;
}

function planOf(value: Record<string, unknown>, scope: PlanScope): PlanReading {
  const entries = Array.isArray(value.subtasks) ? value.subtasks : [];
  if (value.mode === 'direct' || entries.length === 0) return direct([]);
  if (entries.length > maximumListed) return tooMany(entries.length);
  const raw = entries.map((entry, index) => subtaskOf(entry, index)).filter((subtask) => subtask !== undefined);
  if (raw.length !== entries.length) return { problem: 'a part of the plan has no goal' };
  const { subtasks, repairs } = mendPlan(withResolvedNeeds(withUniqueIds(raw)), scope);
  if (subtasks.length === 0) return direct(repairs);
  if (subtasks.length > maximumSubtasks) return tooMany(subtasks.length);
  return { plan: { mode: 'split', subtasks }, repairs };
}

function direct(repairs: readonly string[]): PlanReading {
  return { plan: { mode: 'direct', subtasks: [] }, repairs };
}

function tooMany(count: number): PlanReading {
  return { problem: `the plan has ${count} parts, more than ${maximumSubtasks}` };
}

function subtaskOf(entry: unknown, index: number): Subtask | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { id, goal, provides, needs } = entry as Record<string, unknown>;
  if (typeof goal !== 'string' || goal.trim() === '') return undefined;
  return {
    id: typeof id === 'string' || typeof id === 'number' ? String(id) : String(index + 1),
    goal: goal.trim().slice(0, 2000),
    provides: typeof provides === 'string' ? (/[A-Za-z_$][\w$]*/.exec(provides)?.[0] ?? '') : '',
    needs: Array.isArray(needs)
      ? needs.filter((need) => typeof need === 'string' || typeof need === 'number').map(String)
      : [],
  };
}

function withUniqueIds(subtasks: readonly Subtask[]): Subtask[] {
  const ids = new Set(subtasks.map((subtask) => subtask.id));
  return ids.size === subtasks.length
    ? [...subtasks]
    : subtasks.map((subtask, index) => ({ ...subtask, id: String(index + 1) }));
}

/** Needs by id or by provided name; what nobody provides is not a need, and nobody needs itself. */
function withResolvedNeeds(subtasks: readonly Subtask[]): Subtask[] {
  const byName = new Map(
    subtasks.flatMap((subtask) => (subtask.provides === '' ? [] : [[subtask.provides, subtask.id] as const])),
  );
  const ids = new Set(subtasks.map((subtask) => subtask.id));
  return subtasks.map((subtask) => ({
    ...subtask,
    needs: [...new Set(subtask.needs.map((need) => (ids.has(need) ? need : byName.get(need))))].filter(
      (need): need is string => need !== undefined && need !== subtask.id,
    ),
  }));
}
