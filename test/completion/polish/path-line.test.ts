// Cases of the filter that drops the path of a file.

import { pathLine } from '../../../server/completion/polish/path-line.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(pathLine, {
  'leaves comments with words alone': { at: '│', says: '# adds numbers\nx = 1', left: '# adds numbers\nx = 1' },
  'takes a path off': { at: '│', says: '# src/app/main.py\nx = 1', left: 'x = 1' },
  'takes a file name off': { at: '│', says: '// main.go\n\tx := 1', left: 'x := 1', language: 'go' },
  'drops what is nothing else': { at: '│', says: '# Path: lib/a.py', left: undefined },
  'leaves the end of a line alone': { at: 'x = 1  │', says: '# main.py', left: '# main.py' },
});
