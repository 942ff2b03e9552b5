"""Functions that use other functions: chains of list stages, and reports over one input."""

from __future__ import annotations

import random

from .function import Function
from .names import make_name, name_all
from .pipeline import Wish, make_pipeline
from .vocabulary import FILTERS, MAPS, REDUCTIONS


def combine(rng: random.Random, count: int | None = None, kind: str | None = None) -> tuple[list[Function], Function]:
    """`count` helpers, and a function that uses them all. kind: chain, report, or None for either."""
    if kind is None or kind == "chain":
        count = count or rng.choice([1, 2, 2, 3, 3, 4])
    else:
        count = count or rng.choice([2, 2, 3, 3, 4])
    if kind == "chain" or (kind is None and (count == 1 or rng.random() < 0.6)):
        helpers, main = _chain(rng, count)
    else:
        helpers, main = _report(rng, count)
    taken = [helper.name for helper in helpers] + [main.parameters[0][0]]
    hint = ["report"] if main.kind == "report" else ["pipeline"]
    while not main.name or main.name in taken:
        main.name = make_name(rng, hint)
    return helpers, main


def _joined(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1]


def _main(kind: str, helpers: list[Function], text: str, returns: str, body: list[str]) -> Function:
    return Function(
        kind=kind,
        key=kind,
        name_hint=[],
        parameters=[helpers[0].parameters[0]],
        returns=returns,
        body=body,
        wording=lambda _rng, _canonical: text,
        source=helpers[0].source,
    )


def _chain(rng: random.Random, count: int) -> tuple[list[Function], Function]:
    helpers = _stages(rng, count)
    name_all(rng, helpers)
    parameter = helpers[0].parameters[0][0]
    expression = parameter
    for helper in helpers:
        expression = f"{helper.name}({expression})"
    text = _chain_text(rng, [helper.name for helper in helpers], parameter)
    return helpers, _main("chain", helpers, text, helpers[-1].returns, ["return " + expression])


def _stages(rng: random.Random, count: int) -> list[Function]:
    """Functions from list to list; the last one may reduce."""
    kind, element = rng.choice([("ints", "int"), ("words", "str")])
    same_type_maps = MAPS[element][:12]
    reductions = REDUCTIONS[element]
    as_list = reductions[0]
    stages = []
    for index in range(count):
        if index == count - 1 and rng.random() < 0.7:
            reduction = rng.choice([candidate for candidate in reductions if candidate.id != "list"])
            wish = Wish(kind, filters=[], no_map=True, reduction=reduction, plain=True)
        elif rng.random() < 0.5:
            wish = Wish(kind, filters=[rng.choice(FILTERS[element])], no_map=True, reduction=as_list, plain=True)
        else:
            wish = Wish(kind, filters=[], map=rng.choice(same_type_maps), reduction=as_list, plain=True)
        stages.append(make_pipeline(rng, None, wish))
    return stages


def _chain_text(rng: random.Random, names: list[str], parameter: str) -> str:
    if len(names) == 1:
        templates = [
            "Apply %s to %s.",
            "Return the result of %s for %s.",
            "Call %s on %s and return the result.",
            "Use %s on %s.",
        ]
        return rng.choice(templates) % (names[0], parameter)
    if len(names) == 2 and rng.random() < 0.25:
        templates = [
            "Return %s of the result of %s for %s.",
            "Apply %s to what %s gives for %s.",
            "Call %s on the result of %s on %s.",
        ]
        return rng.choice(templates) % (names[1], names[0], parameter)
    in_order = ", then ".join(names) if rng.random() < 0.6 else _joined(names)
    return rng.choice(
        [
            f"First {names[0]} {parameter}, then {', then '.join(names[1:])}.",
            f"Apply {in_order} to {parameter}.",
            f"Pass {parameter} through {in_order}.",
            f"Apply {in_order} to {parameter} and return the result.",
            f"Run {in_order} on {parameter} in this order.",
            f"Call {in_order} on {parameter}.",
        ]
    )


def _report(rng: random.Random, count: int) -> tuple[list[Function], Function]:
    kind = rng.choice(["ints", "words", "text", "chars"])
    helpers: list[Function] = []
    while len(helpers) < count:
        helper = make_pipeline(rng, False, Wish(kind, plain=True))
        if len(helper.parameters) == 1:
            helpers.append(helper)
    parameter = helpers[0].parameters[0][0]
    name_all(rng, helpers)
    names = [helper.name for helper in helpers]
    joined = _joined(names)
    calls = ", ".join(f"{name}({parameter})" for name in names)
    text = rng.choice(
        [
            f"Return a dictionary with the results of {joined} for {parameter}.",
            f"Collect {joined} of {parameter} in a dictionary.",
            f"Return a dict with {joined} of {parameter}.",
        ]
    )
    returns = "dict"
    entries = ", ".join(f'"{name}": {name}({parameter})' for name in names)
    body = f"return {{{entries}}}"
    drawn = rng.random()
    if drawn < 0.3:
        templates = [
            "Return a list with the results of %s for %s.",
            "Collect %s of %s in a list.",
            "Return a list of %s of %s.",
        ]
        text = rng.choice(templates) % (joined, parameter)
        returns, body = "list", f"return [{calls}]"
    elif drawn < 0.5:
        templates = ["Return a tuple with the results of %s for %s.", "Return %s of %s as a tuple."]
        text = rng.choice(templates) % (joined, parameter)
        returns, body = "tuple", "return " + calls
    return helpers, _main("report", helpers, text, returns, [body])
