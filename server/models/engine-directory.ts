// Where the embedded engine lies and whether it is there: one marker file, written last, tells "installed".
// Cheap enough for every start of the server; knows nothing of how the engine gets there.

import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The one node-llama-cpp that is installed. Newest with prebuilt binaries for every platform (reference/ollama.md C). */
export const engineVersion = '3.21.1';

/** What a finished install says of itself. `tree` is the SHA-256 over all paths and contents below `node_modules`, hex. */
export interface EngineMarker {
  readonly version: string;
  /** `@node-llama-cpp/linux-x64` */
  readonly binary: string;
  /** SHA-256 of the lock that it was installed from, hex. */
  readonly lock: string;
  readonly tree: string;
  readonly files: number;
  readonly bytes: number;
}

export interface InstalledEngine {
  readonly directory: string;
  readonly marker: EngineMarker;
  /** The library's entry, for a dynamic import by file URL. */
  readonly entryPath: string;
}

export const markerName = 'joule-ls-engine.json';

/** `$XDG_DATA_HOME/joule-ls/engine`, `%LOCALAPPDATA%\joule-ls\engine` on Windows, else below `~/.local/share`. */
export function defaultEngineDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const asked = environment.XDG_DATA_HOME ?? '';
  const local = platform === 'win32' ? environment.LOCALAPPDATA : undefined;
  return join(isAbsolute(asked) ? asked : (local ?? join(homedir(), '.local', 'share')), 'joule-ls', 'engine');
}

/** The engine in `directory` when a finished install of the pinned version is there, else undefined. Reads one small file. */
export function installedEngine(directory: string): InstalledEngine | undefined {
  const marker = readMarker(directory);
  if (marker === undefined || marker.version !== engineVersion) return undefined;
  const entryPath = join(directory, 'node_modules', 'node-llama-cpp', 'dist', 'index.js');
  return statSync(entryPath, { throwIfNoEntry: false })?.isFile() ? { directory, marker, entryPath } : undefined;
}

function readMarker(directory: string): EngineMarker | undefined {
  try {
    const marker: unknown = JSON.parse(readFileSync(join(directory, markerName), 'utf8'));
    return isMarker(marker) ? marker : undefined;
  } catch {
    return undefined;
  }
}

function isMarker(value: unknown): value is EngineMarker {
  if (typeof value !== 'object' || value === null) return false;
  const marker = value as Record<string, unknown>;
  const texts = ['version', 'binary', 'lock', 'tree'].every((key) => typeof marker[key] === 'string');
  return texts && typeof marker.files === 'number' && typeof marker.bytes === 'number';
}
