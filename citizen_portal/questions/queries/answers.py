"""How one body answered in a quarter, exactly, for the worker to count; and what was published."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Result, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from citizen_portal.counts import SMALLEST, of_people
from citizen_portal.questions.models import Message, Question, Wrote
from citizen_portal.questions.models.corrections import SPREADS, Correction, Recipient, Reply
from citizen_portal.questions.models.counts import AnswerCount, Cell, following
from citizen_portal.questions.queries.corrections import of_correction
from citizen_portal.region import Region

AT_ONCE = 1_000
"""Rows that are in memory together."""
ANSWERS = "answers"
"""Counts, beside the revisions of the directory, how often something was counted."""


@dataclass(slots=True)
class Tally:
    """Exact numbers, but for those of few people, of whom each counts once (``counts.of_people``):
    they leave the worker as ``actions.counting.published`` makes of them."""

    outcomes: Counter[Cell] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)
    """How many were answered after how many days."""
    in_time: int = 0
    late: int = 0
    granted: int = 0
    refused: int = 0
    acknowledged: int = 0
    told: int = 0
    untold: int = 0


def moments(quarter: date, region: Region) -> tuple[datetime, datetime]:
    """When a quarter begins and when the next one does, by the region's calendar."""
    ends = (quarter, following(quarter))
    first, after = (datetime.combine(day, time(), region.zone) for day in ends)
    return first, after


def add_answers(
    session: Session, tally: Tally, organisation_id: UUID, quarter: date, region: Region
) -> None:
    """What a body answered in a quarter.

    A clock that stood still until the answer had run to the day on which the body asked back: that
    is the message before the answer, since nothing else may follow while it waits. An answer that
    was corrected counts for the day on which it was given, with what it says now.
    """
    people: dict[Cell | str, set[UUID]] = defaultdict(set)
    found = _answered(session, organisation_id, *moments(quarter, region))
    for asker, kind, outcome, asked_at, answered_at, due_on, stopped_at in found:
        assert answered_at is not None and outcome is not None  # noqa: S101, PT018  (answered)
        tally.outcomes[kind, outcome] += 1
        tally.days[(region.day(answered_at) - region.day(asked_at)).days] += 1
        in_time = region.day(stopped_at or answered_at) <= due_on
        tally.in_time, tally.late = tally.in_time + in_time, tally.late + (not in_time)
        for name in ((kind, outcome), "in_time" if in_time else "late", "days"):
            if len(people[name]) < SMALLEST:
                people[name].add(asker)
    _count_people(tally, people)


def _answered(
    session: Session, organisation_id: UUID, since: datetime, until: datetime
) -> Result[*tuple[Any, ...]]:
    """Who asked, what came of it and when, and when the body asked back just before."""
    return session.execute(
        select(
            Question.citizen_id,
            Question.kind,
            Question.outcome,
            Question.asked_at,
            Question.answered_at,
            Question.due_on,
            Message.at,
        )
        .outerjoin(Message, _asked_back_last())
        .where(
            Question.organisation_id == organisation_id,
            Question.answered_at >= since,
            Question.answered_at < until,
        ),
        execution_options={"yield_per": AT_ONCE},
    )


def _count_people(tally: Tally, people: Mapping[Cell | str, Collection[UUID]]) -> None:
    """``people`` has 10 at most of each."""
    for cell, count in tally.outcomes.items():
        tally.outcomes[cell] = of_people(count, len(people[cell]))
    tally.in_time = of_people(tally.in_time, len(people["in_time"]))
    tally.late = of_people(tally.late, len(people["late"]))
    if len(people["days"]) < SMALLEST:
        tally.days.clear()


def _asked_back_last() -> ColumnElement[bool]:
    """The message before the answer, where the body asked back in it."""
    given = aliased(Message)
    answer = (
        select(given.number)
        .where(
            given.citizen_id == Question.citizen_id,
            given.question_id == Question.id,
            given.wrote == Wrote.ANSWER,
        )
        .scalar_subquery()
    )
    return and_(
        Message.citizen_id == Question.citizen_id,
        Message.question_id == Question.id,
        Message.number == func.coalesce(answer, Question.messages) - 1,
        Message.wrote == Wrote.ASK_BACK,
    )


def add_recipients(
    session: Session, tally: Tally, organisation_id: UUID, quarter: date, region: Region
) -> None:
    """Who had to be told of what a body put right in a quarter, and how far that has come."""
    since, until = moments(quarter, region)
    stands = case(
        (Recipient.reply != Reply.NONE, "acknowledged"),
        (or_(Recipient.told_at.is_not(None), Recipient.told_on.is_not(None)), "told"),
        else_="untold",
    )
    found = session.execute(
        select(stands, func.count(), func.count(Recipient.citizen_id.distinct()))
        .select_from(Correction)
        .join(Recipient, of_correction())
        .where(
            Correction.organisation_id == organisation_id,
            Correction.matter.in_(SPREADS),
            Recipient.made_at >= since,
            Recipient.made_at < until,
        )
        .group_by(stands)
    )
    for name, count, people in found:
        setattr(tally, name, of_people(count, people))


def newest_quarter(session: Session) -> date | None:
    return session.scalar(select(func.max(AnswerCount.quarter)))


def quarters(session: Session) -> Sequence[date]:
    """Those that were counted, the newest first."""
    return session.scalars(
        select(AnswerCount.quarter).distinct().order_by(AnswerCount.quarter.desc())
    ).all()


def counted(session: Session, quarter: date) -> Sequence[AnswerCount]:
    """What was published of a quarter, one row for each body."""
    return session.scalars(
        select(AnswerCount)
        .where(AnswerCount.quarter == quarter)
        .order_by(AnswerCount.organisation_id)
    ).all()


def of_body(session: Session, organisation_id: UUID) -> Sequence[AnswerCount]:
    """What was published of a body, the newest quarter first."""
    own = select(AnswerCount).where(AnswerCount.organisation_id == organisation_id)
    return session.scalars(own.order_by(AnswerCount.quarter.desc())).all()


def published(session: Session, rows: "slice[int, int, None]") -> Sequence[AnswerCount]:
    """The newest quarter first, each in the order in which it was counted."""
    return session.scalars(
        select(AnswerCount)
        .order_by(AnswerCount.quarter.desc(), AnswerCount.id)
        .offset(rows.start)
        .limit(rows.stop - rows.start)
    ).all()
