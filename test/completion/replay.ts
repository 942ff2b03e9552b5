// Types real files into the completion room, character by character with pauses, slips and accepts, over simulated time, and says what that
// took. The model is scripted and its joules are simulated; the room, the policy and the gateway are the real ones.
//
//   npx tsx test/completion/replay.ts [--file FILE]… [--regions N] [--seed N] [--model FILE] [--json FILE]
//
// `--model` overrides shares, pace and joules of the scripted model (`CoderParameters` in replay/scripted-coder.ts) by a JSON file.
// Exit code 1 when a stale text was shown, a question stayed unanswered, or a file came out other than it is.

import { readFileSync, writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seeded } from '../bench/statistics.ts';
import { type CoderParameters, defaultCoder } from './replay/scripted-coder.ts';
import { type Replayed, replay } from './replay/session.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const usualFiles = [
  'server/base/text.ts',
  'server/ledger/fold.ts',
  'server/lsp/documents.ts',
  'server/commands/sample/check.py',
].map((file) => `${root}${file}`);
const languages: Readonly<Record<string, string>> = {
  '.ts': 'typescript',
  '.js': 'javascript',
  '.py': 'python',
  '.go': 'go',
  '.rs': 'rust',
};

interface Way {
  readonly name: string;
  readonly automatic: boolean;
  readonly frugality: number;
}

const ways: readonly Way[] = [
  { name: 'by hand only, nobody asks', automatic: false, frugality: 0.5 },
  ...[0, 0.1, 0.25, 0.5, 0.6, 0.75].map((frugality) => ({
    name: `automatic, frugality ${frugality}`,
    automatic: true,
    frugality,
  })),
];

/** A piece of a file that is taken out and typed again. */
interface Region {
  readonly languageId: string;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const { values } = parseArgs({
  options: {
    file: { type: 'string', multiple: true, default: usualFiles },
    regions: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    model: { type: 'string' },
    json: { type: 'string' },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const seed = Number(values.seed);
  const coder: CoderParameters = {
    ...defaultCoder,
    ...(values.model === undefined ? {} : (JSON.parse(readFileSync(values.model, 'utf8')) as Partial<CoderParameters>)),
  };
  const regions = values.file.flatMap((file) => regionsOf(file, Number(values.regions), seeded(seed)));
  process.stdout.write(
    '| way | keys | accepted characters | requests per 100 keys | tokens out per accepted character | J per accepted character, simulated | taken of shown | not asked | stale shown | unanswered |\n|---|---|---|---|---|---|---|---|---|---|\n',
  );
  const rows: object[] = [];
  let sound = true;
  for (const way of ways) {
    const runs: Replayed[] = [];
    for (const [index, region] of regions.entries()) {
      runs.push(await replay({ ...region, ...way, coder, random: seeded(seed * 1_000 + index) }));
    }
    const total = sumOf(runs);
    sound &&= total.stale === 0 && total.unanswered === 0 && runs.every(({ faithful }) => faithful);
    process.stdout.write(`| ${cellsOf(way, total).join(' | ')} |\n`);
    rows.push({ way, ...total });
  }
  if (values.json !== undefined) {
    const files = values.file.map((file) => basename(file));
    const command = `npx tsx test/completion/replay.ts ${process.argv.slice(2).join(' ')}`.trim();
    writeFileSync(values.json, `${JSON.stringify({ command, files, seed, coder, rows }, undefined, 2)}\n`);
  }
  return sound ? 0 : 1;
}

/** Stretches of 15 to 35 lines that begin at the left margin, and the end of the file, where nothing stands behind the cursor. */
function regionsOf(file: string, count: number, random: () => number): Region[] {
  const text = readFileSync(file, 'utf8');
  const languageId = languages[extname(file)] ?? 'plaintext';
  const starts = [...text.matchAll(/^\S/gm)].map(({ index }) => index);
  const regions: Region[] = [];
  for (let index = 0; index < count; index++) {
    const last = index === count - 1;
    const from = last
      ? text.lastIndexOf('\n', Math.max(0, text.length - 900)) + 1
      : (starts[Math.floor(random() * starts.length)] ?? 0);
    const lines = 15 + Math.floor(random() * 20);
    let to = from;
    for (let line = 0; line < lines && to < text.length; line++) to = text.indexOf('\n', to) + 1 || text.length;
    regions.push({ languageId, text, from, to: last ? text.length : to });
  }
  return regions;
}

interface Total {
  readonly keys: number;
  readonly acceptedCharacters: number;
  readonly characters: number;
  readonly requests: number;
  readonly tokensOut: number;
  readonly tokensIn: number;
  readonly joules: number;
  readonly shownOffers: number;
  readonly accepted: number;
  readonly callsNotMade: number;
  readonly stale: number;
  readonly unanswered: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

function sumOf(runs: readonly Replayed[]): Total {
  const sum = (of: (run: Replayed) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const outcomes: Record<string, number> = {};
  for (const run of runs)
    for (const [name, count] of Object.entries(run.outcomes)) outcomes[name] = (outcomes[name] ?? 0) + count;
  return {
    keys: sum(({ keys }) => keys),
    acceptedCharacters: sum(({ charactersAccepted }) => charactersAccepted),
    characters: sum(({ charactersTyped, charactersAccepted }) => charactersTyped + charactersAccepted),
    requests: sum(({ spent }) => spent.requests),
    tokensOut: sum(({ spent }) => spent.tokensOut),
    tokensIn: sum(({ spent }) => spent.tokensIn),
    joules: sum(({ spent }) => spent.joules),
    shownOffers: sum(({ offered }) => offered),
    accepted: sum(({ accepted }) => accepted),
    callsNotMade: sum(({ callsNotMade }) => callsNotMade),
    stale: sum(({ staleShown }) => staleShown),
    unanswered: sum(({ unanswered }) => unanswered),
    outcomes,
  };
}

function cellsOf({ name }: Way, total: Total): string[] {
  const per = (amount: number, of: number, digits: number): string => (of === 0 ? '–' : (amount / of).toFixed(digits));
  return [
    name,
    String(total.keys),
    `${total.acceptedCharacters} (${per(100 * total.acceptedCharacters, total.characters, 0)} %)`,
    per(100 * total.requests, total.keys, 1),
    per(total.tokensOut, total.acceptedCharacters, 2),
    per(total.joules, total.acceptedCharacters, 2),
    total.shownOffers === 0 ? '–' : `${per(100 * total.accepted, total.shownOffers, 0)} %`,
    String(total.callsNotMade),
    String(total.stale),
    String(total.unanswered),
  ];
}
