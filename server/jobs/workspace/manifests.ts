// Which modules a manifest makes importable, from its text. Names only; what cannot be read gives undefined, never "nothing".

import { parse } from 'smol-toml';
import { modulesOfDistribution } from './distributions.ts';

/** `package.json`: every kind of dependency, and the package itself. */
export function packageJsonModules(text: string): readonly string[] | undefined {
  const value = jsonObject(text);
  if (value === undefined) return undefined;
  const kinds = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];
  const own = typeof value.name === 'string' ? [value.name] : [];
  return [...own, ...kinds.flatMap((kind) => Object.keys(record(value[kind])))];
}

/**
 * `pyproject.toml`: PEP 621, PEP 735's groups, and the tables of Poetry, PDM, uv and Hatch. Undefined also where the dependencies are
 * said to be dynamic: then they stand elsewhere.
 */
export function pyprojectModules(text: string): readonly string[] | undefined {
  const value = tomlTable(text);
  if (value === undefined) return undefined;
  const project = record(value.project);
  const tool = record(value.tool);
  const poetry = record(tool.poetry);
  if (value.project === undefined && tool.poetry === undefined) return undefined;
  if (texts(project.dynamic).includes('dependencies')) return undefined;
  const groups = Object.values(record(poetry.group)).map((group) => record(record(group).dependencies));
  const lists = [
    project.dependencies,
    ...Object.values(record(project['optional-dependencies'])),
    ...Object.values(record(value['dependency-groups'])),
    record(tool.uv)['dev-dependencies'],
    ...Object.values(record(record(tool.pdm)['dev-dependencies'])),
    ...Object.values(record(record(tool.hatch).envs)).map((env) => record(env).dependencies),
  ];
  const named = lists.flatMap(texts).map(distributionOf);
  const keys = [poetry.dependencies, poetry['dev-dependencies'], ...groups].flatMap((table) =>
    Object.keys(record(table)),
  );
  const own = [project.name, poetry.name].filter((name) => typeof name === 'string');
  return [...named, ...keys, ...own].filter((name) => name !== '').flatMap(modulesOfDistribution);
}

/** `requirements.txt`: one distribution a line; options and addresses without a name are left out. */
export function requirementsModules(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('-') && !/^[a-z+]+:\/\//i.test(line))
    .map(distributionOf)
    .filter((name) => name !== '')
    .flatMap(modulesOfDistribution);
}

/** `Cargo.toml`: dependencies of all kinds and targets, and the crate itself. */
export function cargoModules(text: string): readonly string[] | undefined {
  const value = tomlTable(text);
  if (value === undefined) return undefined;
  const tables = [value, ...Object.values(record(value.target))].map(record);
  const kinds = ['dependencies', 'dev-dependencies', 'build-dependencies'];
  const names = tables.flatMap((table) => kinds.flatMap((kind) => Object.keys(record(table[kind]))));
  const own = [record(value.package).name, record(value.lib).name].filter((name) => typeof name === 'string');
  return [...names, ...own].map((name) => name.replaceAll('-', '_'));
}

/** `go.mod`: the module's own path, and the paths it requires. */
export function goModModules(text: string): { readonly own: string; readonly required: readonly string[] } | undefined {
  const plain = text.replace(/\/\/.*$/gm, '');
  const own = /^\s*module\s+"?([^\s"]+)/m.exec(plain)?.[1];
  if (own === undefined) return undefined;
  const blocks = [...plain.matchAll(/^\s*require\s*\(([^)]*)\)/gm)].flatMap(([, inside = '']) => inside.split('\n'));
  const single = [...plain.matchAll(/^\s*require\s+([^(\s]\S*)/gm)].map(([, path = '']) => path);
  const paths = [...blocks.map((line) => line.trim().split(/\s+/)[0] ?? ''), ...single];
  return { own, required: paths.filter((path) => path !== '') };
}

/** `requests[socks]>=2; python_version < "4"` names `requests`. */
function distributionOf(requirement: string): string {
  return /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/.exec(requirement.trim())?.[0] ?? '';
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? record(value) : undefined;
  } catch {
    return undefined;
  }
}

function tomlTable(text: string): Record<string, unknown> | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
