// Readies one job: asks the engines, fills the roles, and hands the pipeline what it needs; or says what is missing and what mends it.

import { randomInt } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { randomFrom } from '../base/random.ts';
import { isKnown, type Joules } from '../energy/joules.ts';
import type { Gateway } from '../gateway/model-call.ts';
import type { PreparePipeline } from '../jobs/ports.ts';
import type { Ledger } from '../ledger/port.ts';
import type { Budgets, Price } from '../pipeline/budget.ts';
import type { PipelineDependencies } from '../pipeline/port.ts';
import type { Sandbox } from '../sandbox/port.ts';
import type { EditorSettings, OwnerSettings } from '../settings.ts';
import type { Syntax } from '../syntax/facts.ts';
import { type EngineRoom, rolesFor } from './engine-room.ts';
import type { EnvironmentNote } from './environment.ts';

export interface PreparationOptions {
  readonly rooms: EngineRoom;
  readonly gateway: Gateway;
  readonly syntax: Syntax;
  readonly clock: Clock;
  readonly settings: () => EditorSettings;
  readonly environment: EnvironmentNote;
  readonly sandbox: Sandbox;
  readonly owner: Pick<OwnerSettings, 'examples' | 'checkers'>;
  /** What earlier answers teach, asked as a job starts. */
  readonly learned: () => Pick<PipelineDependencies, 'forecast' | 'habits'>;
  readonly price: Price;
  readonly ledger: Ledger;
}

/** Seeds are below 2³¹, which every engine takes. */
const seedLimit = 2_147_483_647;

/** A seed per job unless the settings fix one; the engines are asked anew, so that changed settings and pulled models count. */
export function createPreparation(options: PreparationOptions): PreparePipeline {
  const { rooms, gateway, syntax, clock, environment, owner } = options;
  return async ({ model }, signal) => {
    const settings = options.settings();
    environment.look();
    const { hourJoules, dayJoules } = settings.budget;
    if (hourJoules !== undefined || dayJoules !== undefined) {
      // What other servers on this machine have spent counts, too.
      await options.ledger.ready();
      await options.ledger.refresh();
    }
    const roles = rolesFor(await rooms.survey(settings, signal), model);
    if ('why' in roles) return roles;
    const { strategy, frugality, temperature, topP, contextTokens, outputTokens, think } = settings;
    const isOn = (setting: 'exploration' | 'judge' | 'reuse'): boolean => settings[setting] === 'on';
    const seed = settings.seed ?? randomInt(seedLimit);
    return {
      gateway,
      syntax,
      clock,
      execute: options.sandbox.execute,
      roles,
      ...options.learned(),
      price: options.price,
      budgets: () => budgetsOf(settings.budget, options.ledger),
      random: randomFrom(seed),
      settings: {
        strategy,
        frugality,
        exploration: isOn('exploration'),
        judge: isOn('judge'),
        reuse: isOn('reuse'),
        temperature,
        topP,
        contextTokens,
        outputTokens,
        think,
        seed,
        examples: owner.examples === 'on',
        checkers: owner.checkers,
      },
    };
  };
}

/** Limits with what the ledger has of the hour and the day. Calls that nobody could measure are not in it. */
export function budgetsOf(
  { actionJoules, actionCalls, hourJoules, dayJoules }: EditorSettings['budget'],
  ledger: Ledger,
): Budgets {
  const { today, lastHour } = ledger.totals('');
  const spanOf = (of: 'hour' | 'day', limitJoules: number | undefined, spent: Joules) =>
    limitJoules === undefined ? [] : [{ of, limitJoules, spentJoules: isKnown(spent) ? spent.joules : 0 }];
  return {
    actionJoules,
    actionCalls,
    spans: [...spanOf('hour', hourJoules, lastHour), ...spanOf('day', dayJoules, today)],
  };
}
