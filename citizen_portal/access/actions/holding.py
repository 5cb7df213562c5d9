"""What can happen to accesses that a law lets a body withhold: begun with the event itself.

The web only adds to ``HeldEvent``: it has neither the key nor, on PostgreSQL, the right to read it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, insert
from sqlalchemy.orm import Session

from citizen_portal import audit
from citizen_portal.access.actions.keeping import Sent
from citizen_portal.access.models import HeldEvent, Hold, HoldState, Received
from citizen_portal.access.queries.holds import held
from citizen_portal.access.queries.identities import Key
from citizen_portal.bodies.models.retention import before
from citizen_portal.region import HoldBasis


def begin(session: Session, organisation_id: UUID, client_id: str, sent: Iterable[Sent]) -> None:
    """Withhold those of these new events that say so."""
    holds, events = [], []
    for each in sent:
        if (hold := each.hold) is None:
            continue
        row = Hold(
            organisation_id=organisation_id,
            source_id=each.source_id,
            source_ref=each.row["source_ref"],
            basis=hold.basis,
            protects=hold.protects,
            until=hold.until,
            approvers=[str(one) for one in hold.approvers],
        )
        row.id = hold.id
        holds.append(row)
        events.append({"hold_id": hold.id, "sealed": hold.closed})
    if not holds:
        return
    session.add_all(holds)
    session.flush()
    session.execute(insert(HeldEvent.__table__), events)  # type: ignore[arg-type]
    for basis, count in sorted(Counter(hold.basis for hold in holds).items()):
        audit.record(
            session,
            "hold:begun",
            for_body=organisation_id,
            client=client_id,
            basis=basis,
            count=count,
        )


def context(hold_id: UUID) -> str:
    """A closed event opens for its own hold only."""
    return f"held:{hold_id}"


def within_reach(until: date, basis: HoldBasis, *, today: date) -> bool:
    """Whether an end is no further ahead than its law may reach from today."""
    return before(basis.longest, until) <= today


def never_withheld(session: Session, sent: Iterable[Sent], new: Sequence[Sent]) -> list[Sent]:
    """Of the rows that say they are withheld those that were received before and were not.

    Whether somebody is linked makes no difference to it.
    """
    fresh = {each.key for each in new}
    again = [each for each in sent if each.hold is not None and each.key not in fresh]
    known = held(session, (each.key for each in again))
    return [each for each in again if each.key not in known]


def apart(session: Session, sent: Sequence[Sent]) -> tuple[list[Sent], list[Sent]]:
    """Those that can be told from what came before; and those that cannot be any more.

    The record of a hold outlives the hash of its event. What comes under its identity then may be
    something else, and what was closed must not be shown because it is sent again.
    """
    of_event = (Received.source_id == Hold.source_id, Received.source_ref == Hold.source_ref)
    lost = held(session, (each.key for each in sent), ~exists().where(*of_event))
    return (
        [each for each in sent if each.key not in lost],
        [each for each in sent if each.key in lost],
    )


def released(session: Session, keys: Iterable[Key]) -> Mapping[Key, datetime]:
    """Of these the ones that were withheld, and when they were released."""
    found = held(session, keys, Hold.state == HoldState.RELEASED)
    return {key: at for key, at in found.items() if at is not None}
