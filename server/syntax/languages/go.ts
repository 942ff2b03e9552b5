// Go for the syntax room. Names of other files of the same package are free here: one text is all that is known.

import type { Definition, FoundImport, Language, NameRole } from '../language.ts';
import { childByField, childOfType, descendants, dottedPath, type SyntaxNode, textOf, words } from '../tree.ts';

export const go: Language = {
  grammars: { go: 'tree-sitter-go' },
  dangerFamily: 'go',
  blocks: 'braces',
  commentTypes: new Set(['comment']),
  definitions,
  imports,
  isPrologue: (node) => node.type === 'package_clause',
  placeholder: /^panic\(.*(not (yet )?implemented|unimplemented|todo|implement me).*\);?$/i,
  zeroReturn:
    /^return( ?(nil|false|0(\.0)?|""|``|[\w.]+\{\}|\[\]\w+\{\}|map\[\w+\]\w+\{\}|,|errors\.New\([^)]*\)|fmt\.Errorf\([^)]*\)))*$/,
  nameTypes: words('identifier type_identifier package_identifier'),
  nameRole,
  isBuiltin: (name) => builtins.has(name),
  callee,
};

function definitions(node: SyntaxNode, text: string): readonly Definition[] {
  const name = childByField(node, 'name');
  if (name === undefined) return [];
  switch (node.type) {
    case 'function_declaration':
    case 'method_declaration': {
      const receiver = childByField(node, 'receiver');
      const type = receiver && descendants(receiver).find((child) => child.type === 'type_identifier');
      return [
        {
          kind: receiver === undefined ? 'function' : 'method',
          name: textOf(name, text),
          nameRange: name,
          whole: node,
          headStart: node.start,
          body: childByField(node, 'body'),
          parameters: childByField(node, 'parameters'),
          ...(type === undefined ? {} : { owners: [textOf(type, text)] }),
          completeWhenEmpty: receiver !== undefined && isMarker(node, textOf(name, text)),
        },
      ];
    }
    case 'type_spec':
    case 'type_alias': {
      const declaration = node.parent;
      const grouped = declaration === undefined || childOfType(declaration, '(') !== undefined;
      const whole = grouped ? node : declaration;
      const type = childByField(node, 'type');
      return [
        {
          kind: type?.type === 'interface_type' ? 'interface' : 'class',
          name: textOf(name, text),
          nameRange: name,
          whole,
          headStart: whole.start,
          body: type && typeBody(type),
          completeWhenEmpty: true,
        },
      ];
    }
    default:
      return [];
  }
}

/** `func (*Literal) node() {}`: an unexported method that takes and gives nothing only marks its type. */
function isMarker(method: SyntaxNode, name: string): boolean {
  const parameters = childByField(method, 'parameters');
  const takesNothing = parameters?.children.every((child) => !child.named) === true;
  return takesNothing && childByField(method, 'result') === undefined && /^[\p{Ll}_]/u.test(name);
}

/** Struct fields are a node of their own; an interface's braces are not. */
function typeBody(type: SyntaxNode): SyntaxNode | undefined {
  if (type.type === 'struct_type') return childOfType(type, 'field_declaration_list');
  if (type.type !== 'interface_type') return undefined;
  const open = childOfType(type, '{');
  return open && { ...type, start: open.start, children: type.children.slice(type.children.indexOf(open)) };
}

function imports(node: SyntaxNode, text: string): readonly FoundImport[] {
  if (node.type !== 'import_spec') return [];
  const declaration = node.parent?.type === 'import_declaration' ? node.parent : undefined;
  const path = textOf(childByField(node, 'path') ?? node, text).replace(/^["`]|["`]$/g, '');
  const alias = childByField(node, 'name');
  const aliasText = alias === undefined ? undefined : textOf(alias, text);
  const names =
    aliasText === undefined ? packageNames(path) : aliasText === '_' || aliasText === '.' ? [] : [aliasText];
  const origin = names[0] === undefined ? path : (path.split('/').at(-1) ?? path);
  return [
    {
      range: declaration ?? node,
      text: `import ${aliasText === undefined ? '' : `${aliasText} `}"${path}"`,
      path,
      bindings: names.map((name) => [name, origin] as const),
      wildcard: aliasText === '.',
    },
  ];
}

/** What a package is probably called: the last element of its path, without version and without `go-` or `.go`. */
function packageNames(path: string): string[] {
  const elements = path.split('/');
  let last = elements.at(-1) ?? path;
  if (/^v\d+$/.test(last) && elements.length > 1) last = elements.at(-2) ?? last;
  const plain = last.replace(/\.v\d+$/, '');
  const trimmed = plain.replace(/^go[-.]|[-.]go$/g, '');
  const candidates = [
    trimmed,
    trimmed.replace(/-/g, '_'),
    trimmed.replace(/[-.]/g, ''),
    trimmed.split(/[-.]/).at(-1),
    trimmed.split(/[-.]/)[0],
  ];
  const valid = candidates.filter(
    (name): name is string => name !== undefined && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name),
  );
  return [...new Set(valid)];
}

const bindingFields = words(`
  function_declaration.name type_spec.name type_alias.name type_parameter_declaration.name parameter_declaration.name
  variadic_parameter_declaration.name var_spec.name const_spec.name`);
const listOwners = words(
  'short_var_declaration.left range_clause.left receive_statement.left type_switch_statement.alias',
);
const plainFields = words('qualified_type.name import_spec.name method_elem.name label_name.name');

function nameRole(node: SyntaxNode): NameRole {
  const parent = node.parent;
  if (parent === undefined) return 'uses';
  const place = `${parent.type}.${node.field}`;
  if (parent.type === 'ERROR' || bindingFields.has(place)) return 'binds';
  if (plainFields.has(place) || parent.type === 'package_clause') return 'neither';
  if (parent.type === 'expression_list') {
    return listOwners.has(`${parent.parent?.type}.${parent.field}`) ? 'binds' : 'uses';
  }
  // A struct's field or a map's key: only types could tell.
  if (parent.type === 'literal_element' && parent.field === 'key') return 'neither';
  return 'uses';
}

const chain = {
  links: { selector_expression: ['operand', 'field'] },
  leaves: words('identifier'),
} as const;

function callee(node: SyntaxNode, text: string): ReturnType<Language['callee']> {
  if (node.type !== 'call_expression') return undefined;
  const called = childByField(node, 'function');
  return called && { node: called, path: dottedPath(called, text, chain) };
}

/** The Go specification's predeclared identifiers (go.dev/ref/spec), the blank identifier, cgo's C. */
const builtins = words(`
  any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8
  uint16 uint32 uint64 uintptr true false iota nil append cap clear close complex copy delete imag len make max min new
  panic print println real recover _ C`);
