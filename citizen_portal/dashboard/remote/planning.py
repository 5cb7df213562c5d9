"""Whom to ask for a session: the sources of linked bodies that have not answered it of late."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access import queries
from citizen_portal.access.queries.answers import questions
from citizen_portal.access.remote import Line
from citizen_portal.bodies.queries import SourceFacts, directory
from citizen_portal.dashboard.remote.asking import Whose
from citizen_portal.errors import NotFound
from citizen_portal.identity import queries as identity
from citizen_portal.identity.queries import Link, linked_bodies

COOL_DOWN = timedelta(seconds=10)
"""A source that was asked more recently than that is not asked again on demand."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A source and how to reach it for one person."""

    source: SourceFacts
    line: Line


@dataclass(frozen=True, slots=True)
class Plan:
    ask: tuple[Asked, ...]
    bodies: frozenset[UUID]
    """The bodies that the citizen is linked to."""
    fresh_until: datetime | None
    """When the first of the answers at hand grows old; none if there are none."""
    under_way: frozenset[UUID]
    """The sources that somebody is asking right now, in whichever process."""


def plan(
    session: Session,
    who: Whose,
    *,
    again: UUID | None = None,
    lost: Collection[UUID] = frozenset(),
) -> Plan:
    """What is missing, and the source to ask again; but nothing that is being asked right now.

    ``lost`` are sources whose last outcome could not be kept: they count as never asked.
    """
    links = _links(session, who)
    states = [
        state
        for state in queries.question_states(session, who.citizen_id, who.sign_in_id)
        if state.source_id not in lost
    ]
    just_asked = {state.source_id for state in states if state.asked_at > clock.now() - COOL_DOWN}
    settled = {(state.source_id, state.question) for state in states if state.settled}
    under_way = frozenset(state.source_id for state in states if not state.settled)

    def wanted(source: SourceFacts) -> bool:
        missing = any((source.id, question) not in settled for question in questions(source))
        return missing or (source.id == again and source.id not in just_asked)

    return Plan(
        ask=tuple(
            asked
            for asked in _reachable(session, links)
            if asked.source.id not in under_way and wanted(asked.source)
        ),
        bodies=frozenset(links),
        fresh_until=min((state.expires_at for state in states), default=None),
        under_way=under_way,
    )


def still_asked(session: Session, who: Whose) -> bool:
    """Whether anybody is still asking for this session."""
    states = queries.question_states(session, who.citizen_id, who.sign_in_id)
    return any(not state.settled for state in states)


def _links(session: Session, who: Whose) -> Mapping[UUID, Link]:
    return linked_bodies(identity.links(session, who.citizen_id))


def _reachable(session: Session, links: Mapping[UUID, Link]) -> Iterator[Asked]:
    """The sources that may be asked: those of linked bodies."""
    known = directory(session)
    for body_id, link in links.items():
        body = known.bodies[body_id]
        for source in known.sources_of(body_id):
            if questions(source) and source.base_url:
                yield Asked(source, Line(source.base_url, body.slug, link.pairwise))


def check_askable(session: Session, who: Whose, source_id: UUID) -> None:
    """Raises ``NotFound`` unless it is a source that can be asked, of a body they are linked to."""
    reachable = _reachable(session, _links(session, who))
    if not any(asked.source.id == source_id for asked in reachable):
        raise NotFound("There is no such body to ask.")


def line_of(session: Session, who: Whose, where: queries.Where) -> Asked:
    """The source that a name of an access speaks of; raises ``NotFound``."""
    reachable = {each.source.id: each for each in _reachable(session, _links(session, who))}
    source_id = where.source(reachable)
    if source_id is None:
        raise NotFound("There is no such entry.")
    return reachable[source_id]
