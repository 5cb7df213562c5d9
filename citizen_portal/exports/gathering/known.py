"""What is known when the making of a copy begins, read in one go."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access.queries.answers import questions
from citizen_portal.access.remote import Line
from citizen_portal.agreements.queries import Register, register_terms
from citizen_portal.bodies.queries import Directory, SourceFacts, directory
from citizen_portal.exports import words
from citizen_portal.exports.models import Part
from citizen_portal.exports.queries import Copy
from citizen_portal.identity import queries as identity
from citizen_portal.identity.queries import Change, Link, linked_bodies

MOST_CHANGES = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A source that can be asked, and how to reach it for this person."""

    source: SourceFacts
    line: Line


@dataclass(frozen=True, slots=True)
class Known:
    copy: Copy
    directory: Directory
    register: Register
    links: tuple[Link, ...]
    history: tuple[Change, ...]
    zone: tzinfo

    @property
    def today(self) -> date:
        return clock.now().astimezone(self.zone).date()

    @property
    def language(self) -> str:
        return self.copy.language

    @property
    def start(self) -> datetime | None:
        """From when on accesses are wanted."""
        since = self.copy.since
        return datetime.combine(since, time(), UTC) if since else None

    @property
    def chosen(self) -> tuple[Link, ...]:
        """The links to the bodies that were chosen, as far as they still stand."""
        linked = linked_bodies(self.links)
        wanted = set(self.copy.bodies) & self.directory.bodies.keys()
        return tuple(link for body_id, link in linked.items() if body_id in wanted)

    @property
    def sources(self) -> tuple[SourceFacts, ...]:
        """Those of the chosen bodies."""
        return tuple(
            source
            for link in self.chosen
            for source in self.directory.sources_of(link.organisation_id)
        )

    def has(self, part: Part) -> bool:
        return part in self.copy.parts

    def askable(self) -> Iterator[Asked]:
        for link in self.chosen:
            slug = self.directory.bodies[link.organisation_id].slug
            for source in self.directory.sources_of(link.organisation_id):
                if questions(source) and source.base_url:
                    yield Asked(source, Line(source.base_url, slug, link.pairwise))

    def name(self, body_id: UUID) -> str:
        """A body's official name, in the language of the copy."""
        return words.in_language(self.directory.bodies[body_id].official_name, self.language)


def known(session: Session, copy: Copy, *, zone: tzinfo) -> Known:
    return Known(
        copy=copy,
        directory=directory(session),
        register=register_terms(session),
        links=identity.links(session, copy.citizen_id),
        history=identity.link_history(session, copy.citizen_id, most=MOST_CHANGES),
        zone=zone,
    )
