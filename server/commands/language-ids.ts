// The language id that an editor would give a file, by its ending.

import { extname } from 'node:path';

const ids: Readonly<Record<string, string>> = {
  '.c': 'c',
  '.cc': 'cpp',
  '.cjs': 'javascript',
  '.cpp': 'cpp',
  '.cs': 'csharp',
  '.cts': 'typescript',
  '.go': 'go',
  '.h': 'c',
  '.hpp': 'cpp',
  '.java': 'java',
  '.js': 'javascript',
  '.jsx': 'javascriptreact',
  '.kt': 'kotlin',
  '.lua': 'lua',
  '.mjs': 'javascript',
  '.mts': 'typescript',
  '.php': 'php',
  '.py': 'python',
  '.pyi': 'python',
  '.rb': 'ruby',
  '.rs': 'rust',
  '.sh': 'shellscript',
  '.swift': 'swift',
  '.ts': 'typescript',
  '.tsx': 'typescriptreact',
};

/** `plaintext` for endings nobody here knows: plain-text rules apply. */
export function languageIdOf(path: string): string {
  return ids[extname(path).toLowerCase()] ?? 'plaintext';
}
