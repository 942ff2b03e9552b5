// One install of the test packages in a process of its own: `install-once.ts DIRECTORY`. Says on stdout what came of it.

import { EngineInstallFailure, installEngine } from '../../server/models/engine-install.ts';
import { lockOfTestPackages } from './package-registry.ts';

try {
  const { outcome } = await installEngine({
    directory: process.argv[2] ?? '',
    onProgress: () => {},
    signal: new AbortController().signal,
    lock: lockOfTestPackages(),
  });
  console.log(outcome);
} catch (error) {
  if (!(error instanceof EngineInstallFailure)) throw error;
  console.log(`${error.kind}: ${error.message}`);
}
