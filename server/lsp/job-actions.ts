// Code actions around jobs: cancel what runs (no stock editor has a button), insert a kept result, pull a missing model.

import { oneLine } from '../base/escape.ts';
import { commands } from './command-arguments.ts';
import type { Parts } from './core.ts';
import type { Entry, ListRequest } from './entry.ts';

const longestTitle = 60;

/** `quickfix`, because VS Code leaves `source.*` out of its quick menu. */
export const jobActionKinds = {
  cancel: 'quickfix.joule.cancel',
  insertKept: 'quickfix.joule.insert-kept',
  dropKept: 'quickfix.joule.drop-kept',
  pull: 'quickfix.joule.pull',
  report: 'source.joule.report',
} as const;

/** Entries that concern the whole session or this document, wherever the cursor is. */
export function jobActions(parts: Parts, { document, params }: ListRequest): Entry[] {
  const entries: Entry[] = [];
  const running = parts.jobs.active();
  if (running.length > 0) {
    const title =
      running.length === 1 ? 'joule: Cancel the running job' : `joule: Cancel the ${running.length} running jobs`;
    entries.push(plain(title, jobActionKinds.cancel, commands.cancel, {}));
  }
  for (const kept of parts.jobs.kept(document.uri)) {
    const argument = { jobId: kept.jobId, uri: document.uri, position: params.range.start };
    const about = oneLine(kept.title, longestTitle);
    entries.push(
      plain(`joule: Insert the kept result (${about})`, jobActionKinds.insertKept, commands.insertKept, argument),
    );
    entries.push(plain(`joule: Drop the kept result (${about})`, jobActionKinds.dropKept, commands.dropKept, argument));
  }
  const missing = parts.outlook.missingModel();
  if (missing !== undefined) {
    entries.push(
      plain(`joule: Pull ${oneLine(missing, longestTitle)}`, jobActionKinds.pull, commands.pull, { model: missing }),
    );
  }
  // Not among what belongs to a line: asked for by its kind, or by that of all sources.
  const asked = params.context.only?.some((kind) => /^source(\.joule(\.report)?)?$/.test(kind)) === true;
  if (asked) entries.push(plain('joule: Show the report', jobActionKinds.report, commands.report, {}));
  return entries;
}

function plain(title: string, kind: string, command: string, argument: object): Entry {
  return { title, kind, command, argument, generates: false };
}
