// How long 10 000 lines take to parse per language, what they cost in memory, and how long the server's own thread stands
// still meanwhile; the idle process beside it shows how much of that is the machine's.
//
//   npx tsx test/bench/syntax.ts [lines]

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { silentLog } from '../../server/base/log.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import { ensureGrammars } from '../support/grammars.ts';

const lines = Number(process.argv[2] ?? 10_000);
const rounds = 9;

/** Ten lines each, with `@` for a number. */
const pieces: Record<string, string> = {
  python: `class Account@(Base):
    """Keeps a balance."""

    def deposit(self, amount: float, note: str = "none") -> float:
        """Adds to the balance."""
        if amount <= 0:
            raise ValueError(f"bad {amount}")
        self.balance += sum(x * 2 for x in [amount, len(note)])
        return self.history.append((note, helper@(amount)))

`,
  typescript: `/** Keeps a balance. */
export class Account@ extends Base<number> {
  #history: [note: string, amount: number][] = [];
  deposit(amount: number, note = 'none'): number {
    if (amount <= 0) throw new RangeError(\`bad \${amount}\`);
    this.#history.push([note, helper@(amount)]);
    return this.#history.map(([, each]) => each * 2).reduce((a, b) => a + b, 0);
  }
}

`,
  javascript: `/** Keeps a balance. */
export class Account@ extends Base {
  history = [];
  deposit(amount, note = 'none') {
    if (amount <= 0) throw new RangeError(\`bad \${amount}\`);
    this.history.push([note, helper@(amount)]);
    return this.history.map(([, each]) => each * 2).reduce((a, b) => a + b, 0);
  }
}

`,
  go: `// Deposit@ adds to the balance.
func (a *Account) Deposit@(amount float64, note string) (float64, error) {
	if amount <= 0 {
		return 0, fmt.Errorf("bad %f", amount)
	}
	for i, each := range a.history {
		a.total += helper@(each.amount) * float64(i)
	}
	return a.total, nil
}
`,
  rust: `/// Adds to the balance.
pub fn deposit_@(account: &mut Account, amount: f64, note: &str) -> Result<f64, Bad> {
    if amount <= 0.0 {
        return Err(Bad::Amount(format!("bad {}", amount)));
    }
    for (i, each) in account.history.iter().enumerate() {
        account.total += helper_@(each.amount) * i as f64;
    }
    Ok(account.total)
}
`,
};

ensureGrammars();
const syntax = createSyntax({ log: silentLog });
const idle = monitorEventLoopDelay({ resolution: 1 });
idle.enable();
await new Promise((resolve) => setTimeout(resolve, 3000));
idle.disable();
console.log(`event loop of this process while it idles 3 s: longest delay ${(idle.max / 1e6).toFixed(1)} ms`);
const megabytes = (): number => Math.round(process.memoryUsage().rss / 2 ** 20);
console.log(`${lines} lines, ${rounds} rounds after one to warm up; memory before: ${megabytes()} MiB`);
for (const [languageId, piece] of Object.entries(pieces)) {
  const text = Array.from({ length: lines / 10 }, (_, index) => piece.replaceAll('@', String(index))).join('');
  const first = performance.now();
  const facts = await syntax.parse({ languageId, text });
  const firstMilliseconds = performance.now() - first;
  const times: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await syntax.parse({ languageId, text });
    times.push(performance.now() - start);
  }
  delay.disable();
  times.sort((a, b) => a - b);
  const json = JSON.stringify(facts);
  const kibibytes = Math.round(json.length / 1024);
  const reading: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    JSON.parse(json);
    reading.push(performance.now() - start);
  }
  reading.sort((a, b) => a - b);
  console.log(
    `${languageId}: ${Math.round(text.length / 1024)} KiB, ${facts?.symbols.length} symbols, facts ${kibibytes} KiB · ` +
      `first ${firstMilliseconds.toFixed(0)} ms, median ${times[rounds >> 1]?.toFixed(0)} ms, slowest ${times.at(-1)?.toFixed(0)} ms · ` +
      `reading the facts ${reading[rounds >> 1]?.toFixed(1)} ms · event loop: longest delay ${(delay.max / 1e6).toFixed(1)} ms, p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms · ${megabytes()} MiB`,
  );
}
await syntax.close();
console.log(`memory after closing: ${megabytes()} MiB`);
