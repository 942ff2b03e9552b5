// Where joule-ls keeps its things, by the XDG base directory specification; on Windows below %APPDATA% and %LOCALAPPDATA%.
// Only paths: opens nothing.

import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export interface Places {
  /** The owner's `config.json`. */
  readonly configFile: string;
  /** Ledger files, one a month. */
  readonly ledgerDirectory: string;
  /** Where servers of this user tell each other of their calls: the first of these that is private. */
  readonly edgeDirectories: readonly string[];
  /** Where the user keeps what is nobody's business: home, settings, state, data, caches. */
  readonly privateFolders: readonly string[];
}

/** @param env `XDG_CONFIG_HOME`, `XDG_STATE_HOME`, `XDG_RUNTIME_DIR`, and `JOULE_LS_CONFIG`, which names the file itself. */
export function placesFrom(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): Places {
  const windows = platform === 'win32';
  const config = absolute(env.XDG_CONFIG_HOME) ?? (windows ? env.APPDATA : undefined) ?? join(homedir(), '.config');
  const state =
    absolute(env.XDG_STATE_HOME) ?? (windows ? env.LOCALAPPDATA : undefined) ?? join(homedir(), '.local', 'state');
  return {
    configFile: env.JOULE_LS_CONFIG || join(config, 'joule-ls', 'config.json'),
    ledgerDirectory: join(state, 'joule-ls'),
    edgeDirectories: edgeDirectories(env),
    privateFolders: [
      homedir(),
      ...['HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_RUNTIME_DIR']
        .map((name) => absolute(env[name]))
        .filter((folder) => folder !== undefined),
    ],
  };
}

/** Without the variable: where systemd would have put it (made only by root, so used only where it is), then below /tmp. */
function edgeDirectories(env: NodeJS.ProcessEnv): readonly string[] {
  const runtime = absolute(env.XDG_RUNTIME_DIR);
  if (runtime !== undefined) return [join(runtime, 'joule-ls')];
  const uid = process.getuid?.();
  return uid === undefined ? [] : [`/run/user/${uid}/joule-ls`, join(tmpdir(), `joule-ls-${uid}`)];
}

/** The specification: relative paths in these variables are invalid and to be ignored. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
