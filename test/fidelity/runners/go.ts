// Runs Go programs: one package each, one test binary for all, so that linking is paid once. Packages that do not compile are
// found first and left out. testify's assert is replaced by the few lines of it that the tests use: no network.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moduleFile, testifyAssert, testifyModule } from '../../../server/exercises/go-program.ts';
import { missingCommand, type Program, type Runner, runCommand, type TestResult, twoAtATime } from './program.ts';

export const goRunner: Runner = {
  language: 'go',
  missing: () => missingCommand('go', 'version'),
  run: runGo,
};

const environment = { GOFLAGS: '-mod=mod', GOPROXY: 'off', GO111MODULE: 'on', GOWORK: 'off', GOTOOLCHAIN: 'local' };

async function runGo(programs: readonly Program[]): Promise<Map<string, TestResult>> {
  const folder = mkdtempSync(join(tmpdir(), 'fidelity-go-'));
  try {
    writeFileSync(join(folder, 'go.mod'), moduleFile);
    mkdirSync(join(folder, 'testify/assert'), { recursive: true });
    writeFileSync(join(folder, 'testify/go.mod'), testifyModule);
    writeFileSync(join(folder, 'testify/assert/assert.go'), testifyAssert);
    for (const [index, program] of programs.entries()) {
      mkdirSync(join(folder, `p${index}`));
      writeFileSync(join(folder, `p${index}`, 'solution.go'), program.text);
      writeFileSync(join(folder, `p${index}`, 'check.go'), program.test);
    }
    const broken = await brokenPackages(folder);
    const whole = [...programs.keys()].filter((index) => !broken.has(index));
    writeFileSync(join(folder, 'all_test.go'), allTests(programs, whole));
    const built = await runCommand('go', ['test', '-vet=off', '-c', '-o', 'all.test', '.'], {
      cwd: folder,
      environment,
    });
    const results = await twoAtATime([...programs.entries()], async ([index, program]) => {
      const why = broken.get(index);
      if (why !== undefined) return [program.key, { ok: false, why }] as const;
      if (built.code !== 0) return [program.key, { ok: false, why: built.stderr.slice(0, 300) }] as const;
      return [program.key, await runOne(folder, index)] as const;
    });
    return new Map(results);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process of its own: a panic ends all tests of a binary. */
async function runOne(folder: string, index: number): Promise<TestResult> {
  const { code, stdout, stderr } = await runCommand('./all.test', ['-test.v', '-test.run', `^TestAll$/^p${index}$`], {
    cwd: folder,
    seconds: 10,
  });
  if (code === 0 && new RegExp(`--- PASS: TestAll/p${index}/`).test(stdout)) return { ok: true };
  if (code === null) return { ok: false, why: 'no end within ten seconds' };
  return {
    ok: false,
    why: `${stdout}${stderr}`
      .replace(/^(===|---|FAIL).*\n/gm, '')
      .trim()
      .slice(0, 200),
  };
}

/** Compiler messages by package number. */
async function brokenPackages(folder: string): Promise<Map<number, string>> {
  const { stderr, stdout } = await runCommand('go', ['build', '-gcflags=-e=0', './...'], { cwd: folder, environment });
  const broken = new Map<number, string>();
  for (const line of `${stdout}\n${stderr}`.split('\n')) {
    const match = /(?:^|\/)p(\d+)\/\w+\.go:\d+:\d+: (.*)/.exec(line);
    if (match !== null && !broken.has(Number(match[1]))) broken.set(Number(match[1]), `does not compile: ${match[2]}`);
  }
  return broken;
}

function allTests(programs: readonly Program[], whole: readonly number[]): string {
  const tests = whole.map((index) => {
    const names = [...(programs[index]?.test ?? '').matchAll(/^func (Test\w+)\(t \*testing\.T\)/gm)];
    const runs = names.map(([, name]) => `t.Run("${name}", p${index}.${name})`).join('; ');
    return `\tt.Run("p${index}", func(t *testing.T) { ${runs} })`;
  });
  const imports = whole.map((index) => `\tp${index} "fidelity/p${index}"`);
  return `package all\n\nimport (\n\t"testing"\n${imports.join('\n')}\n)\n\nfunc TestAll(t *testing.T) {\n${tests.join('\n')}\n}\n`;
}
