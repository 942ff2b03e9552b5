// The rooms and who may know whom, as a test. The table is ARCHITECTURE.md's; change both together.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** `room: imports allowed`. `types:x` allows only `import type`. Every room may import itself, base and node:. */
const table: Record<string, readonly string[]> = {
  'native-bindings': ['koffi'],
  base: ['fastest-levenshtein'],
  settings: ['zod', 'energy/carbon'],
  syntax: ['web-tree-sitter'],
  sandbox: [],
  exercises: ['types:sandbox'],
  models: ['ollama', 'undici', 'node-llama-cpp'],
  energy: ['native-bindings', 'jstat'],
  gateway: ['models', 'energy'],
  pipeline: ['types:gateway', 'gateway/stop-filters', 'types:models', 'types:energy', 'types:syntax', 'types:sandbox'],
  completion: [
    'types:gateway',
    'gateway/stop-filters',
    'types:models',
    'types:energy',
    'types:syntax',
    'types:pipeline',
  ],
  actions: ['types:pipeline', 'types:syntax'],
  ledger: ['types:pipeline', 'types:gateway', 'energy'],
  jobs: ['smol-toml', 'actions', 'pipeline', 'ledger', 'types:gateway', 'types:energy', 'types:syntax'],
  lsp: [
    'vscode-languageserver',
    'vscode-languageserver-textdocument',
    'jobs',
    'actions',
    'completion',
    'ledger',
    'energy',
    'types:pipeline',
    'types:gateway',
    'types:syntax',
    'settings',
  ],
  report: [
    'd3-array',
    'd3-scale',
    'd3-shape',
    'ledger',
    'energy',
    'types:gateway',
    'types:pipeline',
    'types:exercises',
  ],
  commands: [
    'pino',
    'diff',
    'native-bindings',
    'settings',
    'syntax',
    'sandbox',
    'exercises',
    'models',
    'energy',
    'gateway',
    'pipeline',
    'completion',
    'actions',
    'ledger',
    'jobs',
    'lsp',
    'report',
  ],
  main: ['commands'],
};

const nodeRestrictions: { room: string; forbidden: RegExp; why: string }[] = [
  ...['pipeline', 'actions', 'completion'].map((room) => ({
    room,
    forbidden: /node:(fs|net|http|https|child_process|os|dgram|worker_threads|timers|process)/,
    why: 'takes clock, files and models as arguments',
  })),
  ...['base', 'energy', 'gateway', 'ledger', 'jobs', 'syntax', 'sandbox', 'exercises', 'native-bindings', 'lsp'].map(
    (room) => ({
      room,
      forbidden: /node:(net|http|https|dgram|http2|tls)/,
      why: 'only models/ opens sockets',
    }),
  ),
];

/** The one file of the meter that asks other machines' exporters. */
const remoteMeterSocket = 'server/energy/remote/http-get.ts';

interface Import {
  file: string;
  target: string;
  typeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: Import[] = [];
  const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
  for (const match of text.matchAll(statement))
    found.push({ file, target: match[2] ?? '', typeOnly: match[1] !== undefined });
  for (const match of text.matchAll(/(^|[^.\w])import\(\s*['"]([^'"]+)['"]\s*\)(\.\w)?/g)) {
    found.push({ file, target: match[2] ?? '', typeOnly: match[3] !== undefined });
  }
  return found;
}

function roomOf(path: string): string {
  const parts = path.split('/');
  if (parts[0] === 'native-bindings') return 'native-bindings';
  return parts.length === 2 ? (parts[1] ?? '').replace(/\.ts$/, '') : (parts[1] ?? '');
}

function violationOf(found: Import): string | undefined {
  const room = roomOf(found.file);
  const allowed = table[room];
  if (allowed === undefined) return `${found.file}: room "${room}" is not in the table`;
  if (found.target.startsWith('node:')) {
    if (found.file === remoteMeterSocket && /^node:https?$/.test(found.target)) return undefined;
    const broken = nodeRestrictions.find((rule) => rule.room === room && rule.forbidden.test(found.target));
    return broken && `${found.file} imports ${found.target}: ${room} ${broken.why}`;
  }
  let target: string;
  let path: string | undefined;
  if (found.target.startsWith('.')) {
    path = relative(root, resolve(root, dirname(found.file), found.target));
    target = roomOf(path);
    if (target === room || target === 'base') return undefined;
    if (target === 'settings' && found.typeOnly) return undefined;
  } else target = found.target.startsWith('@') ? found.target : (found.target.split('/')[0] ?? '');
  if (allowed.includes(target)) return undefined;
  if (found.typeOnly && allowed.includes(`types:${target}`)) return undefined;
  if (
    path !== undefined &&
    allowed.some((entry) => path.replace(/^server\//, '').startsWith(entry) && entry.includes('/'))
  )
    return undefined;
  return `${found.file} imports ${found.target}: ${room} may not know ${target}${found.typeOnly ? '' : ' (as a value)'}`;
}

describe('architecture', () => {
  const files = [...sourceFiles('server'), ...sourceFiles('native-bindings')];

  it('lets no room import upward or sideways', () => {
    const violations = files
      .flatMap(importsOf)
      .map(violationOf)
      .filter((line) => line !== undefined);
    assert.deepEqual(violations, []);
  });

  it('would notice a forbidden import', () => {
    const forbidden: Import[] = [
      { file: 'server/pipeline/run.ts', target: '../gateway/gateway.ts', typeOnly: false },
      { file: 'server/energy/meter.ts', target: '../ledger/ledger.ts', typeOnly: true },
      { file: 'server/jobs/queue.ts', target: 'vscode-languageserver/node', typeOnly: true },
      { file: 'server/lsp/hover.ts', target: '../models/ollama.ts', typeOnly: true },
      { file: 'server/pipeline/run.ts', target: 'node:fs', typeOnly: false },
      { file: 'server/gateway/gateway.ts', target: 'node:net', typeOnly: false },
      { file: 'server/energy/remote/prometheus.ts', target: 'node:http', typeOnly: false },
    ];
    for (const found of forbidden) assert.ok(violationOf(found), JSON.stringify(found));
  });

  it('lets nothing but base/clock.ts and the composition root read the clock or invent randomness', () => {
    const free = /^server\/(base\/clock|main|commands\/)/;
    const reading = /\b(Date\.now|performance\.now|process\.hrtime|Math\.random|new Date\(\))/;
    const offenders = files.filter((file) => !free.test(file) && reading.test(readFileSync(join(root, file), 'utf8')));
    assert.deepEqual(offenders, []);
  });

  it('lets one file of energy/ open files, and none start processes', () => {
    const opening = /from 'node:(fs|child_process|worker_threads|os|process)/;
    const offenders = files.filter(
      (file) =>
        file.startsWith('server/energy/') &&
        !file.endsWith('/edge-files.ts') &&
        opening.test(readFileSync(join(root, file), 'utf8')),
    );
    assert.deepEqual(offenders, []);
  });

  it('lets only the sandbox start what a model wrote, and names every other file that starts a process', () => {
    const starting = /['"](?:node:)?(?:child_process|cluster)['"]/;
    assert.deepEqual(files.filter((file) => starting.test(readFileSync(join(root, file), 'utf8'))).sort(), [
      'server/commands/demo-check.ts', // the sample's own tests, after sample/check.py has looked at the answer
      'server/commands/demo-session.ts', // this program
      'server/commands/meter-run.ts', // what the user typed after `meter --`
      'server/models/embedded-process.ts', // the engine
      'server/models/engine-npm.ts', // npm, for the engine
      'server/sandbox/launch.ts', // bubblewrap
    ]);
    const evaluating = /\beval\(|new Function\(|['"]node:vm['"]/;
    assert.deepEqual(
      files.filter((file) => evaluating.test(readFileSync(join(root, file), 'utf8'))),
      ['server/pipeline/execution/observe-script.ts'], // Python's, as a text that only the sandbox runs
    );
  });

  it('keeps every file under 400 lines and opens it with a line on what it is', () => {
    const offenders: string[] = [];
    for (const file of files) {
      const text = readFileSync(join(root, file), 'utf8');
      if (text.split('\n').length > 401) offenders.push(`${file} is longer than 400 lines`);
      if (!text.startsWith('//')) offenders.push(`${file} does not open with a comment`);
      if (/^export default/m.test(text)) offenders.push(`${file} has a default export`);
    }
    assert.deepEqual(offenders, []);
  });
});
