// The page that `joule.report` shows: the last thirty days of this machine's ledger, in a file of this user's own. Asks no engine.

import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { EditorSettings } from '../settings.ts';
import type { Survey } from './engine-room.ts';
import { gatherReport, reportHtml } from './receipt-report.ts';
import { writePage } from './write-page.ts';

export interface SessionReportOptions {
  /** Where the ledger is, and the page goes. */
  readonly stateDirectory: string;
  readonly settings: EditorSettings;
  readonly survey: Survey | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const days = 30;

/** One file, written anew each time. @returns its path. Rejects when neither the state directory nor the temporary one takes it. */
export async function writeSessionReport(options: SessionReportOptions): Promise<string> {
  const { stateDirectory, settings, survey, clock, signal } = options;
  const now = clock.wallMilliseconds();
  const sinceWallMilliseconds = now - days * 86_400_000;
  const range = { directory: stateDirectory, nowWallMilliseconds: now, sinceWallMilliseconds };
  const html = reportHtml(await gatherReport({ ...range, settings, survey, signal, paths: false }));
  const path = join(stateDirectory, 'report.html');
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 }).catch(() => {});
  if ((await writePage(path, html, true)) === undefined) return path;
  const other = join(await mkdtemp(join(tmpdir(), 'joule-ls-')), 'report.html');
  const why = await writePage(other, html, true);
  if (why !== undefined) throw new Error(why);
  return other;
}
