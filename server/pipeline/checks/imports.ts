// Whether what the new code imports exists: in the standard library, in the manifest, or as a file of the workspace. What nobody can
// know here is "not executed".

import type { ImportFacts } from '../../syntax/facts.ts';
import { isStandardModule } from '../standard-library.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Check } from '../task.ts';
import { check, type Drafted, notExecuted } from './check.ts';

type Answer = 'exists' | 'missing' | 'unknown';

export function importCheck({ task, after, before }: Drafted): Check[] {
  const had = new Set(before?.imports.map((entry) => entry.text));
  const added = after.imports.filter((entry) => !had.has(entry.text));
  if (added.length === 0) return [];
  const known = modulesOf(before?.imports ?? [], task.languageId);
  const asked = added.flatMap((entry) => modulesOf([entry], task.languageId));
  const answers = asked.map((module) => ({
    module,
    answer: known.includes(module) ? ('exists' as const) : answerFor(module, task.languageId, task.surroundings),
  }));
  const namesOf = (wanted: Answer): string =>
    [...new Set(answers.filter(({ answer }) => answer === wanted).map(({ module }) => module))].join(', ');
  const missing = namesOf('missing');
  if (missing !== '') return [check('imports exist', `there is no ${missing} here${sourceOf(task.surroundings)}`)];
  const unknown = namesOf('unknown');
  return [
    unknown === ''
      ? check('imports exist', undefined)
      : notExecuted('imports exist', `nothing says whether ${unknown} is installed`),
  ];
}

function sourceOf(surroundings: Surroundings | undefined): string {
  return surroundings?.manifest === undefined ? '' : `, and ${surroundings.manifest.file} does not name it`;
}

/** What has to exist for the imports to work: Python's `a` of `a.b`, JavaScript's specifier, Go's path, Rust's crate. */
function modulesOf(imports: readonly ImportFacts[], languageId: string): readonly string[] {
  return imports.flatMap((entry) => {
    if (languageId === 'rust') return rustRoots(entry.text);
    if (entry.path === undefined || entry.path === '') return [];
    // As written: the path of the facts lacks `node:`.
    if (/^(?:java|type)script/.test(languageId)) return [/["']([^"']+)["']\)?$/.exec(entry.text)?.[1] ?? entry.path];
    return languageId === 'python' ? entry.path.split(',').map((part) => part.trim()) : [entry.path];
  });
}

/** `use a::b`, `use {a::b, c}`, `extern crate a`. */
function rustRoots(text: string): string[] {
  const crate = /^extern crate (\w+)/.exec(text)?.[1];
  if (crate !== undefined) return [crate];
  const path = /^use (?:::)?(.*)$/.exec(text)?.[1] ?? '';
  const parts = path.startsWith('{') ? path.slice(1, -1).split(/,(?![^{]*\})/) : [path];
  return parts.map((part) => /^\s*(\w+)/.exec(part)?.[1] ?? '').filter((root) => root !== '');
}

function answerFor(module: string, languageId: string, surroundings: Surroundings | undefined): Answer {
  if (languageId === 'python') return pythonAnswer(module, surroundings);
  if (/^(?:java|type)script/.test(languageId)) return scriptAnswer(module, surroundings);
  if (languageId === 'go') return goAnswer(module, surroundings);
  return languageId === 'rust' ? rustAnswer(module, surroundings) : 'unknown';
}

function pythonAnswer(module: string, surroundings: Surroundings | undefined): Answer {
  if (module.startsWith('.')) {
    const dots = /^\.+/.exec(module)?.[0].length ?? 1;
    const folder = dots === 1 ? '.' : Array.from({ length: dots - 1 }, () => '..').join('/');
    const first = module.slice(dots).split('.')[0] ?? '';
    return first === '' ? 'exists' : fileAnswer(folder, [`${first}.py`, `${first}/`, `${first}.pyi`], surroundings);
  }
  const first = module.split('.')[0] ?? module;
  if (isStandardModule('python', first)) return 'exists';
  return packageAnswer([first], surroundings);
}

const scriptEndings = [
  '',
  '.ts',
  '.tsx',
  '.d.ts',
  '.mts',
  '.cts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.json',
  '.vue',
  '.svelte',
];

function scriptAnswer(specifier: string, surroundings: Surroundings | undefined): Answer {
  if (/^\.{1,2}(?:\/|$)/.test(specifier)) {
    const parts = specifier.split('/');
    const name = parts.pop() ?? '';
    const folder = parts.filter((part, index) => index === 0 || part !== '.').join('/') || '.';
    if (name === '' || name === '.' || name === '..') return 'unknown';
    // TypeScript imports `a.ts` as `./a.js`.
    const stem = name.replace(/\.[cm]?jsx?$/, '');
    const names = [...new Set([name, stem])].flatMap((one) => scriptEndings.map((ending) => one + ending));
    return fileAnswer(folder, [...names, `${name}/`], surroundings);
  }
  if (isStandardModule('javascript', specifier)) return 'exists';
  if (specifier.startsWith('node:')) return 'missing';
  // Aliases are a matter of a bundler's settings.
  if (/^(?:[@~]\/|#|\/|https?:|data:|bun:|jsr:|npm:|virtual:)/.test(specifier)) return 'unknown';
  const parts = specifier.split('/');
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
  const types = `@types/${name.replace(/^@/, '').replace('/', '__')}`;
  return packageAnswer([name, types], surroundings);
}

function goAnswer(path: string, surroundings: Surroundings | undefined): Answer {
  if (path === 'C' || isStandardModule('go', path)) return 'exists';
  const within = (module: string): boolean =>
    path === module || (!isStandardModule('go', module) && path.startsWith(`${module}/`));
  if (surroundings?.modules.some(within) || surroundings?.manifest?.modules.some(within)) return 'exists';
  // Paths of other people's packages begin with a host.
  if (!path.split('/')[0]?.includes('.'))
    return surroundings?.manifest === undefined && path.includes('/') ? 'unknown' : 'missing';
  return surroundings?.manifest === undefined ? 'unknown' : 'missing';
}

function rustAnswer(root: string, surroundings: Surroundings | undefined): Answer {
  if (/^(?:crate|self|super|Self)$/.test(root) || isStandardModule('rust', root)) return 'exists';
  // An upper-case root is an enum or a trait of the file; names of the file are looked at by another check.
  if (/^\p{Lu}/u.test(root)) return 'exists';
  return packageAnswer([root], surroundings);
}

function packageAnswer(names: readonly string[], surroundings: Surroundings | undefined): Answer {
  if (surroundings === undefined) return 'unknown';
  const { modules, manifest } = surroundings;
  if (names.some((name) => modules.includes(name) || manifest?.modules.includes(name))) return 'exists';
  return manifest === undefined ? 'unknown' : 'missing';
}

function fileAnswer(folder: string, names: readonly string[], surroundings: Surroundings | undefined): Answer {
  const entries = surroundings?.folders[folder] ?? surroundings?.folders[`./${folder}`];
  if (entries === undefined) return 'unknown';
  return names.some((name) => entries.includes(name)) ? 'exists' : 'missing';
}
