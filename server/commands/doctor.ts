// `joule-ls doctor`: what can be measured and what can't, why, and the exact command that mends it; engines, models, slots; where
// things are kept. Fails when the main job can't run.

import { defaultRoots } from '../../native-bindings/roots.ts';
import { oneLine } from '../base/escape.ts';
import { serverVersion } from '../base/program-files.ts';
import type { Locality } from '../models/engine.ts';
import {
  checkSources,
  coverageOf,
  type EnergyFindings,
  energyLines,
  type Inventory,
  idleFrom,
} from './doctor-energy.ts';
import { type SandboxFinding, sandboxFinding, sandboxLine } from './doctor-sandbox.ts';
import { type EngineReport, rolesFor, type Survey } from './engine-room.ts';
import { mendsHere } from './mends.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

type Energy = EnergyFindings & Pick<Inventory, 'sharing'>;

/** How far back idle power is looked for. */
const idleMilliseconds = 7 * 24 * 3600 * 1000;

/** @returns 0 when an action could run now, 1 when not. */
export async function runDoctorCommand(args: readonly string[]): Promise<number> {
  const bench = await openWorkbench(process.env);
  try {
    const [survey, { sources, missing, sharing }, sandbox] = await Promise.all([
      bench.rooms.survey(bench.settings, new AbortController().signal),
      bench.meter.inventory(),
      sandboxFinding(bench),
    ]);
    const here = mendsHere(process.env);
    await bench.ledger.ready();
    const roots = defaultRoots(process.env);
    const energy: Energy = {
      looked: [
        roots.powercap,
        roots.msr,
        `${roots.sys}/class/drm`,
        `${roots.sys}/class/power_supply`,
        ...roots.nvmlLibraries,
      ],
      checked: await checkSources(sources, () => bench.clock.nowNanoseconds()),
      idle: idleFrom(bench.ledger.receiptsSince(bench.clock.wallMilliseconds() - idleMilliseconds)),
      sharing,
      missing: missing.map((one) => (one.mend === undefined ? one : { ...one, mend: here(one.mend) })),
    };
    const roles = rolesFor(survey, undefined);
    const ready = !('why' in roles);
    const text = args.includes('--json')
      ? `${JSON.stringify(findingsOf(bench, survey, energy, sandbox), undefined, 2)}\n`
      : `${linesOf(bench, survey, energy, sandbox).join('\n')}\n`;
    process.stdout.write(text);
    return ready ? 0 : 1;
  } finally {
    await bench.close();
  }
}

function findingsOf(
  bench: Workbench,
  survey: Survey,
  { checked, missing, idle, looked, sharing }: Energy,
  sandbox: SandboxFinding,
): object {
  return {
    version: serverVersion,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    ready: survey.roles.kind === 'chosen',
    counters: checked.map(({ source, problem, readMicroseconds }) => {
      const { id, domain, method, label, resolution, details, caveat } = source;
      return { id, domain, method, label, resolution, details, caveat, readMicroseconds, problem };
    }),
    coverage: coverageOf(checked),
    looked,
    idle,
    missing,
    sharing,
    engines: survey.engines,
    roles: survey.roles,
    sandbox,
    places: placesOf(bench),
    problems: bench.problems,
  };
}

function linesOf(bench: Workbench, survey: Survey, energy: Energy, sandbox: SandboxFinding): string[] {
  return [
    `joule-ls ${serverVersion} on Node ${process.versions.node}, ${process.platform}-${process.arch}`,
    '',
    'Energy',
    ...energyLines(energy),
    ...sharingLines(energy),
    '',
    'Engines',
    ...survey.engines.flatMap(engineLines),
    '',
    'Roles',
    ...roleLines(survey),
    '',
    // Of no concern to somebody who lets nothing run.
    ...(sandbox.asked.length === 0 ? [] : ['Sandbox', ...sandboxLine(sandbox), '']),
    'Places',
    ...Object.entries(placesOf(bench)).map(([name, place]) => `  ${name}: ${place}`),
    ...bench.problems.map((problem) => `  ! ${problem}`),
  ];
}

/** Two editors are two servers on the same counters. */
function sharingLines({ sharing }: Energy): string[] {
  if (sharing.shared) return ['  + calls of several editors at once are told apart'];
  const mend = sharing.mend === undefined ? [] : [`      ${sharing.mend}`];
  return [`  - calls of several editors at once can't be told apart: ${oneLine(sharing.why, 200)}`, ...mend];
}

function engineLines({ id, state, failure }: EngineReport): string[] {
  if (state === undefined) {
    const mend = failure?.mend === undefined ? [] : [`      ${failure.mend}`];
    return [`  - ${id}: ${oneLine(failure?.message ?? 'no answer', 300)}`, ...mend];
  }
  const slots = state.slots === 1 ? '1 slot' : `${state.slots} slots`;
  const models = state.models.map((model) => oneLine(model.name, 60)).join(', ') || 'no models';
  return [`  + ${id} ${state.version}, ${slots}: ${models}`, ...localityLines(state.locality)];
}

function localityLines(locality: Locality): string[] {
  if (locality.where === 'this-machine') return [`      its joules are counted here (${locality.how})`];
  if (locality.where === 'elsewhere' && locality.remoteMeter !== undefined)
    return [`      its joules are counted by ${oneLine(locality.remoteMeter, 100)}`];
  const mend = 'mend' in locality ? [`      ${locality.mend}`] : [];
  return [`      its joules are not counted: ${oneLine(locality.why, 200)}`, ...mend];
}

function roleLines(survey: Survey): string[] {
  const { roles } = survey;
  if (roles.kind === 'chosen') return [`  + ${oneLine(roles.why, 300)}`];
  const unready = rolesFor(survey, undefined);
  if (!('why' in unready)) return [];
  return [`  - ${oneLine(unready.why, 400)}`, ...(unready.mend === undefined ? [] : [`      ${unready.mend}`])];
}

function placesOf({ places, ledgerDirectory, logOptions }: Workbench): Readonly<Record<string, string>> {
  return {
    config: places.configFile,
    ledger: ledgerDirectory,
    log: logOptions.file ?? `stderr, ${logOptions.level} and above (JOULE_LS_LOG names a file)`,
  };
}
