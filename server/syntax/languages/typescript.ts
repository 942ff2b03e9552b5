// TypeScript, TSX and JavaScript for the syntax room: functions have many shapes, this is what they have in common.

import type { Definition, Language } from '../language.ts';
import { childByField, childOfType, dottedPath, type SyntaxNode, textOf, words } from '../tree.ts';
import { isGlobalName } from './typescript-globals.ts';
import { imports, nameRole, requiredModule } from './typescript-names.ts';

const shared = {
  dangerFamily: 'javascript',
  blocks: 'braces',
  commentTypes: words('comment html_comment'),
  definitions,
  imports,
  isPrologue: (node) =>
    node.type === 'hash_bang_line' ||
    (node.type === 'expression_statement' && node.children.find((child) => child.named)?.type === 'string'),
  placeholder:
    /^throw (new )?(\w*Not(Yet)?Implemented\w*\b.*|\w*Error\(.*(not (yet )?implemented|unimplemented|todo|implement me).*\));?$/i,
  zeroReturn: /^return( (null|undefined|void 0|false|true|-?\d+|''|""|``|\[\]|\{\}))?;?$/,
  isBuiltin: (name, node) => isGlobalName(name, node.type === 'type_identifier'),
  callee,
} as const satisfies Partial<Language>;

const nameTypes = words(`
  identifier type_identifier shorthand_property_identifier shorthand_property_identifier_pattern property_identifier`);

export const typescript: Language = {
  ...shared,
  grammars: { typescript: 'tree-sitter-typescript', typescriptreact: 'tree-sitter-tsx' },
  nameTypes,
  nameRole,
};

export const javascript: Language = {
  ...shared,
  grammars: { javascript: 'tree-sitter-javascript', javascriptreact: 'tree-sitter-javascript' },
  nameTypes,
  // Scripts make globals by assigning to them.
  nameRole: (node, text) =>
    node.parent?.type === 'assignment_expression' && node.field === 'left' ? 'binds' : nameRole(node, text),
};

const functionValues = words('arrow_function function_expression generator_function');
const wrappers = words('parenthesized_expression as_expression satisfies_expression');
const statementWrappers = words('export_statement ambient_declaration');

function definitions(node: SyntaxNode, text: string): readonly Definition[] {
  switch (node.type) {
    case 'function_declaration':
    case 'generator_function_declaration':
    case 'function_signature':
      return named('function', node, node, text);
    case 'function_expression':
    case 'generator_function':
      // What a function becomes while its closing brace is not typed yet.
      return node.parent?.type === 'expression_statement' ? named('function', node, node, text) : [];
    case 'class_declaration':
    case 'abstract_class_declaration':
    case 'enum_declaration':
      return named('class', node, node, text);
    case 'interface_declaration':
    case 'type_alias_declaration':
      return named('interface', node, node, text);
    case 'module':
    case 'internal_module':
      return named('module', node, node, text);
    case 'method_definition':
    case 'abstract_method_signature':
      return named('method', node, node, text);
    case 'method_signature':
      return node.parent?.type === 'class_body' ? named('method', node, node, text) : [];
    case 'public_field_definition':
    case 'field_definition':
    case 'pair':
      return functionOf(node) === undefined ? [] : named('method', node, functionOf(node) ?? node, text);
    case 'variable_declarator':
      return declarator(node, text);
    case 'assignment_expression':
      return assigned(node, text);
    case 'export_statement':
      return anonymousDefault(node, text);
    default:
      return [];
  }
}

/** The function that a field, pair, declarator or assignment holds. */
function functionOf(node: SyntaxNode): SyntaxNode | undefined {
  let value = childByField(node, 'value') ?? childByField(node, 'right');
  while (value !== undefined && wrappers.has(value.type)) value = value.children.find((child) => child.named);
  return value !== undefined && functionValues.has(value.type) ? value : undefined;
}

function named(kind: Definition['kind'], node: SyntaxNode, value: SyntaxNode, text: string): readonly Definition[] {
  const name = childByField(node, 'name') ?? childByField(node, 'property') ?? childByField(node, 'key');
  return name === undefined ? [] : [definition(kind, name, { node, value }, text)];
}

function definition(
  kind: Definition['kind'],
  name: SyntaxNode,
  { node, value }: { node: SyntaxNode; value: SyntaxNode },
  text: string,
): Definition {
  let outer = node;
  while (outer.parent !== undefined && isWrapper(outer.parent)) outer = outer.parent;
  const parameters = childByField(value, 'parameters') ?? childByField(value, 'parameter');
  const heritage = childOfType(node, 'class_heritage') ?? childOfType(node, 'extends_type_clause');
  return {
    kind,
    name: textOf(name, text).replace(/^(['"])(.*)\1$/, '$2'),
    nameRange: name,
    whole: { start: firstDecorator(outer).start, end: outer.end },
    headStart:
      outer.children.find((child) => child.type !== 'decorator' && child.type !== 'comment')?.start ?? outer.start,
    body: bodyOf(value),
    parameters,
    completeWhenEmpty: kind === 'interface' || heritage !== undefined || isMeantEmpty(node, parameters, text),
  };
}

const objectParts = words('pair method_definition');

/**
 * Constructors whose parameters are the fields, members of object literals (`{ close() {} }`), variables that get their
 * function later, and what is called `noop`.
 */
function isMeantEmpty(node: SyntaxNode, parameters: SyntaxNode | undefined, text: string): boolean {
  if (node.type === 'enum_declaration') return true;
  if (objectParts.has(node.type) && node.parent?.type === 'object') return true;
  if (/^(let\b|(export )?(const|function) \w*noop\w*\b)/i.test(text.slice(node.start, node.start + 60))) return true;
  return parameters?.children.some((child) => childOfType(child, 'accessibility_modifier') !== undefined) ?? false;
}

/** A namespace stands in an expression statement of its own. */
function isWrapper(node: SyntaxNode): boolean {
  if (statementWrappers.has(node.type)) return true;
  return node.type === 'expression_statement' && node.children[0]?.type === 'internal_module';
}

/** Decorators of methods are siblings before them. */
function firstDecorator(node: SyntaxNode): SyntaxNode {
  const siblings = node.parent?.type === 'class_body' ? node.parent.children : [];
  let first = node;
  for (let index = node.index - 1; index >= 0; index--) {
    const before = siblings[index];
    if (before?.type !== 'decorator') break;
    first = before;
  }
  return first;
}

function bodyOf(value: SyntaxNode): SyntaxNode | undefined {
  const body =
    childByField(value, 'body') ?? (value.type === 'type_alias_declaration' ? childByField(value, 'value') : undefined);
  return body !== undefined && body.children[0]?.type === '{' ? body : undefined;
}

function declarator(node: SyntaxNode, text: string): readonly Definition[] {
  const name = childByField(node, 'name');
  const value = childByField(node, 'value');
  const isClass = value?.type === 'class';
  const held = isClass ? value : functionOf(node);
  if (name?.type !== 'identifier' || held === undefined || node.parent === undefined) return [];
  const alone = node.parent.children.filter((child) => child.type === 'variable_declarator').length === 1;
  return [definition(isClass ? 'class' : 'function', name, { node: alone ? node.parent : node, value: held }, text)];
}

/** `exports.f = function () {}`, `Type.prototype.m = function () {}`. */
function assigned(node: SyntaxNode, text: string): readonly Definition[] {
  const held = functionOf(node);
  const left = childByField(node, 'left');
  const name = left?.type === 'member_expression' ? childByField(left, 'property') : undefined;
  if (held === undefined || left === undefined || name === undefined) return [];
  const statement = node.parent?.type === 'expression_statement' ? node.parent : node;
  const owner = /(\w+)\.prototype\.\w+$/.exec(textOf(left, text))?.[1];
  const found = definition(owner === undefined ? 'function' : 'method', name, { node: statement, value: held }, text);
  return found.name === 'exports' ? [] : [owner === undefined ? found : { ...found, owners: [owner] }];
}

function anonymousDefault(node: SyntaxNode, text: string): readonly Definition[] {
  const value = childByField(node, 'value');
  const keyword = childOfType(node, 'default');
  if (value === undefined || keyword === undefined) return [];
  const isClass = value.type === 'class';
  if (!isClass && !functionValues.has(value.type)) return [];
  const own = childByField(value, 'name');
  return [definition(isClass ? 'class' : 'function', own ?? keyword, { node, value }, text)];
}

const chain = {
  links: { member_expression: ['object', 'property'] },
  leaves: words('identifier this'),
} as const;

/** `require('fs').rm(…)` is `fs.rm`. */
function callee(node: SyntaxNode, text: string): ReturnType<Language['callee']> {
  const called =
    node.type === 'call_expression'
      ? childByField(node, 'function')
      : node.type === 'new_expression'
        ? childByField(node, 'constructor')
        : undefined;
  if (called === undefined) return undefined;
  const path = dottedPath(called, text, chain);
  const required = path[0] === '()' && path.length > 1 ? requiredModule(called, text) : undefined;
  return { node: called, path: required === undefined ? path : [required, ...path.slice(1)] };
}
