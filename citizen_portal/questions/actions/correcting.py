"""A body says that it put something right about one of its people, or looks at it."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.db import in_place_of
from citizen_portal.errors import Invalid, NotFound, WrongState
from citizen_portal.identity import queries as identity
from citizen_portal.identity.actions.news import have_told
from citizen_portal.identity.queries.known import known_as
from citizen_portal.questions.actions.spreading import spread
from citizen_portal.questions.models.corrections import MOVES, Correction, Matter
from citizen_portal.questions.queries.corrections import known, own, question_of, recipients_at
from citizen_portal.questions.queries.details import Detail, context, opened
from citizen_portal.questions.queries.recipients import Ground, Wrong
from citizen_portal.reach import of_citizen
from citizen_portal.records.queries import RecordNames
from citizen_portal.sealing import Index, Sealer


@dataclass(frozen=True, slots=True)
class Said:
    """What a body says."""

    reference: str
    subject: str
    source_id: UUID
    detail: Detail
    categories: tuple[str, ...]
    matter: Matter
    on: date
    since: date | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """What is needed beside what was said."""

    ground: Ground
    index: Index
    sealer: Sealer
    today: date


def correct(
    session: Session, organisation_id: UUID, said: Said, tools: Tools, *, by: UUID | None = None
) -> Correction:
    """Keep what a body says, tell the citizen, and have each recipient told where it put it right.

    The same again changes nothing. Raises ``NotFound`` for whoever the body is not linked with,
    ``Invalid`` where it says half, ``WrongState`` where it said otherwise under this reference.
    """
    citizen_id = known_as(session, organisation_id, said.subject)
    here = identity.here(citizen_id).with_for_update(key_share=True) if citizen_id else None
    if citizen_id is None or here is None or session.scalar(here) is None:
        raise NotFound("No link stands by which your body knows somebody by this id.")
    _refuse_half_said(said, tools.today)
    _refuse_other_question(session, citizen_id, organisation_id, said)
    before = known(session, citizen_id, organisation_id, said.reference)
    if before is not None and _same(before, said, tools, citizen_id):
        return before
    correction = before or _begun(session, citizen_id, organisation_id, said, tools)
    if before is not None:
        _move(before, said, tools, citizen_id)
    correction.sealed = tools.sealer.seal(said.detail.written(), context(correction.id))
    session.add(correction)
    session.flush()
    _note(session, correction, by)
    if correction.spreads:
        with in_place_of(session, of_citizen(citizen_id)):
            spread(session, correction, _wrong(correction, tools), tools.ground)
    return correction


def note_told(
    session: Session,
    organisation_id: UUID,
    correction_id: UUID,
    place: UUID | str,
    *,
    on: date,
    today: date,
    by: UUID | None = None,
) -> Correction:
    """A body says that it told a recipient itself: one of our list by its id, another by its code.

    The first day that it says stands. Raises ``NotFound``, ``Invalid``.
    """
    correction = own(session, organisation_id, correction_id, locked=True)
    found = recipients_at(session, correction, place)
    if not found:
        raise NotFound("This correction has no such recipient.")
    if not correction.on <= on <= today + timedelta(days=1):
        raise Invalid("Say a day from the correction on, and none to come.")
    for recipient in found:
        if recipient.told_on is None:
            recipient.told_on = on
            _record(session, "correction:told", correction, by)
    return correction


def _begun(
    session: Session, citizen_id: UUID, organisation_id: UUID, said: Said, tools: Tools
) -> Correction:
    return Correction(
        citizen_id=citizen_id,
        organisation_id=organisation_id,
        subject=said.subject,
        reference=said.reference,
        record=_record_name(said, tools, citizen_id),
        categories=sorted(said.categories),
        matter=said.matter,
        on=said.on,
        since=said.since,
        question=said.question,
    )


def _move(before: Correction, said: Said, tools: Tools, citizen_id: UUID) -> None:
    """What is looked at is settled, or looked at once more; it stays about the same set."""
    same_set = before.record == _record_name(said, tools, citizen_id)
    if said.matter not in MOVES[before.matter] or not same_set:
        raise WrongState("Something else was said under this reference. Use a new one.")
    before.categories, before.matter = sorted(said.categories), said.matter
    before.on, before.since, before.changed_at = said.on, said.since, clock.now()
    before.question = said.question or before.question


def _same(before: Correction, said: Said, tools: Tools, citizen_id: UUID) -> bool:
    """Whether the body said just this. A detail that does not open any more may have been other."""
    kept = (before.record, before.categories, before.matter, before.on, before.since)
    record = _record_name(said, tools, citizen_id)
    if kept != (record, sorted(said.categories), said.matter, said.on, said.since):
        return False
    same_question = said.question in (None, before.question)
    return same_question and opened(before, tools.sealer) == said.detail


def _record_name(said: Said, tools: Tools, citizen_id: UUID) -> str:
    return RecordNames(tools.index, citizen_id).name(said.source_id, said.detail.dataset)


def _wrong(correction: Correction, tools: Tools) -> Wrong:
    body = tools.ground.directory.bodies[correction.organisation_id]
    return Wrong(body, frozenset(correction.categories), correction.since, tools.today)


def _note(session: Session, correction: Correction, by: UUID | None) -> None:
    _record(session, "correction:made", correction, by, matter=correction.matter.value)
    key = f"correction:{correction.id}:{correction.matter}"
    have_told(session, correction.citizen_id, key, kind="answer")


def _record(
    session: Session, tag: str, correction: Correction, by: UUID | None, **more: str
) -> None:
    audit.record(
        session,
        tag,
        actor=by,
        for_body=correction.organisation_id,
        correction=correction.id.hex,
        **more,
    )


def _refuse_other_question(
    session: Session, citizen_id: UUID, organisation_id: UUID, said: Said
) -> None:
    asked = said.question
    if asked and question_of(session, citizen_id, organisation_id, asked) is None:
        raise Invalid("This person has asked your body no question by this reference.")


def _refuse_half_said(said: Said, today: date) -> None:
    if said.matter is Matter.NOT_CORRECTED and not said.detail.reason:
        raise Invalid("Say why it is not corrected, in words that the person will read.")
    if said.on > today + timedelta(days=1):  # it may be tomorrow already where the body is
        raise Invalid("Say the day on which it was done: none to come.")
    if said.since is not None and said.since > said.on:
        raise Invalid("It cannot have been wrong only since it was corrected.")
    if not said.categories:
        raise Invalid("Say which kinds of data it is about.")
