// The `joule` settings that somebody set. VS Code answers with its own defaults for the rest, and those would hide the defaults in
// the owner's config.json. Pure: VS Code's configuration comes in as a port.

export interface Inspected {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

export interface ConfigurationPort {
  get(key: string): unknown;
  inspect(key: string): Inspected | undefined;
}

/** @param keys below `joule.`, e.g. `engine`. */
export function explicitSettings(keys: readonly string[], configuration: ConfigurationPort): Record<string, unknown> {
  const isSet = (key: string): boolean => {
    const found = configuration.inspect(key);
    return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].some((one) => one !== undefined);
  };
  return Object.fromEntries(keys.filter(isSet).map((key) => [key, configuration.get(key)]));
}
