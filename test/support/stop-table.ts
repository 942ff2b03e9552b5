// Cases of stop filters by table: `│` marks where the answer should end; without one it should go on to the end. Each text is fed to the
// filter piece by piece, as it streams, so that a filter that decides too early is caught too.

import assert from 'node:assert/strict';
import type { StopFilter } from '../../server/gateway/stop-filters.ts';

export function checkStop(filter: StopFilter, marked: string): void {
  const expected = marked.indexOf('│');
  const text = marked.replace('│', '');
  for (let end = 1; end <= text.length; end++) {
    const decision = filter.decide(text.slice(0, end));
    if (decision === undefined) continue;
    assert.equal(text.slice(0, decision.keep), marked.slice(0, expected === -1 ? marked.length : expected));
    assert.ok(decision.why.length > 5);
    if (expected === -1) assert.fail(`decided at ${JSON.stringify(text.slice(0, end))}`);
    return;
  }
  assert.equal(expected, -1, 'it never decided');
}

export function stopTable(name: string, filter: StopFilter, rows: Record<string, string>): void {
  describe(name, () => {
    for (const [title, marked] of Object.entries(rows)) it(title, () => checkStop(filter, marked));
  });
}
