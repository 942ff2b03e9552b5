"""`words.py OUT.ts CORPUS.jsonl..`: the words of requests for code, for the product's gate. Knows no model."""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path

SEEN_OFTEN = 8
"""A word of fewer requests than this was hardly learned."""
WIDTH = 110
HEADER = """// The words of joule-tiny's training requests, written by server/models/joule-tiny/recipe/words.py. Knows no prompt.

const words = `
"""
FOOTER = """`;

export const knownWords: ReadonlySet<string> = new Set(words.split(/\\s+/));
"""


def words_of(prompt: str) -> set[str]:
    """The words of a request for code, without names of its signature and quoted texts; none for another job."""
    if not prompt.startswith("<|code|>"):
        return set()
    names: set[str] = set()
    goal: list[str] = []
    for line in prompt.removeprefix("<|code|>").removesuffix("<|out|>").split("\n"):
        if re.match(r"\s*def \w+\(", line):
            names.update(re.findall(r"\w+", line))
        elif line.startswith("name: "):
            names.add(line.removeprefix("name: "))
        elif not line.startswith(("import ", "from typing", "LIMIT =")):
            goal.append(line)
    text = re.sub(r"\"[^\"]*\"|'[^'\s]*'", " ", " ".join(goal).replace('"""', ""))
    return {word.lower() for word in re.findall(r"[A-Za-z]+(?:'[a-z]+)?", text) if word not in names}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("corpus", type=Path, nargs="+")
    chosen = parser.parse_args()
    counts: Counter[str] = Counter()
    for corpus in chosen.corpus:
        with corpus.open(encoding="utf8") as file:
            for line in file:
                counts.update(words_of(json.loads(line)[0]))
    lines = [""]
    for word in sorted(word for word, count in counts.items() if count >= SEEN_OFTEN):
        if len(lines[-1]) + len(word) > WIDTH:
            lines.append("")
        lines[-1] += " " * bool(lines[-1]) + word
    chosen.out.write_text(HEADER + "\n".join(lines) + "\n" + FOOTER, encoding="utf8")


if __name__ == "__main__":
    main()
