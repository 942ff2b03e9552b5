"""Reads the data files of this folder: records of fields. Doesn't know what any field means."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


class Record:
    """One `[name]` with its fields; a field is a list of lines (its own, or the indented ones below it)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.fields: dict[str, list[str]] = {}

    def text(self, field: str) -> str:
        """The only line of a field that must be there."""
        (line,) = self.fields[field]
        return line

    def phrases(self, field: str) -> list[str]:
        """The phrases of a field, over all its lines; none where the field is missing."""
        return [phrase for line in self.fields.get(field, []) for phrase in line.split(" | ")]

    def words(self, field: str) -> list[str]:
        """The words of a field, over all its lines."""
        return [word for line in self.fields[field] for word in line.split()]


def read_records(file_name: str) -> list[Record]:
    """Every record of a data file, in its order. Raises ValueError with the line number where a line is neither."""
    records: list[Record] = []
    lines: list[str] = []
    for number, line in enumerate((FOLDER / file_name).read_text("utf8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("    "):
            lines.append(line[4:])
        elif match := re.fullmatch(r"\[(.+)\]", line):
            records.append(Record(match[1]))
        elif records and (match := re.fullmatch(r"([a-z]+):(?: (.*))?", line)):
            lines = [match[2]] if match[2] else []
            records[-1].fields[match[1]] = lines
        else:
            raise ValueError(f"{file_name}:{number}: neither a record nor a field: {line}")
    return records
