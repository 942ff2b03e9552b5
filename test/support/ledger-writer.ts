// A process that appends to a ledger: `ledger-writer.ts DIRECTORY PREFIX COUNT`. Says `begun` after its first line is on disk.

import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import { openLedger } from '../../server/ledger/ledger.ts';
import { callEvent, sampleCall } from './sample-events.ts';

const [directory = '', prefix = '', count = '1'] = process.argv.slice(2);
const ledger = openLedger({ directory, enabled: () => true, clock: systemClock, log: silentLog });
for (let index = 0; index < Number(count); index++) {
  const id = `${prefix}-${index}`;
  ledger.append(callEvent({ receiptId: id, call: sampleCall({ id, engineVersion: 'x'.repeat(index % 3_000) }) }));
  if (index % 5 === 0) await ledger.flush();
  if (index === 0) process.stdout.write('begun\n');
}
await ledger.close();
