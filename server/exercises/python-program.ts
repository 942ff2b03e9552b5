// Python programs: one file, run by the interpreter that the sandbox sees.

import { endMark, type ProgramKind } from './program.ts';

export const pythonProgram: ProgramKind = {
  request: ({ text, test }) => ({
    command: ['python3', '-I', '/tmp/program.py'],
    files: [{ path: '/tmp/program.py', text: `${text}\n\n\n${test}\n\nprint(${JSON.stringify(`\n${endMark}`)})\n` }],
  }),
  why(errorOutput) {
    const lines = errorOutput.trimEnd().split('\n');
    const last = lines.at(-1)?.trim() ?? '';
    // The innermost line of the traceback says which assertion it was.
    const frame = lines.findLastIndex((line) => line.startsWith('  File '));
    const code = frame === -1 ? '' : (lines[frame + 1] ?? '').trim();
    return code === '' || code === last ? last : `${last.replace(/:$/, '')}: ${code}`;
  },
};
