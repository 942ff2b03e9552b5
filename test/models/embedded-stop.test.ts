// Stop strings over a stream: whatever the pieces, what is shown is the text up to the first stop string, and nothing is lost.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createStopScan } from '../../server/models/embedded-stop.ts';

function shownOf(pieces: readonly string[], stops: readonly string[]): { shown: string; stopped: boolean } {
  const scan = createStopScan(stops);
  let shown = '';
  for (const piece of pieces) {
    const { text, stopped } = scan.push(piece);
    shown += text;
    if (stopped) return { shown, stopped };
  }
  return { shown: shown + scan.rest(), stopped: false };
}

describe('stop strings', () => {
  it('shows the text before the first of them, however it is cut into pieces', () => {
    const few = fc.string({ unit: fc.constantFrom('a', 'b', '<', '|'), maxLength: 4 });
    fc.assert(
      fc.property(fc.array(few, { maxLength: 12 }), fc.array(few, { maxLength: 3 }), (pieces, stops) => {
        const text = pieces.join('');
        const ends = stops.filter((stop) => stop !== '').map((stop) => text.indexOf(stop));
        const found = ends.filter((index) => index !== -1);
        const { shown, stopped } = shownOf(pieces, stops);
        assert.equal(stopped, found.length > 0);
        if (found.length === 0) assert.equal(shown, text);
        else assert.ok(found.includes(shown.length) && text.startsWith(shown), 'ends where a stop string begins');
      }),
    );
  });

  it('never shows a beginning that the next piece completes', () => {
    assert.deepEqual(shownOf(['x <|im', '_end|> y'], ['<|im_end|>']), { shown: 'x ', stopped: true });
    assert.deepEqual(shownOf(['x <|im', '_start|>'], ['<|im_end|>']), { shown: 'x <|im_start|>', stopped: false });
  });
});
