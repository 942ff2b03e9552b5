// The set-up step of every test that needs the real embedded engine: installs it once, outside the sources, and keeps it.
// `JOULE_LS_TEST_ENGINE` names another place. Run alone with `npx tsx test/support/install-engine.ts`.

import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EngineInstallFailure, installEngine } from '../../server/models/engine-install.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const testEngineDirectory = resolve(process.env.JOULE_LS_TEST_ENGINE ?? `${root}/build/engine`);

/** The joule-tiny model as it lies in the sources, so that no build is needed. */
export const tinyModelPath = fileURLToPath(
  new URL('../../server/models/joule-tiny/joule-tiny-q8.gguf', import.meta.url),
);

let installing: Promise<string | undefined> | undefined;

/** @returns why there is no engine to test with, or undefined when it is there. Installs at most once per run. */
export function engineForTests(): Promise<string | undefined> {
  installing ??= install();
  return installing;
}

/** For `before`: skips the suite aloud when the engine can't be installed here. */
export async function needEngine(this: Mocha.Context): Promise<void> {
  this.timeout(180_000);
  const why = await engineForTests();
  if (why === undefined) return;
  console.log(`SKIPPED: ${this.test?.parent?.title ?? 'tests of the embedded engine'} because ${why}`);
  this.skip();
}

async function install(): Promise<string | undefined> {
  let said = '';
  const say = (phase: string): void => {
    if (phase === said) return;
    said = phase;
    if (phase === 'fetching') console.log(`Installing the embedded engine into ${testEngineDirectory} (once)`);
  };
  try {
    await installEngine({
      directory: testEngineDirectory,
      onProgress: ({ phase }) => say(phase),
      signal: AbortSignal.timeout(150_000),
    });
    return undefined;
  } catch (error) {
    if (
      error instanceof EngineInstallFailure &&
      !['no-network', 'no-npm', 'unsupported-platform'].includes(error.kind)
    ) {
      throw error;
    }
    return error instanceof Error ? error.message : String(error);
  }
}

if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) {
  const why = await engineForTests();
  console.log(why ?? `The embedded engine is in ${testEngineDirectory}`);
  process.exitCode = why === undefined ? 0 : 1;
}
