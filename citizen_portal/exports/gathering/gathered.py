"""The whole of a copy, table after table, each read while it is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast
from uuid import UUID

from citizen_portal import clock
from citizen_portal.access.queries import AccessEvent, EventKeys
from citizen_portal.access.remote import Caller
from citizen_portal.agreements.queries import Terms
from citizen_portal.db import Sessions, Words
from citizen_portal.exports import words
from citizen_portal.exports.gathering import (
    absent,
    accesses,
    agreements,
    choices,
    corrections,
    holdings,
    incidents,
    links,
    questions,
)
from citizen_portal.exports.gathering.agreements import Version
from citizen_portal.exports.gathering.asking import Answer, Limits, Packed, ask_all
from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.gathering.notes import Notes
from citizen_portal.exports.gathering.overview import Seen, overview
from citizen_portal.exports.gathering.records import Reader
from citizen_portal.exports.models import Part
from citizen_portal.exports.package import Asked, Contents, Document, Overview, Table
from citizen_portal.sealing import Opened


@dataclass(frozen=True, slots=True)
class Tools:
    sessions: Sessions
    caller: Caller
    keys: EventKeys
    limits: Limits
    brand: str
    grounds: Mapping[str, Words]
    """Reasons in data law, in words."""
    opened: Opened


@dataclass
class Gathering:
    """Asks and reads while the package is written. Of records and events it holds few at once."""

    known: Known
    notes: Notes
    tools: Tools
    _explaining: set[Version] = field(default_factory=set)
    _touching: list[Terms] = field(default_factory=list)
    _seen: Seen = field(default_factory=Seen)

    def contents(self) -> Contents:
        copy = self.known.copy
        absent.note(self.known, self.notes)
        return Contents(
            id=copy.id,
            made_at=clock.now(),
            issuer=self.tools.caller.issuer,
            language=cast(Literal["en", "cy"], copy.language),
            asked=self._asked(),
            tables=self._tables(),
            documents=self._documents(),
            missing=self.notes.missing,
            overview=self._overview,
            brand=self.tools.brand,
            zone=self.known.zone,
        )

    def _asked(self) -> Asked:
        language = self.known.language
        return Asked(
            parts=[words.in_language(words.part(part), language) for part in self.known.copy.parts],
            bodies=[self.known.name(link.organisation_id) for link in self.known.chosen],
            since=self.known.copy.since,
        )

    def _tables(self) -> Iterator[Table]:
        known = self.known
        answers = self._ask()
        if known.has(Part.ACCESSES):
            absent.note_windows(known, self.notes, answers)
            with self.tools.sessions.reading() as session:
                yield accesses.table(known, answers, session=session, met=self._met)
        if known.has(Part.RECORDS):
            self._seen.hold(known, answers)
            yield holdings.table(known, answers)
            yield from Reader(known, self.notes, self.tools.caller, self.tools.limits).tables(
                answers
            )
        for link in known.chosen:
            self.notes.settle(link.organisation_id)
        if known.has(Part.AGREEMENTS):
            self._touching = agreements.touching(known, self._explaining)
            yield agreements.table(known, self._touching, self._explaining, self.tools.grounds)
        if known.has(Part.CHOICES):
            with self.tools.sessions.reading() as session:
                yield from choices.tables(known, session, self.tools.opened)
        if known.has(Part.QUESTIONS):
            with self.tools.sessions.reading() as session:
                yield from questions.tables(known, session, self.tools.opened)
                yield from corrections.tables(known, session, self.tools.opened)
                yield incidents.table(known, session)
        if known.has(Part.LINKS):
            yield from links.tables(known)

    def _ask(self) -> list[Answer]:
        """Each chosen source once. A body of which nothing more will be asked is settled."""
        known, notes, tools = self.known, self.notes, self.tools
        if not (known.has(Part.RECORDS) or known.has(Part.ACCESSES)):
            return []
        left: dict[UUID, int] = {}
        for asked in known.askable():
            left[asked.source.body_id] = left.get(asked.source.body_id, 0) + 1
        notes.asking(left)
        answers = []
        for answer in ask_all(known, tools.caller, tools.keys, tools.limits):
            body_id = answer.asked.source.body_id
            absent.note_answer(notes, answer)
            told = answer.accesses.count if isinstance(answer.accesses, Packed) else 0
            notes.came(body_id, told + len(answer.held))
            left[body_id] -= 1
            if not left[body_id] and not answer.held and not answer.asked.source.sends:
                notes.settle(body_id)
            answers.append(answer)
        return sorted(answers, key=lambda each: known.name(each.asked.source.body_id))

    def _documents(self) -> Iterator[Document]:
        if self._touching:
            with self.tools.sessions.reading() as session:
                yield from agreements.documents(session, self._touching, self.known.language)
        if self.known.has(Part.CHOICES):
            with self.tools.sessions.reading() as session:
                yield from choices.receipts(self.known, session)

    def _overview(self) -> Overview:
        return overview(self.known, self._seen, self._touching, self.tools.grounds)

    def _met(self, event: AccessEvent) -> None:
        """Counts it and what a body sent us, and remembers what explains it."""
        terms = event.explanation.terms
        if terms is not None:
            self._explaining.add((terms.reference, terms.number))
        self._seen.look(self.known, event)
        if event.stored:
            self.notes.came(event.body_id, 1)
