"""Asking for a citizen who is not there: bodies that tell of accesses only when they are asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access.models import Question
from citizen_portal.access.queries import EventKeys
from citizen_portal.access.queries.answers import questions
from citizen_portal.access.queries.matching import Explainer
from citizen_portal.access.remote import Caller, Line, Told, find_usage
from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.queries import SourceFacts, directory
from citizen_portal.fetch import Fault
from citizen_portal.identity import queries as identity
from citizen_portal.identity.queries import linked_bodies
from citizen_portal.jobs import Work
from citizen_portal.news import queries

NEWS_FOR = timedelta(days=30)
"""Looks longer ago are no news."""
MOST_NEWS = 100
"""More of it would be the same news."""
A_LITTLE = 0.2
"""Seconds beyond its time after which a call that did not end by itself is let go."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """A source and how to reach it for one person."""

    source: SourceFacts
    line: Line


def to_ask(session: Session, citizen_id: UUID) -> list[Asked]:
    """Those of linked bodies that do not send by themselves; none where it is not wanted."""
    if queries.wants_looks(session, citizen_id) is None:
        return []
    known, found = directory(session), []
    for body_id, link in linked_bodies(identity.links(session, citizen_id)).items():
        for source in known.sources_of(body_id):
            if source.base_url and Question.ACCESSES in questions(source):
                slug = known.bodies[body_id].slug
                found.append(Asked(source, Line(source.base_url, slug, link.pairwise)))
    return found


def may_ask(session: Session, citizen_id: UUID, asked: Asked) -> datetime | None:
    """Since when looks are news, while the citizen still wants it and is linked to this body."""
    linked = linked_bodies(identity.links(session, citizen_id))
    link = linked.get(asked.source.body_id)
    if link is None or link.pairwise != asked.line.pairwise:
        return None
    return queries.wants_looks(session, citizen_id)


def ask(work: Work, citizen_id: UUID, asked: Asked, *, since: datetime) -> list[str] | None:
    """The keys of looks that are news: under emergency rules, or without an agreement that fits.

    None where the body does not answer: it is asked again the next day.
    """
    settings, fetcher = work.parts["settings"], work.parts["fetcher"]
    caller = Caller(fetcher, work.parts["signer"], settings.public_url)
    begin = max(since, clock.now() - NEWS_FOR)

    async def call() -> Told:
        until = fetcher.moment(settings.ask_seconds)
        rows = settings.fetch_max_rows
        return await find_usage(caller, asked.line, until=until, max_rows=rows, since=begin)

    try:
        told = fetcher.wait(call(), seconds=settings.ask_seconds + A_LITTLE)
    except Fault as fault:
        log.info("looking.failed", source=str(asked.source.id), fault=fault.kind.value)
        return None
    zone = work.parts["region"].zone
    with work.sessions.reading() as session:
        explainer = Explainer(directory(session), register_terms(session), zone)
    named = EventKeys(work.parts["index"], citizen_id).name_all(asked.source.id, told.pages)
    events = (
        explainer.event(name, usage, source_id=asked.source.id, proven=told.proven)
        for name, usage in named
    )
    return [one.id for one in events if one.usage.emergency or not one.explained][:MOST_NEWS]
