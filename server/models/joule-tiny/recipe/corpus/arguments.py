"""Random arguments on which an answer's behaviour is compared with the reference. Runs nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from .function import Function
from .running import EMPTY

WORDS = [
    "apple",
    "Bob",
    "level",
    "",
    "a",
    "XYZ",
    "kiwi",
    "banana",
    "eye",
    "123",
    "4",
    "Hello",
    "noon",
    "under",
    "python",
] + ["  pad ", "Ink", "zoo-t", "ab_c"]
SETS_PER_FUNCTION = 14


def argument_sets(rng: random.Random, function: Function) -> list[str]:
    """Each a Python list of arguments as text; the empty input is among them where it is the only argument."""
    sets = [repr(_arguments(rng, function)) for _ in range(SETS_PER_FUNCTION)]
    if function.kind != "classic" and len(function.parameters) == 1:
        sets.append(f"[{EMPTY[function.source]}]")
    return sets + [f"[{example}]" for example in function.examples]


def _arguments(rng: random.Random, function: Function) -> list[Any]:
    if function.kind == "classic":
        return [_argument(rng, kind, function) for kind in function.argument_kinds]
    return [_argument(rng, function.source, function)] + [rng.randint(1, 6) for _ in function.parameters[1:]]


def _argument(rng: random.Random, kind: str, function: Function) -> Any:
    numbers = [constant for constant in function.constants if isinstance(constant, int)] or [3]
    quoted = [constant for constant in function.constants if isinstance(constant, str)] or ["a"]

    def word() -> str:
        made = [rng.choice(quoted) + "lm", "ol" + rng.choice(quoted), "m" + rng.choice(quoted) + "n"]
        return rng.choice(WORDS + made)

    def number() -> int:
        near = [rng.randint(-12, 30), rng.choice(numbers), rng.choice(numbers) + 1, rng.choice(numbers) * 2]
        return rng.choice(near + [0, 2, 101])

    count = rng.choice([0, 1, 2, 3, 5, 8])

    def words() -> list[str]:
        return [word() for _ in range(count)]

    makers: dict[str, Callable[[], Any]] = {
        "ints": lambda: [number() for _ in range(count)],
        "sints": lambda: sorted(number() for _ in range(count)),
        "strs": words,
        "words": words,
        "text": lambda: " ".join(words()),
        "lines": lambda: "\n".join(words()),
        "chars": lambda: rng.choice(["", f"{word()} {word()}", "A man, a plan", word() + rng.choice(quoted)]),
        "str": lambda: rng.choice([word(), f"{word()} {word()}", "A man a plan", "aab", "abab"]),
        "word": lambda: rng.choice(["a", "ab", "an"]),
        "chr": lambda: rng.choice("abe l"),
        "digits": lambda: rng.randint(0, 99999),
        "range": lambda: rng.randint(0, 25),
        "vals": lambda: {key: number() for key in rng.sample("abcdefgh", count)},
        "keys": lambda: {word(): 1 for _ in range(count)},
        "dict": lambda: {key: rng.randint(-5, 9) for key in rng.sample("abcdefgh", count)},
        "nat": lambda: rng.randint(0, 14),
        "pos": lambda: rng.randint(1, 40),
        "int": lambda: rng.randint(-9, 30),
        "ints_csv": lambda: ",".join(str(number()) for _ in range(count + 1)),
        "bits": lambda: bin(rng.randint(0, 99))[2:],
        "rle": lambda: "".join(rng.choice("abc") + str(rng.randint(1, 5)) for _ in range(count)),
        "kv": lambda: ",".join(f"{key}={number()}" for key in rng.sample("abcdefgh", max(1, count))),
        "query": lambda: "&".join(f"{key}={number()}" for key in rng.sample("abcdefgh", max(1, count))),
        "clock": lambda: f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}",
        "roman": lambda: rng.choice(["XIV", "III", "MCMXC", "XLII", "D", "IX", "LXXXVIII"]),
        "recordkey": lambda: rng.choice(["name", "age"]),
        "weekday": lambda: rng.randint(0, 6),
        "bit": lambda: rng.randint(0, 1),
        "base": lambda: rng.randint(2, 12),
        "few": lambda: [number() for _ in range(min(3, count))],
        "pairs": lambda: [(rng.choice("abcd"), rng.randint(0, 9)) for _ in range(count)],
        "nested": lambda: rng.choice([[], [1, [2, [3, 4]], 5], [[1], [[2]]], [7, 8], [[[]], 1]]),
        "optional": lambda: [rng.choice([None, 0, number()]) for _ in range(count)],
        "sqmat": lambda: (lambda n: [[rng.randint(0, 3) for _ in range(n)] for _ in range(n)])(rng.randint(0, 3)),
        "intervals": lambda: [[low, low + rng.randint(0, 6)] for low in (rng.randint(0, 20) for _ in range(count))],
        "digitlist": lambda: [rng.randint(0, 9) for _ in range(count + 1)],
        "bitlist": lambda: [rng.randint(0, 1) for _ in range(count + 1)],
        "float": lambda: rng.choice([rng.randint(-40, 120) / 4, rng.randint(-400, 4000) / 8]),
        "coins": lambda: rng.choice([[1, 2, 5, 10], [25, 10, 5, 1], [1, 3, 4], [50, 20, 10, 5, 2, 1], [1]]),
        "large": lambda: rng.choice([rng.randint(0, 99), rng.randint(100, 99999), rng.randint(1, 99) * 101]),
        "smallbase": lambda: rng.randint(2, 10),
        "digit": lambda: rng.randint(0, 9),
        "hour": lambda: rng.randint(0, 23),
        "minute": lambda: rng.randint(0, 59),
        "month": lambda: rng.randint(1, 12),
        "groups": lambda: {key: words()[: rng.randint(0, 3)] for key in rng.sample("abcdefgh", min(4, count))},
        "records": lambda: [{"name": rng.choice(["a", "an", "Bob"]), "age": rng.randint(1, 9)} for _ in range(count)],
        "things": lambda: [rng.choice("abcd") for _ in range(count)],
        "lists": lambda: [[rng.randint(0, 4) for _ in range(rng.randint(0, 4))] for _ in range(min(count, 4))],
        "pair": lambda: [rng.randint(-3, 9) for _ in range(2)],
        "triple": lambda: tuple(rng.randint(-5, 9) for _ in range(3)),
        "set": lambda: {rng.randint(0, 7) for _ in range(count)},
        "board": lambda: [[rng.choice(["X", "O", None]) for _ in range(2)] for _ in range(min(count, 3))],
        "optdict": lambda: {key: rng.choice([None, 0, number()]) for key in rng.sample("abcdefgh", count)},
        "scorelists": lambda: {
            key: [rng.randint(0, 9) for _ in range(rng.randint(0, 3))] for key in rng.sample("abcdefgh", min(4, count))
        },
        "dictlist": lambda: [
            {key: rng.randint(-5, 9) for key in rng.sample("abcd", rng.randint(0, 3))} for _ in range(min(3, count))
        ],
        "crew": lambda: [{"name": rng.choice("abcd"), "age": rng.randint(1, 9)} for _ in range(max(1, count))],
        "people": lambda: [{"name": rng.choice(["a", "an", "Bob"]), "age": rng.randint(5, 60)} for _ in range(count)],
        "orders": lambda: [
            {
                "id": rng.randint(1, 20),
                "product": rng.choice(["pen", "cup", "hat"]),
                "price": rng.randint(1, 30),
                "quantity": rng.randint(0, 5),
            }
            for _ in range(min(4, count))
        ],
        "kvline": lambda: rng.choice(["a", "b ", " c"]) + "=" + rng.choice([" 1", "x", " y=2 ", ""]),
        "kvlines": lambda: "\n".join(
            rng.choice(["", "x", f"{key}={number()}", f"{key}=1=2"]) for key in "abcde"[:count]
        ),
        "version": lambda: ".".join(str(rng.choice([0, 1, 2, 9, 10, 11])) for _ in range(rng.randint(2, 3))),
        "hhmm": lambda: f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}",
        "url": lambda: (
            rng.choice(["https://", "http://", ""])
            + rng.choice(["a.org", "www.b.com/x", "c.net/x/y", "d.org/"])
            + rng.choice(["", "", "?a=1", "?a=1&b=2"])
        ),
        "post": lambda: " ".join(rng.choice(["a", "#b", "@c", "#Dd", "e@f", "@g1", "hi"]) for _ in range(count)),
        "filename": lambda: (
            rng.choice(["a", "b.c", "photo", "my file"]) + rng.choice([".txt", ".PNG", ".jpg", ".gif", ".py", ""])
        ),
        "filenames": lambda: [
            rng.choice(["a", "b", "c.d"]) + rng.choice([".txt", ".PNG", ".py", ""]) for _ in range(count)
        ],
        "isodate": lambda: f"{rng.randint(1900, 2030)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "fullname": lambda: " ".join(
            rng.choice(["Ann", "bob", "Lee", "Mary", "o'neil"]) for _ in range(rng.randint(2, 3))
        ),
        "tendigits": lambda: "".join(rng.choice("0123456789") for _ in range(10)),
        "letter": lambda: rng.choice("aeszkBZ"),
        "email": lambda: rng.choice(["bob", "a.b", "x"]) + "@" + rng.choice(["c.org", "mail.d.com", "Ef.net"]),
        "spacedints": lambda: " ".join(str(number()) for _ in range(count)),
        "span": lambda: f"{rng.randint(0, 9)}-{rng.randint(3, 14)}",
        "dna": lambda: "".join(rng.choice("ACGT") for _ in range(count)),
        "mat": lambda: [[rng.randint(0, 9) for _ in range(2)] for _ in range(count)],
    }
    return makers[kind]()
