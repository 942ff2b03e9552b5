// The Python that runs calls of one function and prints what came out, as literals. It runs in the sandbox only; standard library only.

/** Prints a JSON list: for each call the value as a Python literal, `null` where it raised, differed the second time, or is no literal. */
export const observeScript = `
import ast, contextlib, io, json

def literal(call, names):
    with contextlib.redirect_stdout(io.StringIO()):
        first, second = (eval(call, dict(names)) for _ in range(2))
    text = repr(first)
    if len(text) > 200 or repr(second) != text or ast.literal_eval(text) != first:
        return None
    return text

def plain(call):
    """A call of a name with literals: nothing else that a model wrote is evaluated, in here either."""
    node = ast.parse(call, mode="eval").body
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
        ast.literal_eval(argument)
    return True

names = {"__name__": "joule_target"}
with contextlib.redirect_stdout(io.StringIO()):
    exec(compile(open("/tmp/work/code.py", encoding="utf-8").read(), "code.py", "exec"), names)
values = []
for call in json.load(open("/tmp/work/calls.json", encoding="utf-8")):
    try:
        values.append(literal(call, names) if plain(call) else None)
    except Exception:
        values.append(None)
print(json.dumps(values))
`;
