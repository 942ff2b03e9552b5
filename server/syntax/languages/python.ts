// Python for the syntax room: indented bodies, docstrings, and names that any assignment binds.

import type { Definition, FoundImport, Language, NameRole } from '../language.ts';
import { ancestorOfType, childByField, dottedPath, type SyntaxNode, textOf, words } from '../tree.ts';

export const python: Language = {
  grammars: { python: 'tree-sitter-python' },
  dangerFamily: 'python',
  blocks: 'indented',
  commentTypes: new Set(['comment']),
  definitions,
  imports,
  isPrologue: (node) => isString(node) || node.type === 'future_import_statement',
  placeholder:
    /^(pass|\.\.\.|raise NotImplementedError\b(?!.*(subclass|overrid|abstract)).*|assert False(, ?["'](todo|not implemented)\b.*)?)$/i,
  zeroReturn:
    /^return( (None|False|True|-?\d+(\.\d+)?|''|""|\[\]|\{\}|\(\)|(set|list|dict|tuple|str|int|float)\(\)))?$/,
  nameTypes: new Set(['identifier']),
  nameRole,
  // Dunder names are the interpreter's; `_` is gettext's or a throw-away.
  isBuiltin: (name) => builtins.has(name) || /^__\w+__$/.test(name) || name === '_',
  callee,
  docstring,
  selfNames: new Set(['self', 'cls']),
};

const importTypes = words('import_statement import_from_statement future_import_statement');
const functionOrClass = words('function_definition class_definition');
const completeDecorator = /\b(abstractmethod|abstractproperty|overload|abc\.\w+)\b/;

function definitions(node: SyntaxNode, text: string): readonly Definition[] {
  if (!functionOrClass.has(node.type)) return [];
  const name = childByField(node, 'name');
  if (name === undefined) return [];
  const decorated = node.parent?.type === 'decorated_definition' ? node.parent : undefined;
  const owner = ancestorOfType(decorated ?? node, functionOrClass);
  const isClass = node.type === 'class_definition';
  const decorators = decorated === undefined ? '' : text.slice(decorated.start, node.start);
  const bases = childByField(node, 'superclasses');
  const ownerBases = owner?.type === 'class_definition' ? childByField(owner, 'superclasses') : undefined;
  return [
    {
      kind: isClass ? 'class' : owner?.type === 'class_definition' ? 'method' : 'function',
      name: textOf(name, text),
      nameRange: name,
      whole: decorated ?? node,
      headStart: node.start,
      body: childByField(node, 'body'),
      parameters: childByField(node, 'parameters'),
      completeWhenEmpty: isClass
        ? bases?.children.some((child) => child.named) === true
        : completeDecorator.test(decorators) ||
          (ownerBases !== undefined && /\bProtocol\b/.test(textOf(ownerBases, text))),
    },
  ];
}

function imports(node: SyntaxNode, text: string): readonly FoundImport[] {
  if (!importTypes.has(node.type)) return [];
  const from = childByField(node, 'module_name');
  const path = from === undefined ? (node.type === 'future_import_statement' ? '__future__' : '') : textOf(from, text);
  const bindings: (readonly [string, string])[] = [];
  const modules: string[] = [];
  for (const child of node.children) {
    if (child.field !== 'name') continue;
    const name = child.type === 'aliased_import' ? childByField(child, 'name') : child;
    const alias = child.type === 'aliased_import' ? childByField(child, 'alias') : undefined;
    if (name === undefined) continue;
    const dotted = textOf(name, text).replace(/\s+/g, '');
    if (from === undefined && path === '') {
      const first = dotted.split('.')[0] ?? dotted;
      modules.push(dotted);
      bindings.push(alias === undefined ? [first, first] : [textOf(alias, text), dotted]);
    } else bindings.push([textOf(alias ?? name, text), `${path}.${dotted}`]);
  }
  return [
    {
      range: node,
      text: textOf(node, text).replace(/\s+/g, ' ').replace(/;$/, ''),
      path: path === '' ? modules.join(', ') : path,
      bindings,
      wildcard: node.children.some((child) => child.type === 'wildcard_import'),
    },
  ];
}

const bindingParents = words(`
  parameters lambda_parameters list_splat_pattern dictionary_splat_pattern pattern_list tuple_pattern list_pattern
  global_statement nonlocal_statement as_pattern_target splat_pattern ERROR`);
const bindingFields = words(`
  function_definition.name class_definition.name default_parameter.name typed_default_parameter.name assignment.left
  for_statement.left for_in_clause.left named_expression.name as_pattern.alias`);
const plainFields = words('attribute.attribute keyword_argument.name');
const aliasTargets = words('as_pattern_target');
const typeParents = words('type type_parameter generic_type constrained_type splat_type member_type union_type');

function nameRole(node: SyntaxNode, text: string): NameRole {
  const parent = node.parent;
  if (parent === undefined) return 'uses';
  if (bindingParents.has(parent.type)) return 'binds';
  const place = `${parent.type}.${node.field}`;
  if (bindingFields.has(place)) return 'binds';
  if (plainFields.has(place)) return 'neither';
  switch (parent.type) {
    case 'typed_parameter':
      return 'binds';
    case 'dotted_name':
      return dottedRole(node, parent);
    case 'aliased_import':
    case 'keyword_pattern':
      return 'neither';
    case 'as_pattern':
      // `case X as name`: the grammar gives the alias no field there.
      return parent.children.at(-1) === node ? 'binds' : 'uses';
    case 'tuple':
    case 'list':
    case 'list_splat':
    case 'parenthesized_expression':
      return ancestorOfType(node, aliasTargets, 6) === undefined ? 'uses' : 'binds';
    case 'type':
    case 'generic_type':
    case 'splat_type':
    case 'constrained_type':
      return isTypeParameter(parent) ? 'binds' : 'uses';
    case 'print_statement':
      return textOf(node, text) === 'print' ? 'neither' : 'uses';
    default:
      return 'uses';
  }
}

/** Dotted names stand in imports, where the import binds, and in patterns, where a single name captures. */
function dottedRole(node: SyntaxNode, parent: SyntaxNode): NameRole {
  const around = parent.parent?.type ?? '';
  if (importTypes.has(around) || around === 'aliased_import' || around === 'relative_import') return 'neither';
  if (parent.children[0] !== node) return 'neither';
  if (around === 'class_pattern' || parent.children.length > 1) return 'uses';
  return around.endsWith('_pattern') ? 'binds' : 'uses';
}

/** `def f[T]`, `class A[T: int]`, `type A[T] = …`: what stands there declares a type variable. */
function isTypeParameter(type: SyntaxNode): boolean {
  let current: SyntaxNode | undefined = type;
  for (let level = 0; current !== undefined && level < 8; level++) {
    if (current.field === 'type_parameters') return true;
    if (current.parent?.type === 'type_alias_statement') return current.field === 'left';
    if (!typeParents.has(current.type)) return false;
    current = current.parent;
  }
  return false;
}

const chain = {
  links: { attribute: ['object', 'attribute'] },
  leaves: words('identifier'),
} as const;

function callee(node: SyntaxNode, text: string): ReturnType<Language['callee']> {
  if (node.type !== 'call') return undefined;
  const called = childByField(node, 'function');
  return called && { node: called, path: dottedPath(called, text, chain) };
}

function isString(node: SyntaxNode): boolean {
  if (node.type !== 'expression_statement') return false;
  const only = node.children.filter((child) => child.named && child.type !== 'comment');
  return only.length === 1 && (only[0]?.type === 'string' || only[0]?.type === 'concatenated_string');
}

/** The first statement, or the first after imports: no docstring to Python then, but one to its author. */
function docstring(body: SyntaxNode): SyntaxNode | undefined {
  const first = body.children.find((child) => child.named && child.type !== 'comment' && !importTypes.has(child.type));
  return first !== undefined && isString(first) ? first : undefined;
}

/** `dir(builtins)` of CPython 3.14 without the dunder names, and the ones that only Windows or the REPL have. */
const builtins = words(`
  ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError
  BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError
  ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception ExceptionGroup
  False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError
  ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError
  MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError OSError
  OverflowError PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError RecursionError
  ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning
  SystemError SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError
  UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning WindowsError ZeroDivisionError abs
  aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright
  credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash
  help hex id input int isinstance issubclass iter len license list locals map max memoryview min next object oct open
  ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type
  vars zip reveal_type`);
