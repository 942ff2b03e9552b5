// What drivers are given: the server frozen as it would be installed, and for each behaviour a home, a project, an engine.
// Knows no editor.

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { CannotRun, type EditorContext } from './editor.ts';
import { startEditorEngine } from './fake-engine-server.ts';
import { writeOpener } from './opened.ts';
import { editorsFolder, findOrMakeRoot, type Inside, openInside, type Suite } from './root.ts';
import { sumsText, wordsText } from './sample.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface Frozen {
  readonly folder: string;
  readonly server: string;
  readonly clients: string;
  readonly secondServer: string;
  readonly say: (line: string) => void;
}

/** Copies the built server, so that a build in the meantime changes nothing, and bundles the second one. */
export async function freezeServer(folder: string, say: (line: string) => void): Promise<Frozen> {
  chmodSync(folder, 0o755);
  const server = join(folder, 'server');
  mkdirSync(join(server, 'node_modules'), { recursive: true });
  mkdirSync(join(server, 'bin'));
  if (!existsSync(join(repository, 'dist/main.js'))) execFileSync('node', ['build.mjs'], { cwd: repository });
  cpSync(join(repository, 'dist'), join(server, 'dist'), { recursive: true });
  cpSync(join(repository, 'package.json'), join(server, 'package.json'));
  for (const name of ['koffi', '@koromix']) {
    const from = join(repository, 'node_modules', name);
    if (existsSync(from)) cpSync(from, join(server, 'node_modules', name), { recursive: true });
  }
  const command = join(server, 'bin/joule-ls');
  writeFileSync(command, `#!/bin/sh\nexec node "${server}/dist/main.js" "$@"\n`);
  chmodSync(command, 0o755);
  const clients = join(folder, 'clients');
  cpSync(join(repository, 'clients'), clients, {
    recursive: true,
    filter: (path) => !/\/(node_modules|dist)(\/|$)/.test(path),
  });
  const secondServer = join(folder, 'second-server.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./second-server.ts', import.meta.url))],
    outfile: secondServer,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  return { folder, server, clients, secondServer, say };
}

export async function openWorld(
  frozen: Frozen,
  keepScreen: EditorContext['keepScreen'],
  suite: Suite = 'sid',
): Promise<{ readonly context: EditorContext; close(): Promise<void> }> {
  const home = mkdtempSync(join(frozen.folder, 'home-'));
  const project = join(home, 'project');
  mkdirSync(project);
  mkdirSync(join(home, 'run'), { mode: 0o700 });
  writeFileSync(join(project, 'sums.py'), sumsText);
  writeFileSync(join(project, 'words.py'), wordsText);
  execFileSync('git', ['init', '--quiet', project]);
  // The owner says whose counters see the engine, as on a machine where both are.
  mkdirSync(join(home, '.config/joule-ls'), { recursive: true });
  writeFileSync(join(home, '.config/joule-ls/config.json'), JSON.stringify({ ollama: { meter: 'local' } }));
  writeOpener(join(home, 'bin'));
  const { engine, environment, close } = await startEditorEngine(join(home, 'machine'));
  const open: Inside[] = [];
  const context: EditorContext = {
    home,
    project,
    server: frozen.server,
    clients: frozen.clients,
    secondServer: frozen.secondServer,
    engine,
    environment: {
      HOME: home,
      PATH: `${join(home, 'bin')}:${frozen.server}/bin:/usr/local/bin:/usr/bin:/bin`,
      XDG_RUNTIME_DIR: join(home, 'run'),
      JOULE_LS_LOG: join(home, 'joule-ls.log'),
      LANG: 'C.UTF-8',
      ...environment,
    },
    async inside() {
      if (open[0] === undefined) open.push(await openInside(findOrMakeRoot(frozen.say, suite), frozen.folder));
      return open[0] as Inside;
    },
    packages: async (names) => join(installed(frozen, 'npm', names), 'node_modules'),
    pythonPackages: async (names) => installed(frozen, 'pypi', names),
    async installed() {
      const folder = installedTarball(frozen);
      return {
        ...context,
        server: folder,
        clients: join(folder, 'clients'),
        environment: {
          ...context.environment,
          PATH: `${join(home, 'bin')}:${join(frozen.folder, 'installed/bin')}:/usr/local/bin:/usr/bin:/bin`,
        },
      };
    },
    keepScreen: (name, text) => keepScreen(name, text.replaceAll(home, '~')),
  };
  return {
    context,
    async close() {
      for (const inside of open) await inside.close();
      await close();
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

const installers = {
  npm: (folder: string, names: readonly string[]): readonly string[] => {
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    return ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', ...names];
  },
  pypi: (folder: string, names: readonly string[]): readonly string[] => {
    return ['python3', '-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, ...names];
  },
};

/** Installed once beside the root, then copied to where the root can see it. @throws CannotRun */
function installed(frozen: Frozen, from: keyof typeof installers, names: readonly string[]): string {
  const key = names.join('+').replaceAll(/[^a-z0-9+.-]/gi, '_');
  const here = join(frozen.folder, from, key);
  if (existsSync(here)) return here;
  const kept = join(editorsFolder(), from, key);
  if (!existsSync(join(kept, 'installed'))) {
    mkdirSync(kept, { recursive: true });
    const [program = '', ...args] = installers[from](kept, names);
    try {
      execFileSync(program, args, { cwd: kept, stdio: 'pipe', timeout: 120_000 });
    } catch (error) {
      throw new CannotRun(`${from} could not install ${names.join(', ')}: ${String(error).split('\n')[0]}`);
    }
    writeFileSync(join(kept, 'installed'), '');
  }
  mkdirSync(join(frozen.folder, from), { recursive: true });
  cpSync(kept, here, { recursive: true, verbatimSymlinks: true });
  return here;
}

/** The package as npm makes and installs it, once. @throws CannotRun */
function installedTarball(frozen: Frozen): string {
  const prefix = join(frozen.folder, 'installed');
  const folder = join(prefix, 'lib/node_modules/joule-ls');
  if (existsSync(folder)) return folder;
  const npm = (args: readonly string[], cwd: string): string =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 180_000 });
  try {
    const [packed] = JSON.parse(
      npm(['pack', '--json', '--ignore-scripts', '--pack-destination', frozen.folder], repository),
    );
    mkdirSync(prefix, { recursive: true });
    const tarball = join(frozen.folder, packed.filename);
    npm(['install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', tarball], frozen.folder);
  } catch (error) {
    throw new CannotRun(`the package could not be installed from its tarball: ${String(error).split('\n')[0]}`);
  }
  return folder;
}
