// Receipts of this machine to a report and its page: for the command line and for `joule.report`. Reads the ledger; asks no engine itself.

import { randomBytes } from 'node:crypto';
import { serverVersion } from '../base/program-files.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import type { ModelSize } from '../ledger/books.ts';
import type { Receipt } from '../ledger/events.ts';
import { createHider } from '../ledger/hidden-paths.ts';
import type { Skipped } from '../ledger/history.ts';
import { eachReceipt } from '../ledger/read-history.ts';
import type { ModelProfile } from '../models/engine.ts';
import { renderPage } from '../report/page/render.ts';
import { receiptPage } from '../report/receipt-page.ts';
import { buildReport, type Report } from '../report/report.ts';
import { sampleClaim, sampleOptions, sampleReceipts, sampleReference, sampleSizeOf } from '../report/sample.ts';
import type { EditorSettings } from '../settings.ts';
import type { Survey } from './engine-room.ts';
import { createOutlook } from './outlook.ts';

export interface GatheredReport {
  readonly report: Report;
  readonly receipts: readonly Receipt[];
  readonly skipped: readonly Skipped[];
  readonly sample: boolean;
  /** Whether files are named as they are. */
  readonly paths: boolean;
}

export interface GatherOptions {
  readonly directory: string;
  readonly nowWallMilliseconds: number;
  /** Undefined: all there is. */
  readonly sinceWallMilliseconds: number | undefined;
  readonly settings: Pick<EditorSettings, 'country' | 'roles' | 'strategy'>;
  /** Sizes of models, for what is predicted; undefined where no engine was asked. */
  readonly survey: Survey | undefined;
  /** Names files as they are; else paths are hashed, also in reasons and wherever else they stand. */
  readonly paths: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (read: number, total: number) => void;
}

/** Rejects with the system's error when the ledger is there and can't be listed, and when the signal aborts. */
export async function gatherReport(options: GatherOptions): Promise<GatheredReport> {
  const { settings, survey, nowWallMilliseconds, sinceWallMilliseconds } = options;
  const receipts: Receipt[] = [];
  let undated = 0;
  const { directory, paths, signal, onProgress } = options;
  const hider = createHider(randomBytes(32));
  const { skipped } = await eachReceipt({ directory, sinceWallMilliseconds, signal, onProgress }, (receipt) => {
    if (Number.isNaN(Date.parse(receipt.at))) {
      undated++;
      return;
    }
    const kept = slim(receipt);
    receipts.push(paths ? kept : hider.hide(kept));
  });
  receipts.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const outlook = createOutlook(
    () => survey,
    () => settings.strategy,
  );
  for (const receipt of receipts) {
    for (const call of receipt.calls) outlook.observe(call);
    outlook.settle(receipt);
  }
  const report = buildReport(receipts, {
    nowWallMilliseconds,
    sinceWallMilliseconds,
    country: settings.country,
    large: settings.roles.large,
    claimOf: outlook.claim,
    sizeOf: (call) => sizeIn(survey?.models ?? [], call),
  });
  // The system's sentence on a file may name its folder.
  const shown = skipped.map((one) => (one.why === 'file' && !paths ? { ...one, what: 'it cannot be read' } : one));
  if (undated > 0)
    shown.push({
      file: 'the ledger',
      why: 'unreadable',
      what: 'has no date that can be read',
      lines: undated,
      firstLine: 1,
    });
  return { report, receipts, skipped: shown, sample: false, paths };
}

/** Without what no report shows or judges by: of a hundred thousand receipts that is most of the memory. */
function slim(receipt: Receipt): Receipt {
  const { choice, calls } = receipt;
  return {
    ...receipt,
    decisions: [],
    choice: choice && { ...choice, considered: [] },
    calls: calls.map((call) => {
      const { gross, net, load, idle } = call.joules;
      const energy = { gross, net, ...(load && { load }), ...(idle && { idle }), bySource: [], flags: [] };
      return { ...call, joules: energy };
    }),
  };
}

/** The same from made-up receipts. */
export function gatherSample(
  nowWallMilliseconds: number,
  country: EditorSettings['country'],
  size: { readonly days?: number; readonly answersPerDay?: number } = {},
): GatheredReport {
  const receipts = sampleReceipts({ ...sampleOptions, ...size, nowWallMilliseconds });
  const report = buildReport(receipts, {
    nowWallMilliseconds,
    sinceWallMilliseconds: undefined,
    country: country ?? 'WORLD',
    large: sampleReference,
    claimOf: sampleClaim,
    sizeOf: sampleSizeOf,
  });
  return { report, receipts, skipped: [], sample: true, paths: true };
}

export function reportHtml({ report, receipts, ...options }: GatheredReport): string {
  return renderPage(receiptPage(report, receipts, { ...options, version: serverVersion }));
}

function sizeIn(models: readonly ModelProfile[], { engine, model }: ModelCall): ModelSize | undefined {
  const known = models.find((one) => one.name === model && one.engineId === engine);
  return known && { activeParameters: known.activeParameters, bitsPerWeight: known.bitsPerWeight };
}
