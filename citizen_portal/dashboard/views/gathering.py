"""What the pages of a signed-in citizen start from: asked for once, then handed inward."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from flask import current_app

from citizen_portal.access import queries as access
from citizen_portal.access.models import Question
from citizen_portal.access.queries import (
    AccessEvent,
    Beyond,
    Looks,
    QuestionState,
    SourceAnswer,
    counted,
    stored,
)
from citizen_portal.access.queries.matching import Explainer
from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.queries import Directory, directory
from citizen_portal.dashboard.queries.overview import mark
from citizen_portal.dashboard.remote import Asker
from citizen_portal.identity import queries as identity
from citizen_portal.identity.guards import SignedIn
from citizen_portal.identity.queries import Link, linked_bodies
from citizen_portal.web import parts
from citizen_portal.web.transactions import db, look_anew


@dataclass(frozen=True, slots=True)
class Gathered:
    directory: Directory
    links: tuple[Link, ...]
    answers: tuple[SourceAnswer, ...]
    events: Sequence[AccessEvent]
    """What sources told for this session, newest first."""
    who: SignedIn
    explainer: Explainer
    today: date

    def sent(
        self, *, before: stored.Cursor | None, since: datetime | None, size: int
    ) -> stored.Window:
        """Of what sources sent us the newest, or the newest before a place."""
        return stored.window(
            db(), self.who.citizen_id, before=before, since=since, size=size, **self._whose()
        )

    def newer(self, before: stored.Cursor, *, size: int) -> stored.Cursor | None:
        """Where the window of what they sent begins that ends at a place."""
        sources = self._sources()
        return stored.newer(db(), self.who.citizen_id, sources=sources, before=before, size=size)

    def lifted(self) -> list[AccessEvent]:
        """What stands out, told or sent, newest first."""
        sent = stored.lifted(db(), self.who.citizen_id, **self._whose())
        return access.newest_first([*sent, *(one for one in self.events if one.stands_out)])

    def one(self, event_id: UUID) -> AccessEvent:
        """One event that was sent; raises ``NotFound``."""
        return stored.one(db(), self.who.citizen_id, event_id, **self._whose())

    def looks(self) -> tuple[list[Looks], list[Beyond]]:
        """Each kind of access, told or sent, and what is beyond the most that are told apart."""
        sent, beyond = counted.looks(db(), self.who.citizen_id, **self._counting())
        return [*sent, *access.kinds(self.events)], beyond

    def looks_by_day(self, since: date) -> list[Looks]:
        """Those of each day for a calendar that begins on a day."""
        of = partial(counted.looks_by_day, db(), self.who.citizen_id, since=since)
        sent = of(sources=self._sources(), directory=self.directory)
        return sorted([*sent, *(one.look for one in self.events)], key=lambda one: one.day)

    def _sources(self) -> list[UUID]:
        """Those of linked bodies that send."""
        linked = linked_bodies(self.links)
        return [one.id for body in linked for one in self.directory.sources_of(body) if one.sends]

    def _whose(self) -> dict[str, Any]:
        return {"sources": self._sources(), "explainer": self.explainer, "today": self.today}

    def _counting(self) -> dict[str, Any]:
        known = self.explainer
        return {
            "sources": self._sources(),
            "directory": known.directory,
            "register": known.register,
        }


def asker() -> Asker:
    return cast(Asker, current_app.extensions["asker"])


def gather(who: SignedIn) -> Gathered:
    """What bodies have told by now. Asks what is missing and waits a moment for it."""
    links, session = _links(who), db()
    known, register = directory(session), register_terms(session)
    kept = _kept(who, Question.HOLDINGS, Question.ACCESSES)
    explainer, today = Explainer(known, register, parts.region().zone), parts.region().today()
    return Gathered(
        directory=known,
        links=links,
        answers=_answers(who, kept, known, links),
        events=access.events(
            kept,
            who.citizen_id,
            who.sign_in_id,
            explainer=explainer,
            links=links,
            sealer=parts.sealer(),
            today=today,
        ),
        who=who,
        explainer=explainer,
        today=today,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What bodies have told of what they hold."""

    directory: Directory
    links: tuple[Link, ...]
    answers: tuple[SourceAnswer, ...]


def told(who: SignedIn) -> Told:
    """The same without what happened to the data: waits a moment, too."""
    links, known = _links(who), directory(db())
    return Told(known, links, _answers(who, _kept(who, Question.HOLDINGS), known, links))


def digest(answers: Sequence[SourceAnswer]) -> str:
    """What a waiting page compares: how each source stands, and nothing that can be read."""
    return hashlib.sha256(repr(mark(answers)).encode()).hexdigest()[:32]


def states(who: SignedIn) -> tuple[SourceAnswer, ...]:
    """How each source stands by now, without what it holds. Asks nothing and waits for nothing."""
    session = db()
    known, links = directory(session), identity.links(session, who.citizen_id)
    return _answers(who, _kept(who), known, links)


def _links(who: SignedIn) -> tuple[Link, ...]:
    """A citizen's links, once what is missing was asked and waited for a moment. Bodies that were
    linked since others were asked, maybe through another process, are asked as well."""
    links = _read_links(who)
    if not asker().covers(who, linked_bodies(links)):
        asker().begin(who)
        links = _read_links(who)
    return links


def _read_links(who: SignedIn) -> tuple[Link, ...]:
    """With them the page's moment begins: what came while it waited is seen."""
    look_anew()
    asker().wait(who, upto=parts.settings().first_wait_ms / 1000)
    return identity.links(db(), who.citizen_id)


def _kept(who: SignedIn, *contents: Question) -> Sequence[QuestionState]:
    return access.question_states(db(), who.citizen_id, who.sign_in_id, contents=contents)


def _answers(
    who: SignedIn, kept: Sequence[QuestionState], known: Directory, links: tuple[Link, ...]
) -> tuple[SourceAnswer, ...]:
    return access.answers(
        kept,
        who.citizen_id,
        who.sign_in_id,
        directory=known,
        links=links,
        sealer=parts.sealer(),
        zone=parts.region().zone,
    )
