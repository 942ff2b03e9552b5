// Readies one job: asks the engines, fills the roles, and hands the pipeline what it needs; or says what is missing and what mends it.

import { createHash, randomInt } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Gateway } from '../gateway/model-call.ts';
import type { PreparePipeline } from '../jobs/ports.ts';
import type { ForecastStrategy } from '../pipeline/forecast.ts';
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
  readonly foresight: () => ForecastStrategy;
}

/** Seeds are below 2³¹, which every engine takes. */
const seedLimit = 2_147_483_647;

/** A seed per job unless the settings fix one; the engines are asked anew, so that changed settings and pulled models count. */
export function createPreparation(options: PreparationOptions): PreparePipeline {
  const { rooms, gateway, syntax, clock, environment, owner } = options;
  return async ({ model }, signal) => {
    const settings = options.settings();
    environment.look();
    const roles = rolesFor(await rooms.survey(settings, signal), model);
    if ('why' in roles) return roles;
    const { strategy, frugality, temperature, topP, contextTokens, outputTokens, think } = settings;
    const exploration = settings.exploration === 'on';
    const seed = settings.seed ?? randomInt(seedLimit);
    return {
      gateway,
      syntax,
      clock,
      execute: options.sandbox.execute,
      roles,
      forecast: options.foresight(),
      random: randomFrom(seed),
      settings: {
        ...{ strategy, frugality, exploration, temperature, topP, contextTokens, outputTokens, think, seed },
        examples: owner.examples === 'on',
        checkers: owner.checkers,
      },
    };
  };
}

/** Numbers from 0 to 1 that follow from the seed, so that a job with a fixed seed chooses the same way again. */
function randomFrom(seed: number): () => number {
  let count = 0;
  return () => createHash('sha256').update(`${seed} ${count++}`).digest().readUInt32BE() / 2 ** 32;
}
