// Rust for the syntax room. What macros make of their tokens is not known; lower-case path roots may be crates.

import type { Definition, FoundImport, Language, NameRole } from '../language.ts';
import { ancestorOfType, childByField, dottedPath, type SyntaxNode, textOf, words } from '../tree.ts';

export const rust: Language = {
  grammars: { rust: 'tree-sitter-rust' },
  dangerFamily: 'rust',
  blocks: 'braces',
  commentTypes: words('line_comment block_comment'),
  definitions,
  imports,
  isPrologue: (node, text) =>
    node.type === 'inner_attribute_item' || /^(\/\/!|\/\*!)/.test(text.slice(node.start, node.start + 3)),
  placeholder:
    /^((std::|core::)?(todo|unimplemented)!\s*[([{].*[)\]}]|panic!\s*\(.*(not (yet )?implemented|unimplemented|todo|implement me).*\));?$/i,
  zeroReturn:
    /^(return )?(None|false|0(\.0)?|""|\(\)|String::new\(\)|Vec::new\(\)|vec!\[\]|Default::default\(\)|Ok\(\(\)\))?;?$/,
  nameTypes: words('identifier type_identifier shorthand_field_identifier'),
  nameRole,
  isBuiltin: (name) => prelude.has(name),
  callee,
};

const kinds: Readonly<Record<string, Definition['kind']>> = {
  function_item: 'function',
  function_signature_item: 'function',
  struct_item: 'class',
  enum_item: 'class',
  union_item: 'class',
  impl_item: 'class',
  trait_item: 'interface',
  mod_item: 'module',
};
const owners = words('impl_item trait_item');

function definitions(node: SyntaxNode, text: string): readonly Definition[] {
  const kind = kinds[node.type];
  const name = node.type === 'impl_item' ? implName(node) : childByField(node, 'name');
  if (kind === undefined || name === undefined) return [];
  const owned = node.parent?.type === 'declaration_list' && owners.has(node.parent.parent?.type ?? '');
  const body = childByField(node, 'body');
  return [
    {
      kind: kind === 'function' && owned ? 'method' : kind,
      name: textOf(name, text),
      nameRange: name,
      whole: { start: firstAttribute(node).start, end: node.end },
      headStart: node.start,
      body: body?.children[0]?.type === '{' ? body : undefined,
      parameters: childByField(node, 'parameters'),
      completeWhenEmpty: kind !== 'function',
    },
  ];
}

/** The type's own name in `impl<T> Trait for path::Type<T>`. */
function implName(node: SyntaxNode): SyntaxNode | undefined {
  let type = childByField(node, 'type');
  for (let level = 0; type !== undefined && level < 8; level++) {
    if (type.type === 'generic_type' || type.type === 'reference_type') type = childByField(type, 'type');
    else if (type.type === 'scoped_type_identifier') type = childByField(type, 'name');
    else return type;
  }
  return type;
}

/** Attributes are siblings before the item, doc comments may stand between them. */
function firstAttribute(node: SyntaxNode): SyntaxNode {
  const siblings = node.parent?.children ?? [];
  let first = node;
  for (let index = node.index - 1; index >= 0; index--) {
    const before = siblings[index];
    if (before?.type === 'attribute_item') first = before;
    else if (before === undefined || !before.type.endsWith('_comment')) break;
  }
  return first;
}

function imports(node: SyntaxNode, text: string): readonly FoundImport[] {
  if (node.type === 'extern_crate_declaration') {
    const name = childByField(node, 'name');
    const bound = childByField(node, 'alias') ?? name;
    if (name === undefined || bound === undefined) return [];
    return [{ range: node, text: comparable(node, text), bindings: [[textOf(bound, text), textOf(name, text)]] }];
  }
  const argument = node.type === 'use_declaration' ? childByField(node, 'argument') : undefined;
  if (argument === undefined) return [];
  const bindings: (readonly [string, string])[] = [];
  const wildcard = useTree(argument, [], {
    text,
    bindings,
    inModule: ancestorOfType(node, inlineModules) !== undefined,
  });
  return [{ range: node, text: comparable(node, text), bindings, wildcard }];
}

const inlineModules = words('mod_item');

interface UseTree {
  readonly text: string;
  readonly bindings: (readonly [string, string])[];
  readonly inModule: boolean;
}

/** Fills `bindings`; true when a `*` brings names that this text does not show. */
function useTree(node: SyntaxNode, before: readonly string[], into: UseTree): boolean {
  const pathOf = (part: SyntaxNode | undefined): string[] =>
    part === undefined ? [...before] : [...before, ...textOf(part, into.text).replace(/\s+/g, '').split('::')];
  const bind = (name: string | undefined, origin: readonly string[]): void => {
    if (name !== undefined) into.bindings.push([name, origin.join('.')]);
  };
  switch (node.type) {
    case 'scoped_use_list': {
      const list = childByField(node, 'list');
      return list !== undefined && useTree(list, pathOf(childByField(node, 'path')), into);
    }
    case 'use_list':
      return node.children
        .filter((child) => child.named)
        .map((child) => useTree(child, before, into))
        .includes(true);
    case 'use_as_clause': {
      const alias = childByField(node, 'alias');
      bind(alias && textOf(alias, into.text), pathOf(childByField(node, 'path')));
      return false;
    }
    case 'use_wildcard': {
      // `use super::*` in an inline module brings what this text shows anyway.
      const path = pathOf(node.children.find((child) => child.named));
      return !(into.inModule && path.length === 1 && path[0] === 'super');
    }
    case 'self':
      bind(before.at(-1), before);
      return false;
    default: {
      const path = pathOf(node);
      bind(path.at(-1), path);
      return false;
    }
  }
}

function comparable(node: SyntaxNode, text: string): string {
  const start = node.children.find((child) => child.type !== 'visibility_modifier')?.start ?? node.start;
  return text.slice(start, node.end).replace(/\s+/g, ' ').replace(/;$/, '');
}

const bindingFields = words(`
  function_item.name function_signature_item.name const_item.name static_item.name mod_item.name enum_variant.name
  const_parameter.name parameter.pattern let_declaration.pattern for_expression.pattern let_condition.pattern
  struct_item.name enum_item.name union_item.name trait_item.name type_item.name associated_type.name
  type_parameter.name macro_definition.name captured_pattern.name field_pattern.pattern`);
const bindingParents = words(`
  closure_parameters tuple_pattern slice_pattern captured_pattern ref_pattern mut_pattern reference_pattern or_pattern
  ERROR`);
const plainFields = words(`
  scoped_identifier.name scoped_type_identifier.name type_binding.name macro_invocation.macro field_pattern.name
  generic_type_with_turbofish.name`);
const silentParents = words(`
  lifetime label attribute attribute_item inner_attribute_item extern_crate_declaration use_declaration use_list
  use_as_clause use_wildcard scoped_use_list visibility_modifier fragment_specifier token_binding_pattern`);
const tokenTrees = words('token_tree token_tree_pattern token_repetition token_repetition_pattern macro_rule');
const macros = words('macro_invocation macro_definition attribute attribute_item');
/** Macros of the standard library whose tokens are expressions: they bind nothing for the code around. */
const expressionMacros = words(`
  assert assert_eq assert_ne concat dbg debug_assert debug_assert_eq debug_assert_ne env eprint eprintln format
  format_args include include_str panic print println todo unimplemented unreachable vec write writeln`);

function nameRole(node: SyntaxNode, text: string): NameRole {
  const parent = node.parent;
  if (parent === undefined) return 'uses';
  if (tokenTrees.has(parent.type)) return tokenRole(node, text);
  if (node.type === 'shorthand_field_identifier') return 'binds';
  const place = `${parent.type}.${node.field}`;
  if (bindingFields.has(place)) return 'binds';
  if (plainFields.has(place) || silentParents.has(parent.type)) return 'neither';
  if (parent.type === 'scoped_identifier' || parent.type === 'scoped_type_identifier') {
    const isImport = ancestorOfType(parent, pathOwners, 12);
    // A lower-case root may be a crate or a module of another file.
    return isImport === undefined && /^\p{Lu}/u.test(textOf(node, text)) ? 'uses' : 'neither';
  }
  if (parent.type === 'match_pattern') return node.field === 'condition' ? 'uses' : 'binds';
  if (parent.type === 'tuple_struct_pattern') return node.field === 'type' ? 'uses' : 'binds';
  if (parent.type === 'shorthand_field_initializer') return 'uses';
  return bindingParents.has(parent.type) ? 'binds' : 'uses';
}

const pathOwners = words('use_declaration attribute_item inner_attribute_item visibility_modifier');

/** Any other macro may bind any of its tokens; the known ones use theirs, unless patterns or closures are among them. */
function tokenRole(node: SyntaxNode, text: string): NameRole {
  const macro = ancestorOfType(node, macros);
  if (macro === undefined) return 'neither';
  let role = roleInMacro.get(macro);
  if (role === undefined) {
    role = macroRole(macro, text);
    roleInMacro.set(macro, role);
  }
  if (role !== 'uses') return role;
  const siblings = node.parent?.children ?? [];
  const before = siblings[node.index - 1]?.type ?? '';
  const after = siblings[node.index + 1]?.type ?? '';
  if (/^(\.|::|')$/.test(before) || /^(!|=|:)$/.test(after)) return 'neither';
  return after === '::' && !/^\p{Lu}/u.test(textOf(node, text)) ? 'neither' : 'uses';
}

const roleInMacro = new WeakMap<SyntaxNode, NameRole>();

function macroRole(macro: SyntaxNode, text: string): NameRole {
  if (macro.type.startsWith('attribute')) return 'neither';
  const name = macro.type === 'macro_invocation' ? childByField(macro, 'macro') : undefined;
  if (name === undefined || !expressionMacros.has(textOf(name, text).replace(/^.*::/, ''))) return 'binds';
  return patternTokens.test(text.slice(name.end, macro.end)) ? 'neither' : 'uses';
}

/** What may bind a name, seen in a macro's text. */
const patternTokens = /\||=>|\b(let|for|fn|move|async|const|static|struct|enum|use)\b|\w!/;

const chain = {
  links: { scoped_identifier: ['path', 'name'], field_expression: ['value', 'field'] },
  leaves: words('identifier self crate super primitive_type'),
} as const;

function callee(node: SyntaxNode, text: string): ReturnType<Language['callee']> {
  if (node.type !== 'call_expression') return undefined;
  let called = childByField(node, 'function');
  if (called?.type === 'generic_function') called = childByField(called, 'function');
  return called && { node: called, path: dottedPath(called, text, chain) };
}

/** std::prelude of the 2024 edition with its traits and derives, primitive types, `Self`. */
const prelude = words(`
  Send Sized Sync Unpin Copy Drop Fn FnMut FnOnce AsyncFn AsyncFnMut AsyncFnOnce drop Box ToOwned Clone PartialEq
  PartialOrd Eq Ord AsRef AsMut Into From Default Iterator Extend IntoIterator DoubleEndedIterator ExactSizeIterator
  FromIterator TryFrom TryInto Future IntoFuture Option Some None Result Ok Err String ToString Vec Debug Hash Self self
  size_of size_of_val align_of align_of_val i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char str _`);
