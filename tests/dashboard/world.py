"""A small world for the gathering pages: bodies, a register, one citizen and what bodies told."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from citizen_portal import clock
from citizen_portal.access.actions import Kept, keep
from citizen_portal.access.models import Fault, Outcome, Question
from citizen_portal.access.queries import EventKeys, Usage
from citizen_portal.access.queries.kept import pack
from citizen_portal.agreements.models import (
    Agreement,
    AgreementKind,
    AgreementVersion,
    Say,
    Stage,
)
from citizen_portal.bodies.models import Organisation, Revision, Source
from citizen_portal.db import Sessions
from citizen_portal.identity.models import Citizen, LinkProof, LinkState, SubjectLink
from tests import make

WINDOW = timedelta(days=300)


@dataclass
class World:
    """What is said is kept at once, as it would be a moment after signing in."""

    app: Flask
    citizen: Citizen
    browser: FlaskClient
    bodies: dict[str, Organisation] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)

    @property
    def sessions(self) -> Sessions:
        sessions: Sessions = self.app.extensions["sessions"]
        return sessions

    @property
    def sign_in_id(self) -> UUID:
        with self.browser.session_transaction() as cookie:
            return UUID(str(cookie["_user_id"]).split(":")[1])

    def body(
        self, slug: str, *, link: LinkState | None = LinkState.LINKED, **given: Any
    ) -> Organisation:
        """A body with one source, linked to the citizen unless said otherwise."""
        organisation = make.body(
            slug=slug, code=slug.upper(), name=make.words(slug.title()), **given
        )
        source = make.source(organisation, slug=f"{slug}-main")
        with self.sessions.writing() as session:
            session.add(organisation)
            session.flush()
            session.add(source)
            if link is not None:
                session.add(
                    SubjectLink(
                        citizen_id=self.citizen.id,
                        organisation_id=organisation.id,
                        pairwise="0" * 64,
                        state=link,
                        proof=LinkProof.CLAIM,
                    )
                )
            session.add(Revision(name=f"bodies-{slug}", number=1))
        self.bodies[slug], self.sources[slug] = organisation, source
        return organisation

    def agreement(
        self,
        reference: str,
        *,
        discloser: str,
        recipient: str,
        choice: Say = Say.OBJECTION,
        **more: Any,
    ) -> None:
        kind = AgreementKind.OWN_USE if discloser == recipient else AgreementKind.SHARING
        document = (
            _document(reference, discloser, recipient) | {"kind": kind, "choice": choice} | more
        )
        row = Agreement(
            reference=reference,
            kind=kind,
            title=document["title"],
            title_sort=reference,
            stage=Stage.SERVICE_DELIVERY,
            choice=choice,
        )
        version: dict[str, Any] = {"number": 2, "document": document, "digest": "0" * 64}
        with self.sessions.writing() as session:
            session.add(row)
            session.flush()
            since = date(2020, 1, 1)
            session.add(AgreementVersion(agreement_id=row.id, in_force_from=since, **version))

    def answered(
        self,
        slug: str,
        *usages: Usage,
        holds: tuple[str, ...] = ("Income",),
        proven: bool = True,
        **facts: Any,
    ) -> None:
        """A source answered both questions; without usages or holdings that part is empty."""
        sealer, index = self.app.extensions["sealer"], self.app.extensions["index"]
        keys = EventKeys(index, self.citizen.id)
        window = {"window_from": (clock.now() - WINDOW).isoformat(), "window_to": None}
        accesses = self.part(slug, Question.ACCESSES, facts=window | facts, proven=proven)
        packed = pack(keys.name_all(self.sources[slug].id, [list(usages)]))
        self.keep(
            _told(accesses, accesses.seal(sealer, packed), empty=not usages),
            self._holdings(slug, [_set(name) for name in holds], proven=proven),
        )

    def held(self, slug: str, dataset: str = "Income", **said: Any) -> None:
        """A source told what it holds: one set of data, of which it says this, too."""
        self.answered(slug)
        self.keep(self._holdings(slug, [_set(dataset) | said], proven=True))

    def address(self, slug: str) -> str:
        """Where the source of a body answers now."""
        with self.sessions.reading() as session:
            return str(session.get_one(Source, self.sources[slug].id).base_url)

    def official(self, slug: str) -> str:
        return self.bodies[slug].official_name["en"]

    def _holdings(self, slug: str, sets: list[dict[str, Any]], *, proven: bool) -> Kept:
        part = self.part(slug, Question.HOLDINGS, proven=proven)
        sealed = part.seal(self.app.extensions["sealer"], json.dumps(sets).encode())
        return _told(part, sealed, empty=not sets)

    def silent(self, slug: str, outcome: Outcome, fault: Fault | None = None) -> None:
        """A source that has given no answer to show, to either question."""
        parts = [self.part(slug, question) for question in Question]
        until = {"until": (clock.now() + timedelta(minutes=5)).isoformat()}
        self.keep(*(replace(part, outcome=outcome, fault=fault, facts=until) for part in parts))

    def part(self, slug: str, question: Question, **given: Any) -> Kept:
        now = clock.now()
        return Kept(
            citizen_id=self.citizen.id,
            sign_in_id=self.sign_in_id,
            source_id=self.sources[slug].id,
            question=question,
            asked_at=now,
            expires_at=now + timedelta(minutes=15),
            **given,
        )

    def keep(self, *kept: Kept) -> None:
        with self.sessions.writing() as session:
            keep(session, kept)


def _document(reference: str, discloser: str, recipient: str) -> dict[str, Any]:
    return {
        "reference": reference,
        "title": make.words(f"Title of {reference}"),
        "what": make.words("Somebody tells somebody something."),
        "purpose": make.words("To help."),
        "stage": Stage.SERVICE_DELIVERY,
        "disclosers": [{"organisation": discloser}],
        "recipients": [{"organisation": recipient}],
        "categories": ["Name", "Income"],
    }


def _set(name: str) -> dict[str, Any]:
    return {
        "dataset": name,
        "name": make.words(name),
        "categories": [name],
        "since": "2019-04-06",
        "retention": "P6Y",
    }


def _told(part: Kept, sealed: bytes, *, empty: bool) -> Kept:
    outcome = Outcome.EMPTY if empty else Outcome.ANSWERED
    return replace(part, outcome=outcome, sealed=None if empty else sealed, answered_at=clock.now())


def usage(days_ago: float = 1, *, by: str, agreement: str | None = None, **given: Any) -> Usage:
    """An access so many days ago, at a time of day that is the same day in each time zone here."""
    day = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    usual: dict[str, Any] = {"action": "look", "receiver_name": None, "system": "core"}
    return Usage(
        occurred=day - timedelta(days=days_ago),
        receiver_code=by.upper(),
        agreement=agreement,
        **usual | given,
    )


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)
