// Runs one command with given files where it can harm nothing: bubblewrap on Linux. Where there is none, nothing is run at all.
// Knows no model, no protocol, no task.

import { existsSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { bubblewrapArguments, type Walls } from './arguments.ts';
import { type Launched, launch } from './launch.ts';
import type { Sandbox, SandboxLimits, SandboxRequest, SandboxResult } from './port.ts';

export interface SandboxOptions extends Walls {
  readonly clock: Clock;
  readonly platform?: NodeJS.Platform;
  /** Where bubblewrap may be; never looked up on a PATH, which a workspace may have changed. */
  readonly programs?: readonly string[];
}

/**
 * Bounds for a few examples or one checker, on a machine that does other things meanwhile. Numeric libraries start a thread per core
 * when they are imported, hence so many processes.
 */
export const usualLimits: SandboxLimits = {
  wallMilliseconds: 10_000,
  memoryBytes: 512 * 1024 * 1024,
  processes: 64,
  scratchBytes: 64 * 1024 * 1024,
  fileBytes: 16 * 1024 * 1024,
  outputBytes: 64 * 1024,
};

const usualPrograms = ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/bin/bwrap'];

type Problem = { readonly why: string; readonly mend?: string };

/** Starts nothing by itself. The first use tries whether walls can be put up here, and that is remembered. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { clock, platform = process.platform, programs = usualPrograms } = options;
  let tried: Promise<Problem | string> | undefined;

  async function run(bubblewrap: string, request: SandboxRequest, signal: AbortSignal): Promise<Launched> {
    const limits = { ...usualLimits, ...request.limits };
    const walls = bubblewrapArguments(request, limits, options);
    if (walls === undefined) return { kind: 'not started', why: 'a file would lie outside of /tmp' };
    return launch({ bubblewrap, arguments: walls, files: request.files, limits, clock }, signal);
  }

  async function tryOnce(): Promise<Problem | string> {
    if (platform !== 'linux') return { why: `there is no sandbox on ${platformNames[platform] ?? platform} yet` };
    const bubblewrap = programs.find((program) => existsSync(program));
    if (bubblewrap === undefined)
      return { why: 'bubblewrap is not installed', mend: 'sudo apt-get install bubblewrap' };
    const result = await run(bubblewrap, { command: ['true'], files: [] }, new AbortController().signal);
    if (result.kind === 'ran' && result.exitCode === 0) return bubblewrap;
    return explained(result.kind === 'not started' ? result.why : `${result.kind}: ${result.errorOutput.trim()}`);
  }

  const found = (): Promise<Problem | string> => {
    tried ??= tryOnce();
    return tried;
  };

  return {
    async problem() {
      const bubblewrap = await found();
      return typeof bubblewrap === 'string' ? undefined : bubblewrap;
    },
    async execute(request, signal) {
      const bubblewrap = await found();
      signal.throwIfAborted();
      if (typeof bubblewrap !== 'string') return { kind: 'unavailable', ...bubblewrap };
      return resultOf(await run(bubblewrap, request, signal), request);
    },
  };
}

/** prlimit says 126 or 127 and why when it could not start the program. */
function resultOf(launched: Launched, { command }: SandboxRequest): SandboxResult {
  if (launched.kind === 'not started') return { kind: 'unavailable', ...explained(launched.why) };
  const missing = launched.kind === 'ran' && [126, 127].includes(launched.exitCode);
  if (!missing || !launched.errorOutput.startsWith('prlimit: ')) return launched;
  return {
    kind: 'unavailable',
    why: `${command[0]} is not among the programs that the sandbox may see`,
    mend: 'name the folder that it is in under sandbox.readable in config.json',
  };
}

const platformNames: Readonly<Record<string, string>> = { darwin: 'macOS', win32: 'Windows' };

/** bubblewrap's words, and what mends the usual ones. Ubuntu's kernels let only programs with a profile make user namespaces. */
function explained(why: string): Problem {
  const said = why.split('\n')[0]?.slice(0, 200) ?? '';
  if (/disable-userns/.test(said)) return { why: said, mend: 'bubblewrap 0.8 or newer' };
  if (/execvp prlimit/.test(said)) return { why: said, mend: 'sudo apt-get install util-linux' };
  if (/Permission denied|Operation not permitted|No permissions|namespace/i.test(said))
    return {
      why: `walls can't be put up here: ${said}`,
      mend: 'allow user namespaces for bwrap (AppArmor, sysctl, container)',
    };
  return { why: said };
}
