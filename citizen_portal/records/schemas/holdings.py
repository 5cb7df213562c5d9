"""The documented shape of what bodies answer about what they hold. No values."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, NotRequired

from pydantic import Field, StringConstraints, TypeAdapter
from typing_extensions import TypedDict

from citizen_portal.access.schemas import STRICT, Text, TextOrNone, validated
from citizen_portal.db import Words
from citizen_portal.fetch import Fault, Kind

MOST = 500
"""Holdings that one source may name."""
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
Dataset = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
"""Stands in an address, so it never begins with a dot."""
Name = Annotated[
    dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], Text], Field(max_length=20)
]
Duration = Annotated[
    str, StringConstraints(pattern=r"^P(\d{1,4}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,4}D)?$", min_length=3)
]


class HoldingRow(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    subject: Text
    dataset: Dataset
    name: Name
    categories: Annotated[list[Text], Field(max_length=100)]
    since: NotRequired[TextOrNone]
    retention: NotRequired[Duration | None]
    controller: NotRequired[TextOrNone]
    processor: NotRequired[TextOrNone]
    obtained_from: NotRequired[Name | None]


class Holdings(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    subject: Text
    holdings: list[HoldingRow]


@dataclass(frozen=True, slots=True)
class Holding:
    """One dataset that a source holds on a person: what kind of data, since when, how long."""

    dataset: str
    name: Words
    categories: tuple[str, ...]
    since: date | None
    retention: str | None
    controller: str | None = None
    """Who answers for it, where that is another than the body that we ask."""
    processor: str | None = None
    """Who works on it for the controller."""
    obtained_from: Words | None = None

    def facts(self) -> dict[str, Any]:
        """As plain values, to be sealed."""
        return {
            "dataset": self.dataset,
            "name": self.name,
            "categories": list(self.categories),
            "since": self.since.isoformat() if self.since else None,
            "retention": self.retention,
            "controller": self.controller,
            "processor": self.processor,
            "obtained_from": self.obtained_from,
        }


_HOLDINGS = TypeAdapter(Holdings)


def holdings(document: Any, *, subject: str) -> tuple[Holding, ...]:
    """What is held on this subject; raises ``Fault`` if one row is about anybody else."""
    said = validated(_HOLDINGS, document)
    if any(each != subject for each in (said["subject"], *_subjects(said))):
        raise Fault(Kind.OTHER_SUBJECT)
    if len(said["holdings"]) > MOST:
        raise Fault(Kind.TOO_LARGE)
    if len({row["dataset"] for row in said["holdings"]}) != len(said["holdings"]):
        raise Fault(Kind.UNREADABLE)
    return tuple(_holding(row) for row in said["holdings"])


def words(name: Name) -> Words:
    """A text by language, without empty ones; raises ``Fault`` when none is in English."""
    said = {language: text for language, text in name.items() if text.strip()}
    if "en" not in said:
        raise Fault(Kind.UNREADABLE)
    return said


def day(text: str) -> date:
    """Raises ``Fault``."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else _unreadable()
    except ValueError:
        return _unreadable()


def _subjects(said: Holdings) -> list[str]:
    return [row["subject"] for row in said["holdings"]]


def _holding(row: HoldingRow) -> Holding:
    since, source = row.get("since"), row.get("obtained_from")
    return Holding(
        dataset=row["dataset"],
        name=words(row["name"]),
        categories=tuple(dict.fromkeys(row["categories"])),
        since=None if since is None else day(since),
        retention=row.get("retention"),
        controller=_some(row.get("controller")),
        processor=_some(row.get("processor")),
        obtained_from=words(source) if source else None,
    )


def _some(text: str | None) -> str | None:
    """A text that says something."""
    return (text or "").strip() or None


def _unreadable() -> date:
    raise Fault(Kind.UNREADABLE)
