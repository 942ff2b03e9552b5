"""Functions that filter and map the entries of a dictionary, by key or by value."""

from __future__ import annotations

import random
import re

from .function import Function, held_out
from .phrases import singular_verb
from .pipeline import fill
from .vocabulary import EXTRA_PARAMETERS, FILTERS, MAPS, QUOTED, SOURCES, Filter, Map

NUMBER_MAPS = MAPS["int"][:13]
"""Maps from numbers to numbers."""
KEY_MAPS = MAPS["str"][:6]
PARAMETERS = SOURCES["vals"].parameters + ["stock", "ages", "inventory", "totals"]
LITERALS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 50, 100]


def make_dictionary_function(rng: random.Random, held: bool | None = None) -> Function:
    """Held as in `make_pipeline`."""
    by_value, chosen, map_value, mapping, key = _choose(rng, held)
    name = rng.choice(PARAMETERS)
    parameters = [(name, "dict[str, int]")]
    constants: list[int | str] = []

    def number() -> str:
        if rng.random() < 0.25 and len(parameters) < 2:
            extra = rng.choice([option for option in EXTRA_PARAMETERS if option not in (name, "k")])
            parameters.append((extra, "int"))
            constants.append(extra)
            return extra
        literal = rng.choice(LITERALS)
        constants.append(literal)
        return str(literal)

    condition = predicate = ""
    verbs: list[str] = []
    key_expression, value_expression = "k", "v"
    if chosen:
        values: dict[str, str] = {}
        if "K" in chosen.condition:
            values["K"] = number()
        if re.search(r"\bA\b", chosen.condition):
            low = rng.randint(0, 9)
            values.update(A=str(low), B=str(low + rng.choice([2, 5, 10])))
            constants.append(low)
        if re.search(r"\bC\b", chosen.condition):
            quoted = rng.choice(QUOTED)
            values["C"] = f'"{quoted}"'
            constants.append(quoted)
        condition = fill(chosen.condition, values)
        if not by_value:
            condition = re.sub(r"\bv\b", "k", condition)
        predicate = fill(chosen.plural, values)
    if mapping:
        values = {}
        if "K" in mapping.expression:
            values["K"] = number()
        if re.search(r"\bC\b", mapping.expression):
            values["C"] = f'"{rng.choice(["!", "_x", "a"])}"'
        expression = fill(mapping.expression, values)
        verbs = [fill(verb, values) for verb in mapping.verb]
        if map_value:
            value_expression = expression
        else:
            key_expression = re.sub(r"\bv\b", "k", expression)
    if_condition = " if " + condition if condition else ""
    what = "value" if by_value else "key"

    def wording(rng: random.Random, canonical: bool) -> str:
        def pick(options: list[str]) -> str:
            return options[0] if canonical else rng.choice(options)

        whose = verb = ""
        if predicate:
            first, rest = predicate.split(" ", 1)
            one = singular_verb(first) + " " + rest
            whose = pick([f"whose {what}s {predicate}", f"whose {what} {one}", f"where the {what} {one}"])
        entries = pick(["entries", "items", "entries", "pairs"])
        if mapping:
            target = pick(["each ", "every "]) + ("value" if map_value else "key")
            verb = pick(verbs).replace("O", target)
        if chosen and mapping:
            return pick(
                [
                    f"Keep the {entries} of {name} {whose} and {verb}.",
                    f"Take the {entries} of {name} {whose}, then {verb}.",
                    f"From {name} keep the {entries} {whose} and {verb}.",
                ]
            )
        if chosen:
            return pick(
                [
                    f"Return a dictionary with the {entries} of {name} {whose}.",
                    f"Keep only the {entries} of {name} {whose}.",
                    f"Filter {name} to the {entries} {whose}.",
                    f"Return the {entries} of {name} {whose} as a dictionary.",
                ]
            )
        endings = [f" in {name}.", f" of the dictionary {name}.", f" of {name} and return the new dictionary."]
        return verb[0].upper() + verb[1:] + pick(endings)

    return Function(
        kind="pipe",
        key=key,
        name_hint=["keep" if chosen else "map", (chosen or mapping).id, "entries"],
        parameters=parameters,
        returns="dict[str, int]",
        body=[f"return {{{key_expression}: {value_expression} for k, v in {name}.items(){if_condition}}}"],
        wording=wording,
        source="vals" if by_value else "keys",
        constants=constants,
        filters=[chosen] if chosen else [],
    )


def _choose(rng: random.Random, held: bool | None) -> tuple[bool, Filter | None, bool, Map | None, str]:
    while True:
        by_value = rng.random() < 0.7
        chosen = rng.choice(FILTERS["int" if by_value else "str"]) if rng.random() < 0.75 else None
        map_value = rng.random() < 0.75
        mapping = rng.choice(NUMBER_MAPS if map_value else KEY_MAPS) if rng.random() < 0.55 or not chosen else None
        mapped = "k" if mapping and not map_value else "v"
        key = "|".join(("dict", chosen.id if chosen else "", mapping.id if mapping else "", mapped))
        if held is None or held_out(key) == held:
            return by_value, chosen, map_value, mapping, key
