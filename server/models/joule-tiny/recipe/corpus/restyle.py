"""The same wish in another mood: a docstring, a note, a polite request, a question, a description. Knows no code."""

from __future__ import annotations

import random
import re

from .phrases import expand
from .vocabulary import WORDS

VERBS = set(WORDS["imperatives"])
"""First words that are verbs, unless "of" or the like follows: then they are nouns, as in "Sum of"."""
NOUNS = set(WORDS["nouns-with-the"])
"""Nouns and adjectives that can follow "the" at the start of a wish."""
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
TO_DO = [
    "{Write/Create/Make/Give me} a {Python /}{function/helper/utility} {to/that can} ",
    "I {need/want} a {function/helper} to ",
    "{I need to/I want to/We need to/I have to/You should/The task is to/It should/This should} ",
    "{Can/Could} you ",
    "{Implement code to/Function to/function to/helper to/Helper to/Small helper to/TODO:/todo:/Task:/Goal:/"
    "the goal is to} ",
    "{Let's/Let the function/Just/simply/now} ",
]
"""Openings before a verb."""
THAT_DOES = [
    "{Write/Create/Make/Implement} a {Python /}{function/helper/method} {that/which} ",
    "{A/a/Some/some} {function/helper/small function} {that/which} ",
    "{I need/I want/We need/Need/need} a {function/helper} {that/which} ",
    "{Takes the input and /This function /It /Takes a value and /Helper that /Function that /The function /"
    "Something that }",
]
"""Openings before a verb in the third person."""


def restyle(rng: random.Random, text: str) -> str:
    """The same wish as a docstring, a note, a polite request, a question or a description."""
    drawn = rng.random()
    first, _, rest = text.partition(" ")
    verb = first[:1].upper() + first[1:]
    if verb not in VERBS or re.match(r"(of|over|between|from)\b", rest):
        return _restyled_phrase(rng, text, drawn)
    lowered = first[0].lower() + text[1:]
    unended = lowered[:-1] if lowered.endswith(".") and ". " not in lowered else lowered
    third = THIRD_PERSON.get(verb, first.lower() + "s") + " " + rest
    if drawn < 0.36:
        return text
    if drawn < 0.50:
        return unended
    if drawn < 0.56:
        return rng.choice(["Please ", "please ", "pls "]) + unended
    if drawn < 0.66 and text.lower().startswith("return the "):
        noun = text[11].upper() + text[12:]
        return noun if rng.random() < 0.6 or ". " in noun else noun.rstrip(".")
    if drawn < 0.80:
        opening = expand(rng, rng.choice(TO_DO))
        asks = opening.endswith("you ")
        return opening + (unended.rstrip(".") + "?" if asks and ". " not in unended else lowered)
    if drawn < 0.92:
        return expand(rng, rng.choice(THAT_DOES)) + third
    plural = first + ("es" if first.endswith(("ss", "sh", "ch")) else "s")
    return THIRD_PERSON.get(verb, plural).capitalize() + " " + rest


def _restyled_phrase(rng: random.Random, text: str, drawn: float) -> str:
    """A question, a condition or a bare noun phrase: little can be changed."""
    if drawn < 0.66 or text[0] in "\"'(" or ". " in text:
        return text
    if drawn < 0.76:
        return text[0].lower() + text[1:]
    if drawn < 0.84:
        return text[:-1] if text[-1] in ".?" else text
    noun = text.split(" ", 1)[0].lower() in NOUNS
    if not noun:
        return text
    openings = [
        "Return the ",
        "return the ",
        "I need the ",
        "Give me the ",
        "Compute the ",
        "we need the ",
        "get the ",
        "What is the ",
    ]
    opening = rng.choice(openings)
    lowered = text[0].lower() + text[1:]
    return opening + (lowered.rstrip(".") + "?" if opening.startswith("What") else lowered)
