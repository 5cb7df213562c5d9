"""Who becomes a citizen: somebody with an account at the identity provider, and an adult."""

import re
from datetime import date
from uuid import UUID

from sqlalchemy import select
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
    """The citizen of an account; two first sign-ins at once end with one citizen."""
    blind = index.blind("account", issuer, subject)
    known = queries.citizen_of(session, blind)
    if known is not None:
        return known
    citizen = Citizen()
    try:
        with session.begin_nested():
            session.add(citizen)
            session.flush()
            session.add(AccountIndex(blind=blind, citizen_id=citizen.id))
    except IntegrityError:
        return session.scalars(
            select(AccountIndex.citizen_id).where(AccountIndex.blind == blind)
        ).one()
    return citizen.id
