"""Functions that say whether any or all elements satisfy a condition. Built from counting pipelines."""

from __future__ import annotations

import random
import re

from .function import Function, held_out
from .phrases import singular_noun, singular_predicate
from .pipeline import Wish, make_pipeline
from .vocabulary import COUNT, SOURCES

WORDINGS = {
    "all": [
        "Return True if all %s in %s %s.",
        "Check whether all %s in %s %s.",
        "Check if all the %s in %s %s.",
        "Return whether all %s in %s %s.",
        "Tell if all %s of %s %s.",
    ],
    "any": [
        "Return True if any %s in %s %s.",
        "Check whether any %s in %s %s.",
        "Return whether any of the %s in %s %s.",
        "Check if some %s in %s %s.",
        "Tell if any %s of %s %s.",
    ],
}
SINGULAR_WORDINGS = {
    "all": [
        "Return True if every %s in %s %s.",
        "Check that each %s in %s %s.",
        "True if every %s of %s %s.",
        "Check whether every %s in %s %s.",
    ],
    "any": [
        "Return True if at least one %s in %s %s.",
        "Check if there is a %s in %s that %s.",
        "True if some %s of %s %s.",
        "Return True when any %s in %s %s.",
    ],
}


def make_any_all(rng: random.Random, held: bool | None = None) -> Function:
    """Held as in `make_pipeline`."""
    while True:
        kind = rng.choice(["ints", "words", "chars", "text", "vals", "digits"])
        wish = Wish(kind=kind, no_map=True, reduction=COUNT)
        function = make_pipeline(rng, None, wish)
        while len(function.filters) != 1 or function.guarded:
            function = make_pipeline(rng, None, wish)
        quantifier = rng.choice(["any", "all"])
        function.key = "|".join((kind, function.filters[0].id, quantifier))
        if held is None or held_out(function.key) == held:
            break
    name = function.parameters[0][0]
    nouns, predicate = SOURCES[kind].nouns, function.predicates[0]
    variable, iterable, condition = re.match(r"return sum\(1 for (\w+) in (.*) if (.*)\)$", function.body[0]).groups()
    function.body = [f"return {quantifier}({condition} for {variable} in {iterable})"]
    function.returns = "bool"

    def wording(rng: random.Random, canonical: bool) -> str:
        noun = nouns[0] if canonical else rng.choice(nouns)
        if canonical:
            return WORDINGS[quantifier][0] % (noun, name, predicate)
        if rng.random() >= 0.4:
            return rng.choice(WORDINGS[quantifier]) % (noun, name, predicate)
        verb, rest = predicate.split(" ", 1)
        if rng.random() < 0.3:
            if verb == "are":
                return f"Are {quantifier} {noun} in {name} {rest}?"
            return f"Do {quantifier} {noun} in {name} {rest if verb == 'do' else predicate}?"
        one = singular_noun(noun)
        return rng.choice(SINGULAR_WORDINGS[quantifier]) % (one, name, singular_predicate(predicate))

    function.wording = wording
    function.name_hint = [quantifier, function.filters[0].id, nouns[0]]
    return function
