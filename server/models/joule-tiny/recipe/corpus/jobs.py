"""The jobs code, use, plan, doc and test as prompts and answers. What a prompt looks like is the model card's; this makes them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from .classics import with_usual_names
from .combine import combine
from .function import Function
from .looser_wording import loosen
from .make_function import make_function
from .names import make_name, name_all
from .remarks import remark
from .restyle import restyle
from .running import is_dull, results

OUT = "<|out|>"


@dataclass
class Example:
    """A prompt with its job's token, and the answer. `functions` are what a plan asks for, `helpers` what `function` calls."""

    job: str
    prompt: str
    answer: str
    function: Function | None = None
    functions: list[Function] = field(default_factory=list)
    helpers: list[Function] = field(default_factory=list)
    tail: str | None = None
    """Text of other functions behind the place to fill in."""


Job = Callable[[random.Random, bool | None], Example]


def surroundings(rng: random.Random) -> str:
    """Lines that have nothing to do with the wish, as files have them."""
    name = make_name(rng, None)
    parameters = rng.choice(["x", "data", "text", "a, b", "items"])
    return rng.choice(
        [
            "import math\n",
            "import re\nimport json\n",
            f"def {name}({parameters}): ...\n",
            f"def {name}({parameters}):\n    ...\n\n",
            "from typing import Any\n",
            "# helpers\n",
            f"LIMIT = {rng.randint(1, 99)}\n",
        ]
    )


def docstring(goal: str) -> str:
    """The goal in its quotes; a full stop keeps a quotation mark at its end from them."""
    return f'"""{goal}."""' if goal.endswith('"') else f'"""{goal}"""'


def code_job(rng: random.Random, held: bool | None = None) -> Example:
    """Write a function: docstring, goal above a signature, goal with a name only, comment, or the name alone."""
    hints = rng.random() < 0.6
    form = rng.random()
    name_only = 0.66 <= form < 0.92
    function = make_function(rng, held, exact_hints=name_only)
    text = function.text(rng)
    if name_only and function.kind == "classic" and not _names_all_parameters(text, function):
        function = with_usual_names(rng, function)
        text = function.text(rng)
    signature = function.signature(hints)
    goal = remark(rng, function, restyle(rng, loosen(rng, function, text, not name_only)))
    usual_name = function.known_by_name and function.name == "_".join(function.name_hint)
    if usual_name and not function.guarded and rng.random() < 0.25:
        wish = signature
    elif form < 0.35:
        wish = f"{signature}\n    {docstring(goal)}"
    elif form < 0.66:
        wish = goal + "\n" + signature
    elif name_only:
        wish = goal + "\nname: " + function.name
        hints = True
    else:
        wish = "# " + goal + "\n" + signature
    if rng.random() < 0.15:
        wish = surroundings(rng) + wish
    return Example("code", "<|code|>" + wish + OUT, function.code(hints), function)


def _names_all_parameters(text: str, function: Function) -> bool:
    return set(function.parameter_names()) <= set(re.findall(r"\w+", text))


def use_job(rng: random.Random, held: bool | None = None) -> Example:
    """Write a function that uses the given helpers. `held` makes no difference."""
    helpers, main = combine(rng)
    given = "".join(helper.signature() + " ...\n" for helper in helpers)
    wish = given + main.text(rng) + "\n" + ("name: " + main.name if rng.random() < 0.6 else main.signature())
    return Example("code", "<|code|>" + wish + OUT, main.code(), main, helpers=helpers)


def _plan_text(mode: str, tasks: list[tuple[str, str, list[int]]]) -> str:
    subtasks = [
        {"id": number, "goal": goal, "provides": name, "needs": needs}
        for number, (goal, name, needs) in enumerate(tasks, 1)
    ]
    return json.dumps({"mode": mode, "subtasks": subtasks}, separators=(",", ":"))


INTRODUCTIONS = [
    "Write a module with %s functions:",
    "Create %s functions:",
    "I need %s functions:",
    "Write these %s functions:",
    "Please implement %s helpers:",
    "A small module with %s functions:",
]
SHORT_INTRODUCTIONS = [
    "Write these functions:",
    "Implement:",
    "TODO:",
    "Functions needed:",
    "A module with:",
    "Please write:",
]
BULLETS = ["- %s: %s", "- %s: %s", "- %s: %s", "%s: %s", "%s - %s", "* %s: %s", "- %s(): %s"]


def _listed(rng: random.Random, items: list[tuple[str, str]]) -> str:
    """A request for several functions: one line each, with its name; numbered at times."""
    count = len(items)
    bullet = rng.choice(BULLETS)
    numbered = rng.random() < 0.2 and bullet[0] == "%"
    if rng.random() < 0.85:
        introduction = rng.choice(INTRODUCTIONS)
        word = {2: "two", 3: "three", 4: "four"}[count]
        introduction %= word if rng.random() < 0.7 else str(count)
    else:
        introduction = rng.choice(SHORT_INTRODUCTIONS)
    lines = [(f"{number}. " if numbered else "") + bullet % item for number, item in enumerate(items, 1)]
    return "\n".join([introduction] + lines)


def plan_job(rng: random.Random, held: bool | None = None) -> Example:
    """Split a request: one function (direct), several that stand alone, or helpers and one that uses them."""
    drawn = rng.random()
    if drawn < 0.2:
        return _direct_plan(rng, held)
    if drawn < 0.62:
        count = rng.choice([2, 2, 3, 3, 3, 4])
        functions = [make_function(rng, held) for _ in range(count)]
        name_all(rng, functions)
        goals = [restyle(rng, loosen(rng, function, function.text(rng), False)) for function in functions]
        needs: list[list[int]] = [[] for _ in functions]
    else:
        if drawn < 0.84:
            helpers, main = combine(rng, rng.choice([1, 2, 2, 3]), "chain")
        else:
            helpers, main = combine(rng, rng.choice([2, 2, 3]), "report")
        functions = helpers + [main]
        goals = [loosen(rng, helper, helper.text(rng), False) for helper in helpers] + [main.text(rng)]
        needs = [[] for _ in helpers] + [list(range(1, len(functions)))]
    names = [function.name for function in functions]
    prompt = "<|plan|>" + _listed(rng, list(zip(names, goals))) + OUT
    return Example("plan", prompt, _plan_text("split", list(zip(goals, names, needs))), functions=functions)


def _direct_plan(rng: random.Random, held: bool | None) -> Example:
    function = make_function(rng, held)
    goal = restyle(rng, loosen(rng, function, function.text(rng), False))
    drawn = rng.random()
    if drawn < 0.5:
        wish = goal
    elif drawn < 0.7:
        wish = goal + "\nname: " + function.name
    elif drawn < 0.8:
        wish = f"{function.signature()}\n    {docstring(goal)}"
    else:
        wish = f"Write a function {function.name}: {goal}"
    return Example("plan", "<|plan|>" + wish + OUT, _plan_text("direct", []), functions=[function])


def doc_job(rng: random.Random, held: bool | None = None) -> Example:
    """Say in the one canonical sentence what code does."""
    function = make_function(rng, held)
    code = function.code(rng.random() < 0.6)
    return Example("doc", "<|doc|>" + code + OUT, function.canonical_text(), function)


def test_job(rng: random.Random, held: bool | None = None) -> Example:
    """One to four calls that show different things; expected values come from running the function, not from the model."""
    while True:
        function = make_function(rng, held)
        short = [
            (arguments, result) for arguments, result in results(function) if result[0] == "ok" and len(result[1]) < 60
        ]
        seen: set[str] = set()
        telling: list[str] = []
        for arguments, result in short:
            if result[1] not in seen and not is_dull(result[1]):
                seen.add(result[1])
                telling.append(arguments)
        empty = [
            arguments
            for arguments, _ in short
            if arguments.split(",")[0] in ("[]", '""', "{}") and arguments not in telling
        ]
        if telling:
            break
    calls = [f"{function.name}({arguments})" for arguments in telling[:3] + empty[:1]]
    prompt = "<|test|>" + function.code(rng.random() < 0.6) + OUT
    return Example("test", prompt, "\n".join(calls), function)
