"""Writes the corpus: `generate.py train COUNT SEED FILE` and `generate.py eval COUNT SEED FILE` (COUNT of each job). JSON lines."""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.arguments import argument_sets
from corpus.fill_job import fill_job
from corpus.fix_job import fix_job
from corpus.function import Function
from corpus.jobs import Example, Job, code_job, doc_job, plan_job, test_job, use_job
from corpus.pipeline_wording import PipelineWording

JOBS: dict[str, tuple[Job, int]] = {
    "code": (code_job, 42),
    "use": (use_job, 7),
    "plan": (plan_job, 12),
    "doc": (doc_job, 16),
    "test": (test_job, 5),
    "fix": (fix_job, 8),
    "fim": (fill_job, 10),
}
"""Each job with its weight in training."""


def training_examples(count: int, seed: int) -> Iterator[list[str]]:
    """[prompt, answer] pairs, none of them from a held-out combination."""
    rng = random.Random(seed)
    jobs = [job for job, _ in JOBS.values()]
    weights = [weight for _, weight in JOBS.values()]
    for _ in range(count):
        example = rng.choices(jobs, weights)[0](rng, False)
        yield [example.prompt, example.answer]


def evaluation_rows(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """`count` rows of each job, held-out combinations first, with what it takes to judge an answer."""
    rng = random.Random(seed)
    for name, (job, _) in JOBS.items():
        for held in (True, False):
            if name == "use" and held:
                continue  # helpers have no held-out combinations
            for _ in range(count):
                yield _row(rng, name, held, job(rng, held))


def _row(rng: random.Random, job: str, held: bool, example: Example) -> dict[str, Any]:
    row: dict[str, Any] = {
        "job": job,
        "held": held,
        "prompt": example.prompt,
        "answer": example.answer,
        "tail": example.tail,
    }
    if job == "doc" and example.function:
        row["same"] = same_phrases(example.function)
    if example.function:
        function = example.function
        row.update(
            name=function.name,
            key=function.key,
            ref=function.code(),
            deps=[helper.code() for helper in example.helpers],
            args=argument_sets(rng, function),
        )
    else:
        row["specs"] = [
            {"name": function.name, "ref": function.code(), "args": argument_sets(rng, function)}
            for function in example.functions
        ]
    return row


def same_phrases(function: Function) -> list[tuple[str, str]]:
    """Phrases for a part of this function, each with the one that the canonical sentence has."""
    parts = getattr(function.wording, "__self__", None)
    if not isinstance(parts, PipelineWording):
        return []
    lists = [phrases for before, after, _ in parts.filter_phrases for phrases in (before, after)]
    lists += parts.map_phrases or []
    return [(other, phrases[0]) for phrases in lists for other in phrases[1:]]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["train", "eval"])
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("file", type=Path)
    chosen = parser.parse_args()
    make = training_examples if chosen.kind == "train" else evaluation_rows
    with chosen.file.open("w", encoding="utf8") as file:
        for line in make(chosen.count, chosen.seed):
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
