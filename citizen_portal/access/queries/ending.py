"""Which withheld accesses the worker is to show now, and whether the clock can be believed."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from citizen_portal.access.models import Hold, HoldDecision, Protects, Received, Verdict
from citizen_portal.access.queries.holds import STANDING
from citizen_portal.audit import AuditEntry

MOST_AHEAD = timedelta(days=1)
"""A clock that stands further ahead than this of what was recorded last is not believed."""
AT_ONCE = 5_000
"""Holds that one run of the worker shows."""


def clock_is_sound(newest: datetime | None, now: datetime) -> bool:
    """Whether the clock has not jumped ahead, which would show too early what is withheld.

    It is measured by the newest thing that was recorded. Where nothing was recorded for a day it
    is not believed either; but then nobody signed in who could have seen anything, and the first
    one who does is recorded.
    """
    return newest is not None and now - newest <= MOST_AHEAD


def newest_recorded(session: Session) -> datetime | None:
    entry = session.scalar(select(AuditEntry.at).order_by(AuditEntry.id.desc()).limit(1))
    day = session.scalar(select(func.max(Received.accepted_on)))
    received = datetime.combine(day, time.max, UTC) if day else None
    return max((at for at in (entry, received) if at is not None), default=None)


def due(session: Session, *, today: date | None) -> list[UUID]:
    """What two approvers released; and what protects an inquiry and ended before today.

    Without ``today`` the clock counts for nothing.
    """
    # Asked for each that stands, by the index on its decisions: those decided ever are many more.
    wanted: ColumnElement[bool] = exists().where(
        HoldDecision.hold_id == Hold.id,
        HoldDecision.verdict == Verdict.RELEASE,
        HoldDecision.agreed_at.is_not(None),
    )
    if today is not None:
        wanted = or_(wanted, and_(Hold.protects == Protects.INQUIRY, Hold.until < today))
    found = select(Hold.id).where(Hold.state.in_(STANDING), wanted)
    return list(session.scalars(found.order_by(Hold.until, Hold.id).limit(AT_ONCE)))
