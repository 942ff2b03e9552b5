"""Functions around one condition: the first element that satisfies it, where they are, both halves, the longest run."""

from __future__ import annotations

import random
import re

from .function import Function, Wording, held_out
from .phrases import expand, singular_clause, singular_noun, singular_predicate
from .pipeline import Wish, make_pipeline
from .records import Record, read_records
from .vocabulary import COUNT, MAPS, SOURCES

SEARCHES = read_records("searches.txt")
ENTRIES = read_records("entries.txt")
KINDS = ["ints"] * 5 + ["words"] * 5 + ["chars", "text"]
FOR_TEXT = ("first", "last", "index", "none", "exactlyone", "atleast", "share", "percentage", "streak")
"""Shapes that make sense for the words or characters of one text."""
REPLACEMENTS = {"int": ["0", "-1", "1", "100", "None"], "str": ['""', '"?"', '"-"', '"x"', "None"]}
DEFAULTS = {"None": ["None", "None", "-1", "0"], "-1": ["-1", "-1", "None"], "0": ["0", "0.0", "None"]}
PEOPLE = [("keys", "key", "value")] * 4 + [
    ("names", "name", "value"),
    ("names", "name", "score"),
    ("players", "player", "score"),
    ("students", "student", "grade"),
    ("products", "product", "price"),
    ("products", "product", "stock"),
    ("items", "item", "quantity"),
    ("people", "person", "age"),
    ("users", "user", "count"),
    ("cities", "city", "population"),
    ("words", "word", "count"),
]
"""What keys and values of a dictionary may be called."""


def opposite(plural: str) -> str:
    """are even -> are not even, start with -> do not start with."""
    verb, _, rest = plural.partition(" ")
    if verb == "are":
        return f"are {rest[4:]}" if rest.startswith("not ") else f"are not {rest}"
    if verb == "do":
        return rest.removeprefix("not ")
    return f"do not {plural}"


def negated(condition: str) -> str:
    """The opposite of a condition in code, without `not` where an operator has one."""
    pairs = [(" == ", " != "), (" < ", " >= "), (" > ", " <= "), (" not in ", " in ")]
    if not re.search(r" and | or |^not |^\d+ <=|\bfor\b", condition):
        for pair in pairs:
            for one, other in (pair, pair[::-1]):
                if one in condition:
                    return condition.replace(one, other)
    simple = not re.search(r" (and|or|<=|in|==) ", re.sub(r"\(.*\)", "", condition))
    return f"not {condition}" if simple and not condition.startswith("not ") else f"not ({condition})"


def _condition(rng: random.Random, kind: str) -> tuple[Function, str, str, str]:
    """A counting pipeline with one filter, and its variable, iterable and condition in code."""
    while True:
        function = make_pipeline(rng, None, Wish(kind=kind, no_map=True, reduction=COUNT))
        if len(function.filters) != 1 or function.guarded:
            continue
        found = re.match(r"return sum\(1 for (\w+) in (.*) if (.*)\)$", function.body[0])
        return function, *found.groups()


def make_search(rng: random.Random, held: bool | None = None) -> Function:
    """Held as in `make_pipeline`: a combination is kind, filter and shape."""
    while True:
        if rng.random() < 0.25:
            shape, kind = rng.choice(ENTRIES), "vals"
        else:
            shape, kind = rng.choice(SEARCHES), rng.choice(KINDS)
            if kind in ("chars", "text") and shape.name not in FOR_TEXT:
                continue
        function, variable, iterable, condition = _condition(rng, kind)
        function.key = "|".join((kind, function.filters[0].id, "search", shape.name))
        if held is None or held_out(function.key) == held:
            break
    element = {"int": "int", "str": "str", "chr": "str"}[SOURCES[kind].element]
    values = {"P": function.parameters[0][0]}
    if "default" in shape.fields:
        values["D"] = rng.choice(DEFAULTS[shape.text("default")])
    if any("R if" in line for line in shape.fields["body"]):
        values["R"] = rng.choice(REPLACEMENTS[element])
    if shape.name == "atleast":
        values["N"] = rng.choice(["2", "3", "4", "5"])
    verb = ""
    if "needs" in shape.fields:
        mapping = rng.choice(MAPS[element][:13] if element == "int" else MAPS["str"][:8])
        amount = str(rng.choice([2, 3, 4, 5, 10, 100]))
        verb = re.sub(r"\bK\b", amount, rng.choice(mapping.verb))
        values["EXPR"] = re.sub(r"\bK\b", amount, re.sub(r"\bv\b", variable, mapping.expression))
    code = dict(values, V=variable, COND=condition, OPPOSITE=negated(condition), P=iterable)
    if kind == "vals":
        code["P"] = values["P"]
    body = [
        re.sub(r"\b(EXPR|COND|OPPOSITE|[VPDRN])\b", lambda match: code[match[1]], line) for line in shape.fields["body"]
    ]
    gives = re.sub(r"\bE\b", element, shape.text("gives"))
    function.returns, function.body = gives, body
    function.name_hint = {"first": ["first"], "index": ["index", "of"]}.get(shape.name, [shape.name]) + [
        function.filters[0].id
    ]
    function.wording = _wording(shape, function, kind, values, verb)
    return function


def _wording(shape: Record, function: Function, kind: str, values: dict[str, str], verb: str) -> Wording:
    parameter, plural = values["P"], function.predicates[0]
    said = shape.phrases("said")
    nouns = SOURCES[kind].nouns

    def wording(rng: random.Random, canonical: bool) -> str:
        template = said[0] if canonical else expand(rng, rng.choice(said))
        noun = nouns[0] if canonical else rng.choice(nouns)
        named = not canonical and parameter.isalpha() and len(parameter) > 3 and parameter.endswith("s")
        if named and kind in ("ints", "words") and rng.random() < 0.35:
            noun = parameter
        one = singular_noun(noun)
        where = "" if noun == parameter else " in " + parameter
        chosen = function.filters[0]
        clause = "that " + plural
        adjective = ""
        before = [phrase for phrase in chosen.before if not re.search(r"\b[KABC]\b", phrase)]
        if before and kind != "chars" and (canonical or rng.random() < 0.6):
            adjective, clause = rng.choice(before) if not canonical else before[0], ""
        who = PEOPLE[0] if canonical else rng.choice(PEOPLE)
        behind = singular_clause(clause)
        is_so, are_so = singular_predicate(plural), plural
        filled = {
            "xs": " ".join(filter(None, (adjective, noun))) + where + (" " + clause if clause else ""),
            "x": " ".join(filter(None, (adjective, one))) + where + (" " + behind if behind else ""),
            "all": noun,
            "each": one,
            "an": ("an " if one[0] in "aeiou" else "a ") + one,
            "is": is_so,
            "are": are_so,
            "isn't": singular_predicate(opposite(plural)),
            "aren't": opposite(plural),
            "do": verb.replace("O", "it"),
            "who": who[0],
            "one": who[1],
            "what": who[2],
        }
        those = rng.choice(["every ", "each "]) + filled["x"] if not canonical else "each " + filled["x"]
        filled["dothem"] = verb.replace("O", those, 1)
        filled["Dothem"] = filled["dothem"][:1].upper() + filled["dothem"][1:]
        text = re.sub(r"\b([DRN])\b", lambda match: values.get(match[1], match[1]), template)
        text = re.sub(r"\bP\b", parameter, text)
        text = re.sub(r"<([\w']+)>", lambda match: filled[match[1]], text)
        text = re.sub("  +", " ", text)
        return text if text.endswith((".", "?")) else text + "."

    return wording
