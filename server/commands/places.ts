// Where joule-ls keeps its things, by the XDG base directory specification; on Windows below %APPDATA% and %LOCALAPPDATA%.
// Only paths: opens nothing.

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export interface Places {
  /** The owner's `config.json`. */
  readonly configFile: string;
  /** Ledger files, one a month. */
  readonly ledgerDirectory: string;
}

/** @param env `XDG_CONFIG_HOME`, `XDG_STATE_HOME`, and `JOULE_LS_CONFIG`, which names the file itself. */
export function placesFrom(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): Places {
  const windows = platform === 'win32';
  const config = absolute(env.XDG_CONFIG_HOME) ?? (windows ? env.APPDATA : undefined) ?? join(homedir(), '.config');
  const state =
    absolute(env.XDG_STATE_HOME) ?? (windows ? env.LOCALAPPDATA : undefined) ?? join(homedir(), '.local', 'state');
  return {
    configFile: env.JOULE_LS_CONFIG || join(config, 'joule-ls', 'config.json'),
    ledgerDirectory: join(state, 'joule-ls'),
  };
}

/** The specification: relative paths in these variables are invalid and to be ignored. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
