"""How it is said what happens with nothing. Writes no code and draws nothing."""

from __future__ import annotations

from .pipeline_body import Guard

CONTAINERS = {
    "ints": "list",
    "words": "list",
    "text": "string",
    "lines": "string",
    "chars": "string",
    "vals": "dictionary",
    "keys": "dictionary",
}


def guard_sentences(guard: Guard, name: str, kind: str, noun: str) -> list[str]:
    """Sentences of their own; the first is the canonical one."""
    value, what = guard.value, CONTAINERS.get(kind, "input")
    return {
        "empty": [
            f"Return {value} if {name} is empty.",
            f"If {name} is empty, return {value}.",
            f"Return {value} for an empty {what}.",
            f"An empty {what} gives {value}.",
            f"Return {value} when {name} is empty.",
            f"For an empty {what} return {value}.",
            f"Return {value} if the {what} is empty.",
            f"Returns {value} if {name} is empty.",
            f"Give {value} for an empty {what}.",
            f"Return {value} on empty input.",
            f"The result for an empty {what} is {value}.",
        ],
        "emptyraise": [
            f"Raise ValueError if {name} is empty.",
            f"Raise a ValueError when {name} is empty.",
            f"If {name} is empty, raise ValueError.",
            f"Raises ValueError if {name} is empty.",
            f"Raise ValueError for an empty {what}.",
            f"An empty {what} raises ValueError.",
        ],
        "small": [f"Return {value} if {name} is less than 1.", f"If {name} is less than 1, return {value}."],
        "negraise": [
            f"Raise ValueError if {name} is negative.",
            f"Raise a ValueError when {name} is negative.",
            f"If {name} is negative, raise ValueError.",
        ],
        "none": [
            f"Return {value} if there are none.",
            f"Return {value} if nothing matches.",
            f"If there are none, return {value}.",
            f"Return {value} when there are none.",
            f"Return {value} if there is none.",
            f"Return {value} when nothing is left.",
            f"Returns {value} if there are none.",
            f"Return {value} if no {noun} match.",
            f"Return {value} if there are no such {noun}.",
        ],
        "noneraise": [
            "Raise ValueError if there are none.",
            "Raise ValueError if nothing matches.",
            "If there are none, raise ValueError.",
            "Raise a ValueError if there is none.",
            "Raises ValueError if there are none.",
            "Raise ValueError when nothing is left.",
        ],
    }[guard.kind]


def guard_clauses(guard: Guard, name: str, kind: str) -> list[str]:
    """Ends of the sentence itself, for the guards none and empty."""
    value, what = guard.value, CONTAINERS.get(kind, "input")
    if guard.kind == "none":
        return [
            f", or {value} if there are none.",
            f", or {value} when nothing is left.",
            f", or {value} if none.",
            f", or {value} if there is none.",
            f", or {value} if nothing matches.",
            f", {value} if there are none.",
            f"; {value} if there are none.",
            f" or {value}.",
        ]
    return [
        f", or {value} if {name} is empty.",
        f" ({value} if {name} is empty).",
        f", or {value} for an empty {what}.",
        f"; {value} when {name} is empty.",
        f", or {value} if the {what} is empty.",
        f", {value} for an empty {what}.",
        f", or {value} when empty.",
        f" ({value} when empty).",
    ]
