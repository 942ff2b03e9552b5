// JavaScript programs: one CommonJS file, run by the Node.js that the sandbox sees. A failed console.assert is an error.

import { endMark, type ProgramKind } from './program.ts';

const prelude = `
console.assert = (condition, ...words) => {
  if (!condition) throw new Error(['assertion failed', ...words].join(' '));
};
`;

/** The one package that the data set uses: a function from text to its MD5 in hex. */
const md5Package = `module.exports = (text) => require('node:crypto').createHash('md5').update(text).digest('hex');\n`;

export const scriptProgram: ProgramKind = {
  request: ({ text, test }) => ({
    command: ['node', '-r', '/tmp/prelude.cjs', '/tmp/program.cjs'],
    files: [
      { path: '/tmp/prelude.cjs', text: prelude },
      { path: '/tmp/node_modules/js-md5/index.js', text: md5Package },
      { path: '/tmp/program.cjs', text: `${text}\n\n${test}\n\nconsole.log(${JSON.stringify(`\n${endMark}`)});\n` },
    ],
  }),
  why(errorOutput) {
    const lines = errorOutput.split('\n');
    const error = lines.find((line) => /^\w*Error\b/.test(line)) ?? '';
    const at = lines.findIndex((line) => line.startsWith('/tmp/program.cjs:'));
    return error || (at === -1 ? '' : (lines[at + 1] ?? '').trim());
  },
};
