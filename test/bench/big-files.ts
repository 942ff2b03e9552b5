// Source files of any length with one stub to implement, and a long answer for it: every piece differs from every other.

export interface BigFile {
  readonly languageId: string;
  readonly name: string;
  readonly text: string;
  /** Line of the stub's signature, from 0. */
  readonly stubLine: number;
  /** An answer of about a thousand lines: at any real pace the job outlasts the benchmark. */
  readonly answer: string;
}

export function bigPython(lines: number): BigFile {
  const head = ['import math', 'from dataclasses import dataclass', '', ''];
  const stub = ['def weigh(values):', '    """Weighs all values."""', '    pass', '', ''];
  const block = (n: number): string[] => [
    `class Account${n}:`,
    `    """Keeps balance ${n}."""`,
    '',
    `    def deposit_${n}(self, amount, note="none"):`,
    '        if amount <= 0:',
    `            raise ValueError(f"bad {amount} in ${n}")`,
    `        self.balance += sum(x * ${n} for x in [amount, len(note)])`,
    '        return math.floor(self.balance)',
    '',
    '',
  ];
  const body = (n: number): string => `    part_${n} = math.sqrt(values[${n}]) * ${n * 7 + 3} - len(str(${n}))`;
  const answer = ['def weigh(values):', ...count(1000, body), '    return part_0', ''].join('\n');
  return { languageId: 'python', name: 'big.py', ...assemble({ lines, head, stub, block }), answer };
}

export function bigTypeScript(lines: number): BigFile {
  const head = ["import { floor } from './math.ts';", ''];
  const stub = ['export function weigh(values: number[]): number {', '  // TODO: weigh all values', '}', ''];
  const block = (n: number): string[] => [
    `/** Keeps balance ${n}. */`,
    `export class Account${n} {`,
    '  #history: [note: string, amount: number][] = [];',
    `  deposit${n}(amount: number, note = 'none'): number {`,
    `    if (amount <= 0) throw new RangeError(\`bad \${amount} in ${n}\`);`,
    '    this.#history.push([note, floor(amount)]);',
    `    return this.#history.map(([, each]) => each * ${n}).reduce((a, b) => a + b, 0);`,
    '  }',
    '}',
    '',
  ];
  const body = (n: number): string => `  const part${n} = Math.sqrt(values[${n}] ?? ${n}) * ${n * 7 + 3};`;
  const signature = 'export function weigh(values: number[]): number {';
  const answer = [signature, ...count(1000, body), '  return part0;', '}', ''].join('\n');
  return { languageId: 'typescript', name: 'big.ts', ...assemble({ lines, head, stub, block }), answer };
}

interface Parts {
  readonly lines: number;
  readonly head: readonly string[];
  readonly stub: readonly string[];
  block(n: number): readonly string[];
}

function assemble({ lines, head, stub, block }: Parts): { text: string; stubLine: number } {
  const all: string[] = [...head];
  let blocks = 0;
  while (all.length < lines / 2) all.push(...block(blocks++));
  const stubLine = all.length;
  all.push(...stub);
  while (all.length < lines) all.push(...block(blocks++));
  return { text: `${all.join('\n')}\n`, stubLine };
}

function count(length: number, make: (n: number) => string): string[] {
  return Array.from({ length }, (_, n) => make(n));
}
