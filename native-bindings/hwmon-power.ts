// A power sensor of Linux's hwmon interface. Knows the file names and their unit (µW); not what the sensor belongs to.

import { readSlowFile } from './slow-file.ts';
import { parseInteger } from './small-files.ts';

export interface HwmonPower {
  readonly path: string;
  /** How often it is refreshed, or over how long it averages. */
  readonly updateSeconds: number;
  readonly firstMilliwatts: bigint;
  /** @throws the file system's error, or one with code `EINVAL` where there is no number. */
  read(): Promise<bigint>;
}

/** `power1_input` is the moment, `power1_average` a mean over about a second; older amdgpu cards have only the latter. */
const files = [
  { name: 'power1_input', updateSeconds: 0.1 },
  { name: 'power1_average', updateSeconds: 1 },
] as const;

/** @returns the first of the sensor's files that answers; undefined when none does. */
export async function openHwmonPower(folder: string): Promise<HwmonPower | undefined> {
  for (const { name, updateSeconds } of files) {
    const path = `${folder}/${name}`;
    const read = async (): Promise<bigint> => {
      const microwatts = parseInteger((await readSlowFile(path)).toString('latin1').trim());
      if (microwatts === undefined) throw Object.assign(new Error(`${path} holds no number`), { code: 'EINVAL' });
      return microwatts / 1000n;
    };
    try {
      return { path, updateSeconds, firstMilliwatts: await read(), read };
    } catch {
      // The next file may answer.
    }
  }
  return undefined;
}
