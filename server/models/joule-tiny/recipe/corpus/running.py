"""Runs functions that this grammar wrote, on example arguments, to learn their results. Never runs what a model wrote."""

from __future__ import annotations

import json
import re
import signal
import warnings
from typing import Any

from .function import Function

SECONDS_PER_CALL = 0.3

EXAMPLES = {
    "ints": ["[1, 2]", "[2, 4]", "[3, 5]", "[-3, 4]", "[K, L]", "[L, 10]", "[100, 7]", "[-2, -6]"],
    "words": [
        '["apple", "Bob"]',
        '["a", "bb"]',
        '["kiwi", "egg"]',
        '["Cx", "Cab"]',
        '["abc", "xC"]',
        '["ABD", "12"]',
        '["level", "banana"]',
        '["a", "bananas and"]',
    ],
    "text": [
        '"apple Bob"',
        '"a bb"',
        '"kiwi egg"',
        '"Cx Cab"',
        '"abc xC"',
        '"ABD 12"',
        '"level banana"',
        '"bananasplit on"',
    ],
    "lines": [
        '"apple\\nBob"',
        '"a\\nbb"',
        '"kiwi\\negg"',
        '"Cx\\nCab"',
        '"abc\\nxC"',
        '"ABD\\n12"',
        '"level\\nbananas or"',
    ],
    "chars": ['"Bob"', '"a 1"', '"Hi you"', '"xCy"', '"12 ab"'],
    "digits": ["12", "345", "90", "48"],
    "range": ["3", "5", "K", "L", "10"],
    "vals": ['{"a": 1, "b": 2}', '{"x": 4, "y": 3}', '{"a": -5, "b": 0}', '{"k": K, "m": L}', '{"x": 100, "y": 7}'],
    "keys": [
        '{"a": 1, "bb": 2}',
        '{"apple": 1, "Bob": 2}',
        '{"Cx": 1, "xC": 2}',
        '{"ABD": 1, "12": 2}',
        '{"level": 1, "bananas": 2}',
    ],
}
"""Arguments by source, easy ones first. K is a number of the function, L the next one, C a quoted text of it."""
EMPTY = {
    "ints": "[]",
    "words": "[]",
    "text": '""',
    "lines": '""',
    "chars": '""',
    "vals": "{}",
    "keys": "{}",
    "digits": "0",
    "range": "0",
}

Result = tuple[str, ...]
"""('ok', repr of the value) or ('err', name of the exception, its message)."""


class TookTooLong(Exception):
    """A call ran longer than SECONDS_PER_CALL."""


def _alarm(*_: object) -> None:
    raise TookTooLong


def call(code: str, expression: str) -> Result | None:
    """What the expression gives after the code ran; None when the code does not load or the call takes too long."""
    names: dict[str, Any] = {}
    before = signal.signal(signal.SIGALRM, _alarm)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_PER_CALL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code, names)
            try:
                return ("ok", repr(eval(expression, names)))
            except TookTooLong:
                return None
            except Exception as error:
                return ("err", type(error).__name__, str(error))
    except Exception:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def example_arguments(function: Function) -> list[str]:
    """Argument texts for example calls, easy ones first."""
    if function.kind == "classic":
        return list(function.examples)
    numbers = [constant for constant in function.constants if isinstance(constant, int)]
    own = function.parameter_names()
    quoted = [constant for constant in function.constants if isinstance(constant, str) and constant not in own]
    number = numbers[0] if numbers else 2
    text = quoted[0] if quoted else "b"
    extra = "".join(", 3" if index == 0 else ", 2" for index in range(len(function.parameters) - 1))

    def filled(example: str) -> str:
        example = re.sub(r"\bL\b", str(number + 1), example)
        example = re.sub(r"\bK\b", str(number), example)
        return re.sub(r"C(?=[xab\"y])", text, example)

    examples = [filled(example) for example in EXAMPLES[function.source]]
    return [example + extra for example in examples + [EMPTY[function.source]]]


def results(function: Function) -> list[tuple[str, Result]]:
    """Example arguments and what the function gives for them, without those that give nothing in time."""
    code = function.code()
    found = []
    for arguments in example_arguments(function):
        result = call(code, f"{function.name}({arguments})")
        if result:
            found.append((arguments, result))
    return found


def is_dull(representation: str) -> bool:
    """Whether a result says little about a function."""
    return representation in ("0", "[]", '""', "''", "None", "{}", "0.0")


def with_double_quotes(representation: str) -> str:
    """The repr of a value, with texts in double quotes as formatters want them."""

    def quoted(value: Any) -> str:
        if isinstance(value, str):
            return json.dumps(value)
        if isinstance(value, list):
            return "[" + ", ".join(map(quoted, value)) + "]"
        if isinstance(value, tuple):
            return "(" + ", ".join(map(quoted, value)) + ("," if len(value) == 1 else "") + ")"
        if isinstance(value, dict):
            return "{" + ", ".join(quoted(key) + ": " + quoted(item) for key, item in value.items()) + "}"
        return repr(value)

    return quoted(eval(representation))
