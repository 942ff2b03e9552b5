"""How a pipeline is asked for in English: as one phrase or as a sequence of steps. Writes no code."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from .pipeline_body import Guard
from .pipeline_freely import said_freely
from .pipeline_guards import guard_clauses, guard_sentences
from .vocabulary import Filter, Reduction, Source

FOR_NUMBERS = [
    "Return",
    "Return",
    "Return",
    "Compute",
    "Find",
    "Get",
    "Calculate",
    "Compute and return",
    "Give",
    "Determine",
]
FOR_OTHERS = ["Return", "Return", "Return", "Get", "Give", "Build", "Produce"]
KEEPING = ["Keep", "Take", "Select", "Pick", "Keep only", "Filter", "Find", "Get"]
OPPOSITES = {
    "even": "odd",
    "odd": "even",
    "nonneg": "negative",
    "nonzero": "zero",
    "nonempty": "empty",
    "novowel": "vowel",
}
"""What is dropped when a filter keeps the rest, as an adjective."""

COMPLEMENTS = {
    "gt": "at most {number}",
    "le": "greater than {number}",
    "lt": "at least {number}",
    "ge": "less than {number}",
    "ndiv": "divisible by {number}",
    "ne": "equal to {number}",
    "div": "not divisible by {number}",
    "eq": "not equal to {number}",
    "hasnt": "containing {quoted}",
    "has": "without {quoted}",
    "longer": "of at most {number} characters",
    "shorter": "with at least {number} characters",
    "minlen": "shorter than {number} characters",
}
"""The same as a phrase after the noun."""


FREELY = 0.45
"""How often a pipeline is asked for in freer words."""


@dataclass
class PipelineWording:
    """The parts of a pipeline that wordings speak of, numbers and quoted texts filled in."""

    kind: str
    source: Source
    parameter: str
    filters: list[Filter]
    conditions: list[str]
    filter_phrases: list[tuple[list[str], list[str], str]]
    map_phrases: list[list[str]] | None
    reduction: Reduction
    leads: list[str]
    tails: list[str]
    separator: str
    amount: str
    guard: Guard | None

    def text(self, rng: random.Random, canonical: bool) -> str:
        """One wording; the canonical one takes the first of everything and draws nothing."""
        return _Draft(self, rng, canonical).text()


class _Draft:
    """One wording in the making. The order of its draws is part of the corpus."""

    def __init__(self, parts: PipelineWording, rng: random.Random, canonical: bool) -> None:
        self.parts = parts
        self.rng = rng
        self.canonical = canonical
        self.noun = self.pick(parts.source.nouns)
        self.adjective = ""
        self.replacing_noun = ""
        self.after = self._filter_phrases()
        parameter = parts.parameter
        self.parameter_is_noun = (
            not canonical
            and parts.kind in ("ints", "words")
            and not self.replacing_noun
            and parameter.isalpha()
            and len(parameter) > 3
            and parameter.endswith("s")
            and rng.random() < 0.3
        )
        self.noun = parameter if self.parameter_is_noun else self.replacing_noun or self.noun
        self.where = self._where()

    def pick(self, options: list[str]) -> str:
        return options[0] if self.canonical else self.rng.choice(options)

    def _filter_phrases(self) -> list[str]:
        after = []
        for index, (before, behind, _) in enumerate(self.parts.filter_phrases):
            if before and (self.canonical or self.rng.random() < 0.65) and index == 0:
                if self.parts.source.element == "chr":
                    self.replacing_noun = self.pick(before)
                else:
                    self.adjective = self.pick(before) + " "
            else:
                after.append(self.pick(behind))
        return after

    def _where(self) -> str:
        parts, name = self.parts, self.parts.parameter
        options = {
            "range": [f"from 1 to {name}", f"between 1 and {name}", f"up to {name}"],
            "digits": [f"of {name}", f"in {name}"],
            "vals": [f"of {name}", f"in {name}"],
            "keys": [f"of {name}", f"in {name}"],
        }.get(parts.kind, [f"in {name}", f"in {name}", f"of {name}", f"from {name}"])
        if self.parameter_is_noun:
            return ""
        if parts.kind == "range" and any("between" in phrase for phrase in self.after):
            return options[0]
        return self.pick(options)

    def _after_noun(self) -> str:
        if len(self.after) == 2 and all(phrase.startswith("that ") for phrase in self.after):
            both_are = all(phrase.startswith("that are ") for phrase in self.after)
            return self.after[0] + " and " + self.after[1][9 if both_are else 5 :]
        return " and ".join(self.after)

    def noun_phrase(self, article: bool = True, mapped: str | None = None) -> str:
        """`mapped`: say the map as noun, before or after the elements."""
        phrases = self.parts.map_phrases or [[], [], [], []]
        elements = self.adjective + self.noun
        where = " " + self.where if self.where else ""
        if mapped == "before":
            elements = self.pick(phrases[1]) + " " + elements
        after = " " + self._after_noun() if self.after else ""
        if after and (self.canonical or self.parts.kind == "range" or self.rng.random() < 0.5):
            tail = where + after
        else:
            tail = after + where
        the = "the " if article else ""
        if mapped == "noun":
            noun = self.pick(phrases[0])
            return the + noun + " of " + ("the " if self.canonical or self.rng.random() < 0.8 else "") + elements + tail
        if mapped == "after":
            return the + elements + tail + " " + self.pick(phrases[2])
        return the + elements + tail

    def text(self) -> str:
        parts, rng = self.parts, self.rng
        drawn = 0.0 if self.canonical else rng.random()
        forms = []
        if parts.map_phrases:
            forms = [form for form, said in zip(("noun", "before", "after"), parts.map_phrases) if said]
        number = parts.reduction.gives in ("int", "float") and parts.reduction.id != "list"
        imperative = self.pick(FOR_NUMBERS if number else FOR_OTHERS)
        has_map = parts.map_phrases is not None
        if not self.canonical and rng.random() < FREELY:
            sentence = said_freely(self, parts, self._complement(), self.pick(parts.tails))
            if sentence:
                return self._with_guard(sentence if sentence.endswith("?") else sentence + ".")
        in_steps = (drawn > 0.5 and (has_map or parts.filters)) or (has_map and not forms)
        sentence = self._steps() if in_steps else self._one_phrase(imperative, forms if has_map else [])
        if not sentence.endswith("?"):
            sentence += "."
        return self._with_guard(sentence)

    # ---- one phrase
    def _one_phrase(self, imperative: str, forms: list[str]) -> str:
        parts, rng, kind = self.parts, self.rng, self.parts.reduction.id
        mapped = self.pick(forms) if forms else None
        lead = self.pick(parts.leads)
        lead = re.sub(r"^R\b", imperative, lead)
        if kind in ("uniq", "nuniq"):
            sentence = lead + " " + self.noun_phrase(False, mapped)
        elif kind == "join":
            sentence = (
                lead + " " + self.noun_phrase(True, mapped) + " " + self.pick(["with ", "using "]) + parts.separator
            )
        elif lead.endswith(("order", "by length", "by first letter")) and lead.startswith(("R", "G", "B", "P", "S")):
            verb, rest = lead.split(" ", 1)
            sentence = verb + " " + self.noun_phrase(True, mapped) + " " + rest
        elif kind in ("list", "text") and lead in FOR_OTHERS:
            sentence = lead + " " + self.noun_phrase(True, mapped)
            sentence += self.pick([" as a list", " in a list"]) if kind == "list" else " as a string"
        elif kind == "count" and not self.canonical and rng.random() < 0.25:
            sentence = self._how_many(mapped)
        else:
            article = kind not in ("list", "asc") or rng.random() < 0.5 or self.canonical
            sentence = lead + " " + self.noun_phrase(article, mapped)
        if not self.canonical and rng.random() < 0.12:
            name, given = parts.parameter, parts.source.given
            opening = self.pick(
                [f"Given {self.pick(given)} {name}, ", f"For {self.pick(given)} {name}, ", f"Given {name}, "]
            )
            sentence = opening + sentence[0].lower() + sentence[1:]
        return sentence

    def _how_many(self, mapped: str | None) -> str:
        phrases = self.parts.filter_phrases
        if len(phrases) == 1 and self.rng.random() < 0.5:
            return "How many " + self.pick(self.parts.source.nouns) + " " + self.where + " " + phrases[0][2] + "?"
        return "How many " + self.noun_phrase(False, mapped) + self.pick([" are there?", " exist?", "?"])

    # ---- a sequence of steps
    def _steps(self) -> str:
        parts, rng = self.parts, self.rng
        tail = self.pick(parts.tails)
        verb = self.pick(parts.map_phrases[3]) if parts.map_phrases else ""
        without_of = "of O" not in verb
        them = self.pick(
            ["each one", "them", "each of them", "each"] if without_of else ["each one", "each", "each of them"]
        )
        style = 0 if self.canonical else rng.randrange(4)
        if verb and (not parts.filters or style == 0):
            if self.canonical:
                those = self.noun_phrase().replace("the ", "each of the ", 1)
            else:
                those = self.noun_phrase()
                those = those.replace("the ", self.pick(["each of the ", "all the ", "the ", "all "]), 1)
            sentence = verb.replace("O", those, 1) if " O" in verb else verb
            return sentence[0].upper() + sentence[1:] + self.pick([" and ", ", then ", " and then "]) + tail
        keep = self.pick(KEEPING) + " " + self.noun_phrase()
        if not self.canonical and len(parts.filters) == 1 and rng.random() < 0.5:
            keep = self._dropping() or keep
        keeps = keep.startswith(("Keep", "Take", "Pick", "Select"))
        if not self.canonical and keeps and rng.random() < 0.1:
            keep += self.pick([", drop the rest", ", ignore the others"])
        if verb:
            sentence = keep + ", " + verb.replace("O", them) + self.pick([" and ", ", then ", ", and "]) + tail
        else:
            sentence = keep + self.pick([" and ", ", then ", " and then "]) + tail
        if not self.canonical and rng.random() < 0.1:
            sentence = f"Go through {parts.parameter}, " + sentence[0].lower() + sentence[1:]
        return sentence

    def _complement(self) -> str | None:
        """The elements that go, where there is a word for them."""
        dropped = self._dropping() if len(self.parts.filters) == 1 else None
        return dropped and re.sub(r"^(Throw away|Leave out|\w+) ", "", dropped)

    def _dropping(self) -> str | None:
        """The filter said by what goes instead of what stays; None where there is no such wording."""
        parts = self.parts
        filter_id, condition = parts.filters[0].id, parts.conditions[0]
        number = (re.search(r"[<>=%] (\w+)", condition) or re.search(r"(\w+)", condition))[1]
        quoted = re.search(r'"[^"]*"', condition)
        if filter_id in OPPOSITES:
            verb = self.pick(["Drop", "Remove", "Ignore", "Skip", "Throw away", "Leave out"])
            return f"{verb} the {OPPOSITES[filter_id]} {self._elements()}"
        if filter_id in COMPLEMENTS:
            verb = self.pick(["Drop", "Remove", "Ignore", "Skip", "Leave out"])
            complement = COMPLEMENTS[filter_id].format(number=number, quoted=quoted and quoted.group())
            return f"{verb} the {self._elements()} {complement}"
        return None

    def _elements(self) -> str:
        if self.parameter_is_noun:
            return self.parts.parameter
        return self.pick(self.parts.source.nouns) + " " + self.where

    # ---- guards
    def _with_guard(self, sentence: str) -> str:
        parts, guard = self.parts, self.parts.guard
        if guard is None:
            return sentence
        can_trail = guard.kind in ("none", "empty") and sentence.endswith(".")
        if not self.canonical and can_trail and self.rng.random() < 0.3:
            return sentence[:-1] + self.pick(guard_clauses(guard, parts.parameter, parts.kind))
        return sentence + " " + self.pick(guard_sentences(guard, parts.parameter, parts.kind, parts.source.nouns[0]))
