// Whether this machine runs on its battery, by Linux's power_supply class. Knows no joule.

import { readSlowFile } from './slow-file.ts';
import { listNames, readText } from './small-files.ts';

/** Folders of the batteries that feed the machine: a mouse has one too, with the scope "Device". */
export function systemBatteries(base: string): readonly string[] {
  return listNames(base)
    .map((name) => `${base}/${name}`)
    .filter((path) => readText(`${path}/type`) === 'Battery' && readText(`${path}/scope`) !== 'Device');
}

/**
 * @param sys root of sysfs (`CounterRoots.sys`).
 * @returns true where a battery discharges and no mains is online; undefined where nothing says so: no battery, no such class, unreadable.
 */
export async function runsOnBattery(sys: string): Promise<boolean | undefined> {
  const base = `${sys}/class/power_supply`;
  const names = listNames(base);
  const online = await Promise.all(names.map((name) => textOf(`${base}/${name}/online`)));
  if (online.includes('1')) return false;
  const states = await Promise.all(
    names.map(async (name) => {
      const [type, scope] = await Promise.all([textOf(`${base}/${name}/type`), textOf(`${base}/${name}/scope`)]);
      return type === 'Battery' && scope !== 'Device' ? textOf(`${base}/${name}/status`) : undefined;
    }),
  );
  const said = states.filter((state) => state !== undefined);
  return said.length === 0 ? undefined : said.includes('Discharging');
}

/** Off the main thread: a battery's controller may take its time. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await readSlowFile(path)).toString('latin1').trim();
  } catch {
    return undefined;
  }
}
