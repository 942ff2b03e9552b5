"""A pipeline asked for in freer words: as a question, a bare noun phrase, a loop told in English. Writes no code."""

from __future__ import annotations

import random
import re
from typing import Protocol

from .phrases import expand, singular_clause, singular_noun, singular_predicate
from .records import read_records
from .vocabulary import Filter, Reduction, Source

SAID = {record.name: record.phrases("said") for record in read_records("freely.txt")}
WITHOUT = {
    "novowel": "vowels",
    "nodigit": "digits",
    "nonspace": "spaces",
    "noletter": "letters",
    "noupper": "uppercase letters",
    "nopunct": "punctuation characters",
}
"""What is gone when a filter on characters keeps the rest."""
REMOVING = [
    "{Remove/remove/Delete/delete/Drop/drop/Strip/strip} {all/all the/the} <x> from <p>",
    "{get/Get} rid of {all/all the/the/any} <x> in <p>",
    "<p> without {its/the/any} <x>",
    "<p> with {all/the/all the} <x> {removed/taken out/stripped/gone}",
    "{everything/Everything} in <p> {but/except} the <x>",
    "{strip/Strip} {out /}{all/the/any} <x> out of <p>",
    "{Take/take} {all/the} <x> out of <p>",
    "<p> minus the <x>",
]
WITHOUT_ELEMENTS = [
    "{get/Get} rid of {all/} <x>",
    "{throw/Throw} {out/away} {all/} <x>{, keep the rest/}",
    "{everything/Everything} {but/except} <x>",
    "{Remove/remove/Delete/delete/Drop/drop} {all/every one of/} <x>{ and return what is left/, return the rest/}",
    "{filter/Filter} out <x>",
    "{Leave/leave} out <x>",
    "what is left after {dropping/removing/throwing away} <x>",
]


class Speaker(Protocol):
    """What of `_Draft` is used here."""

    rng: random.Random
    noun: str
    adjective: str
    where: str
    after: list[str]
    replacing_noun: str

    def pick(self, options: list[str]) -> str: ...

    def noun_phrase(self, article: bool = True, mapped: str | None = None) -> str: ...


class Parts(Protocol):
    """What of `PipelineWording` is used here."""

    kind: str
    source: Source
    parameter: str
    filters: list[Filter]
    filter_phrases: list[tuple[list[str], list[str], str]]
    map_phrases: list[list[str]] | None
    reduction: Reduction
    separator: str
    amount: str


def said_freely(draft: Speaker, parts: Parts, complement: str | None, tail: str) -> str | None:
    """`complement`: the elements that go, as a noun phrase, where there is a word for them. None: no such wording."""
    rng, kind = draft.rng, parts.reduction.id
    forms = []
    if parts.map_phrases:
        forms = [form for form, said in zip(("noun", "before", "after"), parts.map_phrases) if said]
        if not forms or rng.random() < 0.3:
            return _loop(draft, parts, tail)
    filter_id = parts.filters[0].id if len(parts.filters) == 1 else ""
    if not parts.map_phrases and filter_id in WITHOUT and kind == "text":
        return _filled(rng, rng.choice(REMOVING), {"x": WITHOUT[filter_id], "p": _named(rng, parts)})
    if not parts.map_phrases and complement and kind in ("list", "text") and rng.random() < 0.45:
        return _filled(rng, rng.choice(WITHOUT_ELEMENTS), {"x": complement})
    if not parts.map_phrases and kind == "count" and len(parts.filters) == 1 and rng.random() < 0.4:
        return _counted(draft, parts)
    mapped = rng.choice(forms) if forms else None
    if not mapped and kind == "list" and not parts.filters:
        return None
    values = {
        "the": draft.noun_phrase(True, mapped),
        "np": draft.noun_phrase(False, mapped),
        "one": _one(draft, parts, mapped),
    }
    templates = SAID[kind]
    if mapped:
        templates = [template for template in templates if "<one>" not in template]
    text = _filled(rng, rng.choice(templates), values)
    return re.sub(r"\b[NQ]\b", lambda match: parts.amount if match[0] == "N" else parts.separator, text)


def _filled(rng: random.Random, template: str, values: dict[str, str]) -> str:
    text = expand(rng, template)
    return re.sub(r"<(\w+)>", lambda match: values[match[1]], text)


def _named(rng: random.Random, parts: Parts) -> str:
    name = parts.parameter
    return rng.choice([name, name, "the " + name, "the string", "a string", "the text"])


def _one(draft: Speaker, parts: Parts, mapped: str | None) -> str:
    """The noun phrase in the singular: even number in nums that is below 10."""
    if mapped:
        return ""
    noun = singular_noun(draft.noun)
    clauses = [singular_clause(clause) for clause in draft.after]
    after = " " + " and ".join(clauses) if clauses else ""
    where = " " + draft.where if draft.where else ""
    return draft.adjective + noun + (where + after if draft.rng.random() < 0.5 else after + where)


def _loop(draft: Speaker, parts: Parts, tail: str) -> str | None:
    rng = draft.rng
    if parts.map_phrases is None or len(parts.filter_phrases) > 1:
        return None
    verb = rng.choice(parts.map_phrases[3])
    each = singular_noun(draft.noun if draft.noun == parts.parameter else rng.choice(parts.source.nouns))
    where = f" in {parts.parameter}" if draft.where or parts.kind in ("range", "digits") else ""
    if parts.kind == "range":
        where = f" from 1 to {parts.parameter}"
    tail = tail if parts.reduction.id != "list" else rng.choice(["", "", tail])
    if not parts.filter_phrases:
        what = rng.choice([f"each {each}{where}", f"every {each}{where}", f"every single {each}{where}"])
        return verb.replace("O", what, 1) + (rng.choice([", then ", " and ", " and then "]) + tail if tail else "")
    plural = parts.filter_phrases[0][2]
    what = rng.choice([f"each {each}{where}", f"every {each}{where}"])
    condition = rng.choice(
        [
            f"that {singular_predicate(plural)}",
            f"which {singular_predicate(plural)}",
            f"if it {singular_predicate(plural)}",
        ]
    )
    if condition.startswith("if"):
        sentence = rng.choice(["For ", "Take "]) + what + ", " + condition + ", " + verb.replace("O", "it", 1)
        if sentence.startswith("Take"):
            sentence = f"{verb.replace('O', what, 1)} that {singular_predicate(plural)}"
    else:
        sentence = rng.choice(
            [verb.replace("O", f"{what} {condition}", 1), f"for {what} {condition}, {verb.replace('O', 'it', 1)}"]
        )
    sentence += rng.choice(["", "", ", leave out the others", " and drop the rest"])
    return sentence + (rng.choice([", then ", "; ", " and finally "]) + tail if tail else "")


def _counted(draft: Speaker, parts: Parts) -> str | None:
    rng, plural, name = draft.rng, parts.filter_phrases[0][2], parts.parameter
    nouns = rng.choice(parts.source.nouns)
    where = draft.where or f"in {name}"
    the_where = where if parts.kind != "range" else f"from 1 to {name}"
    return rng.choice(
        [
            f"how many {nouns} {the_where} {plural}?",
            f"How many of the {nouns} {the_where} {plural}?",
            f"Count how many {nouns} {the_where} {plural}",
            f"count how many of the {nouns} {plural}",
            f"{name}: how many of them {plural}?",
            f"the number of {nouns} {the_where} that {plural}",
            f"Number of {nouns} {the_where} that {plural}",
            f"how many {nouns} are there that {plural}",
        ]
    )
