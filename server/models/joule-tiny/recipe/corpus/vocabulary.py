"""The grammar's vocabulary as typed tables: filters, maps, reductions, sources, words. Doesn't know how they combine."""

from __future__ import annotations

from dataclasses import dataclass

from .records import read_records


@dataclass(frozen=True)
class Filter:
    """Which elements stay. `condition` is about the element v; the phrases stand before or after the noun."""

    id: str
    condition: str
    before: list[str]
    after: list[str]
    plural: str


@dataclass(frozen=True)
class Map:
    """What is made of each element. `expression` is about the element v and `gives` a type."""

    id: str
    expression: str
    gives: str
    noun: list[str]
    before: list[str]
    after: list[str]
    verb: list[str]


@dataclass(frozen=True)
class Reduction:
    """What is made of all elements: the type of the result, wordings in front and wordings at the end."""

    id: str
    gives: str
    lead: list[str]
    tail: list[str]


@dataclass(frozen=True)
class Source:
    """Where elements come from. P stands for the parameter in `iterable`."""

    element: str
    hint: str
    iterable: str
    variable: str
    nouns: list[str]
    given: list[str]
    parameters: list[str]


FILTERS: dict[str, list[Filter]] = {}
for _record in read_records("filters.txt"):
    _type, _id = _record.name.split()
    FILTERS.setdefault(_type, []).append(
        Filter(
            _id,
            _record.text("condition"),
            _record.phrases("before"),
            _record.phrases("after"),
            _record.text("plural"),
        )
    )

MAPS: dict[str, list[Map]] = {}
for _record in read_records("maps.txt"):
    _type, _id = _record.name.split()
    _said = [_record.phrases(field) for field in ("noun", "before", "after", "verb")]
    MAPS.setdefault(_type, []).append(Map(_id, _record.text("expression"), _record.text("gives"), *_said))

REDUCTIONS: dict[str, list[Reduction]] = {}
for _record in read_records("reductions.txt"):
    _type, _id = _record.name.split()
    REDUCTIONS.setdefault(_type, []).append(
        Reduction(_id, _record.text("gives"), _record.phrases("lead"), _record.phrases("tail"))
    )
(COUNT,) = REDUCTIONS.pop("any")

SOURCES: dict[str, Source] = {
    record.name: Source(
        record.text("element"),
        record.text("hint"),
        record.text("iterable"),
        record.text("variable"),
        record.phrases("nouns"),
        record.phrases("given"),
        record.words("parameters"),
    )
    for record in read_records("sources.txt")
}

WORDS: dict[str, list[str]] = {record.name: record.words("words") for record in read_records("words.txt")}
SYNONYMS: list[list[str]] = [record.phrases("same") for record in read_records("synonyms.txt")]

EMPTY_VALUES = {
    "int": ["0", "None"],
    "float": ["0", "None"],
    "str": ['""', "None"],
    "list": ["[]", "None"],
    "dict": ["{}", "None"],
}
"""What a function may return when there is nothing, by the type of its result."""

EXTRA_PARAMETERS = ["k", "n", "limit", "threshold", "m", "bound", "size"]
QUOTED = "a e s x b c t in pre un re ing ed er _ - ! # py o th z A B T".split()
SEPARATORS = [", ", "-", " ", ",", "; ", "/", "|", ":", "_", "+"]
