// The command line: which word starts what. Everything else is loaded when its word was said.

import { serverVersion } from './base/program-files.ts';

type Command = (args: readonly string[]) => Promise<number>;

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).runRunCommand,
  demo: async () => (await import('./commands/demo.ts')).runDemoCommand,
  engine: async () => (await import('./commands/engine.ts')).runEngineCommand,
  doctor: async () => (await import('./commands/doctor.ts')).runDoctorCommand,
  meter: async () => (await import('./commands/meter.ts')).runMeterCommand,
  policy: async () => (await import('./commands/policy.ts')).runPolicyCommand,
  report: async () => (await import('./commands/report.ts')).runReportCommand,
  ledger: async () => (await import('./commands/ledger.ts')).runLedgerCommand,
  experiment: async () => (await import('./commands/experiment.ts')).runExperimentCommand,
  models: async () => (await import('./commands/models.ts')).runModelsCommand,
};

const usage = `joule-ls ${serverVersion}: a language server that writes code with small local models and says what each answer cost

  joule-ls --stdio                      serve an editor (also --socket=N, --pipe=NAME)
           --log=FILE --log-level=LEVEL   debug, info, warn (default), error; without a file to stderr
  joule-ls run <action> <file>:<line>   one action without an editor: diff and receipt on stdout
  joule-ls demo                         the main job on a bundled sample, with whatever real engine is there
  joule-ls engine install               an engine of its own, where there is no Ollama
  joule-ls doctor                       what can be measured, what can answer, and what mends the rest
  joule-ls meter -- <command>           joules of any command (--json, --csv, --every=MS, --output=FILE)
  joule-ls meter serve                  this machine's counters for editors elsewhere (--port=N, --socket=PATH)
  joule-ls models [pull NAME]           roles, sizes, what is missing
  joule-ls report                       what was spent; --html FILE for a page, --sample to see one
  joule-ls experiment <name>            published experiments, repeated here; says first what they take
  joule-ls ledger summary|export|verify|forget   receipts added up, for others, looked through, taken off for good
  joule-ls policy [learn]               what completions have learned; trains it on this machine's ledger
  joule-ls --version, --help

  run, doctor, models, report, ledger and policy take --json.
`;

async function main(args: readonly string[]): Promise<number> {
  const [first = '--help', ...rest] = args;
  if (/^--(stdio|socket|pipe)(=|$)/.test(first) || args.includes('--stdio')) {
    return (await import('./commands/serve.ts')).runServeCommand(args);
  }
  if (first === '--version' || first === '-v') return say(serverVersion);
  if (first === '--help' || first === '-h' || first === 'help') return say(usage.trimEnd());
  const load = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (load === undefined) {
    process.stderr.write(`joule-ls has no command ${JSON.stringify(first)}\n\n${usage}`);
    return 2;
  }
  return (await load())(rest);
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
