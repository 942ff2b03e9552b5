"""The job fim: fill in the middle of a function whose goal is in sight."""

from __future__ import annotations

import random
import re

from .jobs import Example, docstring, surroundings
from .looser_wording import loosen
from .make_function import make_function
from .names import make_name
from .restyle import restyle


def fill_job(rng: random.Random, held: bool | None = None) -> Example:
    """Cursors at line starts, inside lines, before the end of a line, and over what is left of the body."""
    function = make_function(rng, held)
    hints = rng.random() < 0.6
    goal = restyle(rng, loosen(rng, function, function.text(rng), True))
    signature = function.signature(hints)
    form = rng.random()
    if form < 0.7:
        head = f"{signature}\n    {docstring(goal)}\n"
    elif form < 0.9:
        head = f"# {goal}\n{signature}\n"
    else:
        head = f"{signature}\n    # {goal}\n"
    if rng.random() < 0.1:
        head = surroundings(rng) + head
    tail = _tail(rng) if rng.random() < 0.15 else ""
    before, middle, after = _cut(rng, ["    " + line for line in function.body])
    prompt = f"<|fim_prefix|>{head}{before}<|fim_suffix|>{after}{tail}<|fim_middle|>"
    return Example("fim", prompt, middle, function, tail=tail)


def _tail(rng: random.Random) -> str:
    if rng.random() >= 0.5:
        return "\n"
    return f"\n\n\ndef {make_name(rng, None)}({rng.choice(['x', 'data', 'text'])}):\n    ..."


def _cut(rng: random.Random, body: list[str]) -> tuple[str, str, str]:
    """Prefix, middle and suffix of the body's lines."""
    index = rng.randrange(len(body))
    line = body[index]
    indent = len(line) - len(line.lstrip())
    before = "".join(earlier + "\n" for earlier in body[:index])
    if rng.random() < 0.45:  # up to the end of the line or of the body
        end = index + 1 if rng.random() < 0.5 else len(body)
        block = "\n".join(body[index:end])
        start = indent if rng.random() < 0.7 else rng.choice(_cursors(line, indent))
        return before + block[:start], block[start:], "".join("\n" + later for later in body[end:])
    start = rng.choice(_cursors(line, indent))  # inside one line
    ends = [match.end() for match in re.finditer(r"[^\s](?=[\s)\]:,}]|$)", line) if match.end() > start]
    end = len(line) if not ends or rng.random() < 0.45 else rng.choice(ends)
    rest = line[end:] + "".join("\n" + later for later in body[index + 1 :])
    return before + line[:start], line[start:end], rest


def _cursors(line: str, indent: int) -> list[int]:
    """Where somebody may stop typing: after a space, a bracket or a point, before a bracket."""
    places = re.finditer(r"(?<=\s)(?=\S)|(?<=[(\[{])|(?<=\.)|(?<=\w)(?=\()", line)
    return [indent] + [place.start() for place in places if indent < place.start() < len(line)]
