// `joule-ls models`: who has which role, how large they are, what a token was measured to cost, what is missing. `models pull NAME`,
// `models modelfile`, `models --rank`.

import { parseArgs } from 'node:util';
import { oneLine } from '../base/escape.ts';
import { textTable } from '../base/text-table.ts';
import { formatAmount } from '../energy/format.ts';
import { isKnown } from '../energy/joules.ts';
import type { Ledger } from '../ledger/port.ts';
import type { Weights } from '../ledger/ranking.ts';
import { jouleTinyModel } from '../models/embedded-models.ts';
import type { ModelProfile } from '../models/engine.ts';
import { infillText } from '../models/infill-tokens.ts';
import { tinyModelfile } from '../models/tiny-modelfile.ts';
import { rolesFor, type Survey } from './engine-room.ts';
import { parseWeights, printRanking } from './models-rank.ts';
import { isHubName, pullHubModel } from './pull-hub-model.ts';
import { pullModel } from './pull-model.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** How far back measured calls count. */
const rememberedDays = 62;

const usage = `joule-ls models [pull NAME [--yes] | modelfile | --rank [--weights quality=1,latency=1,energy=1]] [--json]

pull NAME     by Ollama; hf:USER/REPO[:QUANT] or hf:USER/REPO/FILE.gguf from huggingface.co for the embedded engine
modelfile     joule-tiny for Ollama: joule-ls models modelfile > Modelfile && ollama create joule-tiny -f Modelfile
`;

/** @returns 0 when every role is filled, the model is there, or something was ranked; 1 when not; 2 for what makes no sense. */
export async function runModelsCommand(args: readonly string[]): Promise<number> {
  const order = parseOrder(args);
  if (typeof order === 'string') {
    process.stderr.write(`${order}\n${usage}`);
    return 2;
  }
  if (order.modelfile) {
    process.stdout.write(tinyModelfile(jouleTinyModel.path));
    return 0;
  }
  if (order.pull !== undefined && isHubName(order.pull)) return pullFromHub(order.pull, order.yes);
  const bench = await openWorkbench(process.env);
  try {
    if (order.pull !== undefined) return await pull(bench, order.pull);
    const since = bench.clock.wallMilliseconds() - rememberedDays * 86_400_000;
    if (order.rank !== undefined) {
      await bench.ledger.ready();
      const ranked = { weights: order.rank, sinceWallMilliseconds: since, json: order.json };
      return printRanking(bench, ranked, (text) => process.stdout.write(text));
    }
    const survey = await bench.rooms.survey(bench.settings, new AbortController().signal);
    await bench.ledger.ready();
    const rows = survey.models.map((model) => rowOf(model, survey, bench.ledger, since));
    if (order.json) process.stdout.write(`${JSON.stringify({ models: rows, roles: survey.roles }, undefined, 2)}\n`);
    else process.stdout.write(`${[...table(rows), ...missing(survey)].join('\n')}\n`);
    return survey.roles.kind === 'chosen' ? 0 : 1;
  } finally {
    await bench.close();
  }
}

interface ModelsOrder {
  readonly pull: string | undefined;
  readonly modelfile: boolean;
  /** Download without asking. */
  readonly yes: boolean;
  readonly rank: Weights | undefined;
  readonly json: boolean;
}

function parseOrder(args: readonly string[]): ModelsOrder | string {
  const options = {
    json: { type: 'boolean' },
    rank: { type: 'boolean' },
    weights: { type: 'string' },
    yes: { type: 'boolean' },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [word, name, more] = positionals;
    const modelfile = word === 'modelfile' && name === undefined;
    if (word !== undefined && !modelfile && (word !== 'pull' || name === undefined || more !== undefined))
      return 'this makes no sense:';
    const weights = parseWeights(values.weights);
    if (typeof weights === 'string') return weights;
    return {
      pull: name,
      modelfile,
      yes: values.yes === true,
      rank: values.rank === true ? weights : undefined,
      json: values.json === true,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
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
  /** How it is asked to fill in the middle: by the engine, by a raw prompt with its family's tokens, or not at all. */
  readonly infill: 'engine' | 'raw prompt' | 'no';
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
    infill: infillOf(model),
    joulesPerOutputToken: joulesPerToken(model, ledger, since),
  };
}

function infillOf(model: ModelProfile): Row['infill'] {
  if (model.canInfill) return 'engine';
  return infillText(model.name, { prefix: '', suffix: '' }) === undefined ? 'no' : 'raw prompt';
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
  const head = ['model', 'engine', 'roles', 'parameters', 'active', 'size', 'context', 'infill', 'J/token here'];
  const cells = rows.map((row) => [
    oneLine(row.name, 50),
    row.engine,
    row.roles.join(', ') || '-',
    billions(row.parameters),
    billions(row.activeParameters),
    row.weightBytes > 0 ? `${(row.weightBytes / 1e9).toFixed(row.weightBytes < 1e8 ? 3 : 1)} GB` : 'not said',
    row.contextLength > 0 ? String(row.contextLength) : 'not said',
    row.infill,
    row.joulesPerOutputToken === undefined ? 'not measured' : formatAmount(row.joulesPerOutputToken),
  ]);
  return textTable([head, ...cells]);
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

async function pullFromHub(name: string, yes: boolean): Promise<number> {
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort(new Error('interrupted'));
  process.once('SIGINT', onInterrupt);
  try {
    return await pullHubModel({ name, yes, env: process.env }, stop.signal);
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
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
