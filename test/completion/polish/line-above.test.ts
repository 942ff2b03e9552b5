// Cases of the filter that does not write the line above again.

import { lineAbove } from '../../../server/completion/polish/line-above.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(lineAbove, {
  'leaves another line alone': { at: 'alpha = 1\n│', says: 'beta = 2', left: 'beta = 2' },
  'drops the line above': { at: 'alpha = 1\n│', says: 'alpha = 1', left: undefined },
  'drops it when it was begun': { at: '\talpha := 1\n\talp│', says: 'ha := 1', left: undefined, language: 'go' },
  'looks past blank lines': { at: 'alpha = 1\n\n│', says: 'alpha = 1', left: undefined },
  'drops a long one that is nearly the same': {
    at: 'self.alpha_value = compute_alpha(first, second)\n│',
    says: 'self.alpha_value = compute_alpha(first, secont)',
    left: undefined,
  },
  'keeps a short one that differs': { at: 'self.x = x\n│', says: 'self.y = y', left: 'self.y = y' },
  'keeps short lines': { at: '}\n│', says: '}', left: '}', language: 'go' },
});
