"""What sources sent us of a citizen: a window of the events, and how often each kind happened.

A history may hold a million events, so that no page reads more of it than a window; what a page
says in numbers comes from the tallies.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, literal_column, or_, select
from sqlalchemy.orm import Session

from citizen_portal.access.models import PushedEvent
from citizen_portal.access.queries.attention import patterns_of
from citizen_portal.access.queries.facts import AccessEvent, Usage
from citizen_portal.access.queries.matching import Explainer
from citizen_portal.errors import NotFound

WINDOW = 100
"""Events of one page; one that is narrowed looks through more."""
MOST_LIFTED = 50
COLUMNS = (
    PushedEvent.id,
    PushedEvent.source_id,
    PushedEvent.occurred_at,
    PushedEvent.action,
    PushedEvent.receiver_code,
    PushedEvent.receiver_name,
    PushedEvent.system,
    PushedEvent.agreement,
    PushedEvent.categories,
    PushedEvent.actor,
    PushedEvent.trigger,
    PushedEvent.result,
    PushedEvent.emergency,
    PushedEvent.processor,
    PushedEvent.role,
    PushedEvent.actor_handle,
    PushedEvent.legal_power,
    PushedEvent.lifted,
    PushedEvent.shown_from,
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a history: what lies before it is older."""

    occurred: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.occurred.timestamp():.6f}-{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """The place that a page gave out; none for what is no such text."""
        seconds, _, name = text.partition("-")
        try:
            return cls(datetime.fromtimestamp(float(seconds), UTC), UUID(hex=name))
        except (ValueError, OverflowError, OSError):
            return None


@dataclass(frozen=True, slots=True)
class Window:
    """Events newest first, and where to go on if there are older ones."""

    events: tuple[AccessEvent, ...]
    older: Cursor | None


def window(
    session: Session,
    citizen_id: UUID,
    *,
    sources: Collection[UUID],
    explainer: Explainer,
    today: date,
    before: Cursor | None = None,
    since: datetime | None = None,
    size: int = WINDOW,
) -> Window:
    """The newest events of these sources, or the newest before a place."""
    if not sources:
        return Window((), None)
    wanted = (
        select(*COLUMNS)
        .where(PushedEvent.citizen_id == citizen_id, PushedEvent.source_id.in_(sources))
        .order_by(PushedEvent.occurred_at.desc(), PushedEvent.id.desc())
        .limit(size + 1)
    )
    if since is not None:
        wanted = wanted.where(PushedEvent.occurred_at >= since)
    if before is not None:
        earlier = PushedEvent.occurred_at < before.occurred
        same = and_(PushedEvent.occurred_at == before.occurred, PushedEvent.id < before.id)
        wanted = wanted.where(PushedEvent.occurred_at <= before.occurred, or_(earlier, same))
    rows = session.execute(wanted).all()
    shown = rows[:size]
    last = Cursor(shown[-1].occurred_at, shown[-1].id) if len(rows) > size else None
    return Window(tuple(_event(row, explainer, today) for row in shown), last)


def newer(
    session: Session,
    citizen_id: UUID,
    *,
    sources: Collection[UUID],
    before: Cursor,
    size: int = WINDOW,
) -> Cursor | None:
    """Where the window begins that ends at this place; none where that is the newest."""
    earlier, same = PushedEvent.occurred_at > before.occurred, PushedEvent.id >= before.id
    row = session.execute(
        select(PushedEvent.occurred_at, PushedEvent.id)
        .where(
            PushedEvent.citizen_id == citizen_id,
            PushedEvent.source_id.in_(sources),
            PushedEvent.occurred_at >= before.occurred,
            or_(earlier, same),
        )
        .order_by(PushedEvent.occurred_at, PushedEvent.id)
        .offset(size)
        .limit(1)
    ).one_or_none()
    return Cursor(row.occurred_at, row.id) if row else None


def lifted(
    session: Session,
    citizen_id: UUID,
    *,
    sources: Collection[UUID],
    explainer: Explainer,
    today: date,
) -> list[AccessEvent]:
    """The newest of those that stood out when they were reviewed and still do."""
    if not sources:
        return []
    rows = session.execute(
        select(*COLUMNS)
        .where(
            PushedEvent.citizen_id == citizen_id,
            PushedEvent.source_id.in_(sources),
            PushedEvent.lifted > literal_column("0"),  # as its partial index has it
        )
        .order_by(PushedEvent.occurred_at.desc(), PushedEvent.id.desc())
        .limit(MOST_LIFTED)
    )
    found = [_event(row, explainer, today) for row in rows]
    return [event for event in found if event.stands_out]


def one(
    session: Session,
    citizen_id: UUID,
    event_id: UUID,
    *,
    sources: Collection[UUID],
    explainer: Explainer,
    today: date,
) -> AccessEvent:
    """The event of this id, if it is the citizen's; raises ``NotFound``."""
    row = session.execute(
        select(*COLUMNS).where(
            PushedEvent.citizen_id == citizen_id,
            PushedEvent.id == event_id,
            PushedEvent.source_id.in_(sources),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such entry.")
    return _event(row, explainer, today)


def unreviewed_citizens(session: Session, *, most: int) -> Sequence[UUID]:
    """Citizens with events that nobody has reviewed yet."""
    return session.scalars(
        select(PushedEvent.citizen_id)
        .where(PushedEvent.lifted.is_(None))
        .distinct()
        .order_by(PushedEvent.citizen_id)
        .limit(most)
    ).all()


def unreviewed(
    session: Session, citizen_id: UUID, *, explainer: Explainer, today: date, most: int
) -> list[AccessEvent]:
    """Events that wait to be reviewed, the oldest first."""
    rows = session.execute(
        select(*COLUMNS)
        .where(PushedEvent.citizen_id == citizen_id, PushedEvent.lifted.is_(None))
        .order_by(PushedEvent.occurred_at, PushedEvent.id)
        .limit(most)
    )
    return [_event(row, explainer, today) for row in rows]


def _event(row: Any, explainer: Explainer, today: date) -> AccessEvent:
    usage = Usage(
        occurred=row.occurred_at,
        action=row.action,
        receiver_code=row.receiver_code,
        receiver_name=row.receiver_name,
        system=row.system,
        agreement=row.agreement,
        categories=tuple(row.categories),
        actor=row.actor,
        trigger=row.trigger,
        result=row.result,
        emergency=row.emergency,
        processor=row.processor,
        role=row.role,
        actor_handle=row.actor_handle,
        legal_power=row.legal_power,
    )
    return explainer.event(
        row.id.hex,
        usage,
        source_id=row.source_id,
        proven=True,
        patterns=patterns_of(row.lifted, day=explainer.day(row.occurred_at), today=today),
        shown_from=row.shown_from,
    )
