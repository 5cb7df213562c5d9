"""Corrections as each side reads them: the citizen, the body that put it right, a recipient."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from citizen_portal.errors import NotFound
from citizen_portal.questions.models import Question
from citizen_portal.questions.models.corrections import (
    Correction,
    CorrectionFeed,
    Matter,
    Recipient,
    Reply,
    Status,
    status,
)

MOST_NOTES = 500


@dataclass(frozen=True, slots=True)
class Note:
    """That a body corrected a set of records, or looks at it: as it stands beside the set."""

    id: UUID
    organisation_id: UUID
    record: str
    matter: Matter
    on: date
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Reached:
    """One recipient, as the citizen and the body that corrected are shown it."""

    id: UUID
    organisation_id: UUID | None
    code: str
    name: str | None
    subject: str | None
    agreement: str | None
    looked: bool
    made_at: datetime
    told_at: datetime | None
    undelivered: bool
    told_on: date | None
    reply: Reply
    replied_at: datetime | None
    applied_from: date | None
    sealed_reason: bytes | None

    def status(self) -> Status:
        return status(self)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many recipients there are, and how many of them answered or were told by the body."""

    recipients: int = 0
    answered: int = 0
    to_tell: int = 0
    """Those whom the body has to tell itself, and did not say that it did."""


_NOTE = tuple(getattr(Correction, field.name) for field in fields(Note))
_REACHED = tuple(getattr(Recipient, field.name) for field in fields(Reached))


def no_such() -> NotFound:
    """For what is nobody's and for what is somebody else's alike."""
    return NotFound("There is no such correction.")


def notes(session: Session, citizen_id: UUID) -> Mapping[str, Sequence[Note]]:
    """By the name of the set of records in the citizen's addresses, the newest first."""
    rows = session.execute(
        select(*_NOTE)
        .where(Correction.citizen_id == citizen_id)
        .order_by(Correction.changed_at.desc(), Correction.id.desc())
        .limit(MOST_NOTES)
    )
    found: dict[str, list[Note]] = defaultdict(list)
    for row in rows:
        found[row.record].append(Note(*row))
    return found


def one(session: Session, citizen_id: UUID, correction_id: UUID) -> Correction:
    """A correction of this citizen's data; raises ``NotFound``."""
    return _found(session, Correction.citizen_id == citizen_id, Correction.id == correction_id)


def own(
    session: Session, organisation_id: UUID, correction_id: UUID, *, locked: bool = False
) -> Correction:
    """A correction that this body made; raises ``NotFound``."""
    return _found(
        session,
        Correction.organisation_id == organisation_id,
        Correction.id == correction_id,
        locked=locked,
    )


def _found(session: Session, *where: ColumnElement[bool], locked: bool = False) -> Correction:
    asked = select(Correction).where(*where)
    found = session.scalars(asked.with_for_update() if locked else asked).one_or_none()
    if found is None:
        raise no_such()
    return found


def known(
    session: Session, citizen_id: UUID, organisation_id: UUID, reference: str
) -> Correction | None:
    """What a body said under this reference of its own about this person."""
    return session.scalars(
        select(Correction)
        .where(
            Correction.citizen_id == citizen_id,
            Correction.organisation_id == organisation_id,
            Correction.reference == reference,
        )
        .with_for_update()
    ).one_or_none()


def question_of(
    session: Session, citizen_id: UUID, organisation_id: UUID, reference: str
) -> UUID | None:
    """The question of this person to this body that goes by this reference."""
    return session.scalar(
        select(Question.id).where(
            Question.citizen_id == citizen_id,
            Question.organisation_id == organisation_id,
            Question.reference == reference,
        )
    )


def reached(session: Session, citizen_id: UUID, correction_id: UUID) -> list[Reached]:
    """Its recipients: those of our list first."""
    rows = session.execute(
        select(*_REACHED)
        .where(Recipient.citizen_id == citizen_id, Recipient.correction_id == correction_id)
        .order_by(Recipient.organisation_id.is_(None), Recipient.code, Recipient.name)
    )
    return [Reached(*row) for row in rows]


def each_with_recipients(
    session: Session, citizen_id: UUID
) -> list[tuple[Correction, list[Reached]]]:
    """Whatever was put right of one citizen's data, the oldest first: two statements."""
    made = session.scalars(
        select(Correction).where(Correction.citizen_id == citizen_id).order_by(Correction.id)
    ).all()
    rows = session.execute(
        select(Recipient.correction_id, *_REACHED)
        .where(Recipient.citizen_id == citizen_id)
        .order_by(Recipient.organisation_id.is_(None), Recipient.code, Recipient.name)
    )
    found: dict[UUID, list[Reached]] = defaultdict(list)
    for correction_id, *row in rows:
        found[correction_id].append(Reached(*row))
    return [(each, found[each.id]) for each in made]


def recipients_at(
    session: Session, correction: Correction, place: UUID | str
) -> Sequence[Recipient]:
    """Those of a correction that are at one place: a body of our list, or another's code."""
    if isinstance(place, UUID):
        there = Recipient.organisation_id == place
    else:
        there = and_(Recipient.organisation_id.is_(None), Recipient.code == place)
    return session.scalars(
        select(Recipient)
        .where(
            Recipient.citizen_id == correction.citizen_id,
            Recipient.correction_id == correction.id,
            there,
        )
        .with_for_update()
    ).all()


def count_of(session: Session, organisation_id: UUID) -> int:
    wanted = select(func.count()).select_from(Correction)
    return session.scalar(wanted.where(Correction.organisation_id == organisation_id)) or 0


def made_by(
    session: Session, organisation_id: UUID, rows: "slice[int, int, None]"
) -> list[tuple[Correction, Counted]]:
    """What one body corrected, the newest first, and how it goes with each: two statements."""
    found = session.scalars(
        select(Correction)
        .where(Correction.organisation_id == organisation_id)
        .order_by(Correction.id.desc())
        .offset(rows.start)
        .limit(rows.stop - rows.start)
    ).all()
    counted = _counted(session, found)
    return [(each, counted.get(each.id, Counted())) for each in found]


def _counted(session: Session, found: Sequence[Correction]) -> Mapping[UUID, Counted]:
    answered = func.count().filter(Recipient.reply != Reply.NONE)
    to_tell = and_(Recipient.subject.is_(None), Recipient.told_on.is_(None))
    rows = session.execute(
        select(Recipient.correction_id, func.count(), answered, func.count().filter(to_tell))
        .where(
            Recipient.citizen_id.in_({each.citizen_id for each in found}),
            Recipient.correction_id.in_([each.id for each in found]),
        )
        .group_by(Recipient.correction_id)
    )
    return {row[0]: Counted(*row[1:]) for row in rows}


def position(session: Session, organisation_id: UUID) -> tuple[int, int]:
    """How long a recipient's list is, by number, and how far it was read."""
    row = session.execute(
        select(CorrectionFeed.last, CorrectionFeed.read_to).where(
            CorrectionFeed.organisation_id == organisation_id
        )
    ).one_or_none()
    return (row.last, row.read_to) if row else (0, 0)


def listed(
    session: Session, organisation_id: UUID, *, after: int, most: int
) -> Sequence[tuple[Recipient, Correction]]:
    """What a recipient was told after this number of its list, the oldest first."""
    rows = session.execute(
        select(Recipient, Correction)
        .join(Correction, of_correction())
        .where(Recipient.organisation_id == organisation_id, Recipient.number > after)
        .order_by(Recipient.number)
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def told_to(session: Session, organisation_id: UUID, recipient_id: UUID) -> Recipient:
    """What one recipient was told, to be answered; raises ``NotFound``."""
    found = session.scalars(
        select(Recipient)
        .where(
            Recipient.organisation_id == organisation_id,
            Recipient.id == recipient_id,
            Recipient.number.is_not(None),
        )
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise no_such()
    return found


def of_correction() -> ColumnElement[bool]:
    """Joins a recipient with its correction."""
    return and_(
        Correction.citizen_id == Recipient.citizen_id, Correction.id == Recipient.correction_id
    )
