// A process that appends to a ledger until it is killed: `kill-writer.mjs DIRECTORY PREFIX SEED DEATH`. Says `a N` when its events 0…N are
// acknowledged, which is when `flush` has resolved. With DEATH over 0 it dies by itself after so many events, in the middle of a line,
// as the kernel lets a write end when its process is killed: it says `d K LENGTH` and writes K of the line's bytes.

import { constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import type { LedgerEvent } from '../../server/ledger/events.ts';
import { openLedger } from '../../server/ledger/ledger.ts';
import { seeded } from '../bench/statistics.ts';
import { callEvent, sampleCall } from './sample-events.ts';

const [directory = '', prefix = '', seed = '1', death = '0'] = process.argv.slice(2);
const random = seeded(Number(seed));
const ledger = openLedger({ directory, enabled: () => true, clock: systemClock, log: silentLog });

/** Mostly of a receipt's size; one in fifty of many pages, which the kernel does not take at once. One in four will be forgotten. */
function eventOf(index: number): LedgerEvent {
  const id = `${prefix}-${index}`;
  const padding = random() < 0.02 ? 400_000 : 2_000;
  const call = sampleCall({ id, engineVersion: 'é'.repeat(Math.floor(random() * padding * 0.5)) });
  return callEvent({ receiptId: id, path: index % 4 === 3 ? '/forget/me.py' : '/project/words.py', call });
}

for (let index = 0; ; index++) {
  if (Number(death) > 0 && index >= Number(death)) {
    const line = Buffer.from(`${JSON.stringify(eventOf(index))}\n`);
    const length = 1 + Math.floor(random() * (line.length - 1));
    const flags = constants.O_CREAT | constants.O_APPEND | constants.O_RDWR;
    const file = openSync(join(directory, 'receipts-2026-11.jsonl'), flags);
    writeSync(1, `d ${length} ${line.length}\n`);
    const last = Buffer.from('\n');
    readSync(file, last, 0, 1, Math.max(0, fstatSync(file).size - 1));
    writeSync(file, Buffer.concat([last[0] === 10 ? Buffer.alloc(0) : Buffer.from('\n'), line.subarray(0, length)]));
    process.kill(process.pid, 'SIGKILL');
  }
  ledger.append(eventOf(index));
  if (random() < 0.3) continue;
  await ledger.flush();
  writeSync(1, `a ${index}\n`);
}
