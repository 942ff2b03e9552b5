// Runs Python programs in one interpreter, each in a forked child of its own with ten seconds at most.

import { missingCommand, type Program, type Runner, runCommand, type TestResult } from './program.ts';

export const pythonRunner: Runner = {
  language: 'python',
  missing: () => missingCommand('python3', '--version'),
  async run(programs) {
    const stdin = JSON.stringify(programs.map((program) => `${program.text}\n\n\n${program.test}\n`));
    const { stdout, stderr } = await runCommand('python3', ['-c', driver], { stdin });
    const lines = stdout.split('\n').filter((line) => line.startsWith('@'));
    return new Map(programs.map((program, index) => [program.key, resultOf(lines[index], program, stderr)]));
  },
};

function resultOf(line: string | undefined, program: Program, stderr: string): TestResult {
  if (line === '@ ok') return { ok: true };
  return { ok: false, why: line?.slice(2) ?? `no result for ${program.key}: ${stderr.slice(-300)}` };
}

const driver = `
import json, os, signal, sys
programs = json.loads(sys.stdin.buffer.read())
devnull = os.open(os.devnull, os.O_RDWR)
for program in programs:
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(devnull, 0); os.dup2(devnull, 1); os.dup2(devnull, 2)
        signal.alarm(10)
        try:
            exec(compile(program.encode("utf-8"), "program.py", "exec"), {"__name__": "program"})
            answer = "ok"
        except BaseException as error:
            answer = type(error).__name__ + ": " + " ".join(str(error).split())[:300]
        os.write(writable, answer.encode("utf-8"))
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable, "rb") as stream:
        answer = stream.read().decode("utf-8")
    os.waitpid(child, 0)
    print("@ " + (answer or "no answer within ten seconds"), flush=True)
`;
