"""The facts of what is asked about: fixed on the page, kept with the question, told to the body.

A value is text as somebody wrote it, words of the register in each of its languages, or a day or a
moment, so that each reader sees it as they read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

Value = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    title: Value
    """What it is about, in some words."""
    rows: tuple[tuple[str, Value], ...]
    """Name of a label (``words/facts.py``) and value."""
    place: str = ""
    """What the thing is called in the addresses of its citizen; no body is told."""

    def packed(self) -> dict[str, Any]:
        said: dict[str, Any] = {"title": self.title, "rows": [list(row) for row in self.rows]}
        return said | ({"place": self.place} if self.place else {})

    def written(self) -> bytes:
        return json.dumps(self.packed(), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def of(cls, packed: Mapping[str, Any]) -> Self:
        rows = tuple((name, value) for name, value in packed["rows"])
        return cls(packed["title"], rows, packed.get("place", ""))

    @classmethod
    def read(cls, written: bytes) -> Self:
        return cls.of(json.loads(written))


def agreement(reference: str, title: Mapping[str, str]) -> tuple[str, Value]:
    """The row that names an agreement."""
    return "agreement", {language: f"{reference} – {text}" for language, text in title.items()}


def on_day(day: date) -> Value:
    return {"day": day.isoformat()}


def at(moment: datetime) -> Value:
    return {"moment": moment.isoformat()}
