"""Which agreements changed since bodies were told of them, and whose choices speak of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import Agreement
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.preferences.models import Effect, Followed, Standing
from citizen_portal.preferences.queries.rule import keys_over


@dataclass(frozen=True, slots=True)
class Change:
    """An agreement of which another version is in force than bodies were told of."""

    reference: str
    version: int
    """0 while none is in force."""
    terms: Terms | None
    keys: frozenset[str]
    """Of the scopes that reach it in any of its versions, those about which choices stand."""
    told: bool
    """Whether a body was told anything of it."""


def changed(session: Session, register: Register, today: date) -> list[Change]:
    """By reference."""
    followed: Mapping[str, int] = dict(
        session.execute(select(Followed.agreement, Followed.version)).all()
    )
    current = {reference: register.in_force(reference, today) for reference in register.versions}
    numbers = {reference: terms.number if terms else 0 for reference, terms in current.items()}
    new = sorted(name for name, number in numbers.items() if followed.get(name) != number)
    if not new:
        return []
    standing = set(session.scalars(select(Standing.scope).distinct()))
    spoken = exists().where(Effect.agreement == Agreement.reference, Effect.current)
    told = set(session.scalars(select(Agreement.reference).where(spoken)))
    return [
        Change(
            name,
            numbers[name],
            current[name],
            frozenset(_keys(register.versions[name]) & standing),
            name in told,
        )
        for name in new
    ]


def ways(change: Change) -> list[str | None]:
    """By what to look for citizens: each scope, and at last what bodies were told."""
    return [*sorted(change.keys), *([None] if change.told else [])]


def reached(
    session: Session, change: Change, way: str | None, *, after: UUID | None, most: int
) -> list[UUID]:
    """Some of the citizens whose choices, or whose bodies, speak of an agreement."""
    owner = Effect.citizen_id if way is None else Standing.citizen_id
    if way is None:
        asked = select(owner).where(Effect.agreement == change.reference, Effect.current)
    else:
        asked = select(owner).where(Standing.scope == way)
    if after is not None:
        asked = asked.where(owner > after)
    return list(session.scalars(asked.distinct().order_by(owner).limit(most)))


def _keys(versions: tuple[Terms, ...]) -> set[str]:
    return {key for terms in versions for key in keys_over(terms)}
