// From a request to a task: parses the snapshot and lets the action say what there is to do. Also follows a request to the
// document's present text.

import type { Place } from '../actions/action.ts';
import { actionById } from '../actions/index.ts';
import type { OffsetRange } from '../base/text.ts';
import type { Finding } from '../pipeline/task.ts';
import type { Syntax } from '../syntax/facts.ts';
import { type Change, movedRange } from './changes.ts';
import type { JobRequest } from './job.ts';
import { type JobRecord, pathOfUri } from './record.ts';

/** Fills in `task`, `title` and `expected`. A parser that fails leaves the plain-text rules. */
export async function locate(record: JobRecord, syntax: Syntax): Promise<void> {
  const { snapshot, request } = record;
  const { languageId, text } = snapshot;
  const facts = syntax.supports(languageId)
    ? await syntax.parse({ languageId, text }, record.controller.signal).catch(() => undefined)
    : undefined;
  const place: Place = {
    languageId,
    path: pathOfUri(snapshot.uri),
    text,
    facts,
    factsAreStale: false,
    selection: within(text, request.range),
    findings: request.findings.map((finding) => ({ ...finding, range: within(text, finding.range) })),
  };
  const action = actionById(request.actionId);
  const offer = action?.offer(place, true);
  record.task = action?.task(place, request.instruction);
  record.title = offer?.title ?? record.title;
  record.expected = offer?.expected;
}

/** Other files that the answer of this record may go to, as absolute paths, best first. None for documents without a directory. */
export function otherPaths(record: JobRecord, resolve: (path: string) => string): readonly string[] {
  const { uri, languageId, text } = record.snapshot;
  const task = record.task;
  if (task === undefined || !uri.startsWith('file:')) return [];
  const place: Place = {
    languageId,
    path: pathOfUri(uri),
    text,
    facts: task.facts,
    factsAreStale: false,
    selection: record.request.range,
    findings: [],
  };
  return (actionById(task.actionId)?.otherFiles?.(place) ?? []).map(resolve);
}

/** The request in the coordinates after changes. */
export function movedRequest(request: JobRequest, changes: readonly Change[]): JobRequest {
  const findings: readonly Finding[] = request.findings.map((finding) => ({
    ...finding,
    range: movedRange(finding.range, changes, 'inward'),
  }));
  return { ...request, range: movedRange(request.range, changes, 'inward'), findings };
}

function within(text: string, range: OffsetRange): OffsetRange {
  const clamp = (offset: number): number => Math.min(Math.max(0, offset), text.length);
  const [a, b] = [clamp(range.start), clamp(range.end)];
  return { start: Math.min(a, b), end: Math.max(a, b) };
}
