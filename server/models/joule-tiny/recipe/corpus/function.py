"""A function of the corpus: its code and how it is asked for. Knows no job and no prompt."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from .vocabulary import Filter

HELD_OUT_PERCENT = 12

Wording = Callable[[random.Random, bool], str]


@dataclass
class Function:
    """
    `key` names the combination, `kind` is pipe, classic, chain or report; `source` says what its first argument is.
    `constants` are the numbers, quoted texts and names of extra parameters that its code compares with.
    """

    kind: str
    key: str
    name_hint: list[str]
    parameters: list[tuple[str, str]]
    returns: str
    body: list[str]
    wording: Wording
    source: str
    constants: list[int | str] = field(default_factory=list)
    name: str = ""
    guarded: bool = False
    filters: list[Filter] = field(default_factory=list)
    predicates: list[str] = field(default_factory=list)
    argument_kinds: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    known_by_name: bool = False
    """Whether its usual name alone says what it does."""

    def signature(self, hints: bool = True) -> str:
        """The `def ...:` line, with or without types."""
        if hints:
            listed = ", ".join(f"{name}: {hint}" for name, hint in self.parameters)
            return f"def {self.name}({listed}) -> {self.returns}:"
        return f"def {self.name}({', '.join(self.parameter_names())}):"

    def code(self, hints: bool = True) -> str:
        """The whole function, without a last line break."""
        return self.signature(hints) + "\n" + "\n".join("    " + line for line in self.body)

    def parameter_names(self) -> list[str]:
        """The names of the parameters, in order."""
        return [name for name, _ in self.parameters]

    def text(self, rng: random.Random) -> str:
        """One of the ways to ask for it."""
        return self.wording(rng, False)

    def canonical_text(self) -> str:
        """The one sentence that documents it."""
        return self.wording(random.Random(0), True)

    def write_own_name(self) -> None:
        """Replaces @ before a bracket in the body, a call of itself, by the function's name; other at signs are texts."""
        self.body = [line.replace("@(", self.name + "(") for line in self.body]


def held_out(key: str) -> bool:
    """Whether a combination is kept out of training: by hash, so that it never depends on a seed."""
    return int(hashlib.md5(key.encode()).hexdigest(), 16) % 100 < HELD_OUT_PERCENT
