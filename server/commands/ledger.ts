// `joule-ls ledger`: what was written down of each answer, for others (`export`), looked through (`verify`), or taken off (`forget`).

import { parseArgs } from 'node:util';
import { type Clock, systemClock } from '../base/clock.ts';
import { type ExportOrder, exportLedger } from './ledger-export.ts';
import { type ForgetCommand, forgetFromLedger } from './ledger-forget.ts';
import { type SummaryOrder, summaryCommand } from './ledger-summary.ts';
import { verifyCommand } from './ledger-verify.ts';
import { readOwnerConfiguration } from './owner-settings.ts';
import { placesFrom } from './places.ts';
import { parseSince } from './since.ts';

const usage = `joule-ls ledger summary [--since 7d]   what it adds up to, by action, role and model
joule-ls ledger export [--since 7d] [--format jsonl|csv] [--paths] [--force] [FILE|-]
                       all lines (jsonl) or a row for each model call (csv); paths are hashed unless --paths
joule-ls ledger verify   looks through every file: what can't be read and where; exit 1 on damage
joule-ls ledger forget (--before DATE | --path FILE-OR-FOLDER | --all) [--yes]
                       takes receipts off for good; says first which

  --since and --before take 7d, 12h, 4w, or a date as 2026-11-20. All take --json.
`;

type Order =
  | { readonly word: 'summary'; readonly order: SummaryOrder }
  | { readonly word: 'export'; readonly order: ExportOrder }
  | { readonly word: 'verify'; readonly json: boolean }
  | { readonly word: 'forget'; readonly order: ForgetCommand };

/** @returns 0; 1 for damage, for what could not be done, and for a forget that nobody said yes to; 2 for what makes no sense. */
export async function runLedgerCommand(args: readonly string[]): Promise<number> {
  const clock = systemClock;
  const read = parseOrder(args, clock);
  if (typeof read === 'string') {
    process.stderr.write(`${read}\n\n${usage}`);
    return 2;
  }
  const places = placesFrom(process.env);
  const { owner, problems } = await readOwnerConfiguration(places.configFile);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  const directory = owner.ledgerDirectory ?? places.ledgerDirectory;
  try {
    switch (read.word) {
      case 'summary':
        return await summaryCommand(directory, read.order);
      case 'export':
        return await exportLedger(directory, read.order);
      case 'verify':
        return await verifyCommand(directory, read.json, clock);
      case 'forget':
        return await forgetFromLedger(directory, read.order);
    }
  } catch (error) {
    process.stderr.write(`the ledger in ${directory}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

function parseOrder(args: readonly string[], clock: Clock): Order | string {
  const [word, ...rest] = args;
  try {
    switch (word) {
      case 'summary':
        return summaryOrder(rest, clock);
      case 'export':
        return exportOrder(rest, clock);
      case 'verify': {
        const { values } = parseArgs({ args: rest, options: { json: { type: 'boolean' } } });
        return { word, json: values.json === true };
      }
      case 'forget':
        return forgetOrder(rest, clock);
      default:
        return word === undefined ? 'joule-ls ledger takes a word:' : `joule-ls ledger has no ${JSON.stringify(word)}:`;
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function summaryOrder(args: readonly string[], clock: Clock): Order | string {
  const { values } = parseArgs({
    args: [...args],
    options: { since: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const since = values.since === undefined ? undefined : parseSince(values.since, clock.wallMilliseconds());
  if (typeof since === 'string') return since;
  return { word: 'summary', order: { json: values.json, sinceWallMilliseconds: since } };
}

function exportOrder(args: readonly string[], clock: Clock): Order | string {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      since: { type: 'string' },
      format: { type: 'string', default: 'jsonl' },
      paths: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { format, paths, force, json } = values;
  if (format !== 'jsonl' && format !== 'csv') return `--format is jsonl or csv, not ${JSON.stringify(format)}`;
  const since = values.since === undefined ? undefined : parseSince(values.since, clock.wallMilliseconds());
  if (typeof since === 'string') return since;
  const [file = '-', more] = positionals;
  if (more !== undefined) return 'one file at most';
  return { word: 'export', order: { format, paths, force, json, file, sinceWallMilliseconds: since } };
}

function forgetOrder(args: readonly string[], clock: Clock): Order | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      before: { type: 'string' },
      path: { type: 'string' },
      all: { type: 'boolean' },
      yes: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { before, path, all, yes, json } = values;
  const said = [before, path, all].filter((one) => one !== undefined);
  if (said.length !== 1) return 'say one of --before, --path and --all';
  const time = before === undefined ? undefined : parseSince(before, clock.wallMilliseconds());
  if (typeof time === 'string') return time;
  if (path === '') return '--path takes a file or a folder';
  return { word: 'forget', order: { beforeWallMilliseconds: time, path, all, yes, json } };
}
