"""``docs/data-classes.csv``: what kind of thing stands in each column of each table."""

import csv
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parents[1] / "docs/data-classes.csv"


@dataclass(frozen=True)
class Classed:
    """One column."""

    table: str
    column: str
    kind: str
    says: str
    """What can be read there of a person; needed where it is ``clear`` or ``signed``."""

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"


def classed() -> list[Classed]:
    with TABLE.open(newline="", encoding="utf-8") as file:
        return [
            Classed(row["table"], row["column"], row["class"], row["says"])
            for row in csv.DictReader(file)
        ]


def of(*kinds: str) -> list[Classed]:
    return [one for one in classed() if one.kind in kinds]
