"""Small rewrites of a wording that keep its meaning: synonyms, fewer words, other quotes, other moods. Knows no code."""

from __future__ import annotations

import random
import re

from .function import Function
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
}
NUMBER_WORDS = {"2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "10": "ten"}
NO_VERB = ("If", "Given", "For", "An", "From")
"""First words of sentences that don't begin with a verb."""
THIRD_PERSON = {
    "Multiply": "multiplies",
    "Go": "goes",
    "Apply": "applies",
    "Flatten": "flattens",
    "Compress": "compresses",
    "Collapse": "collapses",
    "Encrypt": "encrypts",
    "Measure": "measures",
    "Raise": "raises",
    "Solve": "solves",
    "Pass": "passes",
}


def loosen(rng: random.Random, function: Function, text: str, signature_shown: bool) -> str:
    """`text` is a wording of `function`; with its signature shown, the parameter need not be named."""
    if rng.random() < 0.35:
        return text
    text = _with_synonyms(rng, text)
    if signature_shown:
        text = _without_parameter(rng, function, text)
    if rng.random() < 0.2:
        every = [" all ", " every one of the ", " ", " all the ", " any "]
        plural = r" the (?=\w+(ed|en|d|ve|ers|rds|gs|es)\b)"
        text = re.sub(plural, lambda match: rng.choice(every) if rng.random() < 0.6 else match.group(), text, count=1)
    if rng.random() < 0.15:
        text = text.replace(" the ", " ", 1)
    if rng.random() < 0.2:
        counted = r"\b(2|3|4|5|6|10)\b(?= (largest|smallest|of|characters|letters|chars|biggest|highest))"
        text = re.sub(counted, lambda match: NUMBER_WORDS[match.group()], text)
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


def _without_parameter(rng: random.Random, function: Function, text: str) -> str:
    name = function.parameters[0][0]

    def place(match: re.Match[str]) -> str:
        places = PLACES[function.source]
        the, given = (f" {match[1]} the {rng.choice(places)}", f" {match[1]} the given {rng.choice(places)}")
        return rng.choice(["", the, given])

    if rng.random() < 0.4 and function.source in PLACES and len(re.findall(rf"\b{name}\b", text)) == 1:
        text = re.sub(rf" (in|of|from) {name}\b", place, text)
    if function.kind == "classic" and function.argument_kinds[0] in CLASSIC_PLACES and len(function.parameters) == 1:
        if rng.random() < 0.3:
            text = re.sub(rf"\b{name}\b", rng.choice(CLASSIC_PLACES[function.argument_kinds[0]]), text, count=1)
    return text


def restyle(rng: random.Random, text: str) -> str:
    """The same wish as a docstring, a note, a polite request or a description."""
    drawn = rng.random()
    first = text.split(" ", 1)[0]
    if text.endswith("?") or text.startswith(("The ", "A ", "True ", "I ", "How ", "List of", "Are ", "Do ")):
        return text if drawn < 0.6 else text[:-1] if drawn < 0.85 else text[0].lower() + text[1:]
    begins_with_verb = first.isalpha() and first not in NO_VERB
    rest = text[len(first) :]
    third = THIRD_PERSON.get(first, first.lower() + "s")
    if drawn > 0.90 and begins_with_verb:
        if text.startswith("Return the ") and rng.random() < 0.5:
            noun = text[11].upper() + text[12:]
            return noun if rng.random() < 0.6 or ". " in noun else noun.rstrip(".")
        plural = first + ("es" if first.endswith(("ss", "sh", "ch")) else "s")
        return THIRD_PERSON.get(first, plural).capitalize() + rest
    if drawn > 0.87:
        openings = [
            "Takes the input and ",
            "This function ",
            "It ",
            "Takes a value and ",
            "Helper that ",
            "Function that ",
        ]
        return rng.choice(openings) + third + rest if begins_with_verb else text
    if drawn < 0.50 or first in NO_VERB:
        return text
    lowered = text[0].lower() + text[1:]
    if drawn < 0.65:
        return lowered[:-1] if ". " not in lowered else lowered
    if drawn < 0.72:
        return rng.choice(["Please ", "please "]) + lowered
    if drawn < 0.84:
        openings = [
            "Write a function to ",
            "Write a Python function to ",
            "Create a function to ",
            "I need a function to ",
            "Implement code to ",
        ]
        return rng.choice(openings) + lowered
    openings = [
        "Write a function that ",
        "Write a Python function that ",
        "A function that ",
        "I need a function that ",
        "Implement a function which ",
        "Create a helper that ",
    ]
    return rng.choice(openings) + third + rest
