"""What a citizen can choose about: each agreement, and the wider scopes that reach several."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.preferences.models import Choice, Scope, Width
from citizen_portal.preferences.queries.preview import within
from citizen_portal.preferences.queries.rule import scopes_over


def concerning(register: Register, linked: Collection[UUID], today: date) -> tuple[Terms, ...]:
    """The agreements in force that name a body which knows the citizen, by title."""
    return within(register, Scope(), linked, today)


def wider(agreements: Iterable[Terms], linked: Collection[UUID]) -> Mapping[Scope, int]:
    """The scopes beyond one agreement, of each purpose and each linked body, with how many
    agreements that can be refused each reaches; the widest first, then those that reach most."""
    reached = Counter(
        scope
        for terms in agreements
        if terms.refusable
        for scope in scopes_over(terms)
        if scope.width is not Width.AGREEMENT
        and (scope.organisation_id is None or scope.organisation_id in linked)
    )
    return dict(sorted(reached.items(), key=lambda each: (each[0].width, -each[1], each[0].key)))


def choosable(register: Register, linked: Collection[UUID], today: date) -> Iterator[Scope]:
    """Every scope that may be chosen about, those nearest to the citizen first."""
    near = concerning(register, linked, today)
    yield from wider(near, linked)
    for terms in near:
        if terms.refusable:
            yield Scope(agreement=terms.reference)
    for reference in register.versions:
        found = register.in_force(reference, today)
        if found is not None and found.refusable:
            yield Scope(agreement=reference)


def chosen_about(session: Session, citizen_id: UUID) -> list[Scope]:
    """Every scope of which the citizen ever chose something."""
    asked = select(Choice.scope).where(Choice.citizen_id == citizen_id).distinct()
    return [Scope.of(key) for key in session.scalars(asked.order_by(Choice.scope))]
