// Cases of the filter that keeps one of blocks that repeat themselves.

import { repeatedBlocks } from '../../../server/completion/polish/repeated-blocks.ts';
import { polishTable } from '../../support/polish-table.ts';

const block = 'def a():\n    return 1';

polishTable(repeatedBlocks, {
  'leaves two different blocks alone': { at: '│', says: `${block}\n\nprint(a())`, left: `${block}\n\nprint(a())` },
  'leaves one copy alone, it may be meant': { at: '│', says: `${block}\n\n${block}`, left: `${block}\n\n${block}` },
  'keeps the first of three': { at: '│', says: `${block}\n\n${block}\n\n${block}`, left: block },
  'keeps the first of nearly the same': {
    at: '│',
    says: 'def test_one():\n    check(1)\n\ndef test_two():\n    check(1)\n\ndef test_one():\n    check(1)',
    left: 'def test_one():\n    check(1)\n\ndef test_two():\n    check(1)\n\ndef test_one():\n    check(1)',
  },
  'compares blocks indented by tabs': {
    at: '│',
    says: 'if x {\n\ty()\n}\n\nif x {\n\ty()\n}\n\nif x {\n\ty()\n}',
    left: 'if x {\n\ty()\n}',
    language: 'go',
  },
  'leaves short blocks alone': { at: '│', says: 'x\n\nx\n\nx', left: 'x\n\nx\n\nx' },
});
