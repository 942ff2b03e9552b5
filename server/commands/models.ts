// `joule-ls models`: who has which role, how large they are, what a token was measured to cost, what is missing. `models pull NAME`.

import { oneLine } from '../base/escape.ts';
import { formatAmount } from '../energy/format.ts';
import { isKnown } from '../energy/joules.ts';
import type { Ledger } from '../ledger/port.ts';
import type { ModelProfile } from '../models/engine.ts';
import { rolesFor, type Survey } from './engine-room.ts';
import { pullModel } from './pull-model.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** How far back measured calls count. */
const rememberedDays = 62;

/** @returns 0 when every role is filled, or the model is there; 1 when not. */
export async function runModelsCommand(args: readonly string[]): Promise<number> {
  const [word, name] = args.filter((arg) => !arg.startsWith('--'));
  const bench = await openWorkbench(process.env);
  try {
    if (word === 'pull' && name !== undefined) return await pull(bench, name);
    if (word !== undefined) {
      process.stderr.write('joule-ls models [pull NAME] [--json]\n');
      return 2;
    }
    const survey = await bench.rooms.survey(bench.settings, new AbortController().signal);
    await bench.ledger.ready();
    const since = bench.clock.wallMilliseconds() - rememberedDays * 86_400_000;
    const rows = survey.models.map((model) => rowOf(model, survey, bench.ledger, since));
    if (args.includes('--json'))
      process.stdout.write(`${JSON.stringify({ models: rows, roles: survey.roles }, undefined, 2)}\n`);
    else process.stdout.write(`${[...table(rows), ...missing(survey)].join('\n')}\n`);
    return survey.roles.kind === 'chosen' ? 0 : 1;
  } finally {
    await bench.close();
  }
}

interface Row {
  readonly name: string;
  readonly engine: string;
  readonly roles: readonly string[];
  readonly parameters: number;
  readonly activeParameters: number;
  readonly weightBytes: number;
  readonly contextLength: number;
  /** Measured or estimated on this machine; undefined when no call of it has a figure. */
  readonly joulesPerOutputToken: number | undefined;
}

function rowOf(model: ModelProfile, survey: Survey, ledger: Ledger, since: number): Row {
  const { roles } = survey;
  const seats = roles.kind === 'chosen' ? Object.entries(roles.roles) : [];
  return {
    name: model.name,
    engine: model.engineId,
    roles: seats.filter(([, seat]) => seat.profile === model).map(([role]) => role),
    parameters: model.parameters,
    activeParameters: model.activeParameters,
    weightBytes: model.weightBytes,
    contextLength: model.contextLength,
    joulesPerOutputToken: joulesPerToken(model, ledger, since),
  };
}

function joulesPerToken(model: ModelProfile, ledger: Ledger, since: number): number | undefined {
  let joules = 0;
  let tokens = 0;
  for (const { calls } of ledger.receiptsSince(since)) {
    for (const call of calls) {
      const { gross } = call.joules;
      if (call.model !== model.name || call.engine !== model.engineId || !isKnown(gross)) continue;
      joules += gross.joules;
      tokens += call.tokens.out;
    }
  }
  return tokens > 0 ? joules / tokens : undefined;
}

function table(rows: readonly Row[]): string[] {
  const head = ['model', 'engine', 'roles', 'parameters', 'active', 'size', 'context', 'J/token here'];
  const cells = rows.map((row) => [
    oneLine(row.name, 50),
    row.engine,
    row.roles.join(', ') || '-',
    billions(row.parameters),
    billions(row.activeParameters),
    row.weightBytes > 0 ? `${(row.weightBytes / 1e9).toFixed(row.weightBytes < 1e8 ? 3 : 1)} GB` : 'not said',
    row.contextLength > 0 ? String(row.contextLength) : 'not said',
    row.joulesPerOutputToken === undefined ? 'not measured' : formatAmount(row.joulesPerOutputToken),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  return [head, ...cells].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function missing(survey: Survey): string[] {
  const unready = rolesFor(survey, undefined);
  if (!('why' in unready)) return [];
  return ['', oneLine(unready.why, 400), ...(unready.mend === undefined ? [] : [`  ${unready.mend}`])];
}

function billions(count: number): string {
  if (count <= 0) return 'not said';
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)} B` : `${(count / 1e6).toFixed(1)} M`;
}

async function pull({ rooms, settings }: Workbench, model: string): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  let last = '';
  const why = await pullModel(
    rooms,
    {
      model,
      settings,
      onProgress({ status, completedBytes, totalBytes }) {
        const share = totalBytes > 0 ? ` ${Math.floor((100 * completedBytes) / totalBytes)} %` : '';
        const line = `${oneLine(status, 80)}${share}`;
        if (line === last) return;
        last = line;
        process.stderr.write(process.stderr.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
      },
    },
    stop.signal,
  );
  if (process.stderr.isTTY) process.stderr.write('\n');
  process.stdout.write(why === undefined ? `${model} is there\n` : '');
  if (why !== undefined) process.stderr.write(`${oneLine(why, 400)}\n`);
  return why === undefined ? 0 : 1;
}
