// `joule-ls report FOLDER`: what an experiment left behind, told anew from its raw lines, finished or not.

import type { ExperimentReport } from '../report/experiments/experiment.ts';
import { readHead, readRecords } from '../report/experiments/folder.ts';
import { renderPage } from '../report/page/render.ts';
import { experiments } from './experiments/index.ts';

/** An experiment's results as lines for the terminal and as a page. */
export interface FolderReport {
  readonly lines: readonly string[];
  readonly summary: unknown;
  /** Made when it is asked for. */
  html(): string;
}

/** Asks no engine. @returns the sentence why there is nothing to show. */
export async function openFolder(folder: string): Promise<FolderReport | string> {
  const head = await readHead(folder);
  if (typeof head === 'string') return `${folder} holds no experiment's results: ${head}`;
  const load = Object.hasOwn(experiments, head.name) ? experiments[head.name] : undefined;
  if (load === undefined)
    return `${folder} is of an experiment ${JSON.stringify(head.name)}, which this version does not know`;
  const { reader, version } = await load();
  if (head.version !== version)
    return `${folder} is of version ${head.version} of that experiment, and this program reads ${version}`;
  const { records, problems } = await readRecords(folder, reader.parse);
  if (records.length === 0) return `${folder} has no finished run yet`;
  const report: ExperimentReport = reader.report(records, head.machine);
  const left = head.order.length - records.length;
  const unfinished = left > 0 ? [`${left} of ${head.order.length} runs are still to be done`, ''] : [];
  return {
    lines: [...problems, ...unfinished, ...report.text.split('\n')],
    summary: report.summary,
    html: () => renderPage(report.page),
  };
}
