"""Functions that everybody knows, from data/classics.txt, with varied names, guards and wordings."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .function import Function
from .records import Record, read_records
from .vocabulary import EMPTY_VALUES

HINTS = {
    "nat": "int",
    "pos": "int",
    "int": "int",
    "ints": "list[int]",
    "sints": "list[int]",
    "strs": "list[str]",
    "str": "str",
    "word": "str",
    "chr": "str",
    "bits": "str",
    "rle": "str",
    "dict": "dict[str, int]",
    "mat": "list[list[int]]",
    "ints_csv": "str",
    "lines": "str",
}
"""The type hint of each kind of argument."""

CAN_BE_EMPTY = ("ints", "sints", "strs", "dict", "str", "mat")


@dataclass(frozen=True)
class Classic:
    """`parameters` are possible names and the kind of value; $0, $1 .. stand for them in `body` and `wordings`."""

    id: str
    name: list[str]
    parameters: list[tuple[list[str], str]]
    returns: str
    body: list[str]
    wordings: list[str]
    examples: list[str]


def _classic(record: Record) -> Classic:
    parameters = []
    for parameter in record.text("parameters").split(", "):
        names, kind = parameter.split(": ")
        parameters.append((names.split("/"), kind))
    return Classic(
        record.name,
        record.words("name"),
        parameters,
        record.text("returns"),
        record.fields["body"],
        record.phrases("wordings"),
        record.phrases("examples"),
    )


CLASSICS = [_classic(record) for record in read_records("classics.txt")]


def make_classic(rng: random.Random) -> Function:
    """One of them, without a name yet; @ stands for it in the body."""
    classic = rng.choice(CLASSICS)
    names: list[str] = []
    for options, _ in classic.parameters:
        names.append(rng.choice([name for name in options if name not in names] or [options[0] + "2"]))

    def filled(text: str) -> str:
        for index, name in enumerate(names):
            text = text.replace(f"${index}", name)
        return text

    guard, sentences = _guard(rng, classic, names)

    def wording(rng: random.Random, canonical: bool) -> str:
        sentence = filled(classic.wordings[0] if canonical else rng.choice(classic.wordings))
        if sentences:
            sentence += " " + (sentences[0] if canonical else rng.choice(sentences))
        return sentence

    return Function(
        kind="classic",
        key="classic|" + classic.id,
        name_hint=classic.name,
        parameters=[(name, HINTS[kind]) for name, (_, kind) in zip(names, classic.parameters)],
        returns=classic.returns,
        body=guard + [filled(line) for line in classic.body],
        wording=wording,
        source="classic",
        guarded=bool(sentences),
        argument_kinds=[kind for _, kind in classic.parameters],
        examples=classic.examples,
    )


def _guard(rng: random.Random, classic: Classic, names: list[str]) -> tuple[list[str], list[str]]:
    """Lines for the body's start and the sentences that ask for them; often none."""
    kind = classic.parameters[0][1]
    drawn = rng.random()
    first = names[0]
    result_type = classic.returns.split("[")[0]
    if (kind == "nat" and classic.id != "gcd" and drawn < 0.3) or (kind == "pos" and len(names) == 1 and drawn < 0.1):
        return _raising(first, f"{first} < 0", "negative")
    if kind in CAN_BE_EMPTY and drawn < 0.12:
        return _raising(first, f"not {first}", "empty")
    if kind in CAN_BE_EMPTY and drawn < 0.3 and result_type not in ("bool", "tuple"):
        value = rng.choice(EMPTY_VALUES[result_type])
        return [f"if not {first}:", f"    return {value}"], [
            f"Return {value} if {first} is empty.",
            f"If {first} is empty, return {value}.",
            f"Return {value} when {first} is empty.",
        ]
    return [], []


def _raising(name: str, condition: str, adjective: str) -> tuple[list[str], list[str]]:
    lines = [f"if {condition}:", f'    raise ValueError("{name} is {adjective}")']
    return lines, [
        f"Raise ValueError if {name} is {adjective}.",
        f"Raise a ValueError when {name} is {adjective}.",
        f"If {name} is {adjective}, raise ValueError.",
    ]
