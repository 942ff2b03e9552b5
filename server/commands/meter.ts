// `joule-ls meter -- cmd…`: the joules of any command, per counter. `joule-ls meter serve`: this machine's counters for an editor
// elsewhere. Words to work; measuring and serving have files of their own.

import { parseArgs } from 'node:util';
import type { MeterFormat } from './meter-output.ts';
import { meterCommand } from './meter-run.ts';
import { type ServePlace, serveCounters } from './meter-serve.ts';

const usage = `joule-ls meter [--json | --csv] [--every MS] [--output FILE] -- COMMAND [ARGUMENT…]
joule-ls meter serve [--port N | --socket PATH]
`;

/** @returns the command's own exit code; 2 for a wrong command line, 127 and 126 as a shell has them. */
export async function runMeterCommand(args: readonly string[]): Promise<number> {
  let work: () => Promise<number>;
  try {
    work = args[0] === 'serve' ? toServe(args.slice(1)) : toMeter(args);
  } catch (error) {
    process.stderr.write(`joule-ls meter: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  return work();
}

function toMeter(args: readonly string[]): () => Promise<number> {
  const dashes = args.indexOf('--');
  const { values } = parseArgs({
    args: args.slice(0, dashes === -1 ? args.length : dashes),
    options: {
      json: { type: 'boolean' },
      csv: { type: 'boolean' },
      every: { type: 'string' },
      output: { type: 'string' },
    },
  });
  const [command, ...commandArguments] = dashes === -1 ? [] : args.slice(dashes + 1);
  if (command === undefined) throw new Error('the command to measure goes behind --');
  if (values.json && values.csv) throw new Error('--json or --csv, not both');
  const format: MeterFormat = values.json ? 'json' : values.csv ? 'csv' : 'text';
  const everyMilliseconds = toEvery(values.every);
  return () => meterCommand({ command, commandArguments, format, everyMilliseconds, output: values.output });
}

function toServe(args: readonly string[]): () => Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { port: { type: 'string' }, socket: { type: 'string' } } });
  const { port, socket } = values;
  if (port !== undefined && socket !== undefined) throw new Error('a port or a socket, not both');
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535))
    throw new Error(`${port} is not a port`);
  const place: ServePlace = socket === undefined ? { port: port === undefined ? undefined : Number(port) } : { socket };
  return () => serveCounters(place);
}

/** Faster than 100 a second nothing is gained: most counters refresh once a millisecond, cards ten times a second. */
function toEvery(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const milliseconds = Number(text);
  if (!(milliseconds >= 10 && milliseconds <= 3_600_000)) throw new Error('--every takes milliseconds, 10 to 3600000');
  return milliseconds;
}
