"""Alternatives inside a phrase, `{big/large}` for one of them, and words of one instead of many. Knows no function."""

from __future__ import annotations

import random
import re

_CHOICE = re.compile(r"\{([^{}]*)\}")


def expand(rng: random.Random, phrase: str) -> str:
    """The phrase with one of the alternatives in each pair of braces; inner ones first."""
    while match := _CHOICE.search(phrase):
        chosen = rng.choice(match[1].split("/"))
        phrase = phrase[: match.start()] + chosen + phrase[match.end() :]
    return phrase


def singular_noun(noun: str) -> str:
    """One of them: prices -> price, countries -> country. Nouns that are no plural stay."""
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    if noun.endswith(("sses", "xes", "ches", "shes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def singular_verb(verb: str) -> str:
    """The third person of a verb in the plural: are, have, start .."""
    return {"are": "is", "have": "has", "do": "does", "reach": "reaches", "finish": "finishes"}.get(verb, verb + "s")


def singular_clause(phrase: str) -> str:
    """What stands behind a noun, for one of them: that are even -> that is even. Others stay as they are."""
    first, _, rest = phrase.partition(" ")
    if first not in ("that", "which") or not rest:
        return phrase
    verb = rest.partition(" ")[0]
    if not verb.islower() or verb == "can":
        return phrase
    return f"{first} {singular_predicate(rest)}"


def singular_predicate(plural: str) -> str:
    """What is said of many, of one: are digits -> is a digit, start with -> starts with."""
    verb, _, rest = plural.partition(" ")
    kinds = ("digits", "letters", "vowels", "consonants", "spaces", "palindromes")
    first, _, behind = rest.removeprefix("not ").partition(" ")
    if first in kinds:
        article = ("not " if rest.startswith("not ") else "") + "a "
        rest = f"{article}{first[:-1]} {behind.replace('digits', 'digit')}".strip()
    return f"{singular_verb(verb)} {rest}"
