// What the open documents tell the ledger about generated code: how much of an answer stands when its file is opened again, and what
// a region looks like after it was edited and saved. Pure; the ledger's lines are later.ts's.

import type { OutcomeEvent, Receipt } from '../ledger/events.ts';
import { laterOutcome } from '../ledger/later.ts';
import { passingShare, settledMilliseconds } from '../ledger/passed.ts';
import type { RegionMatch } from '../ledger/port.ts';
import { regionOf } from '../ledger/regions.ts';

/** Lines tell less than tokens: a share of them between this and `passingShare` may be either. */
const surelyGoneShare = 0.3;
/** Less of it as generated, and it is other code in the same place. */
export const leastKept = 0.5;
/** An edited line is a lost one: a region of fewer lines that was not found may still be there. */
const fewestLines = 4;

/**
 * Lines for receipts that nobody could look at in time: their file was closed, or the server ended. Also for one that had gone and is
 * back: the file was another branch's.
 * @param receipts of this file.
 */
export function settledAtOpening(
  receipts: readonly Receipt[],
  path: string,
  matches: readonly RegionMatch[],
  nowWallMilliseconds: number,
): OutcomeEvent[] {
  return receipts.flatMap((receipt) => {
    const regions = receipt.regions.filter((region) => region.path === path);
    const wasRefused = receipt.stillThere !== undefined && receipt.stillThere < passingShare;
    const isOpen = receipt.outcome === 'accepted' && (receipt.stillThere === undefined || wasRefused);
    const age = nowWallMilliseconds - Date.parse(receipt.at);
    if (!isOpen || regions.length === 0 || regions.length < receipt.regions.length || age < settledMilliseconds)
      return [];
    let [written, kept, isTold] = [0, 0, true];
    for (const region of regions) {
      const match = matches.find((one) => one.receipt.id === receipt.id && one.region === region);
      written += region.length;
      kept += match === undefined ? 0 : region.length * (match.likeness?.share ?? 1) * (region.kept ?? 1);
      if (match === undefined && (region.marks?.of ?? 0) < fewestLines) isTold = false;
    }
    const stillThere = kept / written;
    const isBack = stillThere >= passingShare;
    if (!isBack && (wasRefused || !isTold || stillThere >= surelyGoneShare)) return [];
    return laterOutcome(receipt, nowWallMilliseconds, { stillThere }) ?? [];
  });
}

/** The region as it was saved, so that it is found by it the next time; `undefined` where it stands as it is known. */
export function markedAnew(
  match: RegionMatch,
  path: string,
  text: string,
  nowWallMilliseconds: number,
): OutcomeEvent | undefined {
  const { receipt, region, range, likeness } = match;
  if (likeness === undefined && region.path === path) return undefined;
  const now = regionOf(path, text, range);
  if (now === undefined || (now.hash === region.hash && now.path === region.path)) return undefined;
  const kept = (region.kept ?? 1) * (likeness?.share ?? 1);
  if (kept < leastKept) return undefined;
  const anew = kept < 1 ? { ...now, kept } : now;
  const regions = receipt.regions.map((one) => (one === region ? anew : one));
  return laterOutcome(receipt, nowWallMilliseconds, { regions });
}
