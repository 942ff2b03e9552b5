// Runs this recipe's Python for tests, or skips them aloud where Python or one of its libraries is missing. Knows no model.

import { execFileSync, spawnSync } from 'node:child_process';
import { recipe } from './rows.ts';

/** Pythons that may be here; torch and numpy often belong to the system's only. */
const pythons = ['python3', '/usr/bin/python3'];

/** For `before`: the first Python with these libraries; skips the suite aloud without. */
export function pythonOrSkip(test: Mocha.Context, ...libraries: string[]): string {
  const program = ['import sys; assert sys.version_info >= (3, 11)', ...libraries.map((name) => `import ${name}`)];
  const found = pythons.find((python) => spawnSync(python, ['-c', program.join('\n')]).status === 0);
  if (found !== undefined) return found;
  console.log(`      SKIPPED: no Python 3.11 ${libraries.length === 0 ? '' : `with ${libraries.join(', ')} `}here`);
  return test.skip();
}

/** What the program prints; it can import the recipe's modules. */
export function runPython(python: string, program: string, ...args: string[]): string {
  const env = { ...process.env, PYTHONPATH: recipe, PYTHONDONTWRITEBYTECODE: '1' };
  return execFileSync(python, ['-c', program, ...args], { encoding: 'utf8', env, maxBuffer: 64 * 1024 * 1024 });
}
