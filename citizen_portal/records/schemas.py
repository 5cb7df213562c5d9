"""The documented shape of what bodies answer about links and about what they hold."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, StringConstraints, TypeAdapter
from typing_extensions import TypedDict

from citizen_portal.access.schemas import STRICT, Text, TextOrNone, validated
from citizen_portal.db import Words
from citizen_portal.fetch import Fault, Kind
from citizen_portal.identity.models import LinkState

MOST = 500
"""Holdings that one source may name."""
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
Name = Annotated[
    dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], Text], Field(max_length=20)
]
Duration = Annotated[
    str, StringConstraints(pattern=r"^P(\d{1,4}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,4}D)?$", min_length=3)
]


class HoldingRow(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    subject: Text
    dataset: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
    name: Name
    categories: Annotated[list[Text], Field(max_length=100)]
    since: NotRequired[TextOrNone]
    retention: NotRequired[Duration | None]


class Holdings(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    subject: Text
    holdings: list[HoldingRow]


class LinkAnswer(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    subject: Text
    state: Literal["linked", "not_matched", "ambiguous"]


class StatementClaims(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    iss: Text
    aud: Text
    sub: Text
    nonce: Text
    jti: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~-]{16,128}$")]
    state: Literal["linked", "not_matched", "ambiguous"]
    iat: int
    exp: int
    nbf: NotRequired[int]


@dataclass(frozen=True, slots=True)
class Holding:
    """One dataset that a source holds on a person: what kind of data, since when, how long."""

    dataset: str
    name: Words
    categories: tuple[str, ...]
    since: date | None
    retention: str | None

    def facts(self) -> dict[str, Any]:
        """As plain values, to be sealed."""
        return {
            "dataset": self.dataset,
            "name": self.name,
            "categories": list(self.categories),
            "since": self.since.isoformat() if self.since else None,
            "retention": self.retention,
        }


_HOLDINGS = TypeAdapter(Holdings)
_LINK = TypeAdapter(LinkAnswer)
_STATEMENT = TypeAdapter(StatementClaims)


def holdings(document: Any, *, subject: str) -> tuple[Holding, ...]:
    """What is held on this subject; raises ``Fault`` if one row is about anybody else."""
    said = validated(_HOLDINGS, document)
    if any(each != subject for each in (said["subject"], *_subjects(said))):
        raise Fault(Kind.OTHER_SUBJECT)
    if len(said["holdings"]) > MOST:
        raise Fault(Kind.TOO_LARGE)
    return tuple(_holding(row) for row in said["holdings"])


def link_state(document: Any, *, subject: str) -> LinkState:
    """What the body says of the link; raises ``Fault``."""
    said = validated(_LINK, document)
    if said["subject"] != subject:
        raise Fault(Kind.OTHER_SUBJECT)
    return LinkState(said["state"])


def statement(document: Any) -> StatementClaims:
    """What a body's statement about a link says, with each part there; raises ``Fault``."""
    return validated(_STATEMENT, document)


def _subjects(said: Holdings) -> list[str]:
    return [row["subject"] for row in said["holdings"]]


def _holding(row: HoldingRow) -> Holding:
    name = {language: text for language, text in row["name"].items() if text.strip()}
    if "en" not in name:
        raise Fault(Kind.UNREADABLE)
    return Holding(
        dataset=row["dataset"],
        name=name,
        categories=tuple(dict.fromkeys(row["categories"])),
        since=_day(row.get("since")),
        retention=row.get("retention"),
    )


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else _unreadable()
    except ValueError:
        return _unreadable()


def _unreadable() -> date:
    raise Fault(Kind.UNREADABLE)
