// Runs Rust programs: one module each in one test crate, so that compiling and linking is paid once. Modules that do not
// compile are found by `cargo check` and left out. The crates that the data set uses come from the registry; without them and
// without a network the runner is missing.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CommandResult,
  missingCommand,
  type Program,
  type Runner,
  runCommand,
  type TestResult,
  twoAtATime,
} from './program.ts';

export const rustRunner: Runner = { language: 'rust', missing, run: runRust };

/**
 * Where dependencies are compiled once for all batches of this process. Not shared between processes: cargo names its outputs by
 * the package, so that two runs would test each other's programs.
 */
let targetFolder: string | undefined;

function environment(): NodeJS.ProcessEnv {
  if (targetFolder === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'fidelity-rust-target-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    targetFolder = folder;
  }
  return { CARGO_TARGET_DIR: targetFolder, RUSTFLAGS: '-Awarnings', CARGO_TERM_COLOR: 'never' };
}

async function missing(): Promise<string | undefined> {
  const noCargo = await missingCommand('cargo', '--version');
  if (noCargo !== undefined) return noCargo;
  const folder = crate([]);
  try {
    const { code, stderr } = await cargo(folder, 'fetch');
    return code === 0 ? undefined : `cargo can't get the crates of the tests: ${stderr.trim().split('\n').pop()}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runRust(programs: readonly Program[]): Promise<Map<string, TestResult>> {
  const broken = new Map<number, string>();
  // Later phases of the compiler only run once the earlier ones are clean: check again until nothing new is found.
  for (let round = 0; round < 6; round++) {
    const folder = crate(programs.map((program, index) => (broken.has(index) ? undefined : program)));
    try {
      const found = brokenModules(await cargo(folder, 'check', '--tests', '--message-format=json', '--quiet'));
      for (const [index, why] of found) broken.set(index, why);
      if (found.size > 0) continue;
      const built = await cargo(folder, 'test', '--no-run', '--message-format=json', '--quiet');
      const binary = /"executable":"([^"]+)"/.exec(built.stdout)?.[1];
      const results = await twoAtATime([...programs.entries()], async ([index, program]) => {
        const why = broken.get(index) ?? (binary === undefined ? built.stderr.slice(-300) : undefined);
        if (binary === undefined || why !== undefined) return [program.key, { ok: false, why: why ?? '' }] as const;
        return [program.key, await runOne(binary, index)] as const;
      });
      return new Map(results);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return new Map(programs.map((program) => [program.key, { ok: false, why: 'modules kept failing to compile' }]));
}

/** A process of its own: a stack overflow ends all tests of a binary. */
async function runOne(binary: string, index: number): Promise<TestResult> {
  const { code, stdout } = await runCommand(binary, [`p${index}::`, '--test-threads=1'], { seconds: 10 });
  if (code === 0 && /test result: ok\. [1-9]/.test(stdout)) return { ok: true };
  if (code === null) return { ok: false, why: 'no end within ten seconds, or a crash' };
  return { ok: false, why: (/panicked at[\s\S]*?\n\n/.exec(stdout)?.[0] ?? stdout).trim().slice(0, 200) };
}

function crate(programs: readonly (Program | undefined)[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'fidelity-rust-'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'Cargo.toml'), manifest);
  const modules: string[] = [];
  for (const [index, program] of programs.entries()) {
    if (program === undefined) continue;
    writeFileSync(join(folder, 'src', `p${index}.rs`), `${program.text}\n\n${program.test}\n`);
    modules.push(`mod p${index};`);
  }
  writeFileSync(join(folder, 'src/lib.rs'), `${modules.join('\n')}\n`);
  return folder;
}

function cargo(folder: string, ...commandArguments: string[]): Promise<CommandResult> {
  return runCommand('cargo', commandArguments, { cwd: folder, environment: environment() });
}

function brokenModules({ stdout }: CommandResult): Map<number, string> {
  const broken = new Map<number, string>();
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { message } = JSON.parse(line) as {
      message?: { level: string; message: string; spans: { file_name: string; is_primary: boolean }[] };
    };
    if (message?.level !== 'error') continue;
    const file = /\bp(\d+)\.rs$/.exec(message.spans.find((span) => span.is_primary)?.file_name ?? '');
    if (file !== null) broken.set(Number(file[1]), `does not compile: ${message.message}`);
  }
  return broken;
}

const manifest = `[package]
name = "fidelity"
version = "0.0.0"
edition = "2021"

[lib]
path = "src/lib.rs"

[dependencies]
rand = "=0.7.3"
regex = "=1.11.1"
md5 = "=0.7.0"

[profile.dev]
debug = false
`;
