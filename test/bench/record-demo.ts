// Runs `joule-ls demo` and draws what a terminal showed as docs/demo.svg: the picture in README.md is a recording, not a drawing.
//
//   npx tsx test/bench/record-demo.ts

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const lineHeight = 19;
const columns = 104;

const lines = await run();
mkdirSync(join(root, 'docs'), { recursive: true });
writeFileSync(join(root, 'docs/demo.svg'), picture(lines));
console.log(`docs/demo.svg: ${lines.length} lines`);

/** Both streams in the order in which they arrived; of lines that were overwritten, the last state. */
async function run(): Promise<string[]> {
  const child = spawn(process.execPath, [join(root, 'dist/main.js'), 'demo', '--engine', 'embedded'], { cwd: root });
  let text = '';
  const hear = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const code = await new Promise((ended) => child.on('close', ended));
  if (code !== 0) throw new Error(`the demo ended with ${code}:\n${text}`);
  const shown = text.split('\n').map((line) => line.split('\r').at(-1) ?? '');
  return firstPart(shown).flatMap(wrapped);
}

/** Up to the module of three, which comes the same way and would make the picture twice as tall; the cut is said. */
function firstPart(shown: readonly string[]): string[] {
  const module = shown.findIndex((line) => line.includes('“Write a module'));
  return module === -1 ? [...shown] : [...shown.slice(0, module), '[ cut here: a module of three functions follows ]'];
}

function wrapped(line: string): string[] {
  const parts: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const cut = rest.lastIndexOf(' ', columns);
    parts.push(rest.slice(0, cut > 0 ? cut : columns));
    rest = `    ${rest.slice(cut > 0 ? cut + 1 : columns)}`;
  }
  return [...parts, rest];
}

function picture(shown: readonly string[]): string {
  const all = ['$ joule-ls demo', ...shown.filter((line, index) => line !== '' || shown[index - 1] !== '')];
  const height = all.length * lineHeight + 52;
  const rows = all.map((line, index) => {
    const text = line.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
    return `<text x="20" y="${52 + index * lineHeight}" class="${kind(line)}" xml:space="preserve">${text}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="${height}" viewBox="0 0 900 ${height}" role="img" aria-label="Recording of joule-ls demo">
<style>text{font:13.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d8dee9}.added{fill:#a3d98a}.removed{fill:#ef8f8f}.joules{fill:#f5c76b}.quiet{fill:#8a93a5}.prompt{fill:#fff;font-weight:bold}</style>
<rect width="900" height="${height}" rx="10" fill="#171b24"/>
<circle cx="24" cy="20" r="6" fill="#ef6f6f"/><circle cx="44" cy="20" r="6" fill="#f5c76b"/><circle cx="64" cy="20" r="6" fill="#7cc879"/>
${rows.join('\n')}
</svg>
`;
}

function kind(line: string): string {
  if (line.startsWith('$')) return 'prompt';
  if (/^\+(?!\+)/.test(line)) return 'added';
  if (/^-(?!-)/.test(line)) return 'removed';
  if (/\b[km]?J\b/.test(line)) return 'joules';
  return /^(?:---|\+\+\+|@@| {2})/.test(line) ? 'quiet' : 'text';
}
