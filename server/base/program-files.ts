// Where the parts of the built program lie: worker threads, child processes, grammars, models.
// The same code runs from source (tests, through tsx) and from the bundle.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

declare const JOULE_LS_VERSION: string | undefined;

const here = import.meta.url;
const fromSource = here.endsWith('.ts');

/** `dist/`, seen from source or from a bundled chunk. Grammars and models are only there, also for tests. */
const dist = fromSource
  ? new URL('../../dist/', here)
  : here.includes('/chunks/')
    ? new URL('../', here)
    : new URL('./', here);

/** Version of the package, `0.0.0-source` when run from source. */
export const serverVersion = typeof JOULE_LS_VERSION === 'string' ? JOULE_LS_VERSION : '0.0.0-source';

/** URL of a file that the build put beside the program, e.g. `grammars/tree-sitter-go.wasm`. */
export function assetUrl(path: string): URL {
  return new URL(path, dist);
}

/**
 * A separately started part of the program, for Worker or fork.
 * @param source path under server/, e.g. `syntax/worker.ts`; build.mjs lists the same file as an entry point.
 */
export function programPart(source: string): { readonly url: URL; readonly execArgv: readonly string[] } {
  if (fromSource) return { url: new URL(`../${source}`, here), execArgv: ['--import', typescriptLoader()] };
  return { url: new URL(source.replace('/', '-').replace(/\.ts$/, '.js'), dist), execArgv: [] };
}

/**
 * `--import tsx` registers on main threads only, so the part registers it itself; right for threads and processes.
 * Resolved by `require`, because test runners may load this file either way.
 */
function typescriptLoader(): string {
  const api = new URL('./index.mjs', pathToFileURL(createRequire(here).resolve('tsx/esm/api')));
  return `data:text/javascript,${encodeURIComponent(`import { register } from ${JSON.stringify(api.href)}; register();`)}`;
}
