// Bundles the floor server with the settings of build.mjs, into a temporary folder.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface Floor {
  /** Argument of `node`. */
  readonly file: string;
  remove(): void;
}

/** Change it together with `common` in build.mjs: a floor that is bundled otherwise is no floor. */
export async function buildFloor(): Promise<Floor> {
  const folder = mkdtempSync(join(tmpdir(), 'joule-floor-'));
  const file = join(folder, 'main.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('floor-server.ts', import.meta.url))],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
