// Where the counters are looked for on this platform, and the environment variables that say otherwise.
// Only paths: opens nothing.

import type { CounterRoots } from './energy-source.ts';

/**
 * The places of this platform. Each can be moved, for tests and for containers that mount the host's trees elsewhere:
 * `JOULE_LS_POWERCAP_ROOT`, `JOULE_LS_MSR_ROOT`, `JOULE_LS_PROC_ROOT`, `JOULE_LS_SYS_ROOT`, and `JOULE_LS_NVML`
 * (one library path that replaces the whole list).
 */
export function defaultRoots(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): CounterRoots {
  const sys = env.JOULE_LS_SYS_ROOT || '/sys';
  return {
    powercap: env.JOULE_LS_POWERCAP_ROOT || `${sys}/class/powercap`,
    msr: env.JOULE_LS_MSR_ROOT || '/dev/cpu',
    proc: env.JOULE_LS_PROC_ROOT || '/proc',
    sys,
    nvmlLibraries: env.JOULE_LS_NVML ? [env.JOULE_LS_NVML] : nvmlLibraries(env, platform),
  };
}

/**
 * Linux: the loader's search path, the versioned name first (the plain one comes only with development packages).
 * WSL has its own folder and only the versioned name. Windows: the driver's folder, then the older tools' folder.
 */
function nvmlLibraries(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] {
  if (platform === 'linux') return ['libnvidia-ml.so.1', 'libnvidia-ml.so', '/usr/lib/wsl/lib/libnvidia-ml.so.1'];
  if (platform !== 'win32') return [];
  const systemRoot = env.SystemRoot || 'C:\\Windows';
  const programs = env.ProgramW6432 || 'C:\\Program Files';
  return [`${systemRoot}\\System32\\nvml.dll`, `${programs}\\NVIDIA Corporation\\NVSMI\\nvml.dll`];
}
