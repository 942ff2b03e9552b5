"""Functions that filter, map and reduce one source: chooses the parts and assembles them. Doesn't know how they are said or written."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from .function import Function, held_out
from .pipeline_body import Guard, body_of
from .pipeline_wording import PipelineWording
from .vocabulary import (
    COUNT,
    EMPTY_VALUES,
    EXTRA_PARAMETERS,
    FILTERS,
    MAPS,
    QUOTED,
    REDUCTIONS,
    SEPARATORS,
    SOURCES,
    WORDS,
    Filter,
    Map,
    Reduction,
)

SOURCE_WEIGHTS = (
    ["ints"] * 7
    + ["words"] * 6
    + ["text"] * 3
    + ["chars"] * 3
    + ["lines", "digits", "range", "range", "vals", "vals", "keys"]
)
APPENDED = ["!", "?", "s", "_x", ".txt", "-", "a", "ing", "!", ".", "#", "@", "un", "_"]
PREFIXES = "new old raw all my user input given current daily test some".split()


@dataclass
class Parts:
    """What a pipeline is made of. `kind` names the source."""

    kind: str
    filters: list[Filter]
    map: Map | None
    reduction: Reduction

    def key(self) -> str:
        """The combination's name, for `held_out`."""
        filters = "+".join(sorted(chosen.id for chosen in self.filters))
        return "|".join((self.kind, filters, self.map.id if self.map else "", self.reduction.id))


@dataclass
class Wish:
    """What a caller fixes; None leaves it to chance. `no_map` asks for none."""

    kind: str | None = None
    filters: list[Filter] | None = None
    map: Map | None = None
    no_map: bool = False
    reduction: Reduction | None = None
    plain: bool = False
    """Neither guards nor extra parameters."""


@dataclass
class Numbers:
    """Draws the literals and extra parameters of one function."""

    rng: random.Random
    plain: bool
    used: set[str]
    parameters: list[tuple[str, str]]
    constants: list[int | str] = field(default_factory=list)

    def draw(self, low: int, high: int, large: tuple[int, ...] = ()) -> str:
        """A literal, or the name of an extra parameter."""
        if not self.plain and self.rng.random() < 0.2:
            free = [name for name in EXTRA_PARAMETERS if name not in self.used]
            if free and len(self.parameters) < 2:
                name = self.rng.choice(free)
                self.used.add(name)
                self.parameters.append((name, "int"))
                self.constants.append(name)
                return name
        value = self.rng.choice(list(range(low, high + 1)) + list(large))
        self.constants.append(value)
        return str(value)


def fill(text: str, values: dict[str, str]) -> str:
    """Replaces the single letters K, A, B, C, N and Q that have a value."""
    return re.sub(r"\b[KABCNQ]\b", lambda match: values.get(match.group(), match.group()), text)


def make_pipeline(rng: random.Random, held: bool | None = None, wish: Wish | None = None) -> Function:
    """held: True = only held-out combinations, False = only the others, None = any."""
    wish = wish or Wish()
    parts = _choose(rng, held, wish)
    source = SOURCES[parts.kind]
    parameter = _parameter_name(rng, parts.kind)
    parameters = [(parameter, source.hint)]
    numbers = Numbers(rng, wish.plain, {parameter, source.variable, "values", "result", "counts", "groups"}, parameters)
    conditions, filter_phrases = _filters(rng, parts, numbers)
    expression, map_phrases = _map(rng, parts, numbers)
    values: dict[str, str] = {}
    if parts.reduction.id in ("firstn", "lastn", "topn", "lown"):
        values["N"] = numbers.draw(2, 5)
    if parts.reduction.id == "join":
        values["Q"] = f'"{rng.choice(SEPARATORS)}"'
    guard = _guard(rng, parts, wish.plain)
    result = parts.map.gives if parts.map else source.element
    iterable = source.iterable.replace("P", parameter)
    wording = PipelineWording(
        kind=parts.kind,
        source=source,
        parameter=parameter,
        filters=parts.filters,
        conditions=conditions,
        filter_phrases=filter_phrases,
        map_phrases=map_phrases,
        reduction=parts.reduction,
        leads=[fill(lead, values) for lead in parts.reduction.lead],
        tails=[fill(tail, values) for tail in parts.reduction.tail],
        separator=values.get("Q", ""),
        amount=values.get("N", ""),
        guard=guard,
    )
    short = {"list": "list", "count": "count", "text": "keep"}.get(parts.reduction.id, parts.reduction.id)
    name_hint = [short] + [chosen.id for chosen in parts.filters[:1]] + ([parts.map.id] if parts.map else [])
    returns = "list[str]" if result == "str" and parts.reduction.gives == "list[int]" else parts.reduction.gives
    return Function(
        kind="pipe",
        key=parts.key(),
        name_hint=name_hint + [source.nouns[0]],
        parameters=parameters,
        returns=returns,
        body=body_of(
            reduction=parts.reduction.id,
            iterable=iterable,
            is_list=parts.kind in ("ints", "words"),
            parameter=parameter,
            variable=source.variable,
            conditions=conditions,
            expression=expression if parts.map else None,
            values=values,
            guard=guard,
        ),
        wording=wording.text,
        source=parts.kind,
        constants=numbers.constants,
        guarded=guard is not None,
        filters=parts.filters,
        predicates=[plural for _, _, plural in filter_phrases],
    )


def _choose(rng: random.Random, held: bool | None, wish: Wish) -> Parts:
    while True:
        kind = wish.kind or rng.choice(SOURCE_WEIGHTS)
        element = SOURCES[kind].element
        filters = wish.filters
        if filters is None:
            possible = FILTERS[element]
            if kind in ("digits", "range"):
                possible = [candidate for candidate in possible if candidate.id not in ("neg", "nonneg", "pos")]
            count = rng.choices([0, 1, 2], [3, 10, 3 if element != "chr" else 0])[0]
            filters = rng.sample(possible, count)
            if len({chosen.condition[:9] for chosen in filters}) < len(filters):
                continue
        mapping = wish.map
        if mapping is None and not wish.no_map:
            mapping = rng.choice(MAPS[element]) if rng.random() < 0.6 else None
        reductions = REDUCTIONS[mapping.gives if mapping else element]
        if not mapping and filters:
            reductions = reductions + [COUNT]
        if kind in ("text", "keys", "lines") and not filters and not mapping:
            reductions = [candidate for candidate in reductions if candidate.id != "list"]
        if wish.reduction is not None:
            reduction = wish.reduction
        else:
            reduction = COUNT if COUNT in reductions and rng.random() < 0.25 else rng.choice(reductions)
        parts = Parts(kind, list(filters), mapping, reduction)
        if _makes_sense(parts) and _is_wanted(parts, held, wish.filters is not None):
            return parts


def _makes_sense(parts: Parts) -> bool:
    if parts.reduction.id in ("list", "text") and not parts.filters and not parts.map:
        return False
    if parts.kind == "digits" and parts.reduction.id == "list" and not parts.filters:
        return False
    return not (parts.kind == "digits" and parts.map and parts.map.id in ("negate", "abs", "add", "sub"))


def _is_wanted(parts: Parts, held: bool | None, filters_given: bool) -> bool:
    combined = bool(parts.filters or parts.map)
    if held is not None and combined and not filters_given and held_out(parts.key()) != held:
        return False
    return combined or not held


def _parameter_name(rng: random.Random, kind: str) -> str:
    name = rng.choice(SOURCES[kind].parameters)
    if rng.random() < 0.12 and kind in ("ints", "words"):
        return rng.choice(PREFIXES) + "_" + rng.choice(WORDS["number-lists" if kind == "ints" else "word-lists"])
    if rng.random() < 0.04:
        if kind == "ints":
            return rng.choice(["num", "int", "score", "value"]) + "_list"
        if kind == "words":
            return rng.choice(["word", "string", "name", "item"]) + "_list"
        return rng.choice(["input"]) + "_" + name
    return name


def _filters(
    rng: random.Random, parts: Parts, numbers: Numbers
) -> tuple[list[str], list[tuple[list[str], list[str], str]]]:
    """Conditions in code; phrases before and after the noun and the plural predicate."""
    source = SOURCES[parts.kind]
    conditions, phrases = [], []
    for chosen in parts.filters:
        values: dict[str, str] = {}
        if "K" in chosen.condition:
            large = source.element == "int" and chosen.id not in ("div", "ndiv")
            values["K"] = numbers.draw(2, 9, (10, 12, 15, 20, 50, 100) if large else ())
        if re.search(r"\bA\b", chosen.condition):
            low = rng.randint(0, 9)
            values.update(A=str(low), B=str(low + rng.choice([2, 3, 5, 10, 20])))
            numbers.constants.append(low)
        if re.search(r"\bC\b", chosen.condition):
            quoted = rng.choice(QUOTED) if source.element == "str" else rng.choice("aesxt-_, ")
            values["C"] = f'"{quoted}"'
            numbers.constants.append(quoted)
        conditions.append(re.sub(r"\bv\b", source.variable, fill(chosen.condition, values)))
        before = [fill(phrase, values) for phrase in chosen.before]
        after = [fill(phrase, values) for phrase in chosen.after]
        phrases.append((before, after, fill(chosen.plural, values)))
    return conditions, phrases


def _map(rng: random.Random, parts: Parts, numbers: Numbers) -> tuple[str, list[list[str]] | None]:
    """The expression in code; phrases as noun, before, after and as verb."""
    variable = SOURCES[parts.kind].variable
    chosen = parts.map
    if chosen is None:
        return variable, None
    values: dict[str, str] = {}
    if "K" in chosen.expression:
        values["K"] = numbers.draw(2, 10, (12, 15, 20, 100))
    if re.search(r"\bC\b", chosen.expression):
        values["C"] = f'"{rng.choice(APPENDED)}"'
    said = [
        [fill(phrase, values) for phrase in part] for part in (chosen.noun, chosen.before, chosen.after, chosen.verb)
    ]
    return re.sub(r"\bv\b", variable, fill(chosen.expression, values)), said


def _guard(rng: random.Random, parts: Parts, plain: bool) -> Guard | None:
    """What happens with nothing: on empty input (empty, small) or when nothing is left (none), as value or ValueError."""
    drawn = rng.random()
    if plain:
        return None
    can_be_empty = parts.kind not in ("digits", "range")
    needs_one = parts.reduction.id in ("max", "min", "avg", "longest", "shortest", "span")
    result_type = re.match(r"\w+", parts.reduction.gives).group()
    values = EMPTY_VALUES[result_type] + {"int": ["-1"], "float": ["0.0"]}.get(result_type, [])
    if needs_one and drawn < 0.35:
        return Guard("none", rng.choice(values))
    if needs_one and drawn < 0.42:
        return Guard("noneraise")
    if drawn < 0.16 or (needs_one and drawn < 0.6):
        return Guard("empty" if can_be_empty else "small", rng.choice(values))
    if drawn < 0.22:
        return Guard("emptyraise" if can_be_empty else "negraise")
    return None
