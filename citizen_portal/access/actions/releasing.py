"""What the worker does with withheld accesses once they are decided, or their last day is over.

Each is released in a transaction of its own: killed anywhere, it is either still withheld or shown.
"""

import json
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from citizen_portal import audit
from citizen_portal.access.actions.holding import context
from citizen_portal.access.actions.keeping import Sent, keep
from citizen_portal.access.actions.receiving import people_of
from citizen_portal.access.models import (
    HeldEvent,
    Hold,
    HoldState,
    Protects,
    Received,
)
from citizen_portal.access.queries.trees import leaf
from citizen_portal.bodies.models import Source
from citizen_portal.bodies.models.retention import oldest
from citizen_portal.sealing import CannotOpen, Index, Opener

AT_ONCE = 5_000
"""Holds that one transaction takes up."""


def release(
    session: Session, hold_id: UUID, *, opener: Opener, index: Index, now: datetime
) -> None:
    """Show a withheld event, with its true time, to the one it names, if they are linked now.

    If they are not it is dropped without a word, as an open one would have been. Done twice it
    changes nothing. Raises ``CannotOpen``, also where it is not what was fixed when it came.
    """
    hold = session.scalars(select(Hold).where(Hold.id == hold_id).with_for_update()).one()
    closed = session.scalar(select(HeldEvent.sealed).where(HeldEvent.hold_id == hold_id))
    if not hold.standing or closed is None:
        return
    canonical = opener.open(closed, context(hold_id))
    received = session.get(Received, (hold.source_id, hold.source_ref))
    if received and leaf(received.salt, canonical) != received.leaf:
        raise CannotOpen("a withheld event is not the one that was received")
    event = _opened(hold, canonical)
    people = people_of(session, hold.organisation_id, {event.row["subject"]})
    if people:
        keep(session, [event], people, index, now, shown_from={event.key: now})
    else:
        _may_come_again(session, event)
    session.execute(delete(HeldEvent).where(HeldEvent.hold_id == hold_id))
    hold.end(HoldState.RELEASED)
    audit.record(session, "hold:ended", for_body=hold.organisation_id, hold=hold_id.hex)


def move_to_oversight(session: Session, *, today: date) -> None:
    """Those that protect a person, ended before today and were not decided."""
    late = select(Hold).where(
        Hold.state == HoldState.HELD, Hold.protects == Protects.PERSON, Hold.until < today
    )
    for hold in session.scalars(late.order_by(Hold.id).limit(AT_ONCE)):
        hold.state = HoldState.OVERSIGHT
        audit.record(session, "hold:to-oversight", for_body=hold.organisation_id, hold=hold.id.hex)


def forget_closed(session: Session, *, now: datetime) -> None:
    """Events of closed holds go when their source's retention ends; the hold stays on record.

    At most ``AT_ONCE`` of each source; the next run goes on.
    """
    closed = (
        select(HeldEvent.hold_id)
        .join(Hold, Hold.id == HeldEvent.hold_id)
        .where(Hold.state == HoldState.CLOSED)
    )
    sources = select(Source).where(Source.id.in_(closed.with_only_columns(Hold.source_id)))
    for source in session.scalars(sources):
        kept = exists().where(
            Received.source_id == Hold.source_id,
            Received.source_ref == Hold.source_ref,
            Received.occurred_on >= oldest(source.retention, now.date()),
        )
        over = closed.where(Hold.source_id == source.id, ~kept).limit(AT_ONCE)
        session.execute(delete(HeldEvent).where(HeldEvent.hold_id.in_(over)))


def _opened(hold: Hold, canonical: bytes) -> Sent:
    row = json.loads(canonical)
    occurred = datetime.fromisoformat(row["occurred"])
    recorded = datetime.fromisoformat(row["recorded"]) if "recorded" in row else None
    return Sent(0, hold.source_id, row, occurred, recorded, canonical)


def _may_come_again(session: Session, event: Sent) -> None:
    """It was kept for nobody: once a link is made the body sends the agreed window again."""
    source_id, ref = event.key
    session.execute(
        update(Received)
        .where(Received.source_id == source_id, Received.source_ref == ref)
        .values(kept=False)
    )
