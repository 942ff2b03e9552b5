"""Remarks behind a wish that change nothing: an example, what empty input gives, a promise. Runs only our own code."""

from __future__ import annotations

import random

from .function import Function
from .phrases import expand
from .running import call, is_dull, results, with_double_quotes

LONGEST = 32
"""Longest text of an example's arguments or result."""
EMPTY_INPUTS = {"list": "[]", "str": '""', "dict": "{}"}
CONTAINERS = {"list": "list", "str": "{string/text}", "dict": "{dict/dictionary}"}
EXAMPLES = [
    "For example, <call> {gives/returns/is} <result>.",
    "Example: <call> {gives/returns/->} <result>.",
    "<call> {should give/should be/gives/==} <result>.",
    "{E.g./So} <arguments> {gives/becomes/yields} <result>.",
    "(<arguments> {gives/->/becomes} <result>)",
]
ABOUT_EMPTY = [
    "An empty <what> gives <result>.",
    "{For/With} an empty <what> {it is/the result is/this gives} <result>.",
    "{Empty input/Nothing in} gives <result>.",
    "(<result> for an empty <what>)",
    "<result> if the <what> is empty.",
    "If the <what> is empty{, return/ the result is/, give back} <result>.",
]
PROMISES = [
    "The <what> is never empty.",
    "The <what> {can/may} be assumed to be non-empty.",
    "{Assume/You can assume} {valid input/that the input is valid}.",
    "{Don't/Do not} {change/modify} the {input/original}.",
    "{No imports/No imports please/Don't import anything}.",
    "{Keep it simple/Keep it short/One line is fine}.",
    "The <what> {has/contains} at least one element.",
]


def remark(rng: random.Random, function: Function, wish: str) -> str:
    """The wish, with a remark behind it at times."""
    drawn = rng.random()
    if drawn > 0.16 or function.kind not in ("pipe", "classic") or len(wish) > 200:
        return wish
    kind = function.parameters[0][1].split("[")[0]
    if drawn < 0.07:
        said = _example(rng, function)
    elif drawn < 0.12 and kind in EMPTY_INPUTS and len(function.parameters) == 1 and not function.guarded:
        result = call(function.code(), f"{function.name}({EMPTY_INPUTS[kind]})")
        if not result or result[0] != "ok":
            return wish
        said = expand(rng, rng.choice(ABOUT_EMPTY)).replace("<result>", with_double_quotes(result[1]))
    elif drawn > 0.13 and kind in EMPTY_INPUTS and not function.guarded:
        said = expand(rng, rng.choice(PROMISES))
    else:
        return wish
    if not said:
        return wish
    said = said.replace("<what>", expand(rng, CONTAINERS.get(kind, "input")))
    return wish + ("" if wish.endswith((".", "?", "!")) else ".") + " " + said


def _example(rng: random.Random, function: Function) -> str:
    possible = [
        (arguments, with_double_quotes(result[1]))
        for arguments, result in results(function)
        if result[0] == "ok" and len(result[1]) + len(arguments) < LONGEST and not is_dull(result[1])
    ]
    if not possible:
        return ""
    arguments, result = rng.choice(possible)
    text = expand(rng, rng.choice(EXAMPLES))
    text = text.replace("<call>", f"{function.name}({arguments})").replace("<arguments>", arguments)
    return text.replace("<result>", result)
