"""Names of functions: from what they do, from unrelated words, or invented. Knows no code."""

from __future__ import annotations

import random

from .function import Function
from .vocabulary import WORDS

BUILT_IN = {"list", "sum", "min", "max", "map", "str", "len", "abs", "sorted", "set", "dict"}
ALL_SYLLABLES = WORDS["syllables"]
TRAINING_SYLLABLES = [syllable for index, syllable in enumerate(ALL_SYLLABLES) if index % 5]


def make_name(rng: random.Random, hint: list[str] | None, held: bool = False) -> str:
    """A name for a function; `held` lets it use syllables that training never saw."""
    drawn = rng.random()
    verbs, nouns = WORDS["verbs"], WORDS["nouns"]
    if drawn < 0.40 and hint:
        name = "_".join(hint)
    elif drawn < 0.75:
        name = rng.choice(verbs) + "_" + rng.choice(nouns)
        name += rng.choice(["", "", "", "_" + rng.choice(nouns), "2", "_all"])
    elif drawn < 0.80:
        name = rng.choice(verbs) + rng.choice(nouns).capitalize()
    elif drawn < 0.84:
        name = rng.choice("fgh")
    else:
        syllables = ALL_SYLLABLES if held else TRAINING_SYLLABLES
        name = "".join(rng.choice(syllables) for _ in range(rng.randint(2, 4)))
        name += rng.choice(["", "", "_" + rng.choice(nouns), rng.choice("bcdfgklmnprst")])
    return name + "_of" if name in BUILT_IN else name


def name_all(rng: random.Random, functions: list[Function]) -> None:
    """Gives each function a name that no other of them, and no parameter of its own, has."""
    seen = {"list"}
    for function in functions:
        while True:
            function.name = make_name(rng, function.name_hint)
            if function.name not in seen and function.name not in function.parameter_names():
                break
        seen.add(function.name)
        if function.kind == "classic":
            function.write_own_name()
