"""What is removed of events: what is older than is kept, and what an ended link brought."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, Delete, Select, delete, select, tuple_, update
from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.access.models import Actor, Hold, PushedEvent, Received, Refusal, Tally
from citizen_portal.access.queries.holds import STANDING
from citizen_portal.bodies.models.retention import before, length, oldest
from citizen_portal.bodies.queries import SourceFacts
from citizen_portal.identity.models import Citizen

AT_ONCE = 5_000
"""Rows of one transaction, so that no writer waits long."""
REFUSALS_FOR = timedelta(days=30)


def remove_outdated(
    session: Session, source: SourceFacts, actor: Actor, *, today: date, zone: tzinfo
) -> int:
    """Remove some events of one class that are past what the source's retention says.

    Gives how many; call it until that is none. Their hashes go once no class keeps them, so that
    an event that was removed does not come back.
    """
    first = before(length(source.retention, actor), today)
    outdated = (
        select(PushedEvent.citizen_id, PushedEvent.id)
        .where(
            PushedEvent.source_id == source.id,
            PushedEvent.actor == actor,
            PushedEvent.occurred_at < datetime.combine(first, time(), tzinfo=zone),
        )
        .limit(AT_ONCE)
    )
    gone = _gone(
        session,
        delete(PushedEvent).where(tuple_(PushedEvent.citizen_id, PushedEvent.id).in_(outdated)),
    )
    if gone:
        counted = (Tally.source_id == source.id, Tally.actor == actor, Tally.day < first)
        session.execute(delete(Tally).where(*counted))
        about: dict[str, Any] = {"source": source.slug, "class": actor.value, "count": gone}
        audit.record(session, "access:removed", for_body=source.body_id, **about)
    return gone


def remove_hashes(session: Session, source: SourceFacts, *, today: date) -> int:
    """Remove some hashes of events that no class of the source keeps; gives how many.

    Not of withheld ones: what is released must be what came.
    """
    first = oldest(source.retention, today)
    withheld = _withheld().where(Hold.state.in_(STANDING)).exists()
    outdated = (
        select(Received.source_id, Received.source_ref)
        .where(
            Received.source_id == source.id,
            Received.occurred_on < first - timedelta(days=1),
            ~withheld,
        )
        .limit(AT_ONCE)
    )
    return _gone(
        session,
        delete(Received).where(tuple_(Received.source_id, Received.source_ref).in_(outdated)),
    )


def remove_refusals(session: Session) -> int:
    """Remove some reports that are older than they are kept; gives how many."""
    old = select(Refusal.id).where(Refusal.at < clock.now() - REFUSALS_FOR).limit(AT_ONCE)
    return _gone(session, delete(Refusal).where(Refusal.id.in_(old)))


def forget_sent(session: Session, citizen_id: UUID, *, source_ids: Collection[UUID]) -> int:
    """Remove some of what these sources sent of a citizen whose link ended; gives how many.

    What is sent again once a new link is made counts as never kept.
    """
    # Nobody reviews and counts meanwhile what is gone.
    session.execute(
        select(Citizen.id).where(Citizen.id == citizen_id).with_for_update(key_share=True)
    )
    keys = session.execute(
        select(PushedEvent.id, PushedEvent.source_id, PushedEvent.source_ref)
        .where(PushedEvent.citizen_id == citizen_id, PushedEvent.source_id.in_(source_ids))
        .order_by(PushedEvent.id)
        .limit(AT_ONCE)
    ).all()
    for source_id in source_ids:
        refs = [ref for _, of, ref in keys if of == source_id]
        session.execute(
            update(Received)
            .where(Received.source_id == source_id, Received.source_ref.in_(refs))
            .values(kept=False)
        )
    session.execute(
        delete(PushedEvent).where(
            PushedEvent.citizen_id == citizen_id, PushedEvent.id.in_([key[0] for key in keys])
        )
    )
    session.execute(
        delete(Tally).where(Tally.citizen_id == citizen_id, Tally.source_id.in_(source_ids))
    )
    return len(keys)


def forget_for_good(session: Session, citizen_id: UUID) -> int:
    """Remove some of what any source sent of a citizen who has gone; gives how many.

    Their hashes go as well: whoever comes back is known by another id, under which the same events
    are other content. One that was withheld keeps its hash, which belongs to the record of that.
    """
    session.execute(
        select(Citizen.id).where(Citizen.id == citizen_id).with_for_update(key_share=True)
    )
    keys = session.execute(
        select(PushedEvent.id, PushedEvent.source_id, PushedEvent.source_ref)
        .where(PushedEvent.citizen_id == citizen_id)
        .order_by(PushedEvent.id)
        .limit(AT_ONCE)
    ).all()
    withheld = _withheld().exists()
    for source_id in sorted({of for _, of, _ in keys}):
        refs = [ref for _, of, ref in keys if of == source_id]
        hashes = (Received.source_id == source_id, Received.source_ref.in_(refs), ~withheld)
        session.execute(delete(Received).where(*hashes))
    session.execute(
        delete(PushedEvent).where(
            PushedEvent.citizen_id == citizen_id, PushedEvent.id.in_([key[0] for key in keys])
        )
    )
    return len(keys)


def _withheld() -> Select[str]:
    """Names the columns: of these rows the path that removes may read no others."""
    return select(Hold.source_ref).where(
        Hold.source_id == Received.source_id, Hold.source_ref == Received.source_ref
    )


def _gone(session: Session, statement: Delete) -> int:
    done = session.execute(statement)
    assert isinstance(done, CursorResult)  # noqa: S101
    return int(done.rowcount)
