// Mends a plan before anything runs, without a model: what a planner gets wrong often enough and a program can see. Pure; knows
// names of the file and of the request, no code.

import type { OffsetRange } from '../base/text.ts';
import type { SymbolFacts } from '../syntax/facts.ts';
import { stubsIn } from './stubs.ts';
import type { Subtask, Task } from './task.ts';

/** What a plan is held against. */
export interface PlanScope {
  /** Complete definitions that stand in the file outside the target: nobody needs to write them. */
  readonly existing: ReadonlySet<string>;
  /** Definitions that the request is about, each with what is wanted of it. */
  readonly asked: readonly { readonly name: string; readonly goal: string }[];
  /** Pieces of code that the request has, as far as can be seen without a model; at least 1. */
  readonly parts: number;
}

export interface MendedPlan {
  readonly subtasks: readonly Subtask[];
  /** What was changed, a sentence each, without names: they go on the receipt. */
  readonly repairs: readonly string[];
}

/** @param parts as `partsOf` counts them. Without a grammar nothing is known of names: the scope is empty then. */
export function scopeOf(task: Task, parts: number): PlanScope {
  const symbols = task.facts?.symbols ?? [];
  const range = rangeOf(task);
  const inside = (symbol: SymbolFacts): boolean =>
    range !== undefined && symbol.range.start >= range.start && symbol.range.end <= range.end;
  const outside = symbols.filter((symbol) => !inside(symbol) && !symbol.isStub);
  const wanted =
    task.actionId === 'implement'
      ? range === undefined
        ? []
        : stubsIn(symbols, range)
      : task.target.kind === 'symbol' && task.target.symbol.kind !== 'class'
        ? [task.target.symbol]
        : [];
  return {
    existing: new Set(outside.filter((symbol) => symbol.container.length === 0).map((symbol) => symbol.name)),
    asked: wanted.map((symbol) => ({ name: symbol.name, goal: `Write \`${symbol.name}\` as its signature says.` })),
    parts,
  };
}

/**
 * Parts that provide the same symbol become one; what stands in the file already is not written again; circles are opened; helpers
 * beyond what was asked for go into the part that needs them; what was asked for and forgotten becomes a part.
 */
export function mendPlan(subtasks: readonly Subtask[], scope: PlanScope): MendedPlan {
  const repairs: string[] = [];
  const step = (change: (parts: readonly Subtask[], scope: PlanScope) => readonly Subtask[], told: string) => {
    const after = change(parts, scope);
    if (after !== parts) repairs.push(told);
    parts = after;
  };
  let parts = subtasks;
  step(withoutTwins, 'parts that would write the same symbol became one');
  step(withoutExisting, 'parts for what stands in the file already were left out');
  step(withForgotten, 'what the plan had forgotten became a part');
  step(withoutCircles, 'parts that needed each other in a circle were put in the order of the plan');
  step(withoutSurplus, 'helpers beyond what was asked for went into the parts that need them');
  return { subtasks: parts, repairs };
}

function rangeOf({ target }: Task): OffsetRange | undefined {
  if (target.kind === 'symbol') return target.symbol.range;
  return target.kind === 'lines' ? target.range : undefined;
}

function withoutTwins(parts: readonly Subtask[]): readonly Subtask[] {
  const twin = parts.findIndex(
    (part, index) => part.provides !== '' && parts.findIndex((other) => other.provides === part.provides) < index,
  );
  if (twin === -1) return parts;
  const second = parts[twin];
  const first = parts.find((part) => part.provides === second?.provides);
  if (first === undefined || second === undefined) return parts;
  return withoutTwins(folded(parts, second, first, second.goal === first.goal ? '' : ` ${second.goal}`));
}

function withoutExisting(parts: readonly Subtask[], { existing, asked }: PlanScope): readonly Subtask[] {
  const names = new Set(asked.map((one) => one.name));
  const gone = new Set(
    parts.filter((part) => existing.has(part.provides) && !names.has(part.provides)).map((part) => part.id),
  );
  return gone.size === 0 ? parts : dropped(parts, gone);
}

function withForgotten(parts: readonly Subtask[], { asked }: PlanScope): readonly Subtask[] {
  if (parts.length === 0) return parts;
  const covered = (name: string): boolean =>
    parts.some((part) => part.provides === name || (part.provides === '' && part.goal.includes(name)));
  const missing = asked.filter(({ name }) => !covered(name));
  if (missing.length === 0) return parts;
  const ids = new Set(parts.map((part) => part.id));
  const added = missing.map(({ name, goal }, index) => {
    const id = freeId(ids, parts.length + index + 1);
    // The one definition asked for uses its helpers; of several each stands for itself.
    return { id, goal, provides: name, needs: asked.length === 1 ? parts.map((part) => part.id) : [] };
  });
  return [...parts, ...added];
}

function freeId(ids: Set<string>, from: number): string {
  let number = from;
  while (ids.has(String(number))) number++;
  ids.add(String(number));
  return String(number);
}

/** A need of a part that itself, at the end, needs the needing one, and comes later in the plan, is dropped. */
function withoutCircles(parts: readonly Subtask[]): readonly Subtask[] {
  const byId = new Map(parts.map((part) => [part.id, part]));
  const order = new Map(parts.map((part, index) => [part.id, index]));
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const open = [from];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (id === to) return true;
      if (seen.has(id)) continue;
      seen.add(id);
      open.push(...(byId.get(id)?.needs ?? []));
    }
    return false;
  };
  let opened = false;
  const mended = parts.map((part) => {
    const needs = part.needs.filter(
      (need) => (order.get(need) ?? 0) < (order.get(part.id) ?? 0) || !reaches(need, part.id),
    );
    opened ||= needs.length < part.needs.length;
    return { ...part, needs };
  });
  return opened ? mended : parts;
}

/** Only where the request itself has several pieces, or a helper serves nothing that was asked for. */
function withoutSurplus(parts: readonly Subtask[], scope: PlanScope): readonly Subtask[] {
  const asked = new Set(scope.asked.map((one) => one.name));
  let left = parts;
  for (let changed = true; changed; ) {
    changed = false;
    for (const helper of [...left].reverse()) {
      if (asked.size === 0 || asked.has(helper.provides) || left.length < 2) continue;
      const users = left.filter((part) => part.needs.includes(helper.id));
      const [user] = users;
      if (user === undefined && helper.provides !== '') left = dropped(left, new Set([helper.id]));
      else if (user !== undefined && users.length === 1 && asked.size > 1 && left.length > scope.parts)
        left = folded(left, helper, user, alsoDefines(helper));
      else continue;
      changed = true;
      break;
    }
  }
  return left;
}

function alsoDefines({ provides, goal }: Subtask): string {
  return provides === '' ? ` Also: ${goal}` : ` Also define \`${provides}\` for it: ${goal}`;
}

/** `gone` is done together with `into`, which comes to need what it needed; whoever needed `gone` needs `into`. */
function folded(parts: readonly Subtask[], gone: Subtask, into: Subtask, words: string): readonly Subtask[] {
  return parts
    .filter((part) => part !== gone)
    .map((part) => {
      const needs = part === into ? [...part.needs, ...gone.needs] : part.needs;
      const renamed = needs.map((need) => (need === gone.id ? into.id : need));
      const kept = [...new Set(renamed)].filter((need) => need !== part.id);
      return part === into
        ? { ...part, goal: (part.goal + words).slice(0, 2000), needs: kept }
        : { ...part, needs: kept };
    });
}

function dropped(parts: readonly Subtask[], gone: ReadonlySet<string>): readonly Subtask[] {
  return parts
    .filter((part) => !gone.has(part.id))
    .map((part) => ({ ...part, needs: part.needs.filter((need) => !gone.has(need)) }));
}
