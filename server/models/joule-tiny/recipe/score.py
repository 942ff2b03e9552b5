"""
`score.py ANSWERS.jsonl`: judges answers by running them, one JSON text per line: "right", or what was wrong.
Runs what a model wrote: start it in a sandbox only, as test/joule-tiny/score.ts does. Knows no model and no engine.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from typing import Any

SECONDS_PER_ANSWER = 2
RIGHT = "right"

Row = dict[str, Any]


def behaviour(code: str, name: str, argument_sets: list[str]) -> list[str]:
    """What the function gives for each set of arguments: a repr, or the name of the exception."""
    names: dict[str, Any] = {}
    exec(code, names)
    found = []
    for arguments in argument_sets:
        try:
            found.append(repr(names[name](*eval(arguments))))
        except Exception as error:
            found.append("!" + type(error).__name__)
    return found


def judge_code(row: Row) -> str:
    """The same behaviour as the reference, with the helpers in place; or asserts that hold."""
    if "asserts" in row:
        names: dict[str, Any] = {}
        exec(row["out"], names)
        for statement in row["asserts"]:
            exec("assert " + statement, names)
        return RIGHT
    helpers = "\n\n".join(row["deps"]) + "\n\n"
    answered = behaviour(helpers + row["out"], row["name"], row["args"])
    return RIGHT if answered == behaviour(helpers + row["ref"], row["name"], row["args"]) else "wrong"


def compiles(code: str) -> bool:
    """Whether Python can read it."""
    try:
        compile(code, "answer", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def judge_fill(row: Row) -> str:
    """The whole function's behaviour. What the suffix says already is cut, as editors do, where it does not compile."""
    prefix, rest = row["prompt"].removeprefix("<|fim_prefix|>").split("<|fim_suffix|>")
    suffix = rest.removesuffix("<|fim_middle|>").removesuffix(row["tail"] or "")
    middle = row["out"]
    for length in range(min(len(middle), len(suffix)), 0, -1):
        if middle.endswith(suffix[:length]) and not compiles(prefix + middle + suffix):
            middle = middle[:-length]
            break
    answered = behaviour(prefix + middle + suffix, row["name"], row["args"])
    return RIGHT if answered == behaviour(row["ref"], row["name"], row["args"]) else "wrong"


def judge_test(row: Row) -> str:
    """Calls that run without an error, except ValueError, and show two different results where there are two."""
    calls = [line for line in row["out"].split("\n") if line.strip()]
    if not calls or any(not line.startswith(row["name"] + "(") for line in calls):
        return "no calls"
    names: dict[str, Any] = {}
    exec(row["ref"], names)
    shown = set()
    for line in calls:
        try:
            shown.add(repr(eval(line, dict(names))))
        except ValueError as error:
            shown.add("!" + str(error))
    possible = len(set(behaviour(row["ref"], row["name"], row["args"])))
    wanted = min(2, possible, len(row["answer"].split("\n")))
    return RIGHT if len(shown) >= wanted else "all alike"


def judge_plan(row: Row) -> str:
    """Equal to the reference; else the first thing that differs."""
    answered, reference = json.loads(row["out"]), json.loads(row["answer"])
    if answered == reference:
        return RIGHT
    if answered["mode"] != reference["mode"]:
        return "wrong mode"
    graphs = [[(part["provides"], part["needs"]) for part in plan["subtasks"]] for plan in (answered, reference)]
    return "goal text differs" if graphs[0] == graphs[1] else "wrong graph"


def judge_module(row: Row) -> str:
    """Every function of the module behaves as the reference."""
    references = "\n\n".join(function["ref"] for function in row["specs"])
    for function in row["specs"]:
        answered = behaviour(row["out"], function["name"], function["args"])
        if answered != behaviour(references, function["name"], function["args"]):
            return "wrong"
    return RIGHT


def judge_sentence(row: Row) -> str:
    """The canonical sentence; the grammar's other phrases for the same filter or map count as well."""

    def plain(text: str) -> str:
        for other, first in sorted(row.get("same", []), key=lambda pair: -len(pair[0])):
            text = text.replace(other, first)
        return text

    if row["out"] == row["answer"]:
        return RIGHT
    return RIGHT if plain(row["out"]) == plain(row["answer"]) else "wrong"


JUDGES = {
    "code": judge_code,
    "use": judge_code,
    "fix": judge_code,
    "free": judge_code,
    "fim": judge_fill,
    "doc": judge_sentence,
    "test": judge_test,
    "plan": judge_plan,
    "module": judge_module,
}


def judge(row: Row) -> str:
    """RIGHT, or what was wrong."""
    try:
        return JUDGES[row["job"]](row)
    except AssertionError:
        return "wrong"
    except SyntaxError:
        return "does not compile"
    except json.JSONDecodeError:
        return "no JSON"
    except Exception as error:
        return type(error).__name__


def judge_apart(row: Row) -> str:
    """In a process of its own, whose output is dropped and which ends when it takes too long."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS_PER_ANSWER)  # kills
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        verdict = judge(row)
        os.write(writing, verdict.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        verdict = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "took too long" if os.WTERMSIG(status) == signal.SIGALRM else "crashed"
    return verdict or "ended by itself"


def main() -> None:
    """One verdict per line."""
    warnings.simplefilter("ignore")
    with open(sys.argv[1], encoding="utf8") as file:
        for line in file:
            print(json.dumps(judge_apart(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
