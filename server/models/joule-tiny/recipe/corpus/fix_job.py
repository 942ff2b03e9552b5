"""The job fix: a function with one mistake and what went wrong, and the function without it."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from .function import Function
from .jobs import OUT, Example, docstring
from .looser_wording import loosen
from .make_function import make_function
from .running import call, results, with_double_quotes

KEYWORDS = set("return for in if not and or else while elif True False None lambda def raise is int str".split())
LOCAL_NAMES = "result values counts groups total x w c i key line d v".split()
MISSPELT = {
    "x": "y",
    "w": "word",
    "c": "ch",
    "i": "j",
    "v": "val",
    "d": "digit",
    "key": "k",
    "line": "l",
}
SUBSTITUTIONS = [
    (" == ", " != "),
    (" != ", " == "),
    (" > ", " < "),
    (" < ", " > "),
    (" >= ", " > "),
    (" <= ", " < "),
    (" + 1", ""),
    ("range(1, ", "range("),
    (" + ", " - "),
    (" * ", " + "),
    (" - ", " + "),
    ("max(", "min("),
    ("min(", "max("),
    (" % ", " // "),
    ("sum(", "max("),
    (".upper", ".lower"),
    (".lower", ".upper"),
    ("startswith", "endswith"),
    ("endswith", "startswith"),
    (", reverse=True", ""),
    (" not in ", " in "),
    (" and ", " or "),
    ("+= ", "-= "),
    ("*= ", "+= "),
    ("True", "False"),
    ("False", "True"),
    ("[::-1]", ""),
    ("any(", "all("),
    ("all(", "any("),
    (" // ", " / "),
    ("result = 1", "result = 0"),
    ("- 1", "- 2"),
    (">= ", "<= "),
    ("<= ", ">= "),
    ("sorted(", "list("),
    ("[-", "["),
    ("return -1", "return 0"),
    (" not ", " "),
]
"""Mistakes that change what a function does, but not whether it runs."""


@dataclass(frozen=True)
class Mistake:
    """`message` is None where running the code has to say what went wrong."""

    code: str
    message: str | None = None


def fix_job(rng: random.Random, held: bool | None = None) -> Example:
    """One mistake, its message, sometimes with the goal."""
    while True:
        function = make_function(rng, held)
        hints = rng.random() < 0.6
        mistake = _make_mistake(rng, function, hints)
        good = function.code(hints)
        if mistake is None or mistake.code == good:
            continue
        must_show = mistake.message is None
        message = mistake.message or _difference(function, mistake.code)
        if message is None:
            continue
        goal = loosen(rng, function, function.text(rng), True) if must_show or rng.random() < 0.4 else None
        if goal and rng.random() < 0.5:
            first, _, rest = mistake.code.partition("\n")
            shown = f"{first}\n    {docstring(goal)}\n{rest}"
        else:
            shown = (f"# {goal}\n" if goal else "") + mistake.code
        return Example("fix", f"<|fix|>{shown}\n# error: {message}{OUT}", good, function)


def _difference(function: Function, bad: str) -> str | None:
    """A call that shows the mistake, in words; None where no example does."""
    for arguments, expected in results(function):
        if expected[0] != "ok" or len(expected[1]) > 40:
            continue
        expression = f"{function.name}({arguments})"
        found = call(bad, expression)
        if found is None or found == expected:
            continue
        if found[0] == "ok" and len(found[1]) < 60:
            value, wanted = with_double_quotes(found[1]), with_double_quotes(expected[1])
            return f"{expression} returned {value}, expected {wanted}"
        if found[0] == "err" and len(found[2]) < 60:
            return f"{found[1]}: {found[2]}"
    return None


def _make_mistake(rng: random.Random, function: Function, hints: bool) -> Mistake | None:
    """None where this kind of mistake can't be made in this function."""
    code = function.code(hints)
    drawn = rng.random()
    if drawn < 0.22:
        return _undefined_name(rng, function, code)
    if drawn < 0.34:
        return _missing_return(code)
    if drawn < 0.46:
        return _syntax_error(rng, code)
    return _wrong_behaviour(rng, code)


def _undefined_name(rng: random.Random, function: Function, code: str) -> Mistake | None:
    lines = code.split("\n")
    own = function.parameter_names()
    used = {
        name
        for line in lines[1:]
        for name in re.findall(r"(?<![\w.\"])[a-z_]\w*(?![\w\"(=])", line)
        if name not in KEYWORDS and (name in own or name in LOCAL_NAMES)
    }
    if not used:
        return None
    name = rng.choice(sorted(used))
    places = [place for place in re.finditer(rf"(?<![\w.\"]){name}(?!\w)", code) if place.start() > len(lines[0])]
    if not places:
        return None
    bad = MISSPELT.get(name) if len(name) < 2 or rng.random() < 0.2 else None
    if not bad:
        index = rng.randrange(len(name))
        if rng.random() < 0.4 and len(name) > 2:
            bad = name[:index] + name[index + 1 :]
        elif rng.random() < 0.5:
            bad = name[:index] + name[index] + name[index:]
        else:
            bad = name[:-1] if name.endswith("s") and len(name) > 2 else name + "s"
    if bad in own or bad == name or not bad:
        return None
    place = rng.choice(places)
    messages = [
        "undefined name '%s'",
        "NameError: name '%s' is not defined",
        '"%s" is not defined',
        "Undefined variable '%s'",
    ]
    return Mistake(code[: place.start()] + bad + code[place.end() :], rng.choice(messages) % bad)


def _missing_return(code: str) -> Mistake | None:
    lines = code.split("\n")
    returning = [index for index, line in enumerate(lines) if line.startswith("    return ")]
    if not returning:
        return None
    index = returning[-1]
    rest = lines[index].removeprefix("    return ")
    if re.fullmatch(r"\w+", rest):
        lines.pop(index)
    else:
        lines[index] = "    " + rest
    return Mistake("\n".join(lines))


def _syntax_error(rng: random.Random, code: str) -> Mistake | None:
    lines = code.split("\n")
    index = rng.randrange(len(lines))
    messages = {":": "expected ':'", ")": "'(' was never closed", "]": "'[' was never closed"}
    last = lines[index][-1:]
    if last not in messages:
        return None
    lines[index] = lines[index][:-1]
    return Mistake("\n".join(lines), "SyntaxError: " + messages[last])


def _wrong_behaviour(rng: random.Random, code: str) -> Mistake | None:
    first, _, body = code.partition("\n")
    possible = [(good, bad) for good, bad in SUBSTITUTIONS if good in body]
    if not possible:
        return None
    good, bad = rng.choice(possible)
    start = rng.choice([place.start() for place in re.finditer(re.escape(good), body)])
    return Mistake(first + "\n" + body[:start] + bad + body[start + len(good) :])
