"""The signed digests of days, the newest first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_portal.access.models import Digest


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
