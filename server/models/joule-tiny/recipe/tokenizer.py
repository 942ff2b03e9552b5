"""
Byte-level BPE with the qwen2 pre-tokeniser, of which the ASCII part is enough for this corpus. Knows no grammar.
`tokenizer.py CORPUS.jsonl OUT.json [--size 1280]` trains one; the shipped one is tokenizer.json.
"""

from __future__ import annotations

import argparse
import collections
import json
import re
from pathlib import Path

SHIPPED = Path(__file__).parent / "tokenizer.json"

PIECES = re.compile(
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\na-zA-Z0-9]?[a-zA-Z]+|[0-9]"
    r"| ?[^\sa-zA-Z0-9]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""qwen2's pattern as llama.cpp has it, with letters and digits restricted to ASCII."""

SPECIAL = [
    "<|endoftext|>",
    "<|fim_prefix|>",
    "<|fim_suffix|>",
    "<|fim_middle|>",
    "<|fim_pad|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|out|>",
    "<|code|>",
    "<|plan|>",
    "<|doc|>",
    "<|fix|>",
    "<|test|>",
    "<|x1|>",
    "<|x2|>",
    "<|x3|>",
]
SPECIAL_SPLIT = re.compile("(" + "|".join(re.escape(token) for token in SPECIAL) + ")")

Pair = tuple[str, str]


def _byte_characters() -> dict[int, str]:
    """GPT-2's table: each byte as a character that can be printed."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {byte: chr(byte) for byte in printable}
    table.update({byte: chr(256 + index) for index, byte in enumerate(others)})
    return table


BYTE_TO_CHARACTER = _byte_characters()
CHARACTER_TO_BYTE = {character: byte for byte, character in BYTE_TO_CHARACTER.items()}


def _as_characters(text: str) -> str:
    return "".join(BYTE_TO_CHARACTER[byte] for byte in text.encode())


def _may_merge(token: str) -> bool:
    """A leading bracket or quote must not glue to a whole word, so that names look alike everywhere."""
    text = bytes(CHARACTER_TO_BYTE[character] for character in token).decode("latin1")
    return len(text) < 2 or text[0] in " _." or text[0].isalnum() or not text[1].isalnum()


def _merged(word: list[str], pair: Pair) -> list[str]:
    out, index = [], 0
    while index < len(word):
        if index + 1 < len(word) and (word[index], word[index + 1]) == pair:
            out.append(word[index] + word[index + 1])
            index += 2
        else:
            out.append(word[index])
            index += 1
    return out


def train_merges(texts: list[str], size: int) -> list[Pair]:
    """The merges of a vocabulary of `size` tokens, bytes and special ones included."""
    counts = collections.Counter(
        piece
        for text in texts
        for part in SPECIAL_SPLIT.split(text)
        if part not in SPECIAL
        for piece in PIECES.findall(part)
    )
    words = [(list(_as_characters(piece)), count) for piece, count in counts.items()]
    pairs: collections.Counter[Pair] = collections.Counter()
    where: dict[Pair, set[int]] = collections.defaultdict(set)
    for index, (word, count) in enumerate(words):
        for pair in zip(word, word[1:]):
            pairs[pair] += count
            where[pair].add(index)
    merges: list[Pair] = []
    while len(merges) < size - 256 - len(SPECIAL):
        possible = (pair for pair in pairs if pairs[pair] > 0 and _may_merge(pair[0] + pair[1]))
        best = max(possible, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        for index in list(where[best]):
            word, count = words[index]
            for pair in zip(word, word[1:]):
                pairs[pair] -= count
                where[pair].discard(index)
            word = _merged(word, best)
            words[index] = (word, count)
            for pair in zip(word, word[1:]):
                pairs[pair] += count
                where[pair].add(index)
        del pairs[best]
    return merges


class Tokenizer:
    """Text to token numbers and back. Numbers: 256 bytes, the merges in order, the special tokens."""

    def __init__(self, path: Path = SHIPPED) -> None:
        self.merges: list[Pair] = [(left, right) for left, right in json.loads(path.read_text("utf8"))["merges"]]
        self._ranks = {merge: rank for rank, merge in enumerate(self.merges)}
        ordinary = [BYTE_TO_CHARACTER[byte] for byte in range(256)] + [left + right for left, right in self.merges]
        self.tokens = ordinary + SPECIAL
        self.special = {token: len(ordinary) + index for index, token in enumerate(SPECIAL)}
        self._numbers: dict[str, int] = {}
        for number, token in enumerate(self.tokens):
            self._numbers.setdefault(token, number)
        self._known: dict[str, list[int]] = {}

    def _piece(self, piece: str) -> list[int]:
        if piece not in self._known:
            parts = list(_as_characters(piece))
            while ranks := [self._ranks[pair] for pair in zip(parts, parts[1:]) if pair in self._ranks]:
                left, right = self.merges[min(ranks)]
                index = next(i for i, pair in enumerate(zip(parts, parts[1:])) if pair == (left, right))
                parts[index : index + 2] = [left + right]
            self._known[piece] = [self._numbers[part] for part in parts]
        return self._known[piece]

    def encode(self, text: str) -> list[int]:
        """Token numbers; special tokens in the text become their own."""
        numbers: list[int] = []
        for part in SPECIAL_SPLIT.split(text):
            if part in self.special:
                numbers.append(self.special[part])
            else:
                for piece in PIECES.findall(part):
                    numbers += self._piece(piece)
        return numbers

    def decode(self, numbers: list[int]) -> str:
        """The text of token numbers; bytes that are no UTF-8 become U+FFFD."""
        first_special = 256 + len(self.merges)
        return b"".join(
            self.tokens[number].encode()
            if number >= first_special
            else bytes(CHARACTER_TO_BYTE[character] for character in self.tokens[number])
            for number in numbers
        ).decode("utf8", "replace")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", type=int, default=1280)
    parser.add_argument("--examples", type=int, default=12_000, help="how many examples to learn from")
    chosen = parser.parse_args()
    with chosen.corpus.open(encoding="utf8") as file:
        texts = ["".join(json.loads(line)) for line, _ in zip(file, range(chosen.examples))]
    merges = train_merges(texts, chosen.size)
    chosen.out.write_text(json.dumps({"merges": merges}, indent=0) + "\n", "utf8")
    tokenizer = Tokenizer(chosen.out)
    lengths = [len(tokenizer.encode(text)) for text in texts]
    print(
        f"{len(tokenizer.tokens)} tokens; examples have {sum(lengths) / len(lengths):.1f} on average, {max(lengths)} at most"
    )


if __name__ == "__main__":
    main()
