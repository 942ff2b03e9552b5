"""Draws one named function of any kind. Knows no job."""

from __future__ import annotations

import random
import re

from .any_all import make_any_all
from .classics import make_classic
from .dictionary import make_dictionary_function
from .function import Function
from .names import make_name
from .pipeline import make_pipeline
from .searches import make_search


def make_function(rng: random.Random, held: bool | None = None, exact_hints: bool = False) -> Function:
    """
    held: True = only held-out combinations (never a classic), False = only the others, None = any.
    exact_hints: never `list` for `list[int]`.
    """
    while True:
        drawn = rng.random()
        if drawn < 0.30:
            function = make_pipeline(rng, held)
        elif drawn < 0.34:
            function = make_any_all(rng, held)
        elif drawn < 0.37:
            function = make_dictionary_function(rng, held)
        elif drawn < 0.48:
            function = make_search(rng, held)
        else:
            function = make_classic(rng)
        if not (held and function.kind == "classic"):
            break
    function.name = make_name(rng, function.name_hint, bool(held))
    while function.name in function.parameter_names():
        function.name += "_of"
    if function.kind == "classic":
        function.write_own_name()
    if not exact_hints and rng.random() < 0.12:  # list instead of list[int]
        function.parameters = [(name, re.sub(r"^(list|dict)\[.*", r"\1", hint)) for name, hint in function.parameters]
        if rng.random() < 0.5:
            function.returns = re.sub(r"^(list|dict|tuple)\[.*", r"\1", function.returns)
    return function
