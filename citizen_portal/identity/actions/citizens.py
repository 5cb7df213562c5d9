"""Who becomes a citizen: somebody with an account at the identity provider, and an adult."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from citizen_portal.identity import queries
from citizen_portal.identity.models import AccountIndex, Citizen
from citizen_portal.sealing import Index

BIRTHDATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_adult(birthdate: object, *, on: date, age: int) -> bool:
    """Whether a claim shows so many years lived on that day; what cannot be read shows nothing."""
    if not isinstance(birthdate, str) or not BIRTHDATE.fullmatch(birthdate):
        return False
    try:
        born = date.fromisoformat(birthdate)
    except ValueError:
        return False
    had_birthday = (on.month, on.day) >= (born.month, born.day)
    return on.year - born.year - (0 if had_birthday else 1) >= age


def find_or_make_citizen(session: Session, index: Index, *, issuer: str, subject: str) -> UUID:
    """The citizen of an account; two first sign-ins at once end with one citizen.

    While a key is being renewed, an account may be kept by any of several. A new one is kept by
    each, so that two processes that use different ones cannot make two citizens of it.
    """
    blinds = index.accounts(issuer, subject)
    known = queries.citizen_of(session, blinds)
    if known is not None:
        _keep_by_the_newest(session, known, blinds)
        return known
    citizen = Citizen()
    try:
        with session.begin_nested():
            session.add(citizen)
            session.flush()
            session.add_all(AccountIndex(blind=one, citizen_id=citizen.id) for one in blinds)
    except IntegrityError:
        return session.scalars(
            select(AccountIndex.citizen_id).where(AccountIndex.blind.in_(blinds)).limit(1)
        ).one()
    return citizen.id


def _keep_by_the_newest(session: Session, citizen_id: UUID, blinds: Sequence[str]) -> None:
    """The input is at hand, at a sign-in and at no other time: what older keys made can go."""
    if len(blinds) == 1:
        return
    kept = select(AccountIndex.blind).where(AccountIndex.citizen_id == citizen_id)
    there = set(session.scalars(kept.where(AccountIndex.blind.in_(blinds))))
    if blinds[0] not in there:
        with suppress(IntegrityError), session.begin_nested():
            session.add(AccountIndex(blind=blinds[0], citizen_id=citizen_id))
    stale = there - {blinds[0]}
    if stale:
        session.execute(delete(AccountIndex).where(AccountIndex.blind.in_(stale)))
