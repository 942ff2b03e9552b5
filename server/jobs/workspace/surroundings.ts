// Looks around a document in its workspace: folders, manifests, neighbours. Bounded in files, names and depth; reads through the editor's
// port, which knows what lies outside and what looks like a secret.

import { basename, dirname, join, relative } from 'node:path';
import type { Surroundings } from '../../pipeline/surroundings.ts';
import type { Editor } from '../ports.ts';
import { cargoModules, goModModules, packageJsonModules, pyprojectModules, requirementsModules } from './manifests.ts';
import { goPackageNames, goPackageOf, importedModules } from './neighbours.ts';

type Files = Pick<Editor, 'readWorkspaceFile' | 'listWorkspaceFolder'>;

export interface Document {
  /** Absolute path. */
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
}

/** Folders above the document that are looked at, its own included. */
const mostLevels = 12;
const mostSubfolders = 20;
const mostNeighbours = 40;
const mostNamesOfModules = 5000;

/** A folder above the document (or its own) and what lies in it. */
interface Level {
  readonly folder: string;
  readonly entries: readonly string[];
}

/** @returns undefined for languages whose imports nobody checks, and for documents outside of any folder. */
export async function surroundingsOf(document: Document, files: Files): Promise<Surroundings | undefined> {
  const { languageId } = document;
  const kind = /^(?:java|type)script/.test(languageId) ? 'javascript' : languageId;
  if (!['python', 'javascript', 'go', 'rust'].includes(kind)) return undefined;
  const levels = await levelsAbove(dirname(document.path), files);
  const [own] = levels;
  if (own === undefined) return undefined;
  const neighbours = await neighboursOf(document, own, files);
  const imported = neighbours.flatMap((text) => importedModules(text, languageId));
  const [folders, manifest, modules] = await Promise.all([
    foldersAround(document, levels, files),
    manifestOf(kind, document, levels, files),
    modulesIn(kind, levels, files),
  ]);
  const all = [...new Set([...modules, ...imported, ...(manifest?.own ?? [])])].slice(0, mostNamesOfModules);
  return {
    modules: all,
    folders,
    ...(manifest === undefined || manifest.modules === undefined
      ? {}
      : { manifest: { file: manifest.file, modules: manifest.modules } }),
    ...(kind === 'go' ? { packageNames: packageNames(document, neighbours) } : {}),
  };
}

async function levelsAbove(folder: string, files: Files): Promise<readonly Level[]> {
  const levels: Level[] = [];
  for (let at = folder; levels.length < mostLevels; at = dirname(at)) {
    const entries = await files.listWorkspaceFolder(at);
    if (entries === undefined) break;
    levels.push({ folder: at, entries });
    if (dirname(at) === at) break;
  }
  return levels;
}

/** What relative imports may name: the folders above, their own folders below the document's level and one above it. */
async function foldersAround(
  { path }: Document,
  levels: readonly Level[],
  files: Files,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const from = dirname(path);
  const named: Record<string, readonly string[]> = {};
  for (const { folder, entries } of levels) named[nameOf(from, folder)] = entries;
  for (const { folder, entries } of levels.slice(0, 2)) {
    const inside = entries.filter((entry) => entry.endsWith('/') && !isLarge(entry)).slice(0, mostSubfolders);
    await Promise.all(
      inside.map(async (entry) => {
        const below = join(folder, entry);
        const listed = await files.listWorkspaceFolder(below);
        if (listed !== undefined) named[nameOf(from, below)] = listed;
      }),
    );
  }
  return named;
}

/** `.`, `..`, `../models`, `./models`. */
function nameOf(from: string, folder: string): string {
  const way = relative(from, folder).replaceAll('\\', '/');
  if (way === '') return '.';
  return way.startsWith('..') ? way : `./${way}`;
}

function isLarge(entry: string): boolean {
  return entry === 'node_modules/' || entry === 'target/' || entry.startsWith('.');
}

const endings: Readonly<Record<string, RegExp>> = {
  python: /\.py$/,
  go: /\.go$/,
  rust: /\.rs$/,
};

async function neighboursOf({ path, languageId }: Document, own: Level, files: Files): Promise<readonly string[]> {
  const ending = endings[languageId] ?? /\.[cm]?[jt]sx?$/;
  const names = own.entries.filter((entry) => ending.test(entry) && entry !== basename(path)).slice(0, mostNeighbours);
  const texts = await Promise.all(names.map((name) => files.readWorkspaceFile(join(own.folder, name))));
  return texts.filter((text) => text !== undefined);
}

/** Files of the package that the document is of; an external test package is another one. */
function packageNames({ text }: Document, neighbours: readonly string[]): readonly string[] {
  const own = goPackageOf(text);
  return [...new Set(neighbours.filter((other) => goPackageOf(other) === own).flatMap(goPackageNames))];
}

interface Manifest {
  readonly file: string;
  /** Undefined: it is there, but does not say. */
  readonly modules: readonly string[] | undefined;
  readonly own?: readonly string[];
}

async function manifestOf(
  kind: string,
  { path }: Document,
  levels: readonly Level[],
  files: Files,
): Promise<Manifest | undefined> {
  const named = (level: Level, name: string): string =>
    relative(dirname(path), join(level.folder, name)).replaceAll('\\', '/');
  const read = async (level: Level, name: string): Promise<string | undefined> =>
    level.entries.includes(name) ? files.readWorkspaceFile(join(level.folder, name)) : undefined;
  const found: Manifest[] = [];
  for (const level of levels) {
    if (kind === 'python') found.push(...(await pythonManifests(level, read, named)));
    const single = { javascript: 'package.json', go: 'go.mod', rust: 'Cargo.toml' }[kind];
    const text = single === undefined ? undefined : await read(level, single);
    if (single === undefined || text === undefined) continue;
    const file = named(level, single);
    if (kind === 'javascript') found.push({ file, modules: packageJsonModules(text) });
    if (kind === 'rust') return { file, modules: cargoModules(text) };
    if (kind === 'go') {
      const module = goModModules(text);
      return { file, modules: module?.required, own: module === undefined ? [] : [module.own] };
    }
  }
  const [nearest] = found;
  if (nearest === undefined) return undefined;
  // One that can't be read, or says that others know, leaves everything open.
  const isOpen = found.some(({ modules }) => modules === undefined);
  return { file: nearest.file, modules: isOpen ? undefined : found.flatMap(({ modules }) => modules ?? []) };
}

/** Files that say what is installed in ways that are not read here. */
const otherPythonManifests = ['setup.py', 'setup.cfg', 'Pipfile', 'environment.yml', 'environment.yaml', 'conda.yaml'];

async function pythonManifests(
  level: Level,
  read: (level: Level, name: string) => Promise<string | undefined>,
  named: (level: Level, name: string) => string,
): Promise<readonly Manifest[]> {
  const found: Manifest[] = [];
  const project = await read(level, 'pyproject.toml');
  if (project !== undefined) found.push({ file: named(level, 'pyproject.toml'), modules: pyprojectModules(project) });
  for (const name of level.entries.filter((entry) => /^requirements.*\.(?:txt|in)$/.test(entry)).slice(0, 5)) {
    const text = await read(level, name);
    if (text !== undefined) found.push({ file: named(level, name), modules: requirementsModules(text) });
  }
  for (const name of otherPythonManifests) {
    if (level.entries.includes(name)) found.push({ file: named(level, name), modules: undefined });
  }
  return found;
}

/** What is there to be imported without a manifest saying so: the workspace's own modules, and what lies installed in it. */
async function modulesIn(kind: string, levels: readonly Level[], files: Files): Promise<readonly string[]> {
  if (kind === 'javascript') return installedByNpm(levels, files);
  if (kind !== 'python') return [];
  const folders = levels.flatMap(({ folder, entries }) => [
    entries,
    ...['src/', 'lib/']
      .filter((name) => entries.includes(name))
      .map((name) => files.listWorkspaceFolder(join(folder, name))),
    ...['.venv/', 'venv/', 'env/']
      .filter((name) => entries.includes(name))
      .map((name) => sitePackages(join(folder, name), files)),
  ]);
  const listed = await Promise.all(folders);
  return listed.flatMap((entries) => (entries ?? []).map(pythonModule).filter((name) => name !== ''));
}

/** `a.py`, `a.cpython-312-x86_64-linux-gnu.so` and the folder `a/` are imported as `a`. */
function pythonModule(entry: string): string {
  return /^([A-Za-z_]\w*)(?:\.py|\.pyi|\.[\w-]*\.?so|\/)$/.exec(entry)?.[1] ?? '';
}

async function sitePackages(environment: string, files: Files): Promise<readonly string[]> {
  const lib = join(environment, 'lib');
  const versions = (await files.listWorkspaceFolder(lib)) ?? [];
  const lists = await Promise.all(
    versions
      .filter((name) => name.startsWith('python'))
      .map((name) => files.listWorkspaceFolder(join(lib, name, 'site-packages'))),
  );
  return lists.flatMap((entries) => entries ?? []);
}

async function installedByNpm(levels: readonly Level[], files: Files): Promise<readonly string[]> {
  const roots = levels
    .filter(({ entries }) => entries.includes('node_modules/'))
    .map(({ folder }) => join(folder, 'node_modules'));
  const lists = await Promise.all(
    roots.map(async (root) => {
      const entries = (await files.listWorkspaceFolder(root)) ?? [];
      const scopes = entries.filter((entry) => entry.startsWith('@')).slice(0, mostSubfolders);
      const scoped = await Promise.all(
        scopes.map(async (scope) =>
          ((await files.listWorkspaceFolder(join(root, scope))) ?? []).map((entry) => scope + entry),
        ),
      );
      return [...entries.filter((entry) => !entry.startsWith('@')), ...scoped.flat()];
    }),
  );
  return lists.flat().map((entry) => entry.replace(/\/$/, ''));
}
