"""Runs the test functions of one Python file whose code a model wrote: python3 -I -S check.py FILE

Generated code is data, so it is looked at before it runs: only arithmetic, loops, comprehensions and calls of a few harmless
builtins and methods are let through, nothing with an underscore in front, and no import. What passes runs without any other
builtin, with bounded time and memory. Prints one JSON line: {"tests": [...], "failed": {...}} or {"refused": "why"}.
"""

import ast
import json
import sys

BUILTINS = """abs all any bool dict divmod enumerate filter float int isinstance len list map max min range reversed round set
sorted str sum tuple zip AssertionError IndexError KeyError NotImplementedError TypeError ValueError ZeroDivisionError""".split()

METHODS = """add append capitalize casefold clear copy count discard endswith extend find get index insert isalnum isalpha isascii
isdecimal isdigit islower isspace istitle isupper items join keys lower lstrip partition pop remove replace reverse rfind rpartition
rsplit rstrip setdefault sort split splitlines startswith strip swapcase title union update upper values zfill""".split()

NODES = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Raise, ast.Pass, ast.Assert, ast.Expr, ast.Assign,
    ast.AugAssign, ast.AnnAssign, ast.For, ast.While, ast.If, ast.Break, ast.Continue, ast.BoolOp, ast.BinOp, ast.UnaryOp,
    ast.Compare, ast.Call, ast.keyword, ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.List, ast.Tuple,
    ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.IfExp, ast.Lambda,
    ast.Starred, ast.JoinedStr, ast.FormattedValue, ast.boolop, ast.operator, ast.unaryop, ast.cmpop, ast.expr_context,
)


class NoAnnotations(ast.NodeTransformer):
    """Annotations are not needed to run, and old Pythons can't evaluate new ones."""

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_arg(self, node):
        node.annotation = None
        return node


def refusal(tree):
    for node in ast.walk(tree):
        if type(node).__name__ == "Index" or isinstance(node, NODES):
            name = getattr(node, "id", None) or getattr(node, "arg", None) or getattr(node, "name", None) or ""
            if name.startswith("_") and name != "_":
                return "it uses the name " + name
            if isinstance(node, ast.Attribute) and node.attr not in METHODS:
                return "it uses ." + node.attr
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                return "it uses a decorator"
        else:
            return "it uses " + type(node).__name__
    return None


def bound_resources():
    try:
        import resource
    except ImportError:  # Windows: the caller's time limit alone
        return
    resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
    for limit, most in ((resource.RLIMIT_AS, 1 << 30), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(limit, (most, most))
        except (ValueError, OSError):  # macOS knows no RLIMIT_AS
            pass


def run(path):
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    why = refusal(tree)
    if why:
        return {"refused": why}
    tree = ast.fix_missing_locations(NoAnnotations().visit(tree))
    source = __builtins__ if isinstance(__builtins__, dict) else vars(__builtins__)
    names = {"__builtins__": {name: source[name] for name in BUILTINS}}
    bound_resources()
    exec(compile(tree, path, "exec"), names)
    tests = [name for name, value in names.items() if name.startswith("test_") and callable(value)]
    failed = {}
    for name in tests:
        try:
            names[name]()
        except Exception as error:
            frame = error.__traceback__
            while frame.tb_next:
                frame = frame.tb_next
            failed[name] = "%s on line %d%s" % (type(error).__name__, frame.tb_lineno, ": %s" % error if str(error) else "")
    return {"tests": tests, "failed": failed}


if __name__ == "__main__":
    try:
        print(json.dumps(run(sys.argv[1])))
    except Exception as error:
        print(json.dumps({"tests": [], "failed": {"the file": "%s: %s" % (type(error).__name__, error)}}))
