import assert from 'node:assert/strict';
import { parseLine } from '../../server/ledger/parse-line.ts';
import { callEvent, measured, sampleCall } from '../support/sample-events.ts';

function lineWith(joules: object): string {
  const event = callEvent();
  return JSON.stringify({ ...event, call: { ...event.call, joules: { ...sampleCall().joules, ...joules } } });
}

describe('a ledger line', () => {
  it('may part a call into phases and name its idle power, or be of an older version that did neither', () => {
    const idle = { kind: 'cold', watts: 20, plusMinusWatts: 2, ageSeconds: 9 };
    assert.ok('event' in parseLine(lineWith({})));
    assert.ok('event' in parseLine(lineWith({ load: measured(5), prefill: measured(15), decode: measured(41), idle })));
    for (const wrong of [{ prefill: 3 }, { decode: { status: 'measured' } }, { idle: { ...idle, kind: 'tepid' } }])
      assert.ok('broken' in parseLine(lineWith(wrong)), JSON.stringify(wrong));
  });
});
