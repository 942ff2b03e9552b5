// The engines, in the order in which they are asked. A new kind is a file and a line here.

import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { OwnerSettings } from '../settings.ts';
import { createEmbeddedEngine } from './embedded.ts';
import { jouleTinyModel, modelDirectoryOf, namedModels } from './embedded-models.ts';
import type { Engine } from './engine.ts';
import { defaultEngineDirectory } from './engine-directory.ts';
import { createOllamaEngine } from './ollama.ts';
import { createOpenaiEngine } from './openai.ts';

export interface EngineSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly owner: OwnerSettings;
  /** Name of the owner's meter on another machine. */
  readonly remoteMeter?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 ≤ x < 1, for the jitter of retries. */
  readonly random: () => number;
}

/**
 * The engines: Ollama, those that the owner has named, the embedded one. Opens nothing yet: an engine connects, starts or loads on
 * first need.
 */
export function createEngines({ env, owner, remoteMeter, clock, log, random }: EngineSurroundings): readonly Engine[] {
  const directory = owner.engineDirectory ?? defaultEngineDirectory(env);
  return [
    createOllamaEngine({ env, owner: { ...owner.ollama, allowRemote: owner.allowRemote, remoteMeter }, clock, log }),
    ...owner.engines.map((engine) => createOpenaiEngine({ engine, env, remoteMeter, clock, log, random })),
    createEmbeddedEngine({
      directory,
      modelDirectory: modelDirectoryOf(directory),
      models: [jouleTinyModel, ...namedModels(owner.embeddedModels)],
      clock,
      log,
    }),
  ];
}
