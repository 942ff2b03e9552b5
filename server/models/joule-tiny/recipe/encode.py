"""`encode.py OUT.npz CORPUS.jsonl..`: the corpus as token numbers, ready for training. Needs numpy; knows no network."""

from __future__ import annotations

import argparse
import json
from functools import partial
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from tokenizer import SHIPPED, Tokenizer

LONGEST = 500
"""Examples of more tokens are left out: the context is 512."""

Encoded = tuple["np.ndarray", "np.ndarray", "np.ndarray"]


def encode_file(corpus: Path, tokenizer_file: Path) -> Encoded:
    """Token numbers of all examples in a row, where each begins (and the last ends), how long each prompt is."""
    tokenizer = Tokenizer(tokenizer_file)
    end = tokenizer.special["<|im_end|>"]
    numbers: list[int] = []
    starts, prompt_lengths = [0], []
    with corpus.open(encoding="utf8") as file:
        for line in file:
            prompt, answer = map(tokenizer.encode, json.loads(line))
            if len(prompt) + len(answer) + 1 > LONGEST:
                continue
            numbers += [*prompt, *answer, end]
            starts.append(len(numbers))
            prompt_lengths.append(len(prompt))
    return np.array(numbers, np.int16), np.array(starts), np.array(prompt_lengths, np.int16)


def joined(parts: list[Encoded]) -> dict[str, np.ndarray]:
    """Several encoded files as one."""
    starts, base = [np.array([0])], 0
    for numbers, own_starts, _ in parts:
        starts.append(own_starts[1:] + base)
        base += len(numbers)
    return {
        "tokens": np.concatenate([part[0] for part in parts]),
        "starts": np.concatenate(starts),
        "prompt_lengths": np.concatenate([part[2] for part in parts]),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("--tokenizer", type=Path, default=SHIPPED)
    chosen = parser.parse_args()
    with Pool(min(2, len(chosen.corpus))) as pool:
        data = joined(pool.map(partial(encode_file, tokenizer_file=chosen.tokenizer), chosen.corpus))
    np.savez(chosen.out, **data)
    print(f"{len(data['tokens'])} tokens in {len(data['prompt_lengths'])} examples")


if __name__ == "__main__":
    main()
