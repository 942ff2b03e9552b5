// Builds dist/: one entry, heavy parts as lazy chunks, the grammars and the tiny model beside them.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

if (!existsSync(new URL('./server/main.ts', import.meta.url))) process.exit(0); // an installed package brings dist/ with it

const { build } = await import('esbuild');
const root = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
// Built beside and put in place whole: whoever runs the program meanwhile finds the old one or the new one.
const dist = join(root, 'dist.new');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

rmSync(dist, { recursive: true, force: true });
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  outdir: dist,
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  external: ['koffi', 'node-llama-cpp'],
  define: { JOULE_LS_VERSION: JSON.stringify(version) },
};
await build({
  ...common,
  entryPoints: { main: join(root, 'server/main.ts') },
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  banner: {
    js: "#!/usr/bin/env node\nimport{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
chmodSync(join(dist, 'main.js'), 0o755);

// Started as threads or processes of their own: server/base/program-files.ts finds them by these names.
const parts = ['syntax/worker.ts', 'models/embedded-child.ts'];
await build({
  ...common,
  entryPoints: Object.fromEntries(
    parts.map((part) => [part.replace('/', '-').replace(/\.ts$/, ''), join(root, 'server', part)]),
  ),
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});

// What the report's page inlines (server/report/page/render.ts); it runs in browsers.
await build({
  bundle: true,
  platform: 'browser',
  target: ['chrome109', 'firefox115', 'safari16'],
  format: 'iife',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  entryPoints: ['page.ts', 'page.css'].map((name) => join(root, 'server/report/page/browser', name)),
  outdir: join(dist, 'report'),
});

mkdirSync(join(dist, 'grammars'), { recursive: true });
const grammars = dirname(require.resolve('@vscode/tree-sitter-wasm/package.json'));
for (const name of ['python', 'typescript', 'tsx', 'javascript', 'go', 'rust']) {
  cpSync(join(grammars, 'wasm', `tree-sitter-${name}.wasm`), join(dist, 'grammars', `tree-sitter-${name}.wasm`));
}
cpSync(
  join(dirname(require.resolve('web-tree-sitter')), 'web-tree-sitter.wasm'),
  join(dist, 'grammars', 'web-tree-sitter.wasm'),
);

cpSync(join(root, 'server/models/joule-tiny/joule-tiny-q8.gguf'), join(dist, 'models', 'joule-tiny-q8.gguf'));
cpSync(join(root, 'server/models/joule-tiny/README.md'), join(dist, 'models', 'README.md'));
cpSync(join(root, 'server/commands/sample'), join(dist, 'sample'), { recursive: true });

rmSync(join(root, 'dist.old'), { recursive: true, force: true });
if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), join(root, 'dist.old'));
renameSync(dist, join(root, 'dist'));
rmSync(join(root, 'dist.old'), { recursive: true, force: true });
