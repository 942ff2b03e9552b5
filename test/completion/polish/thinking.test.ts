// Cases of the filter that takes out what a model thinks aloud.

import { thinking } from '../../../server/completion/polish/thinking.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(thinking, {
  'leaves code alone': { at: 'x = │', says: '1 + 2', left: '1 + 2' },
  'takes out what is thought before the code': { at: 'x = │', says: '<think>\nhm, one?\n</think>\n1', left: '1' },
  'drops thinking without an end': { at: 'x = │', says: '<think>hm, one', left: undefined },
  'drops the end of thinking that began elsewhere': { at: 'x = │', says: 'hm</think>1', left: undefined },
  'knows no think tag in a comparison': { at: 'x = │', says: 'a <think and b', left: 'a <think and b' },
});
