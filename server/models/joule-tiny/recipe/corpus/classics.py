"""Functions that everybody knows, from data/classics.txt and functions-*.txt, with varied names and wordings."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from keyword import iskeyword

from .function import Function
from .phrases import expand
from .records import Record, read_records
from .vocabulary import EMPTY_VALUES, SOURCES, WORDS

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
    "kv": "str",
    "query": "str",
    "clock": "str",
    "roman": "str",
    "recordkey": "str",
    "weekday": "int",
    "bit": "int",
    "base": "int",
    "few": "list[int]",
    "pairs": "list[tuple[str, int]]",
    "nested": "list",
    "optional": "list",
    "sqmat": "list[list[int]]",
    "intervals": "list[list[int]]",
    "digitlist": "list[int]",
    "bitlist": "list[int]",
    "float": "float",
    "coins": "list[int]",
    "large": "int",
    "smallbase": "int",
    "digit": "int",
    "hour": "int",
    "minute": "int",
    "month": "int",
    "groups": "dict[str, list[str]]",
    "records": "list[dict]",
    "things": "list",
    "lists": "list[list[int]]",
    "pair": "list[int]",
    "triple": "tuple[int, ...]",
    "set": "set[int]",
    "board": "list[list]",
    "optdict": "dict",
    "scorelists": "dict[str, list[int]]",
    "dictlist": "list[dict[str, int]]",
    "people": "list[dict]",
    "crew": "list[dict]",
    "orders": "list[dict]",
    "kvline": "str",
    "kvlines": "str",
    "version": "str",
    "hhmm": "str",
    "url": "str",
    "post": "str",
    "filename": "str",
    "filenames": "list[str]",
    "isodate": "str",
    "fullname": "str",
    "tendigits": "str",
    "letter": "str",
    "email": "str",
    "spacedints": "str",
    "span": "str",
    "dna": "str",
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
    said: list[str]
    """Freer wordings: templates, see phrases.py."""
    first_of_name: bool


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
        record.phrases("said") + _SAID.get(record.name, []),
        record.text("name") not in _NAMES and not _NAMES.add(record.text("name")),
    )


_SAID = {record.name: record.phrases("said") for record in read_records("wordings.txt")}
_NAMES: set[str] = set()
_FILES = ("classics", "functions-text", "functions-numbers", "functions-lists", "functions-dicts")
CLASSICS = [_classic(record) for file in _FILES for record in read_records(f"{file}.txt")]
MORE_NAMES = {
    "ints": SOURCES["ints"].parameters,
    "sints": SOURCES["ints"].parameters,
    "strs": SOURCES["words"].parameters,
    "str": SOURCES["text"].parameters + SOURCES["chars"].parameters,
    "dict": SOURCES["vals"].parameters,
    "mat": ["table", "board", "cells", "data", "numbers", "lists", "values"],
    "things": ["names", "values", "words", "tags", "entries", "elements", "lst", "guests", "things"],
    "pairs": ["tuples", "data", "rows", "sales", "purchases", "results", "scores"],
}
"""What a parameter may be called besides its usual names, by its kind."""
PAIRS = [
    ("first", "second"),
    ("left", "right"),
    ("one", "other"),
    ("xs", "ys"),
    ("list1", "list2"),
    ("s1", "s2"),
    ("mine", "yours"),
    ("old", "new"),
    ("one", "two"),
    ("expected", "actual"),
    ("wanted", "given"),
]
"""Names of two parameters of one kind."""
ANY_NAME = 0.1
"""How often a parameter is called by some other noun: names are to be copied, not known by heart."""
ABOUT_NOTHING = re.compile(r"\b(empty|none|None|nothing|missing|negative)\b")
"""What a wording says of special cases: no guard is put beside it, which might say otherwise."""
FREELY = 0.72
"""How often one of the freer wordings is taken, where there are some."""


BY_ID = {classic.id: classic for classic in CLASSICS}


def with_usual_names(rng: random.Random, function: Function) -> Function:
    """This classic again, each parameter with the first of its names: who was not told a name writes this one."""
    again = make_classic(rng, BY_ID[function.key.removeprefix("classic|")], usual_names=True)
    again.name = function.name
    again.write_own_name()
    return again


def make_classic(rng: random.Random, classic: Classic | None = None, usual_names: bool = False) -> Function:
    """This one or any, without a name yet; @( stands for a call of it in the body."""
    classic = classic or rng.choice(CLASSICS)
    names = [names[0] for names, _ in classic.parameters] if usual_names else _parameter_names(rng, classic)

    def filled(text: str) -> str:
        for index, name in enumerate(names):
            text = text.replace(f"${index}", name)
        return text

    guard, sentences = _guard(rng, classic, names)

    said = [phrase for phrase in classic.said if not ABOUT_NOTHING.search(phrase)] if sentences else classic.said

    def wording(rng: random.Random, canonical: bool) -> str:
        if not canonical and said and rng.random() < FREELY:
            sentence = filled(_spoken(rng, rng.choice(said)))
        else:
            sentence = filled(classic.wordings[0] if canonical else rng.choice(classic.wordings))
        if sentences:
            sentence += "" if sentence.endswith((".", "?")) else "."
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
        known_by_name=classic.first_of_name,
        guarded=bool(sentences),
        argument_kinds=[kind for _, kind in classic.parameters],
        examples=classic.examples,
    )


def _parameter_names(rng: random.Random, classic: Classic) -> list[str]:
    """Their usual names, or others that the body doesn't use."""
    taken = {word for line in classic.body for word in re.findall(r"\b[a-z_]\w*", line)}
    names = [""] * len(classic.parameters)
    kinds = [kind for _, kind in classic.parameters]
    if len(kinds) == 2 and kinds[0] == kinds[1] and rng.random() < 0.25:
        pair = rng.choice(PAIRS)
        if not taken & set(pair):
            return list(pair)
    for index, (options, kind) in enumerate(classic.parameters):
        drawn = rng.random()
        if kind in MORE_NAMES and drawn < 0.33:
            options = MORE_NAMES[kind]
        elif drawn > 1 - ANY_NAME:
            options = rng.choices(WORDS["nouns"], k=8)
        free = [name for name in options if name not in taken and name not in names and not iskeyword(name)]
        names[index] = rng.choice(free or [options[0] + "2"])
    return names


def _spoken(rng: random.Random, template: str) -> str:
    """A template as somebody might write it: with or without a capital and a full stop."""
    text = re.sub("  +", " ", expand(rng, template)).strip()
    if rng.random() < 0.55 and text[0].islower():
        text = text[0].upper() + text[1:]
    return text + "." if text[-1].isalnum() and rng.random() < 0.5 else text


def _guard(rng: random.Random, classic: Classic, names: list[str]) -> tuple[list[str], list[str]]:
    """Lines for the body's start and the sentences that ask for them; often none."""
    kind = classic.parameters[0][1]
    drawn = rng.random()
    first = names[0]
    if re.search(r"^if not \$0|raise |default=| if \$0 else", "\n".join(classic.body), re.M):
        return [], []
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
