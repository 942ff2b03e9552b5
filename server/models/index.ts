// The engines, in the order in which they are asked. A new one is a file and a line here.

import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { OwnerSettings } from '../settings.ts';
import { createEmbeddedEngine } from './embedded.ts';
import type { Engine } from './engine.ts';
import { defaultEngineDirectory } from './engine-directory.ts';
import { createOllamaEngine } from './ollama.ts';

export interface EngineSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly owner: OwnerSettings;
  /** Name of the owner's meter on another machine. */
  readonly remoteMeter?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface EngineFactory {
  readonly id: string;
  /** Opens nothing yet: an engine connects, starts or loads on first need. */
  create(surroundings: EngineSurroundings): Engine;
}

export const engineFactories: readonly EngineFactory[] = [
  {
    id: 'ollama',
    create: ({ env, owner, remoteMeter, clock, log }) =>
      createOllamaEngine({ env, owner: { ...owner.ollama, allowRemote: owner.allowRemote, remoteMeter }, clock, log }),
  },
  {
    id: 'embedded',
    create: ({ env, owner, clock, log }) =>
      createEmbeddedEngine({ directory: owner.engineDirectory ?? defaultEngineDirectory(env), clock, log }),
  },
];
