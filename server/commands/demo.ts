// `joule-ls demo [--engine auto|ollama|embedded] [--json]`: the main job on bundled samples, as an editor does it: the real
// server over stdio, a real model, one edit each, their own tests, their joules. First one function, then a module of three that
// is planned. Installs the embedded engine when there is no other.

import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systemClock } from '../base/clock.ts';
import { oneLine, plainText } from '../base/escape.ts';
import { silentLog } from '../base/log.ts';
import { assetUrl } from '../base/program-files.ts';
import { receiptLine } from '../ledger/receipt-text.ts';
import { defaultEditorSettings } from '../settings.ts';
import { type CheckOutcome, checkSample } from './demo-check.ts';
import { implementInSession, type SessionResult } from './demo-session.ts';
import { createEngineRoom } from './engine-room.ts';
import { engineDirectoryFrom, installEmbedded } from './install-embedded.ts';
import { readOwnerConfiguration } from './owner-settings.ts';
import { placesFrom } from './places.ts';
import { diffOf, progressPrinter } from './run-output.ts';

const usage = `usage: joule-ls demo [--engine auto|ollama|embedded] [--json]

Implements a function of a small Python file with a real model, as an editor would ask for it, then a module of three functions
that is planned and written in parts, and shows edits, tests and joules. Without Ollama or another engine that you named it
installs the embedded one first (about 83 MB).
`;

const engines = ['auto', 'ollama', 'embedded'] as const;
type EngineChoice = (typeof engines)[number];

export interface DemoOptions {
  readonly engine: EngineChoice;
  readonly json: boolean;
}

/** From the started server to the last line. Two cores and the tiny model need a few seconds. */
const longestMilliseconds = 60_000;

/** @returns the exit status: 0 when the function was written and nothing speaks against it, 1 when not, 2 for wrong arguments. */
export async function runDemoCommand(args: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        engine: { type: 'string', default: 'auto' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    const engine = engines.find((one) => one === values.engine);
    if (engine !== undefined) return await runDemo({ engine, json: values.json });
    process.stderr.write(`there is no engine ${oneLine(values.engine, 40)}\n${usage}`);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // what parseArgs throws for an unknown option
    process.stderr.write(`${error.message}\n${usage}`);
  }
  return 2;
}

export async function runDemo({ engine, json }: DemoOptions): Promise<number> {
  const abort = new AbortController();
  const onInterrupt = (): void => abort.abort(new Error('interrupted'));
  process.once('SIGINT', onInterrupt);
  const folder = await mkdtemp(join(tmpdir(), 'joule-ls-demo-'));
  try {
    const chosen = await chooseEngine(engine, abort.signal);
    if (chosen === undefined) return 1;
    say(`Engine: ${chosen.label}. Opening Python files and asking for their code actions, as an editor does.`);
    const signalAll = AbortSignal.any([abort.signal, AbortSignal.timeout(longestMilliseconds)]);
    const shown: Shown[] = [];
    for (const sample of samples) {
      const one = await runSample(sample, { folder, engine: chosen.engine, signal: signalAll });
      shown.push(one);
      if (!json) show(one);
    }
    if (json)
      process.stdout.write(`${JSON.stringify({ engine: chosen.engine, samples: shown.map(asJson) }, undefined, 2)}\n`);
    else process.stdout.write(`${next}\n`);
    return shown.every(({ diff, check }) => diff !== '' && check.status !== 'failed') ? 0 : 1;
  } catch (error) {
    say(`joule-ls: the demo did not work: ${oneLine(error instanceof Error ? error.message : String(error), 400)}`);
    say('What helps: joule-ls doctor');
    return 1;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    await rm(folder, { recursive: true, force: true });
  }
}

interface Sample {
  readonly fileName: string;
  /** What is about to happen, for a person. */
  readonly about: string;
  /** Begins the line that is asked about. */
  readonly line: string;
}

const samples: readonly Sample[] = [
  { fileName: 'savings.py', about: 'A stub with a docstring.', line: 'def ' },
  { fileName: 'gains.py', about: 'A comment that asks for a module of three functions.', line: '# joule:' },
];

interface Place {
  readonly folder: string;
  readonly engine: EngineChoice;
  readonly signal: AbortSignal;
}

async function runSample({ fileName, line, about }: Sample, { folder, engine, signal }: Place): Promise<Shown> {
  const file = join(folder, fileName);
  await cp(fileURLToPath(assetUrl(`sample/${fileName}`)), file);
  const text = await readFile(file, 'utf8');
  const session = await implementInSession({
    file,
    line: text.split('\n').findIndex((one) => one.startsWith(line)),
    settings: { engine },
    onProgress: progressPrinter((said) => process.stderr.write(said), process.stderr.isTTY),
    signal,
  });
  const diff = diffOf(session.files, folder);
  const check: CheckOutcome =
    diff === '' ? { status: 'not-executed', why: 'nothing was written' } : await checkSample(file);
  return { fileName, about, session, diff, check };
}

/** An engine with a model that writes, and for the embedded one its install. `undefined` after having said why there is none. */
async function chooseEngine(
  asked: EngineChoice,
  signal: AbortSignal,
): Promise<{ readonly engine: EngineChoice; readonly label: string } | undefined> {
  if (asked !== 'embedded') {
    const found = await otherEngine(signal, asked);
    if ('label' in found) return { engine: asked, label: found.label };
    say(`${oneLine(found.why, 300)}`);
    if (asked === 'ollama') {
      say(`What helps: ${oneLine(found.mend, 300)}`);
      return undefined;
    }
    say('So the embedded engine with its own tiny model will do it.');
  }
  const installed = await installEmbedded(await engineDirectoryFrom(process.env), signal);
  return installed && { engine: 'embedded', label: 'the embedded engine' };
}

/** Ollama, or unless it was asked for another engine that the owner named, when it has a model for the worker. */
async function otherEngine(
  signal: AbortSignal,
  engine: 'auto' | 'ollama',
): Promise<{ readonly label: string } | { readonly why: string; readonly mend: string }> {
  const { owner } = await readOwnerConfiguration(placesFrom(process.env).configFile);
  const rooms = createEngineRoom({ env: process.env, owner, clock: systemClock, log: silentLog });
  try {
    const { roles, engines: reports } = await rooms.survey({ ...defaultEditorSettings, engine }, signal);
    if (roles.kind === 'chosen' && roles.roles.worker.ref.engineId !== 'embedded') {
      const { engineId, model } = roles.roles.worker.ref;
      return { label: `${engineId === 'ollama' ? 'Ollama' : engineId} with ${model}` };
    }
    const failure = reports[0]?.failure;
    const mend = roles.kind === 'chosen' ? 'joule-ls doctor' : roles.mend;
    return { why: failure?.message ?? roles.why, mend: failure?.mend ?? mend };
  } finally {
    await rooms.close();
  }
}

interface Shown {
  readonly fileName: string;
  readonly about: string;
  readonly session: SessionResult;
  readonly diff: string;
  readonly check: CheckOutcome;
}

function asJson({ session, ...shown }: Shown): Readonly<Record<string, unknown>> {
  const { files: _, ...said } = session;
  return { ...shown, ...said, written: shown.diff !== '' };
}

function show({ about, session, diff, check }: Shown): void {
  const { title, hover, receipt, notes, messages } = session;
  const parts = [`${about} Chosen from the code actions: ${oneLine(title, 200)}`];
  if (diff === '') parts.push('Nothing was written.', ...messages.map((message) => oneLine(message, 300)));
  else parts.push(plainText(diff).trimEnd());
  parts.push(tested(check));
  if (receipt !== undefined) parts.push(`Receipt: ${receiptLine(receipt)}`);
  if (hover !== '') parts.push(`Hover on the generated code:\n${plainText(hover).trimEnd().replace(/^/gm, '  ')}`);
  if (notes.length > 0) parts.push(`Note in the editor: ${notes.map((note) => oneLine(note, 200)).join(' · ')}`);
  process.stdout.write(`${parts.join('\n\n')}\n\n`);
}

function tested(check: CheckOutcome): string {
  if (check.status === 'passed') return `Its own tests pass: ${check.tests.join(', ')}`;
  if (check.status === 'failed') return `Its own tests FAIL: ${oneLine(check.why, 300)}`;
  return `Test not executed: ${oneLine(check.why, 300)}`;
}

const next = `Next:
  joule-ls doctor                      what this machine can measure, and what is missing
  joule-ls run implement FILE:LINE     the same on a function of yours
  joule-ls --stdio                     what your editor starts; see clients/ for its settings
The tiny model knows small Python functions only. For real work: https://ollama.com, then \`ollama pull qwen2.5-coder:3b\`.`;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
