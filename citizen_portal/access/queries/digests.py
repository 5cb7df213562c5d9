"""The signed digests of days, the newest first; and what a day that has none is made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_portal.access.models import Digest, Received

SETTLES = timedelta(minutes=15)
"""So long after midnight (UTC) what came before it is surely on disk."""
ROWS = 10_000
"""Leaves that are read at once."""


@dataclass(frozen=True, slots=True)
class Signed:
    day: date
    root: str
    signed: dict[str, Any]


def newest_day(session: Session) -> date | None:
    return session.scalar(select(func.max(Digest.day)))


def digests(session: Session, *, first: int, count: int) -> list[Signed]:
    wanted = select(Digest.day, Digest.root, Digest.signed).order_by(Digest.day.desc())
    return [Signed(*row) for row in session.execute(wanted.offset(first).limit(count))]


def digest_of(session: Session, day: date) -> Signed | None:
    found = session.get(Digest, day)
    return Signed(found.day, found.root, found.signed) if found else None


def days_to_digest(session: Session, now: datetime) -> list[date]:
    """Days that are over and have no digest, in order: from the one after the last that has."""
    last = (now - SETTLES).date() - timedelta(days=1)
    newest = newest_day(session)
    if newest is None:
        earliest = session.scalar(select(func.min(Received.accepted_on)))
        first = min(earliest or last, last)
    else:
        first = newest + timedelta(days=1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def leaves_by_part(session: Session, day: date) -> Iterator[tuple[int, bytes]]:
    """Each part's leaves, sorted and joined; parts without any are left out."""
    wanted = select(Received.leaf).where(Received.accepted_on == day).order_by(Received.leaf)
    rows = session.scalars(wanted.execution_options(yield_per=ROWS))
    for part, leaves in groupby(rows, key=lambda leaf: leaf[0]):
        yield part, b"".join(leaves)
