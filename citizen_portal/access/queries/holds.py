"""What can be asked about withheld accesses, mostly by officers of the body that withholds them.

Neither who nor what: that stands closed in ``HeldEvent``.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from citizen_portal import bulk
from citizen_portal.access.models import Hold, HoldDecision, HoldState
from citizen_portal.access.queries.identities import Key, by_source
from citizen_portal.errors import NotFound

STANDING = (HoldState.HELD, HoldState.OVERSIGHT)


def hold_of(session: Session, organisation_id: UUID, hold_id: UUID) -> Hold:
    """One hold of this body's, kept still for whoever is about to change it."""
    wanted = select(Hold).where(Hold.organisation_id == organisation_id, Hold.id == hold_id)
    if not session.info.get("read_only"):
        wanted = wanted.with_for_update()
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound("There is no such withheld access.")
    return found


def count_of(session: Session, organisation_id: UUID, *, ended: bool) -> int:
    wanted = select(func.count()).select_from(Hold).where(Hold.organisation_id == organisation_id)
    return session.scalar(wanted.where(Hold.state.in_(_states(ended)))) or 0


def holds_of(
    session: Session, organisation_id: UUID, rows: "slice[int, int, None]", *, ended: bool
) -> list[Hold]:
    """Those that stand, the next to end first; or those that ended, the latest first."""
    order = (Hold.ended_at.desc(), Hold.id.desc()) if ended else (Hold.until, Hold.id)
    wanted = (
        select(Hold)
        .where(Hold.organisation_id == organisation_id, Hold.state.in_(_states(ended)))
        .order_by(*order)
        .offset(rows.start)
        .limit(rows.stop - rows.start)
    )
    return list(session.scalars(wanted))


def decisions(session: Session, hold_id: UUID) -> list[HoldDecision]:
    """What was ever proposed about it, the latest first."""
    wanted = select(HoldDecision).where(HoldDecision.hold_id == hold_id)
    newest = (HoldDecision.proposed_at.desc(), HoldDecision.id.desc())
    return list(session.scalars(wanted.order_by(*newest)))


def standing_decision(session: Session, hold_id: UUID) -> HoldDecision | None:
    """The proposal that waits for a second approver, or the release that waits for the worker."""
    return next((one for one in decisions(session, hold_id) if one.open or one.releases), None)


def proposed(session: Session, hold_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of these holds those for which a proposal waits, each with who made it."""
    rows = session.execute(
        select(HoldDecision.hold_id, HoldDecision.proposed_by_id).where(
            HoldDecision.hold_id.in_(list(hold_ids)),
            HoldDecision.agreed_at.is_(None),
            HoldDecision.dropped_at.is_(None),
        )
    )
    return dict(rows.all())


def held(
    session: Session, keys: Iterable[Key], *where: ColumnElement[bool]
) -> dict[Key, datetime | None]:
    """Of these the events that were ever withheld, and when that ended."""
    found: dict[Key, datetime | None] = {}
    for source_id, some in by_source(keys):
        wanted = bulk.among(session, Hold.source_ref, some)
        rows = session.execute(
            select(Hold.source_ref, Hold.ended_at).where(
                Hold.source_id == source_id, wanted, *where
            )
        )
        found.update({(source_id, row[0]): row[1] for row in rows})
    return found


def _states(ended: bool) -> tuple[HoldState, ...]:
    return tuple(state for state in HoldState if (state not in STANDING) is ended)
