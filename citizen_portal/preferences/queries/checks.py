"""The checks that were made: as a citizen is shown them, as the body's officers are, and as the
worker finds them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from citizen_portal.preferences.models import CheckLine, PreferenceCheck

ID = 32
"""Bytes of a pairwise id."""


@dataclass(frozen=True, slots=True)
class Looked:
    """That a body asked about a citizen on one day, how often, and what it was answered."""

    day: date
    organisation_id: UUID
    agreement: str
    allowed: bool
    times: int


@dataclass(frozen=True, slots=True)
class Made:
    """One check, as the body that made it is shown."""

    id: UUID
    agreement: str
    at: datetime
    good_until: datetime
    sent: int
    allowed: int


def count_of(session: Session, citizen_id: UUID) -> int:
    days = _by_day(citizen_id).subquery()
    return session.scalar(select(func.count()).select_from(days)) or 0


def checks_of(session: Session, citizen_id: UUID, rows: "slice[int, int, None]") -> list[Looked]:
    """Who asked about a citizen, the newest first: a line for each day, body and answer."""
    wanted = _by_day(citizen_id).offset(rows.start).limit(rows.stop - rows.start)
    return [Looked(*row) for row in session.execute(wanted)]


def made_by(session: Session, organisation_id: UUID, *, most: int) -> list[Made]:
    """The checks that a body made, the newest first."""
    check = PreferenceCheck
    wanted = select(
        check.id, check.agreement, check.at, check.good_until, check.sent, check.allowed
    ).where(check.organisation_id == organisation_id)
    return [Made(*row) for row in session.execute(wanted.order_by(check.id.desc()).limit(most))]


def not_noted(session: Session) -> list[UUID]:
    """The checks of which citizens do not have their lines yet, the oldest first."""
    waiting = select(PreferenceCheck.id).where(PreferenceCheck.sealed.is_not(None))
    return list(session.scalars(waiting.order_by(PreferenceCheck.id)))


def packed(ids: Iterable[str], answers: Iterable[bool]) -> bytes:
    """Ids and answers before they are sealed; ``unpacked`` gives the same back."""
    return bytes.fromhex("".join(ids)) + bytes(answers)


def unpacked(plain: bytes) -> dict[str, bool]:
    """What was answered of each id."""
    count = len(plain) // (ID + 1)
    return {
        plain[at * ID : (at + 1) * ID].hex(): bool(plain[count * ID + at]) for at in range(count)
    }


def _by_day(citizen_id: UUID) -> Select[*tuple[Any, ...]]:
    line = CheckLine
    alike = (line.day, line.organisation_id, line.agreement, line.allowed)
    return (
        select(*alike, func.count())
        .where(line.citizen_id == citizen_id)
        .group_by(*alike)
        .order_by(line.day.desc(), line.organisation_id, line.agreement, line.allowed)
    )
