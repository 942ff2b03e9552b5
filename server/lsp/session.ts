// One conversation with one editor: what its features share. Heavy parts are loaded on first need, once.

import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Client } from './client.ts';
import type { Core, Parts } from './core.ts';
import type { Documents } from './documents.ts';
import type { FactsCache } from './facts-cache.ts';
import type { Regions } from './regions.ts';
import type { SettingsSync } from './settings-sync.ts';
import type { Workspace } from './workspace.ts';

export interface Session {
  readonly clock: Clock;
  readonly log: Log;
  readonly client: Client;
  readonly documents: Documents;
  readonly workspace: Workspace;
  readonly settings: SettingsSync;
  readonly facts: FactsCache;
  readonly regions: Regions;
  /** What has been loaded so far. Listing code actions uses this and nothing else. */
  parts(): Parts | undefined;
  /** Loads them on first need. Rejects when they cannot be built: every caller hears it, once in words. */
  needParts(): Promise<Parts>;
}

export type Loader = Pick<Session, 'parts' | 'needParts'> & { close(): Promise<void> };

/** Loads once; a failed load is tried again at the next need. */
export function createLoader(core: Core, load: () => Promise<Parts>): Loader {
  let loaded: Parts | undefined;
  let loading: Promise<Parts> | undefined;
  let closed = false;
  return {
    parts: () => loaded,
    needParts() {
      if (closed) return Promise.reject(new Error('the session is over'));
      loading ??= load().then(
        (parts) => {
          loaded = parts;
          return parts;
        },
        (error: unknown) => {
          loading = undefined;
          core.log.error({ error: String(error) }, 'the parts of the server could not be built');
          throw error;
        },
      );
      return loading;
    },
    async close() {
      closed = true;
      const parts = await loading?.catch(() => undefined);
      await parts?.close();
    },
  };
}
