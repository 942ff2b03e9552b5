// `joule-ls ledger verify`: what the looking through found, what it means, and what to do about it.

import { type Clock, systemClock } from '../base/clock.ts';
import { oneLine } from '../base/escape.ts';
import { textTable } from '../base/text-table.ts';
import type { SkippedWhy } from '../ledger/history.ts';
import { type FileFindings, type Found, type LedgerFindings, verifyLedger } from '../ledger/verify.ts';
import { machineHere } from './environment.ts';
import { barOf, createProgressLine } from './progress-line.ts';

/** @returns 0, or 1 when something was written that can't be read any more. */
export async function verifyCommand(directory: string, json: boolean, clock: Clock = systemClock): Promise<number> {
  const progress = createProgressLine(process.stderr);
  const onProgress = (read: number, total: number): void => {
    if (process.stderr.isTTY) progress.show(`${barOf(read / total)} ${Math.floor((read / total) * 100)} %`);
  };
  const findings = await verifyLedger({ directory, onProgress }, clock.wallMilliseconds());
  progress.end();
  const here = machineHere().machine;
  const notes = notesOf(findings, here);
  const isDamaged = notes.some((note) => note.isDamage);
  const text = json
    ? JSON.stringify({ ...findings, notes, isDamaged }, undefined, 2)
    : linesOf(findings, notes, isDamaged).join('\n');
  process.stdout.write(`${text}\n`);
  return isDamaged ? 1 : 0;
}

export interface Note {
  readonly isDamage: boolean;
  /** What was found and where. */
  readonly what: string;
  /** What it means, and what to do. */
  readonly means: string;
}

const meanings: Readonly<Record<SkippedWhy, string>> = {
  torn: 'A process or the machine died while it wrote. Nothing that was acknowledged is missing; there is nothing to do.',
  unreadable:
    'Something else has written there, or the disk has lost something. Readers leave these lines out; a backup of the file may have them.',
  newer: 'A newer joule-ls wrote them. This one leaves them alone; update it to see them.',
  'too long': 'No receipt is that long, so something else has written there. Readers leave these lines out.',
  file: 'None of its receipts is read and, if it is of this month, none is written; move away what is there in its place.',
};

/** @param here hash of this machine, where it has one. */
export function notesOf(findings: LedgerFindings, here: string | undefined): readonly Note[] {
  const notes = findings.files.flatMap(notesOfFile);
  for (const name of findings.leftBehind) {
    const means = 'A "ledger forget" was killed there. The next server that starts, or the next forget, finishes it.';
    notes.push({ isDamage: false, what: name, means });
  }
  const elsewhere = findings.machines.filter(({ machine }) => machine !== undefined && machine !== here);
  for (const { machine, platform, devices, receipts } of elsewhere) {
    const what = `${receipts} ${receipts === 1 ? 'receipt' : 'receipts'} of another machine (${machine}, ${platform}, ${devices.join(', ') || 'no counters'})`;
    const means = 'Their joules are those of its devices: totals here count them too.';
    notes.push({ isDamage: false, what: oneLine(what, 300), means });
  }
  return notes;
}

function notesOfFile(found: FileFindings): Note[] {
  const { file } = found;
  const notes: Note[] = found.skipped.map(({ why, what, ...where }) => ({
    isDamage: why === 'unreadable' || why === 'too long' || why === 'file',
    what: why === 'file' ? `${file}: ${oneLine(what, 300)}` : `${file}, ${placesOf(where)}: ${oneLine(what, 300)}`,
    means: meanings[why],
  }));
  const note = (where: Found, what: string, means: string): void => {
    if (where.count > 0) notes.push({ isDamage: false, what: `${file}, ${placesOf(where)}: ${what}`, means });
  };
  note(
    found.duplicates,
    'stands there already',
    'It was written again because the first try had not been seen to succeed. It counts once.',
  );
  note(
    found.backwards,
    'is over an hour older than the line above',
    'The clock was set back, or a receipt waited for a full disk. Durations and joules don’t depend on it; the day they count to does.',
  );
  note(found.future, 'is of the future', 'The clock was ahead. These receipts count to days that are still to come.');
  note(
    found.misfiled,
    'is of another month than its file',
    'Somebody has moved it. Whoever asks for its month alone may miss it.',
  );
  if (found.linkTo !== undefined) {
    notes.push({
      isDamage: false,
      what: `${file} is a link to ${found.linkTo}`,
      means: 'It is read and written there; "ledger forget" leaves it alone.',
    });
  }
  if (found.ownedBy !== undefined) {
    notes.push({
      isDamage: false,
      what: `${file} belongs to user ${found.ownedBy}`,
      means: 'Only its owner’s servers are sure to be able to write there; "ledger forget" leaves it alone.',
    });
  }
  return notes;
}

/** `line 7`, `lines 7, 9 and 12 more`. */
function placesOf({ count, lines }: Found): string {
  const shown = lines.slice(0, 5);
  const more = count > shown.length ? ` and ${count - shown.length} more` : '';
  return `${count === 1 ? 'line' : 'lines'} ${shown.join(', ')}${more}`;
}

function linesOf(findings: LedgerFindings, notes: readonly Note[], isDamaged: boolean): string[] {
  const { directory, linkTo, files } = findings;
  const place = linkTo === undefined ? directory : `${directory}, a link to ${linkTo}`;
  if (files.length === 0) return [`ledger: ${place}`, 'nothing was written yet'];
  const rows = files.map(({ file, bytes, lines, events, receipts }) => [
    file,
    `${(bytes / 1e6).toFixed(1)} MB`,
    String(lines),
    String(events),
    String(receipts),
  ]);
  return [
    `ledger: ${place}`,
    '',
    ...textTable([['file', 'size', 'lines', 'events', 'receipts'], ...rows]),
    '',
    ...notes.flatMap(({ what, means }) => [what, `  ${means}`]),
    ...(notes.length === 0 ? [] : ['']),
    isDamaged ? 'Some of it can’t be read; the rest is whole.' : 'All that was acknowledged can be read.',
  ];
}
