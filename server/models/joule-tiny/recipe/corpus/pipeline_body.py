"""The Python lines of a pipeline. Knows no wording and no randomness."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Guard:
    """`kind` is none, noneraise, empty, emptyraise, small or negraise; `value` is what is returned, if anything is."""

    kind: str
    value: str = ""


SIMPLE_ENDS = {
    "sum": "return sum({all})",
    "asc": "return sorted({all})",
    "desc": "return sorted({wrapped}, reverse=True)",
    "bylen": "return sorted({wrapped}, key=len)",
    "firstn": "return {listed}[:{N}]",
    "lastn": "return {listed}[-{N}:]",
    "topn": "return sorted({wrapped}, reverse=True)[:{N}]",
    "lown": "return sorted({all})[:{N}]",
    "uniq": "return list(dict.fromkeys({all}))",
    "nuniq": "return len(set({all}))",
    "join": "return {Q}.join({all})",
    "concat": 'return "".join({all})',
    "list": "return [{generated}]",
    "text": 'return "".join({generated})',
    "count": "return sum(1 for {v} in {iterable} if {condition})",
    "total": "return sum(len({expression}) for {v} in {iterable}{if_condition})",
}
"""Reductions that are one line. `all` is the iterable or a generator, `wrapped` the same in brackets where it needs them."""

ENDS_ON_VALUES = {
    "avg": "return sum(values) / len(values)",
    "span": "return max(values) - min(values)",
    "max": "return max(values)",
    "min": "return min(values)",
    "longest": "return max(values, key=len)",
    "shortest": "return min(values, key=len)",
}
"""Reductions over a list called values."""


def loop(variable: str, iterable: str, condition: str, statement: str) -> list[str]:
    """A for loop with one statement, under an if where there is a condition."""
    head = f"for {variable} in {iterable}:"
    if condition:
        return [head, f"    if {condition}:", "        " + statement]
    return [head, "    " + statement]


def body_of(
    *,
    reduction: str,
    iterable: str,
    is_list: bool,
    parameter: str,
    variable: str,
    conditions: list[str],
    expression: str | None,
    values: dict[str, str],
    guard: Guard | None,
) -> list[str]:
    """The function's lines; `expression` is None where elements are taken as they are, `values` has N and Q if needed."""
    condition = " and ".join(conditions)
    if_condition = " if " + condition if condition else ""
    simple = expression is None and not conditions
    expression = expression or variable
    generated = f"{expression} for {variable} in {iterable}{if_condition}"
    everything = iterable if simple else generated
    wrapped = iterable if simple else f"({generated})"
    as_list = f"list({iterable})" if simple else f"[{generated}]"
    body = _guard_lines(guard, parameter)
    if reduction in ("avg", "span") or (guard and guard.kind == "noneraise"):
        body.append("values = " + as_list)
        if guard and guard.kind == "noneraise":
            body += ["if not values:", '    raise ValueError("no values")']
        elif guard and guard.kind == "none":
            body += ["if not values:", "    return " + guard.value]
        return body + [ENDS_ON_VALUES[reduction]]
    if reduction in ("max", "min", "longest", "shortest"):
        extra = ", key=len" if reduction in ("longest", "shortest") else ""
        if guard and guard.kind == "none":
            extra += ", default=" + guard.value
        function = "max" if reduction in ("max", "longest") else "min"
        return body + [f"return {function}({wrapped if extra else everything}{extra})"]
    if reduction == "prod":
        return (
            body + ["result = 1"] + loop(variable, iterable, condition, f"result *= {expression}") + ["return result"]
        )
    if reduction == "counts":
        statement = f"counts[{expression}] = counts.get({expression}, 0) + 1"
        return body + ["counts = {}"] + loop(variable, iterable, condition, statement) + ["return counts"]
    if reduction in ("bysize", "byfirst"):
        key = f"len({expression})" if reduction == "bysize" else f"{expression}[:1]"
        statement = f"groups.setdefault({key}, []).append({expression})"
        return body + ["groups = {}"] + loop(variable, iterable, condition, statement) + ["return groups"]
    line = SIMPLE_ENDS[reduction].format(
        all=everything,
        wrapped=wrapped,
        listed=iterable if simple and is_list else as_list,
        generated=generated,
        v=variable,
        iterable=iterable,
        condition=condition,
        if_condition=if_condition,
        expression=expression,
        **values,
    )
    return body + [line]


def _guard_lines(guard: Guard | None, parameter: str) -> list[str]:
    if guard is None:
        return []
    return {
        "empty": [f"if not {parameter}:", f"    return {guard.value}"],
        "emptyraise": [f"if not {parameter}:", f'    raise ValueError("{parameter} is empty")'],
        "small": [f"if {parameter} < 1:", f"    return {guard.value}"],
        "negraise": [f"if {parameter} < 0:", f'    raise ValueError("{parameter} is negative")'],
    }.get(guard.kind, [])
