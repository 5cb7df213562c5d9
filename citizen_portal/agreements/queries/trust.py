"""The trust matrix: five themes, eighteen questions that each agreement answers in public."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from citizen_portal.db import Words

FILE = Path(__file__).parents[2] / "data" / "trust-matrix.yaml"


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    plain: Words
    """The question as a citizen would ask it."""
    ask: str
    """The question in full, as the framework puts it."""
    kind: str
    """What an answer holds; the file says which kinds there are."""

    @property
    def anchor(self) -> str:
        """What the question is called inside a page's address."""
        return self.id.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Theme:
    id: str
    title: Words
    citizen_asks: Words
    questions: tuple[Question, ...]


@cache
def themes() -> tuple[Theme, ...]:
    """The themes in the order of the framework."""
    matrix = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(_theme(entry) for entry in matrix["themes"])


@cache
def question_ids() -> frozenset[str]:
    return frozenset(question.id for theme in themes() for question in theme.questions)


def _theme(entry: dict[str, Any]) -> Theme:
    plain = entry["plain"]
    return Theme(
        id=entry["id"],
        title=plain["title"],
        citizen_asks=plain["citizen_asks"],
        questions=tuple(
            Question(id=each["id"], plain=each["plain"], ask=each["ask"], kind=each["kind"])
            for each in entry["questions"]
        ),
    )
