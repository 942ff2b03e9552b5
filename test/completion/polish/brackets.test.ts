// Cases of the filter that closes no bracket that is closed.

import { brackets } from '../../../server/completion/polish/brackets.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(brackets, {
  'leaves balanced code alone': { at: 'x = │', says: 'f(a[0])', left: 'f(a[0])' },
  'closes what is open before the cursor': { at: 'f(│', says: 'a)', left: 'a)' },
  'closes what the tail of the line closes': { at: 'f(│)', says: 'a)', left: 'a)' },
  'cuts before a second closing one': { at: 'f(│)', says: 'a))', left: 'a)' },
  'cuts before one that closes nothing': { at: 'x = │', says: 'a)', left: 'a' },
  'cuts before one of another kind': { at: 'x = [│', says: 'a)', left: 'a' },
  'closes one from an earlier line': { at: 'f(\n\ta,\n\t│', says: 'b)', left: 'b)', language: 'go' },
  'leaves it to a later line': { at: 'f(\n\ta,\n\t│\n)', says: 'b)', left: 'b', language: 'go' },
  'counts no bracket in a string': { at: 'x = │', says: '")"', left: '")"' },
  'counts none in a comment': { at: 'x = │', says: '1  # :)', left: '1  # :)' },
  'drops what is nothing else': { at: 'x = 1│', says: ')', left: undefined },
});
