// What is known of Ollama's models, by name and digest: asked once, kept until the digest changes.

import type { Log } from '../base/log.ts';
import type { ModelProfile } from './engine.ts';
import { EngineFailure } from './engine.ts';
import type { OllamaOwner } from './ollama-client.ts';
import { withClient } from './ollama-client.ts';
import type { TagEntry } from './ollama-wire.ts';
import { parseShow } from './ollama-wire.ts';
import { ownStops, toProfile } from './profile.ts';

interface KnownModel {
  readonly digest: string;
  readonly profile: ModelProfile;
  readonly ownStops: readonly string[];
}

export class OllamaModels {
  readonly #settings: OllamaOwner;
  readonly #log: Log;
  readonly #known = new Map<string, KnownModel>();

  constructor(settings: OllamaOwner, log: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  /**
   * Profiles of the listed models. One that can't be shown is left out, not fatal; one that only forwards to another machine is
   * left out unless the owner allows that.
   */
  async profiles(tags: readonly TagEntry[], signal: AbortSignal): Promise<readonly ModelProfile[]> {
    const models = await Promise.all(tags.map((tag) => this.#profile(tag, signal)));
    return models.filter((model) => model !== undefined);
  }

  /**
   * What a request to the model has to respect.
   * @throws EngineFailure `missing-model` for a name that Ollama does not have, `refused` for another machine's model.
   */
  async traits(name: string, signal: AbortSignal): Promise<{ canThink: boolean; ownStops: readonly string[] }> {
    const { profile, ownStops } =
      this.#known.get(name) ?? this.#known.get(`${name}:latest`) ?? (await this.#learn(unlisted(name), signal));
    if (profile.remoteHost !== undefined && !this.#settings.owner.allowRemote) {
      throw new EngineFailure(
        'refused',
        `${name} runs at ${profile.remoteHost}, not here; code is not sent there without your consent`,
        'choose a local model in joule.roles, or set "allowRemote": true in $XDG_CONFIG_HOME/joule-ls/config.json',
      );
    }
    return { canThink: profile.canThink, ownStops };
  }

  forget(name: string): void {
    this.#known.delete(name);
  }

  async #profile(tag: TagEntry, signal: AbortSignal): Promise<ModelProfile | undefined> {
    if (tag.remoteHost !== undefined && !this.#settings.owner.allowRemote) return undefined;
    const present = this.#known.get(tag.name);
    if (present !== undefined && present.digest === tag.digest) return present.profile;
    try {
      return (await this.#learn(tag, signal)).profile;
    } catch (error) {
      signal.throwIfAborted();
      this.#log.warn({ model: tag.name, error: String(error) }, 'Ollama lists a model that it cannot show');
      return undefined;
    }
  }

  async #learn(tag: TagEntry, signal: AbortSignal): Promise<KnownModel> {
    const show = await withClient(this.#settings, { signal, model: tag.name }, async (client) =>
      parseShow(await client.show({ model: tag.name })),
    );
    const model = { digest: tag.digest, profile: toProfile('ollama', tag, show), ownStops: ownStops(show) };
    this.#known.set(tag.name, model);
    return model;
  }
}

function unlisted(name: string): TagEntry {
  const details = { family: '', parameterSize: '', quantization: '' };
  return { name, digest: '', sizeBytes: 0, details, capabilities: undefined, remoteHost: undefined };
}
