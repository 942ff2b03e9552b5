// What mends things where this program runs: inside the VS Code extension nobody has `joule-ls` on a command line or an npm folder
// to install into. Knows the words of the two places; not what is broken.

import { optionalPackagesMend } from '../../native-bindings/nvml-library.ts';
import { serverVersion } from '../base/program-files.ts';

/** A mend as it is true here; commands that work everywhere come back as they are. */
export type MendHere = (mend: string) => string;

/**
 * @param env `JOULE_LS_INSIDE` is `vscode` when the extension starts the server that it brings along.
 * @param platform of the VSIX that would have what is missing, as VS Code writes it: `linux-x64`.
 */
export function mendsHere(env: NodeJS.ProcessEnv, platform: string = `${process.platform}-${process.arch}`): MendHere {
  if (env.JOULE_LS_INSIDE !== 'vscode') return (mend) => mend;
  const words: Readonly<Record<string, string>> = {
    'joule-ls engine install': 'the command “Joule: Install the Embedded Engine”',
    [optionalPackagesMend]: `install joule-ls-${serverVersion}-${platform}.vsix instead of the universal extension`,
  };
  return (mend) => words[mend] ?? mend;
}
