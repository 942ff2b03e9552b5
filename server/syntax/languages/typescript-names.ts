// Which identifiers of TypeScript and JavaScript bind a name, use one, or are only property names; and what imports bind.

import type { FoundImport, NameRole } from '../language.ts';
import { ancestorOfType, childByField, childOfType, type SyntaxNode, textOf, words } from '../tree.ts';

/** `import …`, `import x = require()`, `const x = require()`. Re-exports bind nothing here. */
export function imports(node: SyntaxNode, text: string): readonly FoundImport[] {
  if (node.type === 'import_statement') return [importStatement(node, text)];
  if (node.type === 'lexical_declaration' || node.type === 'variable_declaration') return requires(node, text);
  return [];
}

function importStatement(node: SyntaxNode, text: string): FoundImport {
  const assigned = childOfType(node, 'import_require_clause');
  const path = pathOf(childByField(assigned ?? node, 'source'), text);
  const clause = assigned ?? childOfType(node, 'import_clause');
  const bindings: (readonly [string, string])[] = [];
  for (const child of clause?.children ?? []) {
    if (child.type === 'identifier') bindings.push([textOf(child, text), path]);
    if (child.type === 'namespace_import') {
      const name = childOfType(child, 'identifier');
      if (name !== undefined) bindings.push([textOf(name, text), path]);
    }
    if (child.type !== 'named_imports') continue;
    for (const specifier of child.children) {
      const name = childByField(specifier, 'name');
      const bound = childByField(specifier, 'alias') ?? name;
      if (name !== undefined && bound !== undefined)
        bindings.push([textOf(bound, text), `${path}.${textOf(name, text)}`]);
    }
  }
  return { range: node, text: comparable(node, text), path, bindings };
}

function requires(node: SyntaxNode, text: string): readonly FoundImport[] {
  const declarators = node.children.filter((child) => child.type === 'variable_declarator');
  const bindings: (readonly [string, string])[] = [];
  let path = '';
  for (const declarator of declarators) {
    const value = childByField(declarator, 'value');
    const name = childByField(declarator, 'name');
    const required = value && requiredModule(value, text);
    if (value === undefined || name === undefined || required === undefined) return [];
    path = required;
    const origin = required + textOf(value, text).replace(/^[^)]*\)/, '');
    if (name.type === 'identifier') bindings.push([textOf(name, text), origin]);
    for (const child of name.children) {
      const key = childByField(child, 'key') ?? child;
      const bound = childByField(child, 'value') ?? child;
      if (child.named) bindings.push([textOf(bound, text), `${origin}.${textOf(key, text)}`]);
    }
  }
  return bindings.length === 0 ? [] : [{ range: node, text: comparable(node, text), path, bindings }];
}

/** The module of `require('m')` and `require('m').a.b`. */
export function requiredModule(value: SyntaxNode, text: string): string | undefined {
  let call: SyntaxNode | undefined = value;
  while (call?.type === 'member_expression') call = childByField(call, 'object');
  const callee = call?.type === 'call_expression' ? childByField(call, 'function') : undefined;
  if (call === undefined || callee === undefined || textOf(callee, text) !== 'require') return undefined;
  const source = childByField(call, 'arguments')?.children.find((child) => child.type === 'string');
  return source && pathOf(source, text);
}

function pathOf(source: SyntaxNode | undefined, text: string): string {
  return source === undefined ? '' : textOf(source, text).replace(/^['"`](node:)?|['"`]$/g, '');
}

function comparable(node: SyntaxNode, text: string): string {
  return textOf(node, text).replace(/\s+/g, ' ').replace(/;$/, '').replace(/'/g, '"');
}

const bindingParents = words(`
  rest_pattern array_pattern object_pattern infer_type ERROR`);
const bindingFields = words(`
  variable_declarator.name function_declaration.name generator_function_declaration.name function_expression.name
  generator_function.name function_signature.name class_declaration.name abstract_class_declaration.name class.name
  enum_declaration.name interface_declaration.name type_alias_declaration.name module.name internal_module.name
  required_parameter.pattern optional_parameter.pattern arrow_function.parameter assignment_pattern.left
  object_assignment_pattern.left pair_pattern.value catch_clause.parameter for_in_statement.left type_parameter.name
  mapped_type_clause.name index_signature.name enum_assignment.name required_parameter.name optional_parameter.name`);
const importParts = words('import_clause import_specifier namespace_import import_require_clause namespace_export');
const plainFields = words(`
  nested_type_identifier.name nested_identifier.property export_specifier.alias jsx_attribute.name`);
const tags = words('jsx_opening_element jsx_closing_element jsx_self_closing_element');
const exporting = words('export_statement');
const modules = words('module internal_module');

export function nameRole(node: SyntaxNode, text: string): NameRole {
  const parent = node.parent;
  if (parent === undefined) return 'uses';
  if (node.type === 'property_identifier') {
    return parent.type === 'enum_body' || parent.type === 'enum_assignment' ? 'binds' : 'neither';
  }
  if (node.type === 'shorthand_property_identifier_pattern') return 'binds';
  const place = `${parent.type}.${node.field}`;
  if (bindingFields.has(place)) return 'binds';
  if (importParts.has(parent.type) || plainFields.has(place)) return 'neither';
  switch (parent.type) {
    case 'import_alias':
      return parent.children.find((child) => child.named) === node ? 'binds' : 'uses';
    case 'formal_parameters':
      return 'binds';
    case 'nested_identifier':
      return ancestorOfType(node, modules, 4)?.children.some((child) => child.field === 'name' && contains(child, node))
        ? 'binds'
        : 'uses';
    case 'unary_expression':
      // `typeof name` asks whether the name exists: what follows may use it.
      return parent.children[0]?.type === 'typeof' ? 'binds' : 'uses';
    case 'export_specifier':
      return childByField(ancestorOfType(node, exporting, 3) ?? parent, 'source') === undefined ? 'uses' : 'neither';
    default:
      break;
  }
  if (bindingParents.has(parent.type)) return 'binds';
  if (tags.has(parent.type) && node.field === 'name' && /^[a-z]/.test(textOf(node, text))) return 'neither';
  return 'uses';
}

function contains(outer: SyntaxNode, inner: SyntaxNode): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
