"""Who must answer: the controller, never its processor, and only where it can be reached here."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Client, Organisation, Scope
from citizen_portal.bodies.queries import Directory
from citizen_portal.identity.models import Officer, Role


def of_event(
    discloser: UUID, recipient: UUID | None, linked: Collection[UUID], directory: Directory
) -> tuple[UUID, ...]:
    """For one access: the controller that looked, where it knows the person; else the one whose
    records show it."""
    return controllers([*([recipient] if recipient else []), discloser], linked, directory)[:1]


def controllers(
    ids: Iterable[UUID], linked: Collection[UUID], directory: Directory
) -> tuple[UUID, ...]:
    """Those of these bodies that answer for data themselves and know the person, in this order."""
    return tuple(dict.fromkeys(one for one in ids if one in linked and one in directory.public))


def takers(session: Session, ids: Collection[UUID]) -> Mapping[UUID, int | None]:
    """Those of these bodies that somebody or some system answers for here, each with the number of
    days within which it promises to answer a plain question, if it promises any."""
    staffed = {
        organisation_id
        for organisation_id, roles in session.execute(
            select(Officer.organisation_id, Officer.roles).where(
                Officer.organisation_id.in_(ids), Officer.removed_at.is_(None)
            )
        )
        if Role.CASE_WORKER in roles
    }
    connected = {
        organisation_id
        for organisation_id, scopes in session.execute(
            select(Client.organisation_id, Client.scopes).where(
                Client.organisation_id.in_(ids), Client.removed_at.is_(None)
            )
        )
        if Scope.QUESTIONS in scopes
    }
    promised = session.execute(
        select(Organisation.id, Organisation.answers_in).where(
            Organisation.id.in_(staffed | connected)
        )
    )
    return dict(promised.all())
