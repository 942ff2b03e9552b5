// What only the machine's owner may say, from `config.json`, and what the same file sets for every editor.
// A bad value is named and left out; it never stops the server.

import { readFile } from 'node:fs/promises';
import { editorSettingsSchema, type OwnerSettings, ownerSettingsSchema } from '../settings.ts';

export interface OwnerConfiguration {
  readonly owner: OwnerSettings;
  /** Keys of the editor's settings: defaults that an editor may override. */
  readonly editorDefaults: Readonly<Record<string, unknown>>;
  /** Sentences about what could not be used. */
  readonly problems: readonly string[];
}

/** @param path of `config.json`; a file that is not there is an empty one. */
export async function readOwnerConfiguration(path: string): Promise<OwnerConfiguration> {
  const problems: string[] = [];
  const sent = await readJsonObject(path, problems);
  const owner: Record<string, unknown> = {};
  const editorDefaults: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(sent)) {
    if (Object.hasOwn(ownerSettingsSchema.shape, key)) {
      const parsed = ownerSettingsSchema.shape[key as keyof typeof ownerSettingsSchema.shape].safeParse(value);
      if (parsed.success) owner[key] = parsed.data;
      else problems.push(`${path}: ${key}: ${parsed.error.issues[0]?.message ?? 'not valid'}; it is ignored`);
    } else if (Object.hasOwn(editorSettingsSchema.shape, key)) editorDefaults[key] = value;
    else problems.push(`${path}: ${key} is not a setting of joule-ls`);
  }
  return { owner: ownerSettingsSchema.parse(owner), editorDefaults, problems };
}

async function readJsonObject(path: string, problems: string[]): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') problems.push(`${path} cannot be read (${code ?? String(error)}); it is ignored`);
    return {};
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    problems.push(`${path} must hold an object; it is ignored`);
  } catch (error) {
    problems.push(`${path} is not JSON (${error instanceof Error ? error.message : String(error)}); it is ignored`);
  }
  return {};
}
