"""What can be asked about a citizen's links, put together with the bodies that they lead to."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal.bodies.queries import Body, Directory
from citizen_portal.errors import Unavailable
from citizen_portal.identity import queries as identity
from citizen_portal.identity.models import LinkState
from citizen_portal.identity.queries import Change, Link


@dataclass(frozen=True, slots=True)
class Standing:
    """One body and how the citizen's link to it stands."""

    body: Body
    link: Link


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the history, with the body it is about."""

    body: Body
    change: Change


def standing(session: Session, citizen_id: UUID, *, directory: Directory) -> tuple[Standing, ...]:
    """The citizen's links, the oldest first."""
    found = identity.links(session, citizen_id)
    return tuple(Standing(directory.bodies[link.organisation_id], link) for link in found)


def history(session: Session, citizen_id: UUID, *, directory: Directory) -> tuple[Past, ...]:
    """What became of the citizen's links, the newest first."""
    found = identity.link_history(session, citizen_id)
    return tuple(Past(directory.bodies[change.organisation_id], change) for change in found)


def linkable(links: Iterable[Standing], *, directory: Directory) -> tuple[Body, ...]:
    """Bodies that can be asked and that are not linked yet, by their official names."""
    linked = {each.body.id for each in links if each.link.state is LinkState.LINKED}
    found = [
        body
        for body in directory.bodies.values()
        if body.id not in linked and body.id in directory.linked_at
    ]
    return tuple(sorted(found, key=lambda body: (body.official_name["en"], body.slug)))


def address_of(directory: Directory, body_id: UUID) -> str:
    """Where a body answers about links; raises ``Unavailable``."""
    address = directory.linked_at.get(body_id)
    if address is None:
        raise Unavailable("This body is not connected. Nothing was changed.")
    return address
