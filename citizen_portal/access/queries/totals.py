"""What bodies publish of how often they make each kind of access."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_portal.access.models import ActivityTotal
from citizen_portal.access.queries.facts import AccessEvent
from citizen_portal.db import Words

MOST_PERIODS = 60
"""So many periods are looked through for the one that an access falls into."""


@dataclass(frozen=True, slots=True)
class Months:
    """Whole months, each by its first day."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1


@dataclass(frozen=True, slots=True)
class Total:
    """One kind of access with its numbers; a number that is none is smaller than 10."""

    source_id: UUID
    agreement: str
    receiver_code: str
    first_month: date
    last_month: date
    system: str
    action: str
    accesses: int | None
    people: int | None
    triggered_by: Words | None
    figures_from: Words

    @property
    def months(self) -> Months:
        return Months(self.first_month, self.last_month)

    def holds(self, day: date) -> bool:
        return self.first_month <= day.replace(day=1) <= self.last_month


_COLUMNS = tuple(getattr(ActivityTotal, field.name) for field in fields(Total))


def usual(session: Session, event: AccessEvent) -> Total | None:
    """What is published of accesses like this one: of its own month if there is that, else the
    newest; of its very system and action before what is of whatever system."""
    terms, usage = event.explanation.terms, event.usage
    if terms is None:
        return None
    rows = session.execute(
        select(*_COLUMNS)
        .where(
            ActivityTotal.source_id == event.source_id,
            ActivityTotal.agreement == terms.reference,
            ActivityTotal.receiver_code == usage.receiver_code,
            ActivityTotal.system.in_(("", usage.system)),
            ActivityTotal.action.in_(("", usage.action)),
        )
        .order_by(ActivityTotal.first_month.desc())
        .limit(4 * MOST_PERIODS)
    )
    return _nearest([Total(*row) for row in rows], event.day)


def _nearest(found: Iterable[Total], day: date) -> Total | None:
    def weight(total: Total) -> tuple[bool, date, bool, bool]:
        return total.holds(day), total.first_month, bool(total.action), bool(total.system)

    return max(found, key=weight, default=None)


def newest_totals(session: Session, organisation_id: UUID) -> tuple[Total, ...]:
    """The numbers of the last period that a body published, the most frequent first."""
    newest = (
        select(func.max(ActivityTotal.first_month))
        .where(ActivityTotal.organisation_id == organisation_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(*_COLUMNS)
        .where(
            ActivityTotal.organisation_id == organisation_id, ActivityTotal.first_month == newest
        )
        .order_by(func.coalesce(ActivityTotal.accesses, 0).desc(), ActivityTotal.id)
    )
    return tuple(Total(*row) for row in rows)


def totals_of(session: Session, organisation_id: UUID, *, first: int, count: int) -> list[Total]:
    """What a body published, the newest period first."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(ActivityTotal.organisation_id == organisation_id)
        .order_by(ActivityTotal.first_month.desc(), ActivityTotal.id)
        .offset(first)
        .limit(count)
    )
    return [Total(*row) for row in rows]


def published_at(session: Session, organisation_id: UUID) -> tuple[datetime | None, int]:
    """When a body last published numbers, and how many there are: decides the open data."""
    of_body = ActivityTotal.organisation_id == organisation_id
    newest, count = session.execute(
        select(func.max(ActivityTotal.told_at), func.count()).where(of_body)
    ).one()
    return newest, count


def overlapping(session: Session, organisation_id: UUID, months: Months) -> bool:
    """Whether another period is published that shares a month with this one."""
    wanted = select(ActivityTotal.id).where(
        ActivityTotal.organisation_id == organisation_id,
        ActivityTotal.first_month <= months.last,
        ActivityTotal.last_month >= months.first,
        ~((ActivityTotal.first_month == months.first) & (ActivityTotal.last_month == months.last)),
    )
    return session.scalar(wanted.limit(1)) is not None
