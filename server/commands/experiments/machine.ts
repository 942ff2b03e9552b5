// What an experiment ran on, as far as this process can tell.

import { cpus, totalmem } from 'node:os';
import { serverVersion } from '../../base/program-files.ts';
import type { Machine } from '../../report/experiments/experiment.ts';
import type { Survey } from '../engine-room.ts';
import type { Workbench } from '../workbench.ts';

export async function machineOf(bench: Workbench, survey: Survey, standIn: string | undefined): Promise<Machine> {
  const { sources } = await bench.meter.inventory();
  const details = sources.flatMap((source) => Object.entries(source.details ?? {}));
  const detail = (name: RegExp): string | undefined => details.find(([key]) => name.test(key))?.[1]?.toString();
  const processors = cpus();
  const processor = processors[0]?.model.trim();
  const driver = detail(/driver/i);
  return {
    server: serverVersion,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    ...(processor === undefined || processor === '' ? {} : { processor }),
    cores: processors.length,
    memoryBytes: totalmem(),
    ...(standIn === undefined ? {} : { standIn }),
    devices: [...new Set(sources.map((source) => source.label))],
    ...(driver === undefined ? {} : { driver }),
    engines: survey.engines
      .filter((engine) => engine.state !== undefined)
      .map(({ id, state }) => ({ id, ...(state?.version === undefined ? {} : { version: state.version }) })),
    models: survey.models.map(({ name, engineId, digest }) => ({
      name,
      engine: engineId,
      ...(digest === undefined || digest === '' ? {} : { digest }),
    })),
  };
}
