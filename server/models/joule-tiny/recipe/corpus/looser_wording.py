"""Small rewrites of a wording that keep its meaning: synonyms, fewer words, other quotes. Knows no code."""

from __future__ import annotations

import random
import re

from .function import Function
from .phrases import singular_noun
from .vocabulary import SYNONYMS

NEVER_REPLACED = ("The", "the", "and", "<", ">", "how many", "in reverse")
"""Synonyms that may be written but are too common or too vague to be replaced."""


def _pattern(words: list[str]) -> re.Pattern[str]:
    longest_first = [re.escape(word) for word in sorted(words, key=len, reverse=True) if word not in NEVER_REPLACED]
    return re.compile(r"(?<![\w\"])(" + "|".join(longest_first) + r")(?!\w| one\b)")


REPLACEMENTS = [(_pattern(words), words) for words in SYNONYMS]
PLACES = {
    "ints": ["list", "list", "numbers", "sequence"],
    "words": ["list", "list", "words"],
    "text": ["text", "string", "sentence"],
    "lines": ["text", "string"],
    "chars": ["string", "text", "word"],
    "vals": ["dictionary", "dict"],
    "keys": ["dictionary", "dict"],
}
"""What a parameter may be called instead of its name."""
CLASSIC_PLACES = {
    "ints": ["the list", "a list", "the numbers"],
    "str": ["the string", "a string", "the text"],
    "mat": ["the matrix", "a matrix"],
    "dict": ["the dictionary", "a dict"],
    "strs": ["the list", "the words", "the strings"],
    "pairs": ["the pairs", "the list"],
    "lines": ["the text", "a text"],
}
ELEMENTS = {
    "ints": ["numbers", "integers", "values", "elements", "items", "entries"],
    "sints": ["numbers", "integers", "values", "elements", "items", "entries"],
    "strs": ["words", "strings", "elements", "items", "entries", "names"],
}
"""What the elements of a list are called, by its kind."""
NUMBER_WORDS = dict(zip("2 3 4 5 6 7 8 9 10 12".split(), "two three four five six seven eight nine ten twelve".split()))


def loosen(rng: random.Random, function: Function, text: str, signature_shown: bool) -> str:
    """`text` is a wording of `function`; with its signature shown, the parameter need not be named."""
    if rng.random() < 0.35:
        return text
    text = _with_synonyms(rng, text)
    if function.kind == "classic" and rng.random() < 0.3:
        text = _with_own_noun(function, text)
    if signature_shown:
        text = _without_parameter(rng, function, text)
    if rng.random() < 0.2:
        every = [" all ", " every one of the ", " ", " all the ", " any "]
        plural = r" the (?=\w+(ed|en|d|ve|ers|rds|gs|es)\b)"
        text = re.sub(plural, lambda match: rng.choice(every) if rng.random() < 0.6 else match.group(), text, count=1)
    if rng.random() < 0.15:
        text = text.replace(" the ", " ", 1)
    if rng.random() < 0.2:
        text = re.sub(r"(?<![\"'\w.-])([2-9]|10|12)(?![\"'\w.:])", lambda match: NUMBER_WORDS[match.group()], text)
    if rng.random() < 0.25 and "\\" not in text:
        text = re.sub(r'"([^"\']+)"', r"'\1'", text)
    if rng.random() < 0.08:
        text = re.sub(r'["\']([a-z])["\']', r"the letter \1", text)
    return text


def _with_synonyms(rng: random.Random, text: str) -> str:
    for pattern, words in REPLACEMENTS:
        if rng.random() >= 0.35:
            continue
        match = pattern.search(text)
        if not match:
            continue
        word = rng.choice(words)
        if match.start() == 0:
            word = word[0].upper() + word[1:]
        elif word[0].isupper():
            continue
        text = text[: match.start()] + word + text[match.end() :]
    return text


def _with_own_noun(function: Function, text: str) -> str:
    """Elements called as the parameter calls them: the largest value of prices, the largest price."""
    name, kind = function.parameters[0][0], function.argument_kinds[0]
    single = singular_noun(name)
    if kind not in ELEMENTS or not re.fullmatch(r"[a-z]{3,}[a-rt-z]s", name) or single == "second":
        return text
    nouns = [noun for noun in ELEMENTS[kind] if not {noun, singular_noun(noun)} & {*function.parameter_names()[1:]}]
    many, one = "|".join(nouns), "|".join(map(singular_noun, nouns))
    if re.search(rf"(?<![\w\"']){name}(?![\w\"'])", text):
        text = re.sub(rf"(?<![\w-])(?:{many}) (?:in|of|from) {name}\b", name, text, count=1)
        return re.sub(rf"(?<![\w-])(?:{one}) (?:in|of|from) {name}\b", single, text, count=1)
    text = re.sub(rf"(?<![\w-])(?:{many})(?![\w-])", name, text)
    return re.sub(rf"(?<![\w-])(?:{one})(?![\w-]| of)", single, text)


def _without_parameter(rng: random.Random, function: Function, text: str) -> str:
    name = function.parameters[0][0]

    def place(match: re.Match[str]) -> str:
        places = PLACES[function.source]
        the, given = (f" {match[1]} the {rng.choice(places)}", f" {match[1]} the given {rng.choice(places)}")
        return rng.choice(["", the, given])

    if rng.random() < 0.4 and function.source in PLACES and len(re.findall(rf"\b{name}\b", text)) == 1:
        text = re.sub(rf" (in|of|from) {name}\b", place, text)
    if function.kind == "classic":
        for (name, _), kind in zip(function.parameters, function.argument_kinds):
            if kind in CLASSIC_PLACES and rng.random() < 0.22:
                text = re.sub(rf"(?<![\w\"']){name}(?![\w\"'])", rng.choice(CLASSIC_PLACES[kind]), text, count=1)
            elif name.isalpha() and len(name) > 3 and rng.random() < 0.15:
                text = re.sub(rf"(?<!the )(?<!a )(?<![\w\"']){name}(?![\w\"'])", f"the {name}", text)
    return text
