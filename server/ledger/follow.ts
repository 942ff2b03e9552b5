// Follows the ledger's files while servers append to them: each line is taken in once, from where the last reading ended. Says once
// what could not be read. Knows no receipt.

import { join } from 'node:path';
import type { Log } from '../base/log.ts';
import type { LedgerEvent } from './events.ts';
import { type ReadLines, visitLines } from './file-lines.ts';
import { readLine, type SkippedWhy } from './history.ts';

export interface Follower {
  /**
   * Takes in what this file has gained, from whichever process. Never rejects.
   * @param nameTornTail the first reading says so of a last line that is torn; later ones would say it of each that is being written.
   */
  catchUp(file: string, nameTornTail: boolean): Promise<void>;
}

export interface FollowerOptions {
  readonly directory: string;
  readonly log: Log;
  readonly add: (event: LedgerEvent) => void;
}

export function createFollower({ directory, log, add }: FollowerOptions): Follower {
  const seen = new Map<string, Pick<ReadLines, 'offset' | 'identity'>>();
  const complaints = new Map<string, string>();

  async function read(file: string, count: (why: SkippedWhy) => void): Promise<Buffer | undefined> {
    const take = (text: string): void => {
      if (text.trim() === '') return;
      const line = readLine(text);
      if ('event' in line) add(line.event);
      else count(line.why);
    };
    const visitor = {
      line: ({ bytes, start, end }: { bytes: Buffer; start: number; end: number }) =>
        take(bytes.toString('utf8', start, end)),
      tooLong: () => count('too long'),
    };
    const path = join(directory, file);
    const before = seen.get(file);
    // One that took its place (`forget`) is read from its beginning: who takes the lines in knows what it has.
    const now = await visitLines(
      path,
      visitor,
      before === undefined ? {} : { offset: before.offset, identity: before.identity },
    );
    if (now === undefined) {
      seen.delete(file);
      return undefined;
    }
    seen.set(file, now);
    return now.tail;
  }

  return {
    async catchUp(file, nameTornTail) {
      const counts = new Map<SkippedWhy, number>();
      try {
        const tail = await read(file, (why) => counts.set(why, (counts.get(why) ?? 0) + 1));
        complaints.delete(file);
        const text = tail?.toString('utf8') ?? '';
        const last = text.trim() === '' ? undefined : readLine(text);
        if (last !== undefined && 'event' in last) add(last.event);
        else if (last !== undefined && nameTornTail) {
          log.warn({ file, bytes: tail?.length }, 'the last ledger line is torn and was skipped');
        }
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (complaints.get(file) !== reason) log.warn({ directory, file, reason }, 'receipts on disk cannot be read');
        complaints.set(file, reason);
      }
      const newer = counts.get('newer') ?? 0;
      const broken = [...counts.values()].reduce((sum, count) => sum + count, -newer);
      if (broken > 0) {
        log.warn({ file, lines: broken }, 'unreadable ledger lines were skipped (joule-ls ledger verify names them)');
      }
      if (newer > 0) log.info({ file, lines: newer }, 'ledger lines of a newer version were left alone');
    },
  };
}
