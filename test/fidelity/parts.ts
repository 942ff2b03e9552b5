// The right answer as a plan of three subtasks, for strategy split: the function asked for calls two private helpers, and the
// plan names it first, so that the parts come in the wrong order. Each part is dressed on its own.

import { languageFacts } from '../../server/exercises/languages.ts';
import type { Plan } from '../../server/pipeline/task.ts';
import type { Answer } from './answer.ts';
import { type Dressed, dress, type Feature, featureApplies } from './grammar.ts';
import { knownFeatures } from './known-features.ts';
import { type Random, seededRandom } from './random.ts';

export const partsLabel = 'three parts out of order';

export interface DressedParts extends Dressed {
  readonly label: string;
  readonly seed: string;
  readonly plan: Plan;
  /** What a worker says, by subtask id. */
  readonly replies: ReadonlyMap<string, string>;
  /** Body of the function asked for, and the helpers, as they should end up in the file. */
  readonly body: string;
  readonly helpers: readonly string[];
}

/** `undefined` where the function can't be cut in three: no result to pass on, or a method. */
export function dressedParts(answer: Answer, seed: string): DressedParts | undefined {
  const cut = cutInThree(answer);
  if (cut === undefined || answer.action !== 'implement') return undefined;
  const random = seededRandom(seed, partsLabel);
  const [core, finish, target] = cut;
  const subtasks = [
    {
      id: 'target',
      goal: `Write ${answer.name} so that it calls ${core.name} and ${finish.name}.`,
      provides: answer.name,
    },
    { id: 'core', goal: `Write the helper ${core.name}, which computes the value.`, provides: core.name },
    { id: 'finish', goal: `Write the helper ${finish.name}, which hands the value on.`, provides: finish.name },
  ];
  const needs: Readonly<Record<string, readonly string[]>> = { target: ['core', 'finish'], core: [], finish: [] };
  const rest = random.chance(0.5) ? subtasks.slice(1).reverse() : subtasks.slice(1);
  const ordered = [subtasks[0], ...rest].filter((subtask) => subtask !== undefined);
  const names: string[] = [];
  const replies = new Map<string, string>();
  for (const [id, part] of [
    ['target', target],
    ['core', core],
    ['finish', finish],
  ] as const) {
    const { text, names: said } = dress({ ...answer, ...part, imports: '' }, partFeatures(answer, id, random), random);
    replies.set(id, text);
    names.push(`${id}: ${said.join(' + ')}`);
  }
  return {
    label: partsLabel,
    seed,
    text: [...replies.values()].join('\n'),
    names,
    bringsImports: false,
    plan: {
      mode: 'split',
      subtasks: ordered.map((subtask) => ({ ...subtask, needs: [...(needs[subtask.id] ?? [])] })),
    },
    replies,
    body: target.body,
    helpers: [render(answer, core), render(answer, finish)],
  };
}

type Part = Pick<Answer, 'name' | 'signature' | 'documentation' | 'body' | 'parameters'>;

function partFeatures(answer: Answer, id: string, random: Random): Feature[] {
  const named = (...names: string[]): Feature => {
    const name = random.pick(names);
    const found = knownFeatures.find((feature) => feature.name === name && featureApplies(feature, answer));
    if (found === undefined) throw new Error(`no feature ${name}`);
    return found;
  };
  const shape =
    id === 'target'
      ? named('whole function', 'bare body', 'signature repeated without documentation')
      : named('whole function');
  const features = [shape, named('no fence', 'fence with language', 'fence without language')];
  if (random.chance(0.3)) features.push(named('prose before'));
  return features;
}

function render(answer: Answer, part: Part): string {
  return [part.signature, part.body, ...(languageFacts[answer.language].hasBraces ? ['}'] : [])].join('\n');
}

/** The computing helper, the helper that hands its value on, and the function itself. */
function cutInThree(answer: Answer): [Part, Part, Part] | undefined {
  const cutters = { python: cutPython, js: cutScript, go: cutGo, rust: cutRust };
  return cutters[answer.language](answer);
}

function part(name: string, signature: string, body: string): Part {
  return { name, signature, body, documentation: '', parameters: '' };
}

function cutPython(answer: Answer): [Part, Part, Part] {
  const core = `_${answer.name}_core`;
  const finish = `_${answer.name}_finish`;
  const names = splitParameters(answer.parameters).map((text) => text.replace(/[:=].*$/s, '').trim());
  return [
    part(core, answer.signature.replace(`def ${answer.name}(`, `def ${core}(`), answer.body),
    part(finish, `def ${finish}(value):`, '    return value'),
    { ...answer, body: `    return ${finish}(${core}(${names.join(', ')}))` },
  ];
}

function cutScript(answer: Answer): [Part, Part, Part] {
  const core = `${answer.name}Core`;
  const finish = `${answer.name}Finish`;
  const names = splitParameters(answer.parameters).map((text) => text.replace(/=.*$/s, '').trim());
  return [
    part(core, `function ${core}(${answer.parameters}) {`, answer.body),
    part(finish, `function ${finish}(value) {`, '  return value;'),
    { ...answer, body: `  return ${finish}(${core}(${names.join(', ')}));` },
  ];
}

function cutGo(answer: Answer): [Part, Part, Part] | undefined {
  const afterParameters = answer.signature.indexOf(`(${answer.parameters})`) + answer.parameters.length + 2;
  const result = answer.signature.slice(afterParameters).replace(/\{$/, '').trim();
  if (result === '') return undefined;
  const lower = (answer.name[0] ?? '').toLowerCase() + answer.name.slice(1);
  const core = `${lower}Core`;
  const finish = `${lower}Finish`;
  const names = splitParameters(answer.parameters).map((text) => text.trim().split(/\s+/)[0] ?? '');
  const types = result.startsWith('(') ? splitParameters(result.slice(1, -1)) : [result];
  const values = types.map((_, index) => `value${index + 1}`);
  const taken = types.map((type, index) => `${values[index]} ${type.trim()}`).join(', ');
  return [
    part(core, answer.signature.replace(`func ${answer.name}(`, `func ${core}(`), answer.body),
    part(finish, `func ${finish}(${taken}) ${result} {`, `\treturn ${values.join(', ')}`),
    { ...answer, body: `\treturn ${finish}(${core}(${names.join(', ')}))` },
  ];
}

function cutRust(answer: Answer): [Part, Part, Part] | undefined {
  const match = /fn \w+(<.*?>)?\(.*\)\s*->\s*(.+?)\s*\{$/.exec(answer.signature);
  const result = match?.[2];
  if (result === undefined) return undefined;
  const core = `${answer.name}_core`;
  const finish = `${answer.name}_finish`;
  const names = splitParameters(answer.parameters).map((text) =>
    text
      .replace(/:.*$/s, '')
      .replace(/\bmut\b/, '')
      .trim(),
  );
  return [
    part(core, `fn ${core}${match?.[1] ?? ''}(${answer.parameters}) -> ${result} {`, answer.body),
    part(finish, `fn ${finish}${match?.[1] ?? ''}(value: ${result}) -> ${result} {`, '    value'),
    { ...answer, body: `    ${finish}(${core}(${names.join(', ')}))` },
  ];
}

/** At commas outside brackets. */
function splitParameters(parameters: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < parameters.length; index++) {
    const character = parameters[index] ?? '';
    if ('([{<'.includes(character)) depth++;
    else if (')]}>'.includes(character)) depth--;
    else if (character === ',' && depth === 0) {
      found.push(parameters.slice(start, index));
      start = index + 1;
    }
  }
  found.push(parameters.slice(start));
  return found.filter((text) => text.trim() !== '');
}
