// Installs the embedded engine with progress that a person can watch, and says where it is. For `engine install` and `demo`.

import { oneLine } from '../base/escape.ts';
import { defaultEngineDirectory } from '../models/engine-directory.ts';
import {
  EngineInstallFailure,
  type InstallProgress,
  type InstallResult,
  installEngine,
} from '../models/engine-install.ts';
import { readOwnerConfiguration } from './owner-settings.ts';
import { placesFrom } from './places.ts';
import { barOf, createProgressLine } from './progress-line.ts';

/** Where the engine goes: the owner's `engineDirectory`, else the default. */
export async function engineDirectoryFrom(env: NodeJS.ProcessEnv): Promise<string> {
  const { owner } = await readOwnerConfiguration(placesFrom(env).configFile);
  return owner.engineDirectory ?? defaultEngineDirectory(env);
}

/** Installs, drawing progress on stderr. @returns undefined after having said why it could not. */
export async function installEmbedded(directory: string, signal: AbortSignal): Promise<InstallResult | undefined> {
  const bar = createBar(process.stderr, directory);
  try {
    const result = await installEngine({ directory, onProgress: bar.show, signal });
    bar.end();
    return result;
  } catch (error) {
    bar.end();
    if (signal.aborted) process.stderr.write('joule-ls: cancelled; nothing was installed\n');
    else if (error instanceof EngineInstallFailure) {
      process.stderr.write(`joule-ls: ${oneLine(error.message, 400)}\nWhat helps: ${error.mend}\n`);
    } else throw error;
    return undefined;
  }
}

interface Bar {
  readonly show: (progress: InstallProgress) => void;
  readonly end: () => void;
}

/** Elsewhere than on a terminal one line at each quarter. */
function createBar(stream: NodeJS.WriteStream, directory: string): Bar {
  const line = createProgressLine(stream);
  let announced = false;
  return {
    show({ phase, packages, packagesTotal }) {
      if (phase === 'checking') return;
      if (!announced)
        stream.write(`Installing the embedded engine (llama.cpp, about 83 MB) into ${oneLine(directory, 200)}\n`);
      announced = true;
      const quarter = Math.floor((4 * packages) / packagesTotal) / 4;
      const share = stream.isTTY ? packages / packagesTotal : quarter;
      const counted = stream.isTTY ? `${packages} of ${packagesTotal} packages` : `${Math.round(share * 100)} %`;
      line.show(phase === 'verifying' ? 'checking what arrived' : `${barOf(share)} ${counted}`);
    },
    end: line.end,
  };
}
